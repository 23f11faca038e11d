"""Personnel changes (人员异动, policy.md §3.C): people come, go, move inside their school, are away."""

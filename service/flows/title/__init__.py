"""Title evaluation 职称评审 (policy.md §3.T)."""

"""The matching round, pure: the problem, its solver in a process of its own, a plain checker, explanations, figures."""

"""Posts of the reserved pool: the yearly round, an application a person, and the loan that follows (policy §3.P)."""

"""Accounts, sessions, tokens, roles scoped to organisations, and the one place that says who may do what."""

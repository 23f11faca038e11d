"""Repeated requests: the same Idempotency-Key gives the same answer, and its effect once (design §2)."""

"""Notices: an outbox filled with the step that causes them, and delivery after commit (design §2)."""

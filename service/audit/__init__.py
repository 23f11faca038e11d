"""The event chain: record, checkpoint, verify (design §3.6)."""

"""The evidence bundle of a case: everything that shows what was decided by which rules, verifiable without a server."""

"""Numbers that a year counts without a gap: receipts of objections, official papers."""

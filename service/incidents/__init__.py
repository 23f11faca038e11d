"""What went wrong in a running case and waits for an admin."""

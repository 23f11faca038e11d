"""What may be taken back for a while."""

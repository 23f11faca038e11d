"""The edge: who calls, what they sent, what they are answered."""

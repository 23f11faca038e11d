"""Policy parameters: dated values with their source, read at the moment of use (policy: opening, design §3.9)."""

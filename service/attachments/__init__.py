"""Uploaded files: contents once under their SHA-256 in the data folder, a row for each upload (design §7)."""

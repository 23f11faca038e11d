"""Operation of an installation: backups and what they are restored from."""

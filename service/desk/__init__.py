"""The desk of a person: filters of the inbox that they keep, phrases for their opinions."""

"""A demo county: invented from top to bottom, the same every time."""

"""The day table of the installation: days off and moved working days, and the calendar that counts by them."""

"""The kinds of schools: what people record of one, and by what a parameter may be set apart."""

AREAS = ("city", "town", "rural", "remote")
STAGES = ("kindergarten", "primary", "junior", "senior", "vocational")

"""What a paper and the minutes of a meeting have in common: the day on which it was decided outside. Pure."""

from datetime import date

from service.errors import Fault


def day_faults(field: str, day: date | None, today: date, opened_on: date) -> list[Fault]:
    """A day is there, not to come, and not before the step was open."""
    if day is None:
        return [Fault(field, "outside.day")]
    if day > today:
        return [Fault(field, "outside.future")]
    if day < opened_on:
        return [Fault(field, "outside.before_opening", params={"day": opened_on.isoformat()})]
    return []

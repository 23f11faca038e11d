"""The day on which something is in force: a moment in the bureau's zone."""

from datetime import date, datetime, time

from flask import current_app


def day_of(moment: datetime) -> date:
    """The calendar day of `moment` (aware) in the bureau's zone (LECTERN_ZONE)."""
    local = moment.astimezone(current_app.extensions["lectern.settings"].zone)
    return local.date()


def start_of(day: date) -> datetime:
    """The moment at which a day begins in the bureau's zone."""
    return datetime.combine(day, time.min, current_app.extensions["lectern.settings"].zone)

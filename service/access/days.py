"""The day on which something is in force: a moment in the bureau's zone."""

from datetime import date, datetime

from flask import current_app


def day_of(moment: datetime) -> date:
    """The calendar day of `moment` (aware) in the bureau's zone (LECTERN_ZONE)."""
    local = moment.astimezone(current_app.extensions["lectern.settings"].zone)
    return local.date()

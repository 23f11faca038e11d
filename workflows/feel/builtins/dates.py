"""Date and time functions: the clock of the scope, and parts of a date."""

from datetime import date, datetime
from decimal import Decimal

from workflows.feel.builtins.registry import builtin
from workflows.feel.far import Day, near
from workflows.feel.frame import Frame

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _now(frame: Frame) -> datetime | None:
    scope = frame.scope
    if scope is None or scope.now is None:
        frame.warn("feel.warning.clock")
        return None
    return scope.now if scope.zone is None else scope.now.astimezone(scope.zone)


@builtin("now")
def now(frame: Frame) -> datetime | None:
    """The moment of the evaluation, from the scope."""
    return _now(frame)


@builtin("today")
def today(frame: Frame) -> date | None:
    """The date of the evaluation in the zone of the scope."""
    moment = _now(frame)
    return moment.date() if moment is not None else None


@builtin("day of year", "date: day")
def day_of_year(_: Frame, day: Day) -> Decimal:
    """1 to 366."""
    return Decimal(near(day).timetuple().tm_yday)


@builtin("day of week", "date: day")
def day_of_week(_: Frame, day: Day) -> str:
    """The English name of the day, as the standard says."""
    return DAYS[near(day).weekday()]


@builtin("month of year", "date: day")
def month_of_year(_: Frame, day: Day) -> str:
    """The English name of the month, as the standard says."""
    return MONTHS[day.month - 1]


@builtin("week of year", "date: day")
def week_of_year(_: Frame, day: Day) -> Decimal:
    """The week by ISO 8601."""
    return Decimal(near(day).isocalendar().week)

"""Which years are provisional, and what an admin may set."""

from collections.abc import Iterable
from datetime import date

from service.errors import Fault

PUBLISHED, LOCAL = "published", "local"
FIRST_YEAR, LAST_YEAR = 2000, 2100
NAME_LIMIT = 80
LONGEST_HOLIDAY = 120


def provisional_years(published: Iterable[date], days: Iterable[date]) -> frozenset[int]:
    """Years up to the last one with any day that the State Council has not published (local days do not count).

    The calendar itself takes every later year as provisional.
    """
    known = {day.year for day in published}
    years = {day.year for day in days} | known
    return frozenset(range(min(years), max(years) + 1)) - known if years else frozenset()


def faults_of(day: date, name: str) -> tuple[Fault, ...]:
    """What is wrong with a day as an admin entered it."""
    found = []
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        limits = {"first": FIRST_YEAR, "last": LAST_YEAR}
        found.append(Fault("day", "calendar.year", f"{FIRST_YEAR}–{LAST_YEAR}", limits))
    return (*found, *_name_faults(name))


def holiday_faults(name: str, first: date, last: date) -> tuple[Fault, ...]:
    """What is wrong with a school holiday as an admin entered it."""
    found = list(_name_faults(name))
    if not FIRST_YEAR <= first.year <= LAST_YEAR:
        found.append(Fault("first", "calendar.year", params={"first": FIRST_YEAR, "last": LAST_YEAR}))
    if not 0 <= (last - first).days < LONGEST_HOLIDAY:
        found.append(Fault("last", "calendar.holiday_order", params={"days": LONGEST_HOLIDAY}))
    return tuple(found)


def _name_faults(name: str) -> tuple[Fault, ...]:
    fits = name.strip() and len(name) <= NAME_LIMIT
    return () if fits else (Fault("name", "calendar.name", f"1–{NAME_LIMIT}", {"limit": NAME_LIMIT}),)

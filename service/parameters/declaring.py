"""What a declared parameter is, and for whom a value of it may be set apart from the whole county."""

from dataclasses import dataclass, replace

Value = bool | int | str
WORDED = ("choice", "hours_of_day", "day_of_year", "text")
"""Units whose value is a text."""

ORGANISATION, WEAK, AREA, STAGE, FLOW = "organisation", "weak", "area", "stage", "flow"
BY_PLACE = (ORGANISATION, WEAK, AREA, STAGE)
"""For a school, or for all below a school district or group; for weak schools; schools of an area or of a stage."""
BY_CASE = (*BY_PLACE, FLOW)
"""The same, or for the cases of one flow: deadlines that all flows share."""


@dataclass(frozen=True)
class Parameter:
    """A declared parameter; `unit` says what a value is.

    Whole numbers in [least, most]: minutes, hours, workdays, days, months, years, terms, rounds, attempts, applicants,
    points, percent, megabytes, calendar_year (0: none). Else yes_no, choice (one of `choices`), text, day_of_year
    (09-01) or hours_of_day (08:30-12:00, …). `source` is plan (the bureau's own), law: …, default (our choice) or
    system. `scopes` are the kinds of scope by which a value may be narrowed; (): it holds for the whole county alone.
    Whoever reads one that may be narrowed says of which school and flow (`scopes.About`). `of_many`: one case reads it
    for the schools of many persons, whatever school the case itself is of.
    """

    key: str
    default: Value
    unit: str
    source: str
    zh: str
    en: str
    least: int = 0
    most: int = 1000
    choices: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    of_many: bool = False


def workdays(key: str, default: int, source: str, zh: str, en: str, least: int = 1) -> Parameter:
    """A number of working days."""
    return Parameter(key, default, "workdays", source, zh, en, least, most=250)


def months(key: str, default: int, source: str, zh: str, en: str) -> Parameter:
    """A number of months."""
    return Parameter(key, default, "months", source, zh, en, least=0, most=120)


def switch(key: str, source: str, zh: str, en: str) -> Parameter:
    """Yes or no; no by default."""
    return Parameter(key, False, "yes_no", source, zh, en)


def scoped(scopes: tuple[str, ...], *parameters: Parameter, of_many: bool = False) -> tuple[Parameter, ...]:
    """The same parameters, whose values may be narrowed by these kinds of scope."""
    return tuple(replace(one, scopes=scopes, of_many=of_many) for one in parameters)

"""Figures over cases and work: locks, retirements, hires, titles, what is late, returned, objected or lapsed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, not_, true
from sqlalchemy.orm import Session

from service.records.queries_files import retiring
from service.records.rules_days import plus_months
from service.reports.case_rows import (
    HELD,
    HIRES,
    LISTED_ONES,
    LOCKS,
    OBJECTIONS,
    TITLES,
    asked_posts,
    hiring_plans,
)
from service.reports.declaring import Day, Figure, Line, Target, everything
from service.reports.people_rows import GRADUATE
from service.reports.process_rows import DECIDED, OVERDUE_ONES


def _ahead(day: Day) -> Any:
    return plus_months(day.on, int(day.parameters["report_ahead_months"]))


def retirements(session: Session, day: Day) -> Sequence[Line]:
    """Everybody employed who reaches the day of retirement within the months ahead, or has passed it."""
    found = retiring(session, day.on, int(day.parameters["report_ahead_months"]), true())
    return [
        Line(one.person_id, one.name, one.organisation_id, 1, 1, one.retires_on, one.band, one.subject) for one in found
    ]


def _column(name: str) -> Any:
    return lambda row, _day: row[name]


def _day(name: str) -> Any:
    return (name, "day", _column(name))


ENDS, NUMBER = _day("ends_on"), ("number", "words", _column("business_key"))
FLOOR = Figure(
    "exchange_floor", "exchange", "persons", "person", "policy §2.8", "school_year", LISTED_ONES,
    part=_column("arrived"), target=Target("exchange_floor_percent"), shown=_day("arrived_on"),
)  # fmt: skip
LOCKED = (
    Figure("locks_active", "staff", "persons", "person", "policy §3.H", "any", LOCKS, bare=True, shown=ENDS),
    Figure("locks_ending", "staff", "persons", "person", "policy §3.H", "any", LOCKS,
           part=lambda row, day: case((row.ends_on <= _ahead(day), 1), else_=0), shown=ENDS),
    Figure("locks_excepted", "staff", "persons", "person", "policy §3.X", "school_year", LOCKS,
           part=_column("excepted"), shown=ENDS),
)  # fmt: skip
LEAVING = Figure(
    "retirements", "staff", "persons", "person", "policy §6", computed=retirements, bare=True,
    shown=("retires_on", "day", everything),
)  # fmt: skip
HIRING = (
    Figure("hires_planned", "hiring", "posts", "instance", "policy §6", "personnel_year", computed=hiring_plans,
           shown=NUMBER),
    Figure("hires_master", "hiring", "persons", "person", "policy §6", "personnel_year", HIRES,
           part=lambda row, _day: case((row.degree.in_(GRADUATE), 1), (not_(row.degree.in_(GRADUATE)), 0)),
           shown=("degree", "word", _column("degree"))),
    Figure("posts_asked", "hiring", "posts", "instance", "policy §6", computed=asked_posts, bare=True, shown=NUMBER),
)  # fmt: skip
TITLE = Figure(
    "titles_passed", "titles", "cases", "instance", "policy §6", "personnel_year", TITLES, part=_column("passed"),
    shown=("target", "words", _column("target")),
)  # fmt: skip
WORK = (
    Figure("overdue", "work", "cases", "task", "policy §6", "any", OVERDUE_ONES, bare=True, shown=NUMBER),
    Figure("returned", "work", "cases", "task", "policy §6", "any", DECIDED, part=_column("returned"), shown=NUMBER),
    Figure("objections", "work", "cases", "instance", "policy §6", "personnel_year", OBJECTIONS, bare=True,
           shown=NUMBER),
    Figure("expired_holds", "work", "cases", "instance", "policy §6", "personnel_year", HELD, part=_column("lapsed"),
           shown=NUMBER),
)  # fmt: skip

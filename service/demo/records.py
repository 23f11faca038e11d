"""Invented files for the demo county: titles, assessments, exchanges, a few sanctions; the same every time."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from service.demo.county import OPENED, SEED, School, Teacher
from service.records.reading import CHECK, RECORD
from service.records.rules import TOPICS, Entry
from service.records.rules_days import plus_months
from service.records.writing import row_of

PAPER = "演示档案"
YEARS = range(OPENED.year - 5, OPENED.year)
UNCHECKED_EVERY = 40
"""One file in so many nobody has looked through: its gaps are unknown, as on an opening day."""

SeatOf = tuple[str, Teacher]
Ids = dict[str, str]


def write(session: Session, people: Sequence[SeatOf], schools: Sequence[School], ids: Ids, at: datetime) -> int:
    """Write the files of (person id, who); `ids` are the organisations by code. How many records there are."""
    dice = random.Random(SEED + 3)  # noqa: S311 - invented data must repeat itself
    places = {school.code: school for school in schools}
    away = [school for school in schools if school.area in ("rural", "remote")]
    rows = [
        row_of(person_id, entry, "system", at)
        for number, (person_id, who) in enumerate(people)
        for entry in _entries(number, who, places, away, ids, dice)
    ]
    session.execute(insert(RECORD), rows)
    session.execute(insert(CHECK), [_check(one, topic, at) for one, topic in _checked(people)])
    return len(rows)


def _checked(people: Sequence[SeatOf]) -> Iterator[tuple[str, str]]:
    for number, (person_id, _) in enumerate(people, start=1):
        if number % UNCHECKED_EVERY:
            yield from ((person_id, topic) for topic in TOPICS)


def _check(person_id: str, topic: str, at: datetime) -> dict[str, Any]:
    return {"person_id": person_id, "topic": topic, "checked_on": OPENED, "checked_by": "system", "at": at}


def _entries(
    number: int,
    who: Teacher,
    places: dict[str, School],
    away: Sequence[School],
    ids: dict[str, str],
    dice: random.Random,
) -> Iterator[Entry]:
    since = _title_day(who, dice)
    yield Entry("title", since, value=who.title, document=f"{PAPER}：职称证书")
    for year in YEARS:
        if year >= who.since.year:
            value = "excellent" if dice.random() < 0.18 else "competent"
            yield Entry("assessment", date(year, 12, 31), value=value, year=year, document=PAPER)
            yield Entry("training", date(year, 12, 31), year=year, amount=dice.randrange(60, 96), document=PAPER)
    yield from _path(who, places, away, ids, dice)
    yield from _rarely(number)


def _title_day(who: Teacher, dice: random.Random) -> date:
    """Somewhere between the first year of work and last year, on 1 January."""
    first = min(who.since.year + 1, OPENED.year - 1)
    return date(dice.randrange(first, OPENED.year), 1, 1) if first < OPENED.year else OPENED


def _path(
    who: Teacher, places: dict[str, School], away: Sequence[School], ids: Ids, dice: random.Random
) -> Iterator[Entry]:
    """A backbone tier of one in seven, and of one in nine an exchange to a rural or remote school."""
    if who.band != "junior" and dice.random() < 0.14:
        tier = dice.choice(("county", "county", "county", "city", "city", "province"))
        yield Entry("backbone", date(2022, 1, 1), value=tier, document=PAPER)
    if places[who.school or ""].area in ("city", "town") and who.since < date(2020, 9, 1) and dice.random() < 0.22:
        first = date(dice.randrange(2020, 2025), 9, 1)
        place = ids[dice.choice(away).code]
        end = plus_months(first, 12)
        yield Entry("exchange", first, end, value="lent", organisation_id=place, document=PAPER)


def _rarely(number: int) -> Iterator[Entry]:
    """Now and then a sanction in force, one that is over, an open ethics case, a deferral for health, a fraud."""
    if number % 700 == 101:
        yield Entry("sanction", date(2026, 5, 6), value="warning", basis="staff", document=f"{PAPER}：处分决定")
    if number % 700 == 202:
        yield Entry("sanction", date(2023, 5, 6), value="demerit", basis="staff", document=f"{PAPER}：处分决定")
    if number % 900 == 303:
        yield Entry("ethics", date(2026, 8, 20), value="investigation", document=f"{PAPER}：立案决定")
    if number % 300 == 44:
        yield Entry("health", date(2026, 7, 1), date(2027, 7, 1), value="nursing")
    if number % 1200 == 505:
        yield Entry("fraud", date(2025, 3, 1), document=f"{PAPER}：撤销决定")

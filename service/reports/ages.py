"""The mean age of rural and remote teachers on several days at once: the line over the years."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from service.access.standing import in_force
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.reports.declaring import Day
from service.reports.people_rows import HELD_POST, OUTLYING, age, born, held_alone, outlying_posts
from service.reports.rules import Measure

ONCE = "MATERIALIZED"
"""Worked out once, not again in each sum."""
POST = ("id", "person_id", "valid_from", "valid_until")


def mean_ages(session: Session, days: Sequence[Day]) -> list[Measure]:
    """What the figure `rural_age` comes to on each day: one statement that reads the appointments once.

    A figure for each day would read them again for each; the tests hold both to each other.
    """
    year, birthday = born()
    told = (ORGANISATION.c.area, year.label("year"), birthday.label("birthday"))
    counts = _counts(days)
    number = [counts.c[f"number_{place}"] for place in range(len(days))]
    own = outlying_posts(*(APPOINTMENT.c[name] for name in POST), *told, *number)
    joined = own.join(counts, counts.c.person_id == APPOINTMENT.c.person_id)
    posts = joined.cte("posts").prefix_with(ONCE)
    held = [_held(posts.c, place, day).label(f"held_{place}") for place, day in enumerate(days)]
    lives = select(posts.c.area, posts.c.year, posts.c.birthday, *held).cte("lives").prefix_with(ONCE)
    sums = [func.coalesce(amount, 0) for place, day in enumerate(days) for amount in _amounts(lives.c, place, day)]
    numbers = iter([int(number) for number in session.execute(select(*sums)).one()])
    measures = []
    for _ in days:
        total, known, inside = (next(numbers) for _ in range(3))
        measures.append(Measure(total, known, inside - known))
    return measures


def _counts(days: Sequence[Day]) -> Any:
    """How many appointments of each person are in force on each day."""
    numbers = [
        func.count(case((in_force(APPOINTMENT.c, day.on), 1))).label(f"number_{n}") for n, day in enumerate(days)
    ]
    return select(APPOINTMENT.c.person_id, *numbers).where(HELD_POST).group_by(APPOINTMENT.c.person_id).subquery()


def _held(post: Any, place: int, day: Day) -> Any:
    """1 for the appointment that counts on the day; others are looked for only where there are some."""
    alone = or_(post[f"number_{place}"] == 1, held_alone(post, day))
    return case((and_(in_force(post, day.on), alone), 1))


def _amounts(row: Any, place: int, day: Day) -> tuple[ColumnElement[Any], ...]:
    """The sum of the ages, of how many they are known, and of how many teachers altogether."""
    held = row[f"held_{place}"]
    years = case((and_(held == 1, row.area.in_(OUTLYING)), age(row.year, row.birthday, day)))
    return func.sum(years), func.count(years), func.count(held)

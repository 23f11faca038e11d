"""Plays stories of the past in the order of their days, with every deadline that passes meanwhile."""

import heapq
from collections.abc import Generator, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from service import jobs
from service.demo.cases import decide
from service.instances.due import fire_due
from service.notices import delivery
from service.tasks import queries

Step = tuple[int, str]
Story = Generator[Step, datetime, None]
"""What people do with one case: yields (working days until the next act, user name of who does it), gets its moment."""
OFFICE_HOURS = 8
"""Acts lie in the first hours of a day in UTC: office hours of the county."""


def play(stories: Iterable[Story], begun: datetime, until: datetime, away: Mapping[str, datetime]) -> None:
    """Play each story from `begun` until its next act would lie later, or with somebody who is `away` since before.

    So a case stays where the last act left it.
    """
    waiting: list[tuple[datetime, int, str, Story]] = []

    def put(number: int, story: Story, last: datetime, step: Step) -> None:
        moment = _later(last, step[0], number)
        if moment < min(until, away.get(step[1], until)):
            heapq.heappush(waiting, (moment, number, step[1], story))

    for number, story in enumerate(stories):
        put(number, story, begun, next(story))
    day = begun
    while waiting:
        moment, number, _who, story = heapq.heappop(waiting)
        if moment.date() > day.date():
            fire_due(moment, now=moment)
            delivery.deliver(moment, jobs.SENDERS)
        day = moment
        try:
            put(number, story, moment, story.send(moment))
        except StopIteration:
            continue


def wait_for(days: int, case: str, element_id: str, who: str) -> Generator[Step, datetime, datetime]:
    """Come to a step so many days later, or as soon as it is there: days off make a period longer."""
    moment = yield days, who
    while element_id not in {task.element_id for task in queries.open_of(case)}:
        moment = yield 1, who
    return moment


def act(days: int, case: str, element_id: str, who: str, decision: str, **filled: Any) -> Story:
    """Decide a step, with what its form shows and what is filled in."""
    moment = yield from wait_for(days, case, element_id, who)
    decide(case, element_id, who, decision, moment, **filled)


def _later(moment: datetime, days: int, number: int) -> datetime:
    """So many working days later, weekends left out, at an hour and minute that differ from story to story."""
    day = moment.date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    hour = time(1 + number % OFFICE_HOURS, number * 7 % 60, tzinfo=UTC)
    return max(datetime.combine(day, hour), moment + timedelta(minutes=5))


def back(moment: datetime, days: int) -> datetime:
    """The beginning of the day so many working days earlier."""
    day = moment.date()
    while days:
        day -= timedelta(days=1)
        days -= day.weekday() < 5
    return datetime.combine(day, time(0, tzinfo=UTC))

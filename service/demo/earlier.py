"""The months before today: cases of every flow from their beginning on, some decided, some late, some with somebody."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from service.access.days import day_of
from service.demo import cases, changes, county, titles
from service.demo.build import Say
from service.demo.cases import actor
from service.demo.changes import Change
from service.demo.hirings import CHIEF, HR, HR_BUREAU, LEADER, SEED, STAFFING, hiring
from service.demo.playing import Story, act, back, play
from service.notices import reading
from service.people.commands_substitutes import NameSubstitute, name_substitute

DAYS = 60
"""Working days before today with which the stories begin."""
AWAY = {HR: 10, CHIEF: 4, LEADER: 6, STAFFING: 2, HR_BUREAU: 2}
"""Who has decided nothing for so many working days: what came since waits, and the oldest of it is late."""
HIRES, CHANGES, TITLES = (44, 0), (32, 0), (24, 9)
"""How many cases of each kind begin, and how many working days before today the last of them."""
CROWD = 14
"""Working days at the end into which a third of the cases falls, so that much waits today."""
DEPUTY, STANDS_IN = "bureau.hr.deputy", 14
"""Who stands in for bureau HR in one flow, and for how many days."""
TAKEN_TITLES = len(titles.UP_TO)
"""Applicants whom `titles` lets apply today."""
KINDS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("absence", 0, {"reason": "sickness"}), ("special_post", 0, {"subject": "数学", "stage": "primary"}),
    ("absence", 0, {"reason": "maternity"}), ("resignation", 5, {}), ("loan", 0, {"loan": "support"}),
    ("absence", 0, {"reason": "study"}), ("retirement", 10, changes.GROUNDS), ("transfer_out", 5, {}),
)  # fmt: skip


def since(now: datetime, opened: datetime) -> datetime:
    """When the county of the demo begins to work; its people have their offices from `opened` on."""
    return max(opened, back(now, DAYS))


def build(begun: datetime, now: datetime, say: Say) -> None:
    """Play what happened since `begun`."""
    say("此前各月 · the months before")
    titles.open_year(now.year, begun)
    span = sum(begun <= back(now, days) for days in range(DAYS))
    stories = [*_hirings(span), *_changes(span), *_titles(span, begun), *_readers(span)]
    play(stories, begun, now, {who: back(now, days) for who, days in AWAY.items()})
    _stand_in(now)


def _stand_in(now: datetime) -> None:
    hr, today = actor(HR, now), day_of(now)
    deputy = actor(DEPUTY, now).person_id or ""
    period = (today, today + timedelta(days=STANDS_IN))
    name_substitute(hr, NameSubstitute(hr.person_id or "", deputy, *period, flows=("title",)), now=now)


def _readers(span: int) -> Iterator[Story]:
    """Whoever has much to do reads the notices before going away."""
    for who, days in AWAY.items():
        yield _reader(who, max(span - days - 1, 0))


def _reader(who: str, days: int) -> Story:
    moment = yield days, who
    reading.mark_read(actor(who, moment), None, now=moment)


def _starts(wave: tuple[int, int], span: int) -> Iterator[int]:
    """Working days after the beginning on which cases begin: two thirds spread evenly, the rest crowds at the end."""
    count, ahead = wave
    crowded, last = count // 3, max(span - ahead, 0)
    early, late = max(last - CROWD, 0), min(last, CROWD)
    yield from (early * number // (count - crowded) for number in range(count - crowded))
    yield from (early + late * number // crowded for number in range(crowded))


def _hirings(span: int) -> Iterator[Story]:
    """Schools with headcount to spare ask for one or two teachers, those with most first."""
    able = [one for one in county.schools() if one.headcount.approved - one.headcount.occupied > 2]
    able = [one for one in able if one.code not in {school for school, _, _ in cases.STEPS}]
    for number, start in enumerate(_starts(HIRES, span)):
        yield hiring(able[number % len(able)], number, start)


def _changes(span: int) -> Iterator[Story]:
    schools = [one.code for one in county.schools() if one.headcount.approved > one.headcount.occupied]
    for number, start in enumerate(_starts(CHANGES, span)):
        kind, days, more = KINDS[number % len(KINDS)]
        yield _change(Change(number + 20, schools[number % len(schools)], kind, days, more, 3), start)


def _change(change: Change, start: int) -> Story:
    moment = yield start, f"{change.school}.hr"
    case = changes.begin(change, moment)
    decision = "return" if change.number % 7 == 3 else "approve"
    yield from act(1 + change.number % 5, case, "confirm", CHIEF, decision)


def _titles(span: int, begun: datetime) -> Iterator[Story]:
    chosen = titles.able(begun)[TAKEN_TITLES:][: TITLES[0]]
    for number, ((username, school), start) in enumerate(
        zip(chosen, _starts((len(chosen), TITLES[1]), span), strict=True)
    ):
        yield _title(username, school, number, start)


def _title(username: str, school: str, number: int, start: int) -> Story:
    """Through the school and its publicity, whose deadline passes by itself, to the review of the bureau."""
    dice = random.Random(SEED + number)  # noqa: S311 - invented data must repeat itself
    moment = yield start, username
    case = titles.apply_for(username, school, moment)
    yield from act(dice.randint(1, 4), case, "verification", f"{school}.hr", "verify")
    score = {"school_score": 70.0 + number, "recommended_on": moment.date().isoformat()}
    yield from act(dice.randint(1, 3), case, "recommendation", f"{school}.principal", "recommend", **score)
    yield from act(5 + dice.randint(1, 4), case, "bureau_review", HR, "approve" if number % 4 else "reject")

"""Invented counties for the matching round, drawn from a seed: small ones for searches, one of 1,240 for the proof."""

import random
from dataclasses import replace

from service.flows.exchange.matching.problem import BRING, LEND, LOAN, MOVE, Goals, Opening, Problem, Teacher
from service.posts.rules import share

SUBJECTS = ("语文", "数学", "英语", "科学", "体育")
BANDS = ("junior", "middle", "senior")
STAFF, ELIGIBLE, SCHOOLS = 2513, 1240, 40


def county(
    seed: int, *, teachers: int = ELIGIBLE, schools: int = SCHOOLS, staff: int = STAFF, stages: int = 2
) -> Problem:
    """Openings at every school, wishes that crowd towards a few of them, opinions of the schools, some locks."""
    rng = random.Random(seed)
    names = [f"s{number:02d}" for number in range(1, schools + 1)]
    stage = {name: ("primary", "junior")[number % stages] for number, name in enumerate(names)}
    rural = {name for name in names if rng.random() < 0.5}
    openings = [_opening(rng, f"{name}-{n}", name, stage[name], name in rural) for name in names for n in range(9)]
    people = [_teacher(rng, f"t{n:04d}", names, stage, openings) for n in range(1, teachers + 1)]
    opinions = [_opinions(rng, opening, people) for opening in openings]
    headcount = {name: rng.randint(2, 8) for name in names}
    posts = {name: {band: rng.randint(0, 4) for band in BANDS} for name in names}
    goals = Goals(share(staff, 8), share(teachers, 10), 20)
    return Problem(tuple(people), tuple(opinions), headcount, posts, {"senior": 6, "middle": 14}, goals)


def competing(problem: Problem) -> Problem:
    """The same with every second opening given by competition."""
    openings = tuple(replace(one, competition=number % 2 == 0) for number, one in enumerate(problem.openings))
    return replace(problem, openings=openings)


def _opening(rng: random.Random, name: str, school: str, stage: str, rural: bool) -> Opening:
    manner = rng.choices((MOVE, BRING, LEND, LOAN), (5, 1, 2, 3))[0]
    band = rng.choice(("", "", *BANDS))
    return Opening(name, school, rng.choice(SUBJECTS), stage, rng.randint(1, 2), band, manner, rural)


def _teacher(
    rng: random.Random, name: str, schools: list[str], stage: dict[str, str], openings: list[Opening]
) -> Teacher:
    school, subject = rng.choice(schools), rng.choice(SUBJECTS)
    fitting = [o.id for o in openings if (o.subject, o.stage) == (subject, stage[school]) and o.school != school]
    liked = sorted(fitting, key=lambda opening_id: (opening_id[1:3], rng.random()))[:12]
    wishes = tuple(rng.sample(liked, min(len(liked), rng.randint(1, 5)))) if rng.random() < 0.45 else ()
    duty = rng.choices(("required", "voluntary"), (4, 6))[0]
    return Teacher(
        name, school, subject, stage[school], rng.choices(BANDS, (5, 4, 2))[0], duty, rng.random() < 0.12,
        locked=rng.random() < 0.06, wishes=wishes, anywhere=duty == "required" and rng.random() < 0.7,
    )  # fmt: skip


def _opinions(rng: random.Random, opening: Opening, people: list[Teacher]) -> Opening:
    applied = [person.id for person in people if opening.id in person.wishes]
    rng.shuffle(applied)
    declined = tuple(who for who in applied if rng.random() < 0.08)
    ranked = tuple(who for who in applied if who not in declined)[:8]
    return Opening(
        opening.id, opening.school, opening.subject, opening.stage, opening.count, opening.band, opening.manner,
        opening.rural, ranked, declined,
    )  # fmt: skip

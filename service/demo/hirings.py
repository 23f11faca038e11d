"""The story of a hiring, from a school's request to the day on which somebody begins."""

import random
from collections.abc import Iterable
from datetime import date, datetime

from service.db import db
from service.demo import cases, county
from service.demo.cases import actor
from service.demo.meetings import Meeting, decide_together
from service.demo.playing import Story, act, wait_for
from service.flows.hiring import commands, queries
from service.flows.hiring.commands import EditCandidate, RegisterCandidate
from service.people.rules import check_character

HR, CHIEF, LEADER, STAFFING, HR_BUREAU = "bureau.hr", "bureau.hr.chief", "bureau.leader", "staffing.office", "hr.bureau"
SEED = 20260902
CANDIDATES = 3
"""Who applies for the post: as many as the exam needs."""
REFUSED = 4
"""Of nine requests the one with this remainder is refused by the staffing office."""


def hiring(school: county.School, number: int, start: int) -> Story:
    """One post; `number` makes the case, its people and its days its own, `start` counts working days."""
    dice, clerk = random.Random(SEED + number), f"{school.code}.hr"  # noqa: S311 - invented data must repeat itself
    moment = yield start, clerk
    subject = county.SUBJECTS[number % len(county.SUBJECTS)]
    case = cases.begin(school.code, ((subject, 1),), moment, stage=school.stage)
    refused = number % 9 == REFUSED
    first, passed = dice.randint(1, 3), 0
    acts = (
        (first, "bureau_review", HR, "approve"), (first + dice.randint(1, 3), "bureau_review", CHIEF, "approve"),
        (dice.randint(1, 6), "staffing_check", STAFFING, "reject" if refused else "approve"),
        (dice.randint(2, 7), "post_check", HR_BUREAU, "approve"),
    )  # fmt: skip
    for day, element_id, who, decision in sorted(acts):
        yield from act(day - passed, case, element_id, who, decision)
        passed = day
        if decision == "reject":
            return
    yield from _held(case, school, dice)
    yield from _hired(case, school.code, dice)


def _held(case: str, school: county.School, dice: random.Random) -> Story:
    """Filed or approved, announced, and held by the school or the bureau up to the school's choice."""
    side, clerk = ("school" if school.own_hiring else "bureau"), f"{school.code}.hr"
    organiser = clerk if school.own_hiring else HR
    if school.own_hiring:
        yield from act(dice.randint(1, 4), case, "filing", HR, "accept")
    else:
        yield from act(dice.randint(1, 5), case, "approval", LEADER, "approve")
    yield from act(
        dice.randint(1, 3), case, f"announce_{side}", organiser, "publish", announced_at="教育局网站（演示）"
    )
    moment = yield from wait_for(8, case, f"qualify_{side}", organiser)
    people = [_registered(case, organiser, dice, moment) for _ in range(CANDIDATES)]
    cases.decide(case, f"qualify_{side}", organiser, "confirm", moment)
    moment = yield from wait_for(dice.randint(4, 7), case, f"exam_{side}", organiser)
    _mark(organiser, people, "written", dice, moment)
    marked = {"exam_on": moment.date().isoformat(), "written_pass_line": 60}
    cases.decide(case, f"exam_{side}", organiser, "confirm", moment, **marked)
    moment = yield from wait_for(dice.randint(3, 6), case, "interview", clerk)
    _mark(clerk, people, "interview", dice, moment)
    cases.decide(case, "interview", clerk, "confirm", moment, interview_on=moment.date().isoformat())
    yield from act(dice.randint(2, 4), case, "inspection", clerk, "confirm", inspection_note="无异常（演示数据）。")


def _hired(case: str, school: str, dice: random.Random) -> Story:
    """The school's meeting chooses, and the chosen one comes."""
    clerk, principal = f"{school}.hr", f"{school}.principal"
    moment = yield from wait_for(dice.randint(1, 3), case, "choice", clerk)
    meeting = Meeting("校务会（演示）", (clerk, f"{school}.vice", principal))
    decide_together(case, "choice", "choose", meeting, moment)
    moment = yield from wait_for(dice.randint(1, 3), case, "medical", clerk)
    cases.decide(case, "medical", clerk, "pass", moment, medical_on=moment.date().isoformat())
    yield from act(8, case, "hire_materials", clerk, "submit")
    filed = "hire_filing" if school in OWN else "hire_approval"
    yield from act(dice.randint(1, 4), case, filed, *((HR, "accept") if school in OWN else (LEADER, "approve")))
    moment = yield from wait_for(dice.randint(1, 2), case, "contract", principal)
    terms = {"contract_years": 3, "contract_from": moment.date().isoformat(), "probation_months": 12}
    cases.decide(case, "contract", principal, "signed", moment, **terms)
    moment = yield from wait_for(dice.randint(1, 3), case, "onboarding", clerk)
    cases.decide(case, "onboarding", clerk, "arrived", moment, onboarded_on=moment.date().isoformat())


OWN = frozenset(school.code for school in county.schools() if school.own_hiring)


def _registered(case: str, organiser: str, dice: random.Random, now: datetime) -> str:
    born = date(1994 + dice.randrange(8), 1 + dice.randrange(12), 1 + dice.randrange(28))
    first = f"990102{born:%Y%m%d}{dice.randrange(1000):03d}"
    fields = {
        "line": 1,
        "name": county.name_of(dice),
        "id_number": first + check_character(first),
        "degree": "bachelor",
    }
    found = commands.register_candidate(actor(organiser, now), RegisterCandidate(case, fields), now=now)
    _edit(organiser, found, now, state="qualified")
    return found


def _mark(who: str, people: Iterable[str], kind: str, dice: random.Random, now: datetime) -> None:
    for one in people:
        _edit(who, one, now, **{kind: 65 + dice.randrange(30)})


def _edit(who: str, candidate_id: str, now: datetime, **fields: object) -> None:
    editor = actor(who, now)
    version = queries.candidate(editor, candidate_id).version
    db.session.rollback()
    commands.edit_candidate(editor, EditCandidate(candidate_id, version, fields), now=now)

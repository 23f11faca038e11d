"""Title evaluation in the demo county: a batch, a pool of experts, applications at every step, a committee at work."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from service.access.actor import Actor
from service.access.models import Account
from service.db import db
from service.demo import county
from service.demo.build import SECTION, Say, organisation_id, teachers
from service.demo.cases import actor, decide
from service.flows.title import (
    commands,
    commands_drawing,
    commands_experts,
    commands_sessions,
    commands_sitting,
    queries,
    queries_sessions,
    rules,
)
from service.flows.title.commands import OpenBatch
from service.flows.title.commands_drawing import Draw
from service.flows.title.commands_experts import EnterExpert
from service.flows.title.commands_sessions import ListCandidates, PlanSession
from service.flows.title.commands_sitting import EnterMarks, OpenVote
from service.flows.title.evidence import is_retired
from service.flows.title.roster import APPLICATION
from service.instances.commands import StartInstance, start_instance
from service.instances.commands_timers import fire_timer
from service.posts.posting import ACCOUNT
from service.records.queries import facts_of
from workflows import store

HR = "bureau.hr"
EXPERTS, PERSONS, YEARS = 15, 1600, 5
UP_TO = (
    "verification", "verification", "recommendation", "correction", "publicity", "bureau_review", "committee",
    "committee", "committee", "committee",
)  # fmt: skip
"""Where each application stands."""


def build(now: datetime, say: Say) -> None:
    """Let people act in the year that is open, and a committee vote."""
    batch = queries.batches(actor(HR, now))[0].id
    db.session.rollback()
    _enter_experts(now.date().year, now)
    for (username, school), step in zip(able(now), UP_TO, strict=False):
        say(f"职称 · title {username}: {step}")
        _bring(apply_for(username, school, now), school, step, now)
    _sit(batch, now)


def open_year(year: int, now: datetime) -> None:
    """The yearly batch, for every level."""
    levels = {level: level in rules.SENIOR for level in rules.LEVELS}
    days = (date(year, 1, 1), date(year, 12, 31))
    opened = OpenBatch(year, f"{year} 年中小学教师职称评审（演示）", levels, *days, "评审标准（演示）第 3 版")
    commands.open_batch(actor(HR, now), opened, now=now)


def _enter_experts(year: int, now: datetime) -> None:
    """Heads with a senior title judge in the county's pool for three years."""
    heads = [seat for seat in teachers() if seat.roles[0][0] == "principal" and seat.teacher.title in rules.SENIOR]
    for seat in heads[:EXPERTS]:
        term = EnterExpert(
            organisation_id(SECTION), _person(seat.username), "一级", None, date(year, 1, 1), date(year + 3, 1, 1),
            f"专家库（演示）〔{year}〕1号",
        )  # fmt: skip
        commands_experts.enter_expert(actor(HR, now), term, now=now)


def able(now: datetime) -> list[tuple[str, str]]:
    """Teachers who may apply for the middle title, as many of a school as it has posts free, and first one of each
    school: (user name, school)."""
    free = {school.code: _free(school.code) for school in county.schools() if not school.own_titles}
    staff = [seat for seat in teachers() if free.get(seat.home) and len(seat.roles) == 1]
    wanted = [seat for seat in staff if seat.teacher.title == "二级"]
    ids = {row.username: str(row.person_id) for row in db.session.execute(select(Account.username, Account.person_id))}
    persons = {ids[seat.username]: seat for seat in wanted[:PERSONS]}
    applied = set(db.session.scalars(select(APPLICATION.c.person_id)))
    found: list[tuple[int, str, str]] = []
    for person_id, facts in facts_of(db.session(), list(persons), now.date()).items():
        seat = persons[person_id]
        clear = facts.records_checked and facts.ethics == "clear" and not is_retired(facts) and not facts.sanctions
        before = sum(school == seat.home for _, _, school in found)
        enough = (facts.years_in_title or 0) >= YEARS and facts.degree in ("master", "bachelor")
        if clear and enough and person_id not in applied and before < free[seat.home]:
            found.append((before, seat.username, seat.home))
    db.session.rollback()
    return [(username, school) for _, username, school in sorted(found, key=lambda one: one[0])]


def _free(school: str) -> int:
    own = (ACCOUNT.c.organisation_id == organisation_id(school), ACCOUNT.c.band == "middle", ~ACCOUNT.c.pool)
    row = db.session.execute(select(ACCOUNT).where(*own)).first()
    return 0 if row is None else max(row.approved + row.excess - row.occupied - row.reserved - row.lent, 0)


def _person(username: str) -> str:
    found = select(Account.person_id).where(Account.username == username)
    return str(db.session.scalars(found).one())


def apply_for(username: str, school: str, now: datetime) -> str:
    """The case of a teacher's application for the middle title."""
    asked: dict[str, Any] = {
        "target": "一级", "subject": "语文", "confirmed": True,
        "statement": "任现职以来承担两个班的教学，指导青年教师，公开课两次（演示数据）。",
    }  # fmt: skip
    started = StartInstance("title", organisation_id(school), asked)
    return start_instance(actor(username, now), started, now=now).instance_id


def _bring(case: str, school: str, step: str, now: datetime) -> None:
    """Decide as people would until the application stands at a step."""
    if step == "verification":
        return
    if step == "correction":
        missing = {"correction_items": "请补充近五年考核表（演示）。"}
        decide(case, "verification", f"{school}.hr", "return", now, **missing)
        return
    decide(case, "verification", f"{school}.hr", "verify", now)
    if step == "recommendation":
        return
    score = {"school_score": 88.5, "recommended_on": now.date().isoformat()}
    decide(case, "recommendation", f"{school}.principal", "recommend", now, **score)
    if step == "publicity":
        return
    _fire(case, "publicity_over", now)
    if step == "committee":
        decide(case, "bureau_review", HR, "approve", now)


def _fire(case: str, element_id: str, now: datetime) -> None:
    timers = [row.id for row in store.timers(db.session(), case) if row.element_id == element_id]
    db.session.rollback()
    for timer_id in timers:
        fire_timer(Actor.system(), timer_id, now=now)


def _sit(batch: str, now: datetime) -> None:
    """A committee of seven votes on those who wait; the ballots are for the visitor to cast."""
    hr, day = actor(HR, now), now.date()
    place, until = organisation_id(SECTION), max(day, date(day.year, 12, 31))
    sitting = PlanSession(
        batch, place, "中级职称评委会（演示）", "一级", "other", None, 7, "评委会备案（演示）1号", day, day, until
    )
    session_id = commands_sessions.plan_session(hr, sitting, now=now)
    commands_sessions.list_candidates(hr, ListCandidates(session_id, 1, no_interest=True), now=now)
    commands_drawing.draw(hr, Draw(session_id, 2, no_interest=True), now=now)
    listed = queries_sessions.candidates(hr, session_id)
    marks = {one.instance_id: {"demonstration": 86 + n % 9, "interview": 90 - n % 9} for n, one in enumerate(listed)}
    db.session.rollback()
    commands_sitting.enter_marks(hr, EnterMarks(session_id, 3, marks, no_interest=True), now=now)
    commands_sitting.open_vote(hr, OpenVote(session_id, 4, no_interest=True), now=now)

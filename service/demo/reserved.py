"""Reserved posts in the demo county: last year's round with posts lent and public, this year's taking applications."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from service import jobs
from service.access.actor import Actor
from service.access.models import Account
from service.db import db
from service.demo import county
from service.demo.build import BUREAU, Say, organisation_id, teachers
from service.demo.cases import actor, decide
from service.instances.commands import StartInstance, start_instance
from service.instances.commands_timers import fire_timer
from service.notices import delivery
from service.records.commands import AddRecord, add_record
from service.records.queries import facts_of, standing_of
from service.records.rules import Entry
from service.tasks import queries
from service.tasks.view import view
from workflows import store

HR, CHIEF = "bureau.hr", "bureau.hr.chief"
FIRST, THEN = 3, ("accepted", "accepted", "check", "correction", "check", "check")
"""Applications of last year's round, all allocated; and where each of this year's stands."""
OFFERED = {"senior": 4, "middle": 12}
EACH = 4
"""Teachers of a school who are looked at; one of them applies."""


def build(now: datetime, say: Say) -> None:
    """Two rounds, one after the other."""
    able = _able(FIRST + len(THEN), now)
    say("预留岗位 · reserved posts")
    last = _called(now.year - 1, now)
    granted = [_accepted(*one, now) for one in able[:FIRST]]
    _decided(last, now)
    _fire(granted[0], "publicity_over", now)
    decide(granted[0], "appointment", f"{able[0][1]}.principal", "appointed", now, appointed_on=now.date().isoformat())
    _fire(granted[1], "publicity_over", now)
    _called(now.year, now)
    for one, step in zip(able[FIRST:], THEN, strict=False):
        case = _apply(*one, now) if step != "accepted" else _accepted(*one, now)
        if step == "correction":
            decide(case, "check", HR, "return", now)


def _able(count: int, now: datetime) -> list[tuple[str, str]]:
    """Teachers of remote and weak schools on junior posts, who get the middle title: (person, school)."""
    lifted = [school.code for school in county.schools() if school.area == "remote" or school.weak]
    staff = [seat for seat in teachers() if len(seat.roles) == 1 and seat.teacher.band == "junior"]
    few = [seat for code in lifted for seat in [one for one in staff if one.home == code][:EACH]]
    persons = {_person(seat.username): seat.home for seat in few}
    facts = facts_of(db.session(), list(persons), now.date())
    first: dict[str, str] = {}
    for one, word in standing_of(facts).items():
        if word == "clear" and not facts[one].retired:
            first.setdefault(persons[one], one)
    db.session.rollback()
    chosen = list(first.values())[:count]
    for number, one in enumerate(chosen):
        title = Entry("title", now.date() - timedelta(days=40 + number), value="一级", document="职称证书（演示）")
        add_record(actor(HR, now), AddRecord(one, title), now=now)
    return [(one, persons[one]) for one in chosen]


def _person(username: str) -> str:
    return str(db.session.scalars(select(Account.person_id).where(Account.username == username)).one())


def _called(year: int, now: datetime) -> str:
    """A round that takes applications."""
    started = StartInstance("reserved_round", organisation_id(BUREAU), {"year": year})
    case = start_instance(actor(HR, now), started, now=now).instance_id
    task = next(iter(queries.open_of(case)))
    shown = view(actor(CHIEF, now), task.id).data
    pool, allotment = shown["pool"], [{**row, "moved": 0} for row in shown["allotment"]]
    db.session.rollback()
    offered = [{**row, "offered": OFFERED[row["band"]]} for row in pool]
    decide(case, "pool_check", CHIEF, "confirm", now, pool=offered, allotment=allotment)
    decide(case, "call", HR, "publish", now, call_text="各校可为符合条件的教师申请预留岗位（演示）。", call_days=10)
    return case


def _apply(person_id: str, school: str, now: datetime) -> str:
    asked: dict[str, Any] = {
        "person_id": person_id,
        "band": "middle",
        "need": "取得职称多年，本校没有空余岗位（演示数据）。",
    }
    started = StartInstance("reserved_post", organisation_id(school), asked)
    return start_instance(actor(f"{school}.hr", now), started, now=now).instance_id


def _accepted(person_id: str, school: str, now: datetime) -> str:
    case = _apply(person_id, school, now)
    decide(case, "check", HR, "approve", now)
    return case


def _decided(case: str, now: datetime) -> None:
    """From the end of the window to the outcome, which every application is told."""
    _fire(case, "call_period", now)
    decide(case, "collect", HR, "rank", now)
    decide(case, "bureau_decision", "bureau.leader", "approve", now)
    decide(case, "hr_decision", "hr.bureau", "approve", now)
    delivery.deliver(now, jobs.SENDERS)


def _fire(case: str, element_id: str, now: datetime) -> None:
    timers = [row.id for row in store.timers(db.session(), case) if row.element_id == element_id]
    db.session.rollback()
    for timer_id in timers:
        fire_timer(Actor.system(), timer_id, now=now)

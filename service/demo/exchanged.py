"""The exchange of the present school year: a small plan from its list to the arrivals, each step as people take it."""

from datetime import datetime

from sqlalchemy import select

from service.access.actor import Actor
from service.access.days import day_of
from service.access.models import Account
from service.db import db
from service.demo import county
from service.demo.build import BUREAU, Say, organisation_id
from service.demo.cases import actor
from service.demo.meetings import Meeting, decide_together
from service.flows.exchange import commands_applications, commands_openings, commands_rounds
from service.flows.exchange.casework import ROUND
from service.flows.exchange.commands_applications import Apply
from service.flows.exchange.commands_openings import Offer
from service.flows.exchange.commands_rounds import AskRound
from service.flows.exchange.drawing_up import ENTRY
from service.instances.commands import StartInstance, start_instance
from service.instances.commands_timers import fire_timer
from service.instances.models import ProcessCase
from service.posts.posting import ACCOUNT
from service.reports.rules import school_year
from service.runs import working
from service.tasks import queries
from service.tasks.commands import CompleteTask, complete_task
from service.tasks.facts import TaskFacts
from workflows import store

HR = "bureau.hr"
MEETING = (HR, "bureau.hr.chief", "bureau.leader")
STAGE, BANDS, SEED = "primary", ("junior", "middle"), 2026
SUBJECTS = county.SUBJECTS[:4]


def build(now: datetime, say: Say) -> None:
    """Begin the plan of this school year and carry it out; one of those who are placed has not arrived yet."""
    today = day_of(now)
    year = school_year(today).year
    say(f"交流 · exchange {year}")
    values = {"year": year, "effective_on": today.isoformat(), "basis": "演示数据"}
    plan = start_instance(actor(HR, now), StartInstance("exchange", organisation_id(BUREAU), values), now=now)
    offered = _offers(plan.instance_id, now)
    _every_school(plan.instance_id, "list_check", now)
    _fire(plan.instance_id, "list_period", now)
    _complete(plan.instance_id, "list_settle", HR, "settle", now)
    _apply(plan.instance_id, offered, now)
    _fire(plan.instance_id, "applications_over", now)
    _every_school(plan.instance_id, "school_opinions", now)
    _match(plan.instance_id, now)
    _fire(plan.instance_id, "publicity_over", now)
    _decide(plan.instance_id, now)
    _arrive(now)


def _offers(plan_id: str, now: datetime) -> dict[str, str]:
    """Rural and remote schools with room offer places: opening → its subject."""
    rural = [one for one in county.schools() if one.stage == STAGE and one.area in ("rural", "remote")]
    found = {}
    for number, school in enumerate(one for one in rural if _has_room(one.code)):
        subject = SUBJECTS[number % len(SUBJECTS)]
        offer = Offer(plan_id, organisation_id(school.code), subject, STAGE, len(BANDS), "move")
        found[commands_openings.offer(actor(f"{school.code}.hr", now), offer, now=now)] = subject
    return found


def _has_room(school: str) -> bool:
    """Whether the school can take one person of each band."""
    own = (ACCOUNT.c.organisation_id == organisation_id(school), ~ACCOUNT.c.pool)
    rows = db.session.execute(select(ACCOUNT).where(*own)).all()
    db.session.rollback()
    free = {one.band: one.approved + one.excess - one.occupied - one.reserved - one.lent for one in rows}
    return free[None] >= len(BANDS) and all(free[band] for band in BANDS)


def _apply(plan_id: str, offered: dict[str, str], now: datetime) -> None:
    """Teachers of towns apply for the places of their subject, one of each band, backbone teachers first."""
    towns = [organisation_id(one.code) for one in county.schools() if one.area in ("city", "town")]
    able = (ENTRY.c.result.in_(("VOLUNTARY", "REQUIRED")), ENTRY.c.stage == STAGE, ENTRY.c.organisation_id.in_(towns))
    found = select(ENTRY.c.id, ENTRY.c.subject, ENTRY.c.band, ENTRY.c.backbone, Account.username).join(
        Account, Account.person_id == ENTRY.c.person_id
    )
    listed = db.session.execute(found.where(ENTRY.c.instance_id == plan_id, *able).order_by(Account.username.desc()))
    free = [one for one in listed if one.username.startswith("t")]
    db.session.rollback()
    for opening, subject in offered.items():
        for band in BANDS:
            fitting = [one for one in free if (one.subject, one.band) == (subject, band)]
            chosen = max(fitting, key=lambda one: bool(one.backbone))
            free.remove(chosen)
            commands_applications.apply(actor(chosen.username, now), Apply(chosen.id, [opening]), now=now)


def _every_school(plan_id: str, element_id: str, now: datetime) -> None:
    """The HR clerk of each school does its part."""
    codes = {organisation_id(one.code): one.code for one in county.schools()}
    for task in [one for one in queries.open_of(plan_id) if one.element_id == element_id]:
        clerk = actor(f"{codes[str(task.item)]}.hr", now)
        complete_task(clerk, CompleteTask(task.id, task.version, "confirm"), now=now)


def _match(plan_id: str, now: datetime) -> None:
    """One round by a seed that is told, and its result adopted."""
    round_id = commands_rounds.ask_round(actor(HR, now), AskRound(plan_id, SEED), now=now)
    working.work("long", pace=0)
    number = db.session.scalars(select(ROUND.c.number).where(ROUND.c.id == round_id)).one()
    db.session.rollback()
    _complete(plan_id, "match", HR, "adopt", now, round_number=number)


def _decide(plan_id: str, now: datetime) -> None:
    """A meeting decides, and a case begins for each person."""
    decide_together(plan_id, "decision", "approve", Meeting("局务会（演示）", MEETING), now)
    working.work("short")
    working.work("long", pace=0)


def _arrive(now: datetime) -> None:
    """All but the last have come to their new schools."""
    codes = {organisation_id(one.code): one.code for one in county.schools()}
    found = select(ProcessCase.instance_id, ProcessCase.organisation_id)
    placed = found.where(ProcessCase.definition_key == "exchange_placement").order_by(ProcessCase.business_key)
    cases = db.session.execute(placed).all()
    db.session.rollback()
    for case in cases[:-1]:
        clerk = f"{codes[case.organisation_id]}.hr"
        _complete(case.instance_id, "arrival", clerk, "arrived", now, arrived_on=day_of(now).isoformat())


def _complete(case: str, element_id: str, by: str, decision: str, now: datetime, **values: object) -> None:
    task = _task(case, element_id)
    complete_task(
        actor(by, now), CompleteTask(task.id, task.version, decision, None, values, no_interest=True), now=now
    )


def _task(case: str, element_id: str) -> TaskFacts:
    found = next(one for one in queries.open_of(case) if one.element_id == element_id)
    db.session.rollback()
    return found


def _fire(case: str, element_id: str, now: datetime) -> None:
    timers = [row.id for row in store.timers(db.session(), case) if row.element_id == element_id]
    db.session.rollback()
    for timer_id in timers:
        fire_timer(Actor.system(), timer_id, now=now)

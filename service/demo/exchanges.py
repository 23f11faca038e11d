"""A plan of exchange for the coming school year while its list is corrected: what schools and a teacher did."""

from datetime import datetime

from service.access.days import day_of
from service.db import db
from service.demo.build import BUREAU, Say, organisation_id
from service.demo.cases import actor
from service.flows.exchange import commands, commands_openings, queries_list
from service.flows.exchange.commands import Object
from service.flows.exchange.commands_openings import Offer
from service.flows.exchange.rules import first_day
from service.instances.commands import StartInstance, start_instance
from service.parameters.queries import county
from service.tasks import queries
from service.tasks.commands import CompleteTask, complete_task

OFFERS = (
    ("s05", "语文", 2, "move"), ("s05", "数学", 1, "loan"), ("s12", "语文", 1, "lend"), ("s20", "英语", 2, "loan"),
)  # fmt: skip
"""School, subject, places and how."""
CHECKED = "s02"


def build(now: datetime, say: Say) -> None:
    """Begin the plan; some schools offer places, one has checked its list, a teacher has asked for a correction."""
    today = day_of(now)
    year = today.year + (today >= first_day(today.year, county(db.session(), today)))
    say(f"交流计划 · plan of exchange {year}")
    values = {"year": year, "basis": "演示数据"}
    begun = start_instance(actor("bureau.hr", now), StartInstance("exchange", organisation_id(BUREAU), values), now=now)
    for school, subject, places, manner in OFFERS:
        offer = Offer(begun.instance_id, organisation_id(school), subject, "primary", places, manner)
        commands_openings.offer(actor(f"{school}.hr", now), offer, now=now)
    _correct(now)
    _check(begun.instance_id, now)


def _correct(now: datetime) -> None:
    teacher = actor("t0010", now)
    own = queries_list.own_entries(teacher)
    db.session.rollback()
    if own:
        said = Object(own[0].id, "我 2023 年才调入本校，请核对到校年份（演示数据）。", "VOLUNTARY")
        commands.correct_entry(teacher, said, now=now)


def _check(plan_id: str, now: datetime) -> None:
    clerk, place = actor(f"{CHECKED}.hr", now), organisation_id(CHECKED)
    task = next(task for task in queries.open_of(plan_id) if task.item == place)
    db.session.rollback()
    complete_task(clerk, CompleteTask(task.id, task.version, "confirm", "名单无误（演示数据）。"), now=now)

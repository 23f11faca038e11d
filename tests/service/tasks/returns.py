"""A flow with a correction, a check and a block to return out of; returning, and reading what became of it."""

from typing import Any

from sqlalchemy import select

from service.audit import timeline
from service.db import db
from service.tasks.commands_returning import ReturnTask, return_task
from service.tasks.models import Seat, Task
from service.tasks.returning import Returned
from service.tasks.view import TaskView, view
from tests.driver import Case, Driver
from tests.service.tasks import flows
from tests.workflows import diagrams as d

OFFICERS = "bureau_hr_officer,bureau_hr_chief"
FILL = flows.task("fill", assignee="=initiator", form="small-start", fields="count:write,note:write")
POLICIES = ("single", "all", "any", "sequence")


def check(**properties: str) -> str:
    given = {"form": "small-start", "fields": "count:read", "decisions": "approve,reject", "dueIn": "5 workdays"}
    return flows.task("check", OFFICERS, **(given | properties))


def line(*nodes: str) -> dict[str, bytes]:
    """fill → check → last"""
    last = flows.task("last", "bureau_leader", decisions="approve")
    return flows.line(FILL, *(nodes or (check(),)), last, ids=("fill", "check", "last"))


def block(**properties: str) -> dict[str, bytes]:
    """fill → fork → (enter → check | other) → join → last"""
    enter = flows.task("enter", "bureau_hr_officer", form="small-start", fields="note:write", decisions="approve")
    other = flows.task("other", "staffing_officer", decisions="approve")
    last = flows.task("last", "bureau_leader", decisions="approve")
    nodes = (
        FILL,
        enter,
        check(**properties),
        other,
        last,
        d.gateway("parallel", "fork"),
        d.gateway("parallel", "join"),
    )
    links = (d.path("start", "fill", "fork", "enter", "check", "join", "last", "end"), d.path("fork", "other", "join"))
    return flows.flow(nodes, links)


def at_check(driver: Driver, files: dict[str, bytes]) -> Case:
    driver.deploy(files)
    case = driver.start("small", "s01.hr", "s01", count=3)
    case.complete("fill", "s01.hr", "complete", count=3, note="first")
    if "enter" in case.open():
        case.complete("enter", "bureau.hr", "approve")
    return case


def give_back(case: Case, by: str, target: str = "initiator", step: str = "check", **more: Any) -> Returned:
    task = case.task(step)
    command = ReturnTask(task.id, task.version, target=target, **({"reason": "材料不全"} | more))
    return return_task(case.driver.actor(by), command, now=case.driver.now)


def seen(case: Case, by: str, step: str) -> TaskView:
    found = view(case.driver.actor(by), case.task(step).id)
    db.session.rollback()
    return found


def rows(statement: Any) -> list[Any]:
    found = list(db.session.execute(statement).all())
    db.session.rollback()
    return found


def seats(case: Case, step: str) -> list[tuple[str, str | None]]:
    """State and decision of every seat that a step has had."""
    here = select(Seat.state, Seat.decision).join(Task).where(Task.instance_id == case.id, Task.element_id == step)
    return [tuple(row) for row in rows(here.order_by(Task.opened_at, Seat.position))]


def events(case: Case, kind: str) -> list[timeline.Event]:
    found = [event for event in timeline.events(db.session(), f"instance:{case.id}") if event.kind == kind]
    db.session.rollback()
    return found

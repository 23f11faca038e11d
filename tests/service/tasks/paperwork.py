"""Cases with a step that is decided on paper, and what is read of them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from service.audit import timeline
from service.audit.timeline import Event
from service.db import db
from service.notices.models import OutboxMessage
from service.tasks.models_papers import PaperDecision
from tests.driver import Case, Driver
from tests.service.tasks import flows

SHANGHAI = ZoneInfo("Asia/Shanghai")
STEP = {"decisions": "approve,return,reject", "paper": "allowed"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def begun(driver: Driver, *, by: str = "s01.principal", group: str = "staffing_officer", **props: str) -> Case:
    """A case whose first step lies with an office that decides on paper; the bureau comes next."""
    place = group.format(school=driver.county.organisations["s01"])
    check = flows.task("check", place, **(STEP | props))
    after = flows.task("after", "bureau_hr_officer", decisions="approve", dueIn="3 workdays", remindBefore="1 workday")
    driver.deploy(flows.line(check, after, ids=("check", "after")))
    return driver.start("small", by=by, count=3)


def told(case: Case, kind: str) -> list[Event]:
    found = [event for event in timeline.events(db.session(), f"instance:{case.id}") if event.kind == kind]
    db.session.rollback()
    return found


def row_of(task_id: str) -> Any:
    found = db.session.execute(select(PaperDecision).where(PaperDecision.task_id == task_id)).scalar_one()
    db.session.rollback()
    return found


def posted(kind: str) -> list[str]:
    found = sorted(db.session.scalars(select(OutboxMessage.holder).where(OutboxMessage.kind == kind)))
    db.session.rollback()
    return found


def faults(refused: Any) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in refused.value.faults]

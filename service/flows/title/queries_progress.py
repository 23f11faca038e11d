"""How far a batch is, school by school: where its applications stand, and what of them is overdue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, column, func, select, table

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.calendar.queries import calendar
from service.db import db
from service.flows.standstill import BY_FILE
from service.flows.title.roster import APPLICATION, INSTANCE, UNDER_WAY
from service.parameters.queries import county
from service.people.queries import ORGANISATION, name_in
from workflows.base import Instant

_task = table("task", column("instance_id"), column("element_id"), column("state"), column("due_at"))
_case = table("process_case", column("instance_id"), column("suspended_at", Instant()), column("suspension_reason"))

STAGES = ("school", "offices", "committee", "result", "waiting", "completed", "rejected", "gone")
"""Where an application can stand, in order; `gone` is withdrawn, cancelled or lapsed."""
STAGE_OF = {
    "eligibility_check": "offices", "verification": "school", "recommendation": "school", "correction": "school",
    "post_shortage": "school", "bureau_review": "offices", "hr_review": "offices", "outside_result": "committee",
    "committee_vote": "committee", "review_request": "result", "review": "result", "filing": "result",
    "confirmation": "result",
}  # fmt: skip
"""Open step → stage; a publicity or an inquiry belongs to what stands round it."""
ENDED = {"completed": "completed", "rejected": "rejected"}


@dataclass
class Progress:
    """One school's applications by stage; `overdue` of them have a step past its deadline, or stand still too long.

    Too long: an ethics case holds one for more working days than the parameter `ethics_suspension_workdays`.
    """

    organisation_id: str
    name: str
    stages: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STAGES, 0))
    total: int = 0
    overdue: int = 0


def progress(actor: Actor, batch_id: str, now: datetime, *, locale: str = "zh") -> Sequence[Progress]:
    """The schools whose applications the actor sees, by name; two statements for any number of them."""
    found: dict[str, Progress] = {}
    is_late = _lateness(now)
    for row in _rows(actor, batch_id, now, locale):
        school = found.setdefault(row.organisation_id, Progress(row.organisation_id, row.name))
        school.stages[stage_of(row)] += 1
        school.total += 1
        school.overdue += is_late(row)
    return sorted(found.values(), key=lambda one: (one.name, one.organisation_id))


def standing(actor: Actor, batch_id: str, now: datetime) -> dict[str, tuple[str, bool]]:
    """Case → its stage, and whether its open step is past its deadline; as `progress` counts them."""
    is_late = _lateness(now)
    return {row.instance_id: (stage_of(row), is_late(row)) for row in _rows(actor, batch_id, now, "zh")}


def _lateness(now: datetime) -> Callable[[Any], bool]:
    """Whether an application is overdue at that moment."""
    today, days = day_of(now), calendar(db.session())
    limit = int(county(db.session(), today)["ethics_suspension_workdays"])

    def is_late(row: Any) -> bool:
        if row.suspension_reason not in BY_FILE:
            return bool(row.overdue)
        return days.workdays_between(day_of(row.suspended_at), today) > limit

    return is_late


def stage_of(row: Any) -> str:
    """The stage of an application from the state of its case, its open step and its own marks."""
    if row.state not in UNDER_WAY:
        return ENDED.get(row.state, "gone")
    if row.waiting_since is not None:
        return "waiting"
    if row.element_id in STAGE_OF:
        return STAGE_OF[row.element_id]
    if row.element_id is None:
        return "committee"
    return "school" if row.committee is None and row.result is None else "result"


def _rows(actor: Actor, batch_id: str, now: datetime, locale: str) -> Sequence[Any]:
    late = func.max(case((_task.c.due_at < now, 1), else_=0))
    steps = (
        select(_task.c.instance_id, func.max(_task.c.element_id).label("element_id"), late.label("overdue"))
        .where(_task.c.state == "open")
        .group_by(_task.c.instance_id)
        .subquery()
    )
    mine = (APPLICATION.c.batch_id == batch_id, policy.visible(actor, "title_application"))
    found = (
        select(
            APPLICATION.c.instance_id,
            APPLICATION.c.organisation_id,
            name_in(locale).label("name"),
            APPLICATION.c.committee,
            APPLICATION.c.result,
            APPLICATION.c.waiting_since,
            INSTANCE.c.state,
            _case.c.suspended_at,
            _case.c.suspension_reason,
            steps.c.element_id,
            steps.c.overdue,
        )
        .join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
        .join(_case, _case.c.instance_id == APPLICATION.c.instance_id)
        .join(ORGANISATION, ORGANISATION.c.id == APPLICATION.c.organisation_id)
        .outerjoin(steps, and_(steps.c.instance_id == APPLICATION.c.instance_id))
        .where(*mine)
    )
    return db.session.execute(found).all()

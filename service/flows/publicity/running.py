"""Which periods run now, and their last days: the case says so, and its timers."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Row, Select, and_, column, or_, select, table

from service.access.days import day_of
from service.db import db
from service.flows.publicity.declaring import PUBLISHED
from service.flows.publicity.periods import PUBLICITY, TIMER
from workflows.base import Json, table_of
from workflows.models import MessageSubscription, Timer
from workflows.spans import NEVER

SUBSCRIPTION, DEADLINE = table_of(MessageSubscription), table_of(Timer)
INSTANCE = table("process_instance", column("id"), column("state"), column("definition_id"))
TASK = table("task", column("instance_id"), column("element_id"), column("state"), column("properties", Json))
STEP, INQUIRY = "publicity", "inquiry"
"""The steps of a diagram that are open as long as a period runs, and as it stands still for an inquiry."""


def running(on: date, *, inside: bool = False) -> Select[Any]:
    """The rows of periods in which their case stands, with `suspended` while an inquiry into them runs.

    What only a school sees is left out unless `inside`, and every period of a case that is itself suspended.
    A case that waits for no message publishes one list at a time: its newest, after a rematch not the old one too.
    What was published again after a correction runs to the end of its last day.
    """
    waits = and_(
        SUBSCRIPTION.c.instance_id == PUBLICITY.c.instance_id,
        SUBSCRIPTION.c.name == PUBLICITY.c.flow + ".objection",
        SUBSCRIPTION.c.correlation_key == PUBLICITY.c.subject,
    )
    later = PUBLICITY.alias("later")
    after = (later.c.instance_id == PUBLICITY.c.instance_id, later.c.id > PUBLICITY.c.id)
    replaced = select(later.c.id).where(*after).correlate_except(later)
    listed = [found.flow for found in PUBLISHED.values() if found.receive]
    stands = and_(
        ~replaced.exists(),
        TASK.c.instance_id == PUBLICITY.c.instance_id, TASK.c.element_id == STEP, TASK.c.state == "open",
        PUBLICITY.c.flow.in_(listed),
    )  # fmt: skip
    about = TASK.c.properties["about"].as_string()
    looked_into = and_(
        ~replaced.exists() | PUBLICITY.c.flow.not_in(listed),
        TASK.c.instance_id == PUBLICITY.c.instance_id, TASK.c.element_id == INQUIRY, TASK.c.state == "open",
        or_(about.is_(None), about == PUBLICITY.c.subject),
    )  # fmt: skip
    suspended = select(TASK.c.state).where(looked_into).correlate(PUBLICITY).exists()
    again = and_(PUBLICITY.c.correction_id.is_not(None), PUBLICITY.c.from_on <= on, PUBLICITY.c.until >= on)
    open_now = or_(
        select(SUBSCRIPTION.c.id).where(waits).exists(), select(TASK.c.state).where(stands).exists(), suspended
    )
    return (
        select(PUBLICITY, suspended.label("suspended"))
        .join(INSTANCE, INSTANCE.c.id == PUBLICITY.c.instance_id)
        .where(PUBLICITY.c.open_to_all | inside, or_(and_(INSTANCE.c.state == "running", open_now), again))
    )


def last_days(rows: Sequence[Row[Any]]) -> dict[str, date]:
    """Period → the day on which its timer falls due: a case that stood still, or another calendar, has moved it.

    Of several periods that run in one case the timers are told apart by their order, which those moves keep; where HR
    has put one on a moment, by nothing: then each has the day that it was counted to when it began or went on.
    """
    found = {row.id: cast("date", row.until) for row in rows}
    moving = {row.instance_id for row in rows if not row.suspended and row.correction_id is None}
    if not moving:
        return found
    timers = _timers(moving)
    for instance_id, periods in _running_in(moving).items():
        dues = [row for row in timers.get(instance_id, ()) if row.due_at < NEVER]
        if len(dues) != len(periods) or (len(dues) > 1 and any(row.unit == "instant" for row in dues)):
            continue
        for period_id, timer in zip(periods, dues, strict=True):
            if period_id in found:
                found[period_id] = day_of(timer.due_at)
    return found


def _timers(instance_ids: Collection[str]) -> dict[str, list[Any]]:
    """Case → the timers of its periods, the earliest first."""
    mine = (DEADLINE.c.instance_id.in_(instance_ids), DEADLINE.c.element_id == TIMER, DEADLINE.c.kind == "event")
    wanted = select(DEADLINE.c.instance_id, DEADLINE.c.due_at, DEADLINE.c.unit).where(*mine)
    found: dict[str, list[Any]] = {}
    for row in db.session.execute(wanted.order_by(DEADLINE.c.due_at, DEADLINE.c.id)):
        found.setdefault(row.instance_id, []).append(row)
    return found


def _running_in(instance_ids: Collection[str]) -> dict[str, list[str]]:
    """Case → its periods that run now and are not suspended, in the order of the days that they were counted to."""
    now = running(date.max, inside=True).subquery()
    wanted = select(now.c.id, now.c.instance_id).where(
        now.c.instance_id.in_(instance_ids), ~now.c.suspended, now.c.correction_id.is_(None)
    )
    found: dict[str, list[str]] = {}
    for row in db.session.execute(wanted.order_by(now.c.until, now.c.id)):
        found.setdefault(row.instance_id, []).append(row.id)
    return found

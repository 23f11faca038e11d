"""Which periods run now, and their last days: the case says so, and its timers."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
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
TASK = table(
    "task", column("instance_id"), column("token"), column("element_id"), column("state"), column("properties", Json)
)
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

    A timer belongs to the step to which it is attached, and that says of whom it is where several run in one case.
    """
    found = {row.id: cast("date", row.until) for row in rows}
    moving = [row for row in rows if not row.suspended and row.correction_id is None]
    if not moving:
        return found
    timers = _timers({row.instance_id for row in moving})
    for row in moving:
        mine = timers.get((row.instance_id, row.subject)) or timers.get((row.instance_id, None))
        if mine is not None:
            found[row.id] = day_of(mine)
    return found


def _timers(instance_ids: Collection[str]) -> dict[tuple[str, str | None], datetime]:
    """(Case, whom its step is about, if it says so) → when the timer of the period falls due."""
    attached = and_(TASK.c.instance_id == DEADLINE.c.instance_id, TASK.c.token == DEADLINE.c.host)
    wanted = (
        select(DEADLINE.c.instance_id, TASK.c.properties["about"].as_string().label("about"), DEADLINE.c.due_at)
        .join(TASK, attached)
        .where(DEADLINE.c.instance_id.in_(instance_ids), DEADLINE.c.element_id == TIMER, DEADLINE.c.kind == "event")
        .where(TASK.c.state == "open", DEADLINE.c.due_at < NEVER)
    )
    return {(row.instance_id, row.about): row.due_at for row in db.session.execute(wanted)}

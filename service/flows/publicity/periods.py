"""A period as the case counts it: begun, stopped, gone on with; and the row by which the public page finds it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.calendar.queries import calendar
from service.flows.corrections.declaring import Correcting
from service.flows.publicity import sources
from service.flows.publicity.models import Publicity
from workflows import spans
from workflows.base import new_id
from workflows.surroundings import Call

PUBLICITY = cast("Table", Publicity.__table__)
TIMER = "publicity_over"
"""The timer event at whose end a period is over, in every diagram."""


def begun(call: Call, flow: str, subject: str, *, hidden: bool) -> Mapping[str, Any]:
    """The variables of a period that begins now: what an earlier one of the same subject had left, else all of it."""
    resumed = call.variables.get("publicity_for") == subject
    days = call.variables["publicity_days" if resumed else "full_period"]
    first, last = day_of(call.now), calendar(call.session).due(f"{days} workdays", call.now).due_at
    _keep(
        call.session,
        call.instance_id,
        flow,
        subject,
        {"open_to_all": not hidden, "from_on": first, "until": day_of(last)},
    )
    return {"publicity_days": days, "publicity_from": first.isoformat(), "publicity_for": subject}


def again(session: Session, correction: Correcting, flow: str, subject: str, days: int) -> None:
    """What a correction has changed is published, again or for the first time, for so many working days."""
    last = calendar(session).due(f"{days} workdays", correction.now).due_at
    values: dict[str, bool | date | str] = {
        "open_to_all": True,
        "from_on": day_of(correction.now),
        "until": day_of(last),
    }
    _keep(session, correction.instance_id, flow, subject, {**values, "correction_id": correction.id})


def left_of(call: Call) -> int:
    """The working days that a stopped period's own row still had: what moved it, or let it stand still, has counted.

    The day of the objection is used up: on the last day nothing is left but the rest of that day.
    """
    period = call.stopped(TIMER)
    days: int = call.variables["publicity_days"]
    return days if period is None else max(0, spans.left(calendar(call.session), period, call.now))


def _keep(session: Session, instance_id: str, flow: str, subject: str, values: Mapping[str, bool | date | str]) -> None:
    mine = (PUBLICITY.c.instance_id == instance_id, PUBLICITY.c.subject == subject)
    known = session.scalar(select(PUBLICITY.c.id).where(*mine))
    if known is None:
        row = {"id": new_id(), "instance_id": instance_id, "flow": flow, "subject": subject, **values}
        session.execute(insert(PUBLICITY), row)
    else:
        session.execute(update(PUBLICITY).where(PUBLICITY.c.id == known).values(**values))
        sources.inquired(session, known)

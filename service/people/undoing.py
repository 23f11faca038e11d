"""Appointments that a case has begun or ended are put back by a correction; what was written stays, struck (policy §5).

Whoever calls has locked the persons.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from service.access import accounts
from service.access.standing import ROLE
from service.audit import timeline
from service.errors import Conflict
from service.people import recording
from service.people.persons import APPOINTMENT, LOCK

ENDED = "appointment.ended"


@dataclass(frozen=True)
class Ground:
    """Which case is corrected, why, on what paper, by whom and when."""

    instance_id: str
    document: str
    by: str
    now: datetime

    @property
    def because(self) -> str:
        return f"更正：{self.document}"[:200]


def strike(session: Session, ground: Ground, person_id: str | None = None) -> list[Row[Any]]:
    """Strike every standing appointment of the case (of one person), the latest first, and let go on what each had
    followed; those struck.

    A struck one holds on no day; its row stays. Conflict("correction.built_on") where something else has followed it.
    """
    own = [APPOINTMENT.c.instance_id == ground.instance_id, APPOINTMENT.c.struck_at.is_(None)]
    if person_id is not None:
        own.append(APPOINTMENT.c.person_id == person_id)
    found = session.execute(select(APPOINTMENT).where(*own).order_by(APPOINTMENT.c.id.desc())).all()
    for row in found:
        followed = session.scalar(select(APPOINTMENT.c.valid_until).where(APPOINTMENT.c.id == row.id))
        if followed is not None:
            raise Conflict("correction.built_on", since=followed.isoformat())
        _strike(session, row, ground)
    return list(found)


def _strike(session: Session, row: Row[Any], ground: Ground) -> None:
    gone = {"valid_until": row.valid_from, "ended_because": ground.because, "struck_at": ground.now}
    session.execute(update(APPOINTMENT).where(APPOINTMENT.c.id == row.id).values(gone))
    before = _before(session, row)
    if before is None or before.organisation_id != row.organisation_id:
        accounts.end_roles(session, row.person_id, row.valid_from, row.organisation_id)
    body: dict[str, Any] = {"id": row.id, "from": row.valid_from, "document": ground.document}
    recording.person_event(session, row.person_id, "appointment.struck", ground.by, ground.now, body)
    if before is not None:
        reopen(session, before, ground)


def strike_lock(session: Session, ground: Ground, person_id: str) -> None:
    """The service lock that the case has laid on a person binds no more; its row stays."""
    mine = (LOCK.c.instance_id == ground.instance_id, LOCK.c.person_id == person_id, LOCK.c.struck_at.is_(None))
    for lock_id in session.scalars(select(LOCK.c.id).where(*mine)).all():
        session.execute(update(LOCK).where(LOCK.c.id == lock_id).values(struck_at=ground.now))
        body = {"id": lock_id, "document": ground.document}
        recording.person_event(session, person_id, "service_lock.struck", ground.by, ground.now, body)


def _before(session: Session, row: Row[Any]) -> Row[Any] | None:
    """The appointment that ended on the first day of this one."""
    ended = (APPOINTMENT.c.valid_until == row.valid_from, APPOINTMENT.c.struck_at.is_(None))
    mine = (APPOINTMENT.c.person_id == row.person_id, APPOINTMENT.c.id != row.id)
    last = (APPOINTMENT.c.valid_from.desc(), APPOINTMENT.c.id.desc())
    return session.execute(select(APPOINTMENT).where(*mine, *ended).order_by(*last)).first()


def ended_on(session: Session, person_id: str, on: date) -> Row[Any] | None:
    """The person's last appointment, if it ended on that day and nothing has followed it."""
    mine = (APPOINTMENT.c.person_id == person_id, APPOINTMENT.c.struck_at.is_(None))
    last = (APPOINTMENT.c.valid_from.desc(), APPOINTMENT.c.id.desc())
    row = session.execute(select(APPOINTMENT).where(*mine).order_by(*last)).first()
    return row if row is not None and row.valid_until == on else None


def reopen(session: Session, row: Row[Any], ground: Ground) -> None:
    """Let an appointment go on that had ended, with the roles that ended with it and the account's home."""
    lasting = {"valid_until": None, "ended_because": None}
    session.execute(update(APPOINTMENT).where(APPOINTMENT.c.id == row.id).values(lasting))
    roles = _roles_ended_with(session, row)
    if roles:
        session.execute(update(ROLE).where(ROLE.c.id.in_(roles)).values(valid_until=None))
    accounts.rehome(session, row.person_id, row.organisation_id)
    body = {"id": row.id, "ended": row.valid_until, "roles": roles, "document": ground.document}
    recording.person_event(session, row.person_id, "appointment.reopened", ground.by, ground.now, body)


def _roles_ended_with(session: Session, row: Row[Any]) -> Sequence[str]:
    """The roles that the last event of this appointment's end names, and that have not been given a last day since."""
    told = timeline.latest(session, f"person:{row.person_id}", limit=1000)
    ends = (event.body for event in told if event.kind == ENDED and event.body and event.body["id"] == row.id)
    body = next(ends, None)
    if body is None:
        return []
    held = select(ROLE.c.id).where(ROLE.c.id.in_(body["roles"]), ROLE.c.valid_until == date.fromisoformat(body["on"]))
    return list(session.scalars(held.order_by(ROLE.c.id)))

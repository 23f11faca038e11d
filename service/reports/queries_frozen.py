"""Reads of frozen reports: the list, one of them with its proof, and what differs from the same day as it reads now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.audit import timeline
from service.db import db
from service.errors import NotFound
from service.reports.commands import FROZEN
from service.reports.contents import opened, taken
from service.reports.measuring import day_at
from service.reports.rules_differences import Difference, differences

_HEAD = [column for column in FROZEN.c if column.name != "contents"]


@dataclass(frozen=True)
class Frozen:
    """A frozen report; `is_sound`: its contents have the hash of the row and of the event of the freezing."""

    row: Row[Any]
    contents: dict[str, Any]
    is_sound: bool

    def figure(self, key: str) -> dict[str, Any]:
        """A kept figure; NotFound("report.figure_absent")."""
        found = next((one for one in self.contents["figures"] if one["key"] == key), None)
        if found is None:
            raise NotFound("report.figure_absent", key=key)
        return dict(found)


def present(actor: Actor, on: date, now: datetime) -> dict[str, Any]:
    """All figures of a day with their lists as they read now; Forbidden, Invalid("report.future")."""
    policy.require(actor, "report.read")
    session = db.session()
    return taken(session, day_at(session, on, now))


def to_freeze(actor: Actor, on: date, now: datetime) -> dict[str, Any]:
    """The same for who may freeze it, to be handed to `commands.freeze_report`."""
    policy.require(actor, "report.freeze")
    return present(actor, on, now)


def reports(actor: Actor) -> Sequence[Row[Any]]:
    """Frozen reports without their contents, the latest first."""
    policy.require(actor, "report.read")
    found = select(*_HEAD).order_by(FROZEN.c.frozen_at.desc(), FROZEN.c.id.desc())
    return db.session.execute(found.limit(500)).all()


def report(actor: Actor, report_id: str) -> Frozen:
    """One frozen report; NotFound("report.absent")."""
    policy.require(actor, "report.read")
    row = db.session.execute(select(FROZEN).where(FROZEN.c.id == report_id)).first()
    if row is None:
        raise NotFound("report.absent")
    contents, digest = opened(row.contents)
    return Frozen(row, contents, digest == row.sha256 == _recorded(db.session(), report_id))


def _recorded(session: Session, report_id: str) -> str | None:
    """The hash that the event of the freezing carries."""
    events = timeline.events(session, f"report:{report_id}", limit=1)
    body = events[0].body if events else None
    return None if body is None else str(body.get("sha256"))


def difference(actor: Actor, report_id: str, now: datetime) -> tuple[Frozen, list[Difference]]:
    """A frozen report, and the figures that read otherwise now for the same day."""
    frozen = report(actor, report_id)
    return frozen, differences(frozen.contents, present(actor, frozen.row.as_of, now))

"""The yearly batch: the bureau opens it, may prolong it, and closes it (policy §3.T 1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.flows.title import rules
from service.flows.title.roster import BATCH
from workflows.base import new_id


@dataclass(frozen=True)
class OpenBatch:
    """A year's evaluation: `levels` title → whether a committee outside of this house decides it."""

    year: int
    name: str
    levels: Mapping[str, bool]
    opens_on: date
    closes_on: date
    criteria: str


@dataclass(frozen=True)
class ChangeBatch:
    """Another last day for applications, for everybody; the version that the caller saw."""

    batch_id: str
    version: int
    closes_on: date


@dataclass(frozen=True)
class CloseBatch:
    """No application is taken any more; those under way go on."""

    batch_id: str
    version: int


def open_batch(actor: Actor, command: OpenBatch, *, now: datetime) -> str:
    """The id of the new batch; Invalid("title.batch") with faults, Conflict("title.batch_exists") for the year."""
    _refuse(_faults(command))
    with transaction() as session:
        policy.require(actor, "title.open_batch")
        if session.scalar(select(BATCH.c.id).where(BATCH.c.year == command.year)) is not None:
            raise Conflict("title.batch_exists", year=command.year)
        row = {
            **vars(command),
            "id": new_id(),
            "levels": [{"level": name, "outside": command.levels[name]} for name in _ordered(command.levels)],
            "state": "open",
            "opened_by": actor.account_id,
            "opened_at": now,
            "closed_at": None,
            "version": 1,
        }
        session.execute(insert(BATCH), row)
        answer(session, batch_id=row["id"])
        _record(session, actor, row["id"], "title.batch_opened", now, {"levels": row["levels"], **_days(command)})
    return str(row["id"])


def _ordered(levels: Mapping[str, bool]) -> list[str]:
    return [level for level in rules.LEVELS if level in levels]


def _days(command: OpenBatch) -> dict[str, Any]:
    days = {name: getattr(command, name).isoformat() for name in ("opens_on", "closes_on")}
    return {"year": command.year, "criteria": command.criteria, **days}


def _faults(command: OpenBatch) -> list[Fault]:
    faults = [Fault("levels", "title.level_unknown", params={"level": one}) for one in command.levels if _odd(one)]
    if command.levels.get(rules.PROVINCIAL) is False:
        faults.append(Fault("levels", "title.province"))
    if not command.levels:
        faults.append(Fault("levels", "title.levels_missing"))
    if command.closes_on < command.opens_on:
        faults.append(Fault("closes_on", "dates.order"))
    if command.opens_on.year != command.year or command.closes_on.year != command.year:
        faults.append(Fault("year", "title.year"))
    for name, longest in (("name", 120), ("criteria", 200)):
        if not 0 < len(getattr(command, name).strip()) <= longest:
            faults.append(Fault(name, "title.text", params={"most": longest}))
    return faults


def _odd(level: str) -> bool:
    return level not in rules.LEVELS


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Invalid("title.batch", faults=tuple(faults))


def change_batch(actor: Actor, command: ChangeBatch, *, now: datetime) -> int:
    """The new version. Conflict("title.stale" | "title.batch_closed"), Invalid("title.batch")."""
    with transaction() as session:
        policy.require(actor, "title.open_batch")
        row = _lock(session, command.batch_id, command.version)
        if command.closes_on < row.opens_on:
            _refuse([Fault("closes_on", "dates.order")])
        if command.closes_on.year != row.year:
            _refuse([Fault("closes_on", "title.year")])
        values = {"closes_on": command.closes_on, "version": row.version + 1}
        session.execute(update(BATCH).where(BATCH.c.id == row.id).values(values))
        body = {"old": row.closes_on.isoformat(), "new": command.closes_on.isoformat()}
        _record(session, actor, row.id, "title.batch_changed", now, body)
        return int(row.version) + 1


def close_batch(actor: Actor, command: CloseBatch, *, now: datetime) -> int:
    """The new version. Conflict("title.stale" | "title.batch_closed")."""
    with transaction() as session:
        policy.require(actor, "title.open_batch")
        row = _lock(session, command.batch_id, command.version)
        values = {"state": "closed", "closed_at": now, "version": row.version + 1}
        session.execute(update(BATCH).where(BATCH.c.id == row.id).values(values))
        _record(session, actor, row.id, "title.batch_closed", now, {"year": row.year})
        return int(row.version) + 1


def _lock(session: Session, batch_id: str, version: int) -> Any:
    row = session.execute(select(BATCH).where(BATCH.c.id == batch_id).with_for_update()).first()
    if row is None:
        raise NotFound("title_batch.absent")
    if row.version != version:
        raise Conflict("title.stale", version=row.version)
    if row.state != "open":
        raise Conflict("title.batch_closed")
    return row


def _record(session: Session, actor: Actor, batch_id: str, kind: str, now: datetime, body: dict[str, Any]) -> None:
    event = NewEvent(kind, actor.person_id or actor.account_id, body=body)
    chain.append(session, f"title_batch:{batch_id}", [event], at=now)

"""Writes what is sealed in cases and drafts anew under the newest key; policy §7, docs/operations.md "Keys"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Table, and_, select, tuple_, update
from sqlalchemy.orm import Session

from service.access import policy, sealed
from service.access.actor import Actor
from service.access.rotating import CHUNK, Rotated, tell, write_chunk
from service.db import transaction
from service.instances.models import RequestDraft
from service.instances.paper_cases import PAPER_CASE, SEALED
from service.tasks import undo, voting_box
from service.tasks.models import Draft, Seat, Task
from service.tasks.models_papers import Minutes
from service.tasks.voting import VOTE
from workflows import store
from workflows.base import table_of
from workflows.models import ProcessInstance, VariableChange

_INSTANCE, _CHANGE = table_of(ProcessInstance), table_of(VariableChange)
_TASK, _SEAT, _DRAFT, _REQUEST = table_of(Task), table_of(Seat), table_of(Draft), table_of(RequestDraft)
_MINUTES = table_of(Minutes)


@dataclass(frozen=True)
class RotateCaseKeys:
    """Go on after case id `after`; `limit` cases a call keep the transaction short."""

    after: str = ""
    limit: int = CHUNK


@dataclass(frozen=True)
class RotatePaperCaseKeys:
    """Go on after the told case `after`."""

    after: str = ""
    limit: int = CHUNK


@dataclass(frozen=True)
class RotateRequestKeys:
    """Go on after the draft (person id, flow)."""

    after: tuple[str, str] = ("", "")
    limit: int = CHUNK


@dataclass(frozen=True)
class RotatedRequests:
    """`written` drafts were encrypted anew; `last` is where the next call goes on, None at the end."""

    written: int
    last: tuple[str, str] | None


def rotate_case_keys(actor: Actor, command: RotateCaseKeys, *, now: datetime) -> Rotated:
    """Seal anew what seats, boxes, drafts, variables, their history and live tokens of one chunk of cases hold."""
    chunk = select(_INSTANCE.c.id).where(_INSTANCE.c.id > command.after).order_by(_INSTANCE.c.id).limit(command.limit)
    with transaction() as session:
        policy.require(actor, "instance.rotate_keys")
        ids = list(session.scalars(chunk))
        written = sum(_renew_case(session, instance_id) for instance_id in ids)
        tell(session, actor, "case.keys_rotated", written, now)
    return Rotated(written, ids[-1] if len(ids) == command.limit else None)


def rotate_paper_case_keys(actor: Actor, command: RotatePaperCaseKeys, *, now: datetime) -> Rotated:
    """Seal anew what is told of cases on paper and waits for a second person."""
    with transaction() as session:
        policy.require(actor, "instance.rotate_keys")
        return write_chunk(session, actor, PAPER_CASE, {"sealed": SEALED}, command, "paper_case.keys_rotated", now)


def rotate_request_keys(actor: Actor, command: RotateRequestKeys, *, now: datetime) -> RotatedRequests:
    """Seal anew what people have filled into start forms and not yet sent."""
    key = (_REQUEST.c.person_id, _REQUEST.c.definition_key)
    chunk = select(*_REQUEST.c).where(tuple_(*key) > tuple_(*command.after)).order_by(*key).limit(command.limit)
    with transaction() as session:
        policy.require(actor, "instance.rotate_keys")
        rows = session.execute(chunk.with_for_update()).all()
        written = sum(
            _renew(session, _REQUEST, row, ("person_id", "definition_key"), _draft_place(row, row.definition_key))
            for row in rows
        )
        tell(session, actor, "draft.keys_rotated", written, now)
    last = rows[-1] if len(rows) == command.limit else None
    return RotatedRequests(written, last and (last.person_id, last.definition_key))


def _renew_case(session: Session, instance_id: str) -> int:
    """Everything of one case, whose lock keeps the engine away meanwhile; its last decision stands from now on."""
    held, place = store.lock(session, instance_id), sealed.case(instance_id)
    undo.forget(session, instance_id)
    own = select(_TASK.c.id).where(_TASK.c.instance_id == instance_id)
    seats = session.execute(select(*_SEAT.c).where(_SEAT.c.task_id.in_(own))).all()
    drafts = session.execute(select(*_DRAFT.c).where(_DRAFT.c.task_id.in_(own))).all()
    changes = session.execute(select(*_CHANGE.c).where(_CHANGE.c.instance_id == instance_id)).all()
    written = _renew(session, _INSTANCE, held, ("id",), place)
    written += sum(_renew(session, _SEAT, row, ("id",), place) for row in seats)
    minutes = session.execute(select(*_MINUTES.c).where(_MINUTES.c.task_id.in_(own))).all()
    written += sum(_renew(session, _MINUTES, row, ("task_id",), place) for row in minutes)
    key = ("instance_id", "version", "scope", "name")
    written += sum(_renew(session, _CHANGE, row, key, place) for row in changes)
    votes = session.scalars(own.where(_TASK.c.signing == VOTE, _TASK.c.state == "open")).all()
    written += sum(voting_box.renew(session, task_id) for task_id in votes)
    places = [(row, _draft_place(row, row.task_id)) for row in drafts]
    return written + sum(_renew(session, _DRAFT, row, ("task_id", "person_id"), where) for row, where in places)


def _draft_place(row: Any, subject: str) -> str:
    return sealed.draft(row.person_id, subject)


PROTECTED = ("variables", "tokens", "values", "opinion", "old", "new")
"""The columns in which something may be sealed."""


def _renew(session: Session, table: Table, row: Any, key: tuple[str, ...], place: str) -> int:
    """Write the protected columns of a row under the newest key; 1 when something was written."""
    old = {name: getattr(row, name) for name in PROTECTED if name in table.c and hasattr(row, name)}
    new = {name: value for name, value in _renewed(place, old).items() if value != old[name]}
    if not new:
        return 0
    here = and_(*(table.c[name] == getattr(row, name) for name in key))
    session.execute(update(table).where(here).values(new))
    return 1


def _renewed(place: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _renewed_value(place, value) for name, value in columns.items()}


def _renewed_value(place: str, value: Any) -> Any:
    """A text, the bytes of the tokens (JSON), or JSON; a ciphertext has no character that JSON would escape."""
    if isinstance(value, bytes):
        return sealed.resealed(place, value.decode()).encode()
    if isinstance(value, str):
        return sealed.resealed(place, value)
    return value if value is None else orjson.loads(sealed.resealed(place, orjson.dumps(value).decode()))

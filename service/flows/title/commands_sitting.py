"""The sitting itself: marks of demonstration and interview, then a secret vote for each candidate (policy §3.T 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid
from service.flows.title import committees, rules
from service.flows.title.committees import CALLED, MEMBER, SESSION
from service.flows.title.roster import APPLICATION
from service.notices import outbox
from service.notices.outbox import THROWN, Message

MARKS = ("demonstration", "interview")
_MARK = (
    update(APPLICATION)
    .where(APPLICATION.c.instance_id == bindparam("b_id"))
    .values(
        demonstration=bindparam("b_demonstration"),
        interview=bindparam("b_interview"),
        version=APPLICATION.c.version + 1,
    )
)


@dataclass(frozen=True)
class EnterMarks:
    """Case → its marks of 0 to 100 by name (`demonstration`, `interview`), None to take one back."""

    session_id: str
    marks: Mapping[str, Mapping[str, float | str | None]]


@dataclass(frozen=True)
class OpenVote:
    """Let the members vote on everybody on the list."""

    session_id: str
    version: int


def enter_marks(actor: Actor, command: EnterMarks, *, now: datetime) -> int:
    """How many candidates changed; all of the marks or none. Invalid("title.marks") with a fault a field,
    Conflict("title.voting")."""
    with transaction() as session:
        row = committees.lock(session, actor, command.session_id)
        policy.require(actor, "title.convene", row)
        committees.expect_before_vote(row)
        listed = select(APPLICATION).where(APPLICATION.c.session_id == row.id)
        known = {one.instance_id: one for one in session.execute(listed)}
        changes, faults = _changes(known, command.marks)
        if faults:
            raise Invalid("title.marks", faults=tuple(faults))
        if changes:
            session.execute(_MARK, changes)
            body = {"count": len(changes), "cases": [one["b_id"] for one in changes]}
            committees.record(session, actor, row.id, "title.marked", now, body)
        answer(session, changed=len(changes))
        return len(changes)


def _changes(known: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[Fault]]:
    changes, faults = [], []
    for instance_id, marks in given.items():
        if instance_id not in known:
            faults.append(Fault(f"marks.{instance_id}", "title.not_listed"))
            continue
        old = {name: getattr(known[instance_id], name) for name in MARKS}
        new, wrong = _new(old, marks)
        faults += [Fault(f"marks.{instance_id}.{name}", "title.mark") for name in wrong]
        if new != old:
            changes.append({"b_id": instance_id, **{f"b_{name}": new[name] for name in MARKS}})
    return changes, faults


def _new(old: Mapping[str, int | None], given: Mapping[str, Any]) -> tuple[dict[str, int | None], list[str]]:
    new, wrong = dict(old), []
    for name in MARKS:
        try:
            new[name] = rules.hundredths(given[name]) if name in given else old[name]
        except ValueError:
            wrong.append(name)
    return new, wrong


def open_vote(actor: Actor, command: OpenVote, *, now: datetime) -> int:
    """How many candidates are voted on: each case is told by a message of its own and opens its vote.

    Conflict("title.not_drawn" | "title.voting" | "title.stale" | "title.list_empty" | "title.unmarked" |
    "title.vote_over").
    """
    with transaction() as session:
        row = committees.lock(session, actor, command.session_id, command.version)
        policy.require(actor, "title.convene", row)
        committees.expect_before_vote(row)
        if row.state != "drawn":
            raise Conflict("title.not_drawn")
        if row.vote_until < day_of(now):
            raise Conflict("title.vote_over", on=row.vote_until.isoformat())
        listed = _listed(session, row)
        here = (MEMBER.c.session_id == row.id, MEMBER.c.state == "seated")
        seated = session.scalars(select(MEMBER.c.person_id).where(*here).order_by(MEMBER.c.position)).all()
        payload = {"committee": {"session": row.id, "members": seated, "vote_until": row.vote_until.isoformat()}}
        outbox.post(session, [_call(instance_id, payload) for instance_id in listed], now)
        session.execute(update(APPLICATION).where(APPLICATION.c.session_id == row.id).values(called_at=now))
        values = {"state": "voting", "version": row.version + 1}
        session.execute(update(SESSION).where(SESSION.c.id == row.id).values(values))
        body = {"count": len(listed), "members": len(seated)}
        committees.record(session, actor, row.id, "title.vote_opened", now, body)
        answer(session, count=len(listed))
        return len(listed)


def _listed(session: Session, row: Any) -> list[str]:
    waiting = set(committees.waiting_for(session, row))
    found = session.execute(select(APPLICATION).where(APPLICATION.c.session_id == row.id)).all()
    listed = [one for one in found if one.instance_id in waiting]
    if not listed:
        raise Conflict("title.list_empty")
    unmarked = sum(one.demonstration is None or one.interview is None for one in listed)
    if unmarked:
        raise Conflict("title.unmarked", count=unmarked)
    return [one.instance_id for one in listed]


def _call(instance_id: str, payload: Mapping[str, Any]) -> Message:
    body = {"name": CALLED, "correlation_key": instance_id, "payload": payload}
    return Message(THROWN, f"message:{CALLED}", body)

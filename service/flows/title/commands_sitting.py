"""The sitting itself: marks of demonstration and interview, then a secret vote for each candidate (policy §3.T 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid
from service.flows.title import committees, rules
from service.flows.title.committees import ACCOUNT, CALLED, EXPERT, MEMBER
from service.flows.title.roster import APPLICATION
from service.flows.title.rules import MARKS
from service.notices import outbox
from service.notices.outbox import THROWN, Message
from service.people import members

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
    """Case → its marks of 0 to 100 by name (`demonstration`, `interview`), None to take one back.

    `version` is that of the sitting that the caller saw, `no_interest` as for the list.
    """

    session_id: str
    version: int
    marks: Mapping[str, Mapping[str, float | str | None]]
    no_interest: bool = False


@dataclass(frozen=True)
class OpenVote:
    """Let the members vote on everybody on the list; `no_interest` as for the list."""

    session_id: str
    version: int
    no_interest: bool = False


def enter_marks(actor: Actor, command: EnterMarks, *, now: datetime) -> int:
    """How many candidates changed; all of the marks or none. Invalid("title.marks") with a fault a field,
    Invalid("recusal.unanswered"), Forbidden("title.convener_interest"), Conflict("title.voting" | "title.cancelled" |
    "title.stale")."""
    with transaction() as session:
        row = committees.lock(session, actor, command.session_id, command.version)
        policy.require(actor, "title.convene", row)
        committees.expect_before_vote(row)
        committees.expect_no_interest(session, actor, row, said=command.no_interest)
        listed = select(APPLICATION).where(APPLICATION.c.session_id == row.id)
        known = {one.instance_id: one for one in session.execute(listed)}
        changes, faults = _changes(known, command.marks)
        if faults:
            raise Invalid("title.marks", faults=tuple(faults))
        if changes:
            session.execute(_MARK, changes)
            committees.touch(session, row)
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

    Conflict("title.not_drawn" | "title.voting" | "title.cancelled" | "title.stale" | "title.list_empty" |
    "title.unmarked" | "title.vote_over" | "title.not_yet" | "title.member_gone" | "title.provincial"),
    Invalid("recusal.unanswered"),
    Forbidden("title.convener_interest"). Who stands on the list and does not wait any more leaves it.
    """
    with transaction() as session:
        row = committees.lock(session, actor, command.session_id, command.version)
        policy.require(actor, "title.convene", row)
        committees.expect_before_vote(row)
        committees.expect_ours(row)
        committees.expect_no_interest(session, actor, row, said=command.no_interest)
        _expect_time(row, day_of(now))
        listed, seated = _listed(session, row), _seated(session, row)
        committees.unlist(session, row, listed)
        payload = {"committee": {"session": row.id, "members": seated, "vote_until": row.vote_until.isoformat()}}
        outbox.post(session, [_call(instance_id, payload) for instance_id in listed], now)
        session.execute(update(APPLICATION).where(APPLICATION.c.session_id == row.id).values(called_at=now))
        committees.touch(session, row, state="voting")
        body = {"count": len(listed), "members": len(seated)}
        committees.record(session, actor, row.id, "title.vote_opened", now, body)
        answer(session, count=len(listed))
        return len(listed)


def _expect_time(row: Any, today: date) -> None:
    """Members are drawn and sit by now, and the last day of voting is not over."""
    if row.state != "drawn":
        raise Conflict("title.not_drawn")
    if today < row.meets_on:
        raise Conflict("title.not_yet", on=row.meets_on.isoformat())
    if row.vote_until < today:
        raise Conflict("title.vote_over", on=row.vote_until.isoformat())


def _seated(session: Session, row: Any) -> Sequence[str]:
    """Who sits, in the order of the draw; each may still vote: terms may have been ended and accounts closed since."""
    here = (MEMBER.c.session_id == row.id, MEMBER.c.state == "seated")
    seated = session.scalars(select(MEMBER.c.person_id).where(*here).order_by(MEMBER.c.position)).all()
    able = (
        select(MEMBER.c.person_id)
        .join(EXPERT, EXPERT.c.id == MEMBER.c.expert_id)
        .join(ACCOUNT, and_(ACCOUNT.c.person_id == MEMBER.c.person_id, ACCOUNT.c.closed_at.is_(None)))
        .where(*here, EXPERT.c.valid_from <= row.meets_on, EXPERT.c.valid_until > row.vote_until)
    )
    gone = members.names([one for one in seated if one not in set(session.scalars(able))])
    if gone:
        raise Conflict("title.member_gone", names="、".join(gone.values()))
    return seated


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

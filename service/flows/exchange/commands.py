"""Commands on the list of a plan: correct it, ask for an exception, appeal, and answer what was objected."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.flows.exchange import casework, rules
from service.flows.exchange.casework import ANSWER, OBJECTION, TEXT, Plan
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.models import RESULTS
from service.notices import outbox
from service.notices.outbox import OUTBOX, THROWN, Message
from workflows.base import new_id, table_of
from workflows.models import MessageSubscription

CORRECTION, APPEAL = "correction", "appeal"
LONGEST = 2000
OBJECTED = "exchange.objection"
"""The message that stops the period of a plan."""
SUBSCRIPTION = table_of(MessageSubscription)
OUTCOMES = {CORRECTION: ("accepted", "declined"), APPEAL: ("cleared", "rematch", "strike")}


@dataclass(frozen=True)
class Object:
    """What somebody objects to an entry of the list or to the published result; `wanted` is a result or None."""

    entry_id: str
    text: str
    wanted: str | None = None


@dataclass(frozen=True)
class AnswerObjection:
    """What the bureau found; `result` is what stands after an accepted correction."""

    objection_id: str
    outcome: str
    text: str
    result: str | None = None


@dataclass(frozen=True)
class AskException:
    """Why somebody should take part in spite of a service lock."""

    entry_id: str
    reason: str


@dataclass(frozen=True)
class DecideException:
    """What the meeting decided of one person; the reason goes with it."""

    entry_id: str
    granted: bool
    reason: str


@dataclass(frozen=True)
class SettleEntry:
    """What stands of an entry, by the bureau, and why."""

    entry_id: str
    version: int
    result: str
    because: str


def correct_entry(actor: Actor, command: Object, *, now: datetime) -> str:
    """The person, the school or bureau HR says that an entry is wrong; the objection's id.

    Conflict("exchange.not_now") outside the period of correction, Invalid("exchange.text").
    """
    with transaction() as session:
        plan, entry = casework.lock_entry(session, actor, command.entry_id)
        policy.require(actor, "exchange_entry.correct", entry)
        casework.expect(plan, "correct")
        if entry.person_id != actor.person_id:
            casework.expect_at(plan, "correct", actor, entry.organisation_id)
        if command.wanted is not None and command.wanted not in RESULTS:
            raise Invalid("exchange.result", faults=(Fault("wanted", "exchange.result"),))
        return _object(session, actor, plan, entry, CORRECTION, command, now)


def appeal(actor: Actor, command: Object, *, now: datetime) -> str:
    """The person objects to the published result, or bureau HR enters what somebody else objects; its id.

    The period stops by itself; while its inquiry runs, this is one more for it. Conflict("exchange.not_now") outside
    of both, Conflict("exchange.appealed") while one's own is open: what somebody else objects to the same entry bars
    nobody.
    """
    with transaction() as session:
        plan, entry = casework.lock_entry(session, actor, command.entry_id)
        policy.require(actor, "exchange_entry.appeal", entry)
        casework.expect(plan, "appeal")
        mine = (OBJECTION.c.entry_id == entry.id, OBJECTION.c.by_person_id == actor.person_id)
        waits = (OBJECTION.c.kind == APPEAL, OBJECTION.c.outcome.is_(None))
        if session.execute(select(OBJECTION.c.id).where(*mine, *waits)).first() is not None:
            raise Conflict("exchange.appealed")
        objection_id = _object(session, actor, plan, entry, APPEAL, command, now)
        _stop_publicity(session, plan.instance_id, now)
        return objection_id


def _stop_publicity(session: Session, instance_id: str, now: datetime) -> None:
    """Tell the plan, where its period waits to be told and nobody has told it yet."""
    mine = (SUBSCRIPTION.c.instance_id == instance_id, SUBSCRIPTION.c.name == OBJECTED)
    key = session.scalar(select(SUBSCRIPTION.c.correlation_key).where(*mine))
    holder = f"message:{key}"
    under_way = select(OUTBOX.c.id).where(OUTBOX.c.holder == holder, OUTBOX.c.state == "waiting")
    if key is None or session.execute(under_way).first() is not None:
        return
    body = {"name": OBJECTED, "correlation_key": key, "payload": {}, "instance_id": instance_id}
    outbox.post(session, [Message(THROWN, holder, body)], now)


def answer_objection(actor: Actor, command: AnswerObjection, *, now: datetime) -> None:
    """The bureau answers a correction or an appeal; an accepted correction changes the entry.

    NotFound("exchange_objection.absent"), Conflict("exchange.answered" | "exchange.not_now"), Invalid with faults.
    """
    with transaction() as session:
        seen = select(ENTRY.c.id).where(policy.visible(actor, "exchange_entry"))
        mine = (OBJECTION.c.id == command.objection_id, OBJECTION.c.entry_id.in_(seen))
        row = session.execute(select(OBJECTION).where(*mine)).first()
        if row is None:
            raise NotFound("exchange_objection.absent")
        plan, entry = casework.lock_entry(session, actor, row.entry_id)
        policy.require(actor, "exchange_entry.settle", entry)
        casework.expect(plan, "answer_correction" if row.kind == CORRECTION else "answer")
        casework.expect_apart(actor, [entry.person_id])
        _expect_answer(session, row.id, row.kind, command)
        if command.outcome == "rematch" and entry.state not in ("applied", "nominated", "placed"):
            raise Invalid("exchange.answer", faults=(Fault("outcome", "exchange.takes_no_part"),))
        if command.outcome == "accepted":
            result = command.result or row.wanted
            _settle(session, entry, str(result), command.text.strip())
        values = {
            "outcome": command.outcome, "answer": ANSWER.seal(row.id, command.text.strip()),
            "answered_by": casework.signature(actor), "answered_at": now,
        }  # fmt: skip
        session.execute(update(OBJECTION).where(OBJECTION.c.id == row.id).values(values))
        answer(session, objection_id=row.id)
        body = {"objection_id": row.id, "entry_id": entry.id, "kind": row.kind, "outcome": command.outcome}
        secret = {"text": command.text.strip()}
        casework.record(session, plan.instance_id, actor, "exchange.answered", now, body, secret)


def _expect_answer(session: Session, objection_id: str, kind: str, command: AnswerObjection) -> None:
    """Read again under the lock of the plan: two answers at once are one too many."""
    row = session.execute(select(OBJECTION).where(OBJECTION.c.id == objection_id)).one()
    if row.outcome is not None:
        raise Conflict("exchange.answered")
    faults = []
    if command.outcome not in OUTCOMES[kind]:
        faults.append(Fault("outcome", "exchange.outcome"))
    if not command.text.strip() or len(command.text) > LONGEST:
        faults.append(Fault("text", "exchange.text"))
    if command.outcome == "accepted" and (command.result or row.wanted) not in RESULTS:
        faults.append(Fault("result", "exchange.result"))
    if faults:
        raise Invalid("exchange.answer", faults=tuple(faults))


def settle_entry(actor: Actor, command: SettleEntry, *, now: datetime) -> int:
    """Bureau HR says what stands of an entry, with the reason; the new version. Conflict("exchange.stale")."""
    with transaction() as session:
        plan, entry = casework.lock_entry(session, actor, command.entry_id)
        policy.require(actor, "exchange_entry.settle", entry)
        casework.expect(plan, "settle")
        casework.expect_apart(actor, [entry.person_id])
        if entry.version != command.version:
            raise Conflict("exchange.stale")
        if command.result not in RESULTS:
            raise Invalid("exchange.answer", faults=(Fault("result", "exchange.result"),))
        _said(command.because, "because")
        _settle(session, entry, command.result, command.because.strip())
        answer(session, entry_id=entry.id)
        body = {"entry_id": entry.id}
        secret = {"old": entry.result, "new": command.result, "because": command.because.strip()}
        casework.record(session, plan.instance_id, actor, "exchange.entry_settled", now, body, secret)
        return int(entry.version) + 1


def ask_exception(actor: Actor, command: AskException, *, now: datetime) -> None:
    """The school or bureau HR asks the meeting to let somebody take part in spite of a lock, with the reason.

    Conflict("exchange.no_lock") for who is under none, Invalid("exchange.text") without a reason.
    """
    with transaction() as session:
        plan, entry = casework.lock_entry(session, actor, command.entry_id)
        policy.require(actor, "exchange_entry.ask_exception", entry)
        casework.expect_at(plan, "ask_exception", actor, entry.organisation_id)
        casework.expect_apart(actor, [entry.person_id])
        if entry.result != "INELIGIBLE":
            raise Conflict("exchange.no_lock")
        reason = _said(command.reason, "reason")
        values = {"exception": "asked", "exception_reason": reason[:500], "version": ENTRY.c.version + 1}
        session.execute(update(ENTRY).where(ENTRY.c.id == entry.id).values(values))
        answer(session, entry_id=entry.id)
        body = {"entry_id": entry.id, "reason": reason}
        casework.record(session, plan.instance_id, actor, "exchange.exception_asked", now, body)


def decide_exception(actor: Actor, command: DecideException, *, now: datetime) -> None:
    """Enter of one person what the meeting decided; until the minutes are confirmed nothing follows from it."""
    with transaction() as session:
        plan, entry = casework.lock_entry(session, actor, command.entry_id)
        policy.require(actor, "exchange_entry.decide_exception", entry)
        casework.expect(plan, "decide_exception")
        casework.expect_apart(actor, [entry.person_id])
        if entry.exception is None:
            raise Conflict("exchange.no_exception")
        reason = _said(command.reason, "reason")
        what = "granted" if command.granted else "refused"
        values = {"exception": what, "changed_because": reason[:500], "version": ENTRY.c.version + 1}
        session.execute(update(ENTRY).where(ENTRY.c.id == entry.id).values(values))
        answer(session, entry_id=entry.id)
        body = {"entry_id": entry.id, "granted": command.granted, "reason": reason}
        casework.record(session, plan.instance_id, actor, "exchange.exception_decided", now, body)


def _object(
    session: Session, actor: Actor, plan: Plan, entry: Row[Any], kind: str, command: Object, now: datetime
) -> str:
    text, objection_id = _said(command.text, "text"), new_id()
    row = {
        "id": objection_id, "instance_id": plan.instance_id, "entry_id": entry.id, "kind": kind,
        "text": TEXT.seal(objection_id, text), "wanted": command.wanted, "by_person_id": actor.person_id, "at": now,
        "outcome": None, "answer": None, "answered_by": None, "answered_at": None, "settled": False,
    }  # fmt: skip
    session.execute(insert(OBJECTION), row)
    answer(session, objection_id=objection_id)
    body = {"objection_id": objection_id, "entry_id": entry.id, "kind": kind}
    casework.record(session, plan.instance_id, actor, "exchange.objected", now, body, {"text": text})
    return objection_id


def _settle(session: Session, entry: Row[Any], result: str, because: str) -> None:
    values = {
        "result": result, "reason": rules.SETTLED, "changed_because": because[:500], "version": ENTRY.c.version + 1,
    }  # fmt: skip
    session.execute(update(ENTRY).where(ENTRY.c.id == entry.id).values(values))


def _said(text: str, field: str) -> str:
    """What was written, not empty and not endless: Invalid("exchange.text")."""
    if not text.strip() or len(text) > LONGEST:
        raise Invalid("exchange.text", faults=(Fault(field, "exchange.text"),))
    return text.strip()

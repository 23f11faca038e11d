"""Commands of applications: apply and withdraw, the school nominates and gives its opinion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid
from service.flows.exchange import casework, following, rules
from service.flows.exchange.casework import OPENING, WISH, Plan
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.gathering import TAKES_PART
from service.parameters.queries import county


@dataclass(frozen=True)
class Apply:
    """A teacher's application: wishes are openings, best first; `anywhere` lets the round choose any that fits."""

    entry_id: str
    wishes: Sequence[str]
    anywhere: bool = False
    motive: str = ""


@dataclass(frozen=True)
class EntryCommand:
    """An entry, and why."""

    entry_id: str
    reason: str = ""


@dataclass(frozen=True)
class GiveOpinion:
    """What the school says of its own applicant."""

    entry_id: str
    opinion: str
    text: str = ""


def apply(actor: Actor, command: Apply, *, now: datetime) -> int:
    """Apply, or change the application, while applications are open; the entry's new version.

    Conflict("exchange.not_now") after the deadline, Conflict("exchange.on_hold" | "exchange.locked" |
    "exchange.unknown" | "exchange.moved") for who may not take part as things stand today, Invalid("exchange.wishes")
    with a fault a wish. Who was nominated applies for wishes, and goes wherever the round sends where none is granted.
    """
    with transaction() as session:
        plan, entry = casework.lock_entry(session, actor, command.entry_id)
        policy.require(actor, "exchange_entry.apply", entry)
        casework.expect(plan, "apply")
        if entry.state not in ("listed", *TAKES_PART):
            raise Conflict("exchange.not_applied")
        entry = _expect_may(session, plan, actor, entry, now)
        most = int(county(session, day_of(now))["exchange_wishes"])
        faults = rules.wish_faults(entry, command.wishes, _openings(session, plan), most)
        if not command.wishes and not command.anywhere:
            faults.append(Fault("wishes", "exchange.no_wish"))
        if faults:
            raise Invalid("exchange.wishes", faults=tuple(faults))
        session.execute(delete(WISH).where(WISH.c.entry_id == entry.id))
        blank = {"entry_id": entry.id, "rank": None, "declined": False, "reason": ""}
        rows = [{**blank, "number": place, "opening_id": wish} for place, wish in enumerate(command.wishes, start=1)]
        if rows:
            session.execute(insert(WISH), rows)
        anywhere = command.anywhere or entry.nominated_because is not None
        values = {"state": "applied", "anywhere": anywhere, "motive": command.motive.strip()[:500]}
        _change(session, entry.id, **values, applied_at=now, opinion=None, opinion_text="")
        answer(session, entry_id=entry.id)
        body = {"entry_id": entry.id, "wishes": list(command.wishes), "anywhere": anywhere}
        casework.record(session, plan.instance_id, actor, "exchange.applied", now, body)
        return int(entry.version) + 1


def withdraw_application(actor: Actor, command: EntryCommand, *, now: datetime) -> None:
    """Take the application back while applications are open; a nomination stands. Conflict("exchange.not_applied")."""
    with transaction() as session:
        plan, entry = casework.lock_entry(session, actor, command.entry_id)
        policy.require(actor, "exchange_entry.apply", entry)
        casework.expect(plan, "apply")
        if entry.state != "applied":
            raise Conflict("exchange.not_applied")
        session.execute(delete(WISH).where(WISH.c.entry_id == entry.id))
        _change(session, entry.id, applied_at=None, motive="", **_before(entry.nominated_because))
        answer(session, entry_id=entry.id)
        casework.record(session, plan.instance_id, actor, "exchange.unapplied", now, {"entry_id": entry.id})


def nominate(actor: Actor, command: EntryCommand, *, now: datetime) -> None:
    """The school nominates somebody who must be exchanged and has not applied; the round may send them anywhere.

    Conflict("exchange.not_required") for who need not go, Conflict("exchange.applied") for who has applied.
    """
    with transaction() as session:
        plan, entry = casework.lock_entry(session, actor, command.entry_id)
        policy.require(actor, "exchange_entry.nominate", entry)
        casework.expect_at(plan, "nominate", actor, entry.organisation_id)
        casework.expect_apart(actor, [entry.person_id])
        if entry.state != "listed":
            raise Conflict("exchange.applied")
        if entry.result != "REQUIRED":
            raise Conflict("exchange.not_required")
        if not command.reason.strip():
            raise Invalid("exchange.text", faults=(Fault("reason", "exchange.text"),))
        _change(session, entry.id, **_before(command.reason.strip()[:500]))
        answer(session, entry_id=entry.id)
        body = {"entry_id": entry.id, "reason": command.reason.strip()}
        casework.record(session, plan.instance_id, actor, "exchange.nominated", now, body)


def give_opinion(actor: Actor, command: GiveOpinion, *, now: datetime) -> None:
    """The school supports or opposes its applicant's going; opposing needs a reason."""
    with transaction() as session:
        plan, entry = casework.lock_entry(session, actor, command.entry_id)
        policy.require(actor, "exchange_entry.opine", entry)
        casework.expect_at(plan, "opine", actor, entry.organisation_id)
        casework.expect_apart(actor, [entry.person_id])
        if entry.state not in TAKES_PART:
            raise Conflict("exchange.not_applied")
        if command.opinion not in ("support", "oppose"):
            raise Invalid("exchange.answer", faults=(Fault("opinion", "exchange.opinion"),))
        if command.opinion == "oppose" and not command.text.strip():
            raise Invalid("exchange.text", faults=(Fault("text", "exchange.text"),))
        _change(session, entry.id, opinion=command.opinion, opinion_text=command.text.strip()[:500])
        answer(session, entry_id=entry.id)
        body = {"entry_id": entry.id, "opinion": command.opinion, "text": command.text.strip()}
        casework.record(session, plan.instance_id, actor, "exchange.opinion", now, body)


def _before(nominated_because: str | None) -> dict[str, Any]:
    """Where somebody stands who has not applied: nominated with its reason, or merely listed."""
    if nominated_because is None:
        return {"state": "listed", "anywhere": False, "opinion": None, "opinion_text": ""}
    supported = {"opinion": "support", "opinion_text": nominated_because}
    return {"state": "nominated", "anywhere": True, "nominated_because": nominated_because, **supported}


def _expect_may(session: Session, plan: Plan, actor: Actor, entry: Row[Any], now: datetime) -> Row[Any]:
    """Who may not take part hears why, as far as they may know it; the entry by the appointment of today."""
    row = following.follow(session, plan, actor, [entry], now)[0]
    barred = rules.bar(row.entry, row.facts)
    if barred is not None:
        raise Conflict(barred)
    return row.entry


def _openings(session: Session, plan: Plan) -> dict[str, Row[Any]]:
    rows = session.execute(select(OPENING).where(OPENING.c.instance_id == plan.instance_id))
    return {row.id: row for row in rows}


def _change(session: Session, entry_id: str, **values: Any) -> None:
    session.execute(update(ENTRY).where(ENTRY.c.id == entry_id).values({**values, "version": ENTRY.c.version + 1}))

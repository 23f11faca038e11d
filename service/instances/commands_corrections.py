"""A correction 更正 of what a case has brought about: one person proposes it, a second confirms it (policy §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.attachments import links
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import answer, transaction
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.flows.corrections import queries
from service.flows.corrections.queries import CONFIRMED, CORRECTION, OPEN, REFUSED, WITHDRAWN
from service.instances import correcting, facts
from service.instances.correcting import MADE, Wanted
from service.instances.facts import LockedCase
from service.notices import outbox
from service.notices.outbox import Message
from service.tasks import advance, ends
from workflows import store
from workflows.base import new_id

HR = "role:bureau_hr_chief"
PROPOSED = "correction.proposed"


@dataclass(frozen=True)
class ProposeCorrection:
    """What of a case is wrong: kind and item, the right values, why, and the paper (uploaded before) that says so."""

    instance_id: str
    kind: str
    item: str
    values: Mapping[str, Any]
    reason: str
    document: str
    decided_on: date
    attachment_id: str


@dataclass(frozen=True)
class DecideCorrection:
    """A correction that waits; who refuses says why."""

    correction_id: str
    reason: str = ""


def propose_correction(actor: Actor, command: ProposeCorrection, *, now: datetime) -> str:
    """The id of the correction, with what it would do; nothing is changed before a second person has confirmed it.

    NotFound("instance.absent" | "correction.nothing"), Forbidden("correction.concerned" | …), Invalid(
    "correction.invalid") with faults, Conflict("correction.open" | "correction.same"), and whatever stands against
    carrying it out: Conflict("ledger.full" | "ledger.others_wait" | "correction.built_on" | …).
    """
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.propose_correction", locked.case)
        wanted = _wanted(session, locked, command, now)
        correcting.expect_free(session, actor, locked, wanted.item, wanted.after)
        correcting.refuse_second(session, command.instance_id)
        linked = links.link(session, actor, [command.attachment_id], command.instance_id)
        by = correcting.by_of(actor)
        row = {
            "id": wanted.id, "instance_id": command.instance_id, "kind": wanted.kind, "item": wanted.item.key,
            "about": wanted.item.about[:200], "before": dict(wanted.item.values), "after": dict(wanted.after),
            "effects": {}, "reason": wanted.reason, "document": wanted.document, "decided_on": wanted.decided_on,
            "attachment_id": command.attachment_id, "state": OPEN, "proposed_by": by, "proposed_at": now,
        }  # fmt: skip
        session.execute(insert(CORRECTION), row)
        foreseen = correcting.foresee(session, actor, locked, wanted, now)
        session.execute(update(CORRECTION).where(CORRECTION.c.id == wanted.id).values(effects=foreseen))
        told = {"correction_id": wanted.id, "kind": wanted.kind, "what": wanted.item.about}
        chain.append(session, correcting.stream(locked), [*linked, NewEvent(PROPOSED, by, body=told)], at=now)
        _tell(session, locked, PROPOSED, [HR], wanted.id, now)
        answer(session, correction_id=wanted.id)
        return wanted.id


def _wanted(session: Session, locked: LockedCase, command: ProposeCorrection, now: datetime) -> Wanted:
    case = locked.case
    kind, item = queries.find(session, case.definition_key, case.instance_id, command.kind, command.item)
    reason, document = command.reason.strip(), command.document.strip()
    faults = correcting.paper_faults(reason, document, command.decided_on, command.attachment_id, now)
    if faults:
        raise Invalid("correction.invalid", faults=tuple(faults))
    after = correcting.cleaned(item, command.values)
    return Wanted(new_id(), kind.name, item, after, reason[:500], document[:200], command.decided_on)


def confirm_correction(actor: Actor, command: DecideCorrection, *, now: datetime) -> None:
    """Carry out what somebody else has proposed: ledger, persons, records, sheet, list and chain, or nothing.

    NotFound("case_correction.absent"), Forbidden("correction.own" | "correction.concerned" | …), Conflict(
    "correction.decided"), Conflict("correction.moved_on") where the case does not stand as it did, Conflict(
    "correction.otherwise") where it would do something else than what was shown, and as `propose_correction`.
    """
    with transaction() as session:
        locked = facts.lock(session, queries.case_of(session, command.correction_id))
        row = correcting.lock(session, command.correction_id)
        policy.require(actor, "case_correction.confirm", row)
        correcting.expect_open(row)
        if row.proposed_by == correcting.by_of(actor):
            raise Forbidden("correction.own")
        wanted = correcting.wanted_of(locked, session, row)
        correcting.expect_free(session, actor, locked, wanted.item, wanted.after)
        done = correcting.carry(session, actor, locked, wanted, now)
        found = correcting.effects(session, locked, wanted, done)
        if not correcting.alike(row.effects, found):
            raise Conflict("correction.otherwise")
        correcting.go_on(session, actor, locked, done.variables, now)
        correcting.hand_to(session, locked, done.organisation_id)
        made = _made(actor, row, found, done.parameters)
        head = chain.append(session, correcting.stream(locked), [made], at=now)
        _close(session, row.id, CONFIRMED, actor, now, effects=found, event_seq=head.seq)
        concerned = sorted({one for one in (*wanted.item.persons, *done.persons, wanted.after.get("person_id")) if one})
        told = [*(f"person:{one}" for one in concerned), f"person:{row.proposed_by}"]
        _tell(session, locked, MADE, list(dict.fromkeys(told)), row.id, now)
        for other in done.cases:
            chain.append(session, advance.stream_of(other), [made], at=now)
        for one in (locked.instance.id, *done.cases):
            if store.read(session, one).ended_at is not None:
                ends.follow(session, one, now)


def refuse_correction(actor: Actor, command: DecideCorrection, *, now: datetime) -> None:
    """Refuse a correction with a reason; whoever proposed it takes it back so."""
    with transaction() as session:
        locked = facts.lock(session, queries.case_of(session, command.correction_id))
        row = correcting.lock(session, command.correction_id)
        policy.require(actor, "case_correction.refuse", row)
        correcting.expect_open(row)
        reason = command.reason.strip()
        if not reason:
            raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
        own = row.proposed_by == correcting.by_of(actor)
        state = WITHDRAWN if own else REFUSED
        told = {"correction_id": row.id, "kind": row.kind, "what": row.about, "reason": reason}
        event = NewEvent(f"correction.{state}", correcting.by_of(actor), body=told)
        chain.append(session, correcting.stream(locked), [event], at=now)
        _close(session, row.id, state, actor, now, answer=reason[:500])
        if not own:
            _tell(session, locked, "correction.refused", [f"person:{row.proposed_by}"], row.id, now)


def _made(actor: Actor, row: Any, found: Mapping[str, Any], parameters: Mapping[str, Any]) -> NewEvent:
    """Both versions, why, by whom and on what paper: what the sheet shows and the chain keeps."""
    names = ("kind", "item", "reason", "document", "proposed_by", "attachment_id")
    body = {
        "correction_id": row.id, "what": row.about, **{name: getattr(row, name) for name in names},
        "before": row.before, "after": row.after, "decided_on": row.decided_on.isoformat(), "effects": found,
        **({"parameters": dict(parameters)} if parameters else {}),
    }  # fmt: skip
    return NewEvent(MADE, correcting.by_of(actor), body=body)


def _close(session: Session, correction_id: str, state: str, actor: Actor, now: datetime, **values: Any) -> None:
    decided = {"state": state, "decided_by": correcting.by_of(actor), "decided_at": now, **values}
    session.execute(update(CORRECTION).where(CORRECTION.c.id == correction_id).values(decided))


def _tell(
    session: Session, locked: LockedCase, kind: str, holders: list[str], correction_id: str, now: datetime
) -> None:
    case = locked.case
    body = {
        "instance_id": case.instance_id, "business_key": case.business_key, "title": case.title,
        "correction_id": correction_id,
    }  # fmt: skip
    outbox.post(session, [Message(kind, holder, body) for holder in holders], now)

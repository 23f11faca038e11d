"""The pool of experts: terms of at most three years, each by a document (policy §3.T 5)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.flows.title import rules
from service.flows.title.committees import EXPERT
from service.parameters.queries import county
from service.people.locking import lock_persons
from service.people.members import PERSON
from service.people.rules import lock_end
from workflows.base import new_id


@dataclass(frozen=True)
class EnterExpert:
    """A term in the pool of an organisation: the bureau's for the county, a school's for its own committee."""

    organisation_id: str
    person_id: str
    highest: str
    subject: str | None
    valid_from: date
    valid_until: date
    document: str


@dataclass(frozen=True)
class EndTerm:
    """A term ends early; `on` is the first day without it."""

    expert_id: str
    on: date


def enter_expert(actor: Actor, command: EnterExpert, *, now: datetime) -> str:
    """The id of the term. Invalid("title.expert") with faults; Conflict("title.expert_overlaps")."""
    with transaction() as session:
        policy.require(actor, "title.enter_expert", policy.Target(organisation_id=command.organisation_id))
        longest = int(county(session, day_of(now))["title_expert_years"])
        faults = _faults(session, command, longest)
        if faults:
            raise Invalid("title.expert", faults=tuple(faults))
        _refuse_overlap(session, command)
        row = {**vars(command), "id": new_id(), "entered_by": actor.account_id, "entered_at": now}
        session.execute(insert(EXPERT), row)
        answer(session, expert_id=row["id"])
        _record(session, actor, command.person_id, "title.expert_entered", now, {"id": row["id"], **_told(command)})
    return str(row["id"])


def _faults(session: Session, command: EnterExpert, longest: int) -> list[Fault]:
    faults = []
    if session.scalar(select(PERSON.c.id).where(PERSON.c.id == command.person_id)) is None:
        faults.append(Fault("person_id", "person.absent"))
    if command.highest not in rules.LEVELS:
        faults.append(Fault("highest", "title.level_unknown", params={"level": command.highest}))
    if command.valid_until <= command.valid_from:
        faults.append(Fault("valid_until", "dates.order"))
    elif command.valid_until > lock_end(command.valid_from, longest):
        faults.append(Fault("valid_until", "title.term_too_long", params={"years": longest}))
    if not command.document.strip():
        faults.append(Fault("document", "title.text", params={"most": 200}))
    return faults


def _refuse_overlap(session: Session, command: EnterExpert) -> None:
    """The person is locked first, so that two terms entered at once see each other."""
    lock_persons(session, [command.person_id])
    same = (EXPERT.c.person_id == command.person_id, EXPERT.c.organisation_id == command.organisation_id)
    days = (EXPERT.c.valid_from < command.valid_until, EXPERT.c.valid_until > command.valid_from)
    if session.scalar(select(EXPERT.c.id).where(*same, *days)) is not None:
        raise Conflict("title.expert_overlaps")


def end_term(actor: Actor, command: EndTerm, *, now: datetime) -> None:
    """NotFound("title_expert.absent"), Invalid("dates.order"), Conflict("title.term_over")."""
    with transaction() as session:
        mine = (EXPERT.c.id == command.expert_id, policy.visible(actor, "title_expert"))
        row = session.execute(select(EXPERT).where(*mine).with_for_update()).first()
        if row is None:
            raise NotFound("title_expert.absent")
        policy.require(actor, "title.enter_expert", row)
        if command.on >= row.valid_until:
            raise Conflict("title.term_over", on=row.valid_until.isoformat())
        if command.on <= row.valid_from:
            raise Invalid("dates.order", faults=(Fault("on", "dates.order"),))
        session.execute(update(EXPERT).where(EXPERT.c.id == row.id).values(valid_until=command.on))
        _record(session, actor, row.person_id, "title.expert_ended", now, {"id": row.id, "on": command.on.isoformat()})


def _told(command: EnterExpert) -> dict[str, Any]:
    days = {name: getattr(command, name).isoformat() for name in ("valid_from", "valid_until")}
    named = ("organisation_id", "highest", "subject", "document")
    return {**{name: getattr(command, name) for name in named}, **days}


def _record(session: Session, actor: Actor, person_id: str, kind: str, now: datetime, body: dict[str, Any]) -> None:
    event = NewEvent(kind, actor.person_id or actor.account_id, body=body)
    chain.append(session, f"person:{person_id}", [event], at=now)

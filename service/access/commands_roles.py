"""Commands of role assignments: assign, end, note an absence; every change is an event of the person."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, column, or_, select, table, update
from sqlalchemy.orm import Session

from service.access import absences, accounts, policy, roles, rules
from service.access.accounts import ROLE, NewAssignment
from service.access.actor import Actor
from service.access.days import day_of
from service.access.standing import standing
from service.audit import chain
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound

_person = table("person", column("id"))
_organisation = table("organisation", column("id"), column("kind"))


@dataclass(frozen=True)
class EndRole:
    """`on` is the first day on which the role is no longer held."""

    assignment_id: str
    on: date


@dataclass(frozen=True)
class SetAbsence:
    """The holder is away: first ≤ day < until (open when None); `first` None ends the absence."""

    assignment_id: str
    first: date | None
    until: date | None = None


@dataclass(frozen=True)
class EndedRole:
    """What access knows for the handover: whose role it was, who stands for it from that day on, if anybody."""

    assignment_id: str
    person_id: str
    role: str
    organisation_id: str
    on: date
    standing: tuple[str, ...]

    @property
    def is_vacant(self) -> bool:
        """Nobody holds the role and nobody is its alternate: it is on HR's page now."""
        return not self.standing


def assign_role(actor: Actor, command: NewAssignment, *, now: datetime) -> str:
    """The id of a new assignment.

    Invalid with faults (unknown role, wrong kind of organisation, days), NotFound for an absent person or organisation,
    Conflict("role.already_held" | "role.taken" | "role.incompatible").
    """
    target = policy.Target(
        person_id=command.person_id, role=command.role, organisation_id=command.organisation_id, kind=command.kind
    )
    with transaction() as session:
        policy.require(actor, "role.assign", target)
        _expect_fitting(command, _lock_both(session, command))
        _expect_compatible(command, _overlapping(session, command))
        [assignment_id] = accounts.give_roles(session, [command], actor.account_id, now)
        answer(session, assignment_id=assignment_id)
        _record(session, command.person_id, "role.assigned", actor, now, {"id": assignment_id, **_words(command)})
    return assignment_id


def end_role(actor: Actor, command: EndRole, *, now: datetime) -> EndedRole:
    """End an assignment; signatures already given stay. Conflict("role.ended"), Invalid("dates.order")."""
    with transaction() as session:
        row = _lock(session, command.assignment_id)
        policy.require(actor, "role.end", _target(row))
        if row.valid_until is not None and row.valid_until <= max(command.on, day_of(now)):
            raise Conflict("role.ended", on=row.valid_until.isoformat())
        if command.on < row.valid_from:
            raise Invalid("dates.order", faults=(Fault("on", "dates.order"),))
        session.execute(update(ROLE).where(ROLE.c.id == row.id).values(valid_until=command.on))
        body = {"id": row.id, "role": row.role, "organisation_id": row.organisation_id, "on": command.on.isoformat()}
        _record(session, row.person_id, "role.ended", actor, now, body)
        standing_for = tuple(standing(session, row.role, row.organisation_id, max(command.on, day_of(now))))
    return EndedRole(row.id, row.person_id, row.role, row.organisation_id, command.on, standing_for)


def set_absence(actor: Actor, command: SetAbsence, *, now: datetime) -> None:
    """Note or end an absence: meanwhile the standing alternate stands for the role as well."""
    first, until = command.first, command.until
    if until is not None and (first is None or until <= first):
        raise Invalid("dates.order", faults=(Fault("until", "dates.order"),))
    with transaction() as session:
        row = _lock(session, command.assignment_id)
        policy.require(actor, "role.set_absence", _target(row))
        absences.note(session, actor, row, first, until, now)


def _lock(session: Session, assignment_id: str) -> Row[Any]:
    """The person, then the assignment: whoever changes both does so in this order."""
    person_id = session.scalar(select(ROLE.c.person_id).where(ROLE.c.id == assignment_id))
    if person_id is not None:
        chain.lock(session, f"person:{person_id}")
    row = session.execute(select(*ROLE.c).where(ROLE.c.id == assignment_id).with_for_update()).first()
    if row is None:
        raise NotFound("role.absent")
    return row


def _target(row: Row[Any]) -> policy.Target:
    return policy.Target(id=row.id, person_id=row.person_id, role=row.role, organisation_id=row.organisation_id)


def _lock_both(session: Session, command: NewAssignment) -> str:
    """Lock person and organisation, so that two assignments cannot pass each other; the organisation's kind."""
    chain.lock(session, f"person:{command.person_id}")
    person = select(_person.c.id).where(_person.c.id == command.person_id)
    if session.execute(person).first() is None:
        raise NotFound("person.absent")
    organisation = select(_organisation.c.kind).where(_organisation.c.id == command.organisation_id).with_for_update()
    kind = session.execute(organisation).scalar()
    if kind is None:
        raise NotFound("organisation.absent")
    return str(kind)


def _expect_fitting(command: NewAssignment, organisation_kind: str) -> None:
    first, until = command.valid_from, command.valid_until
    faults = rules.assignment_faults(command.role, organisation_kind, command.kind, first, until)
    if faults:
        raise Invalid("role.invalid", faults=tuple(faults))


def _overlapping(session: Session, command: NewAssignment) -> list[Row[Any]]:
    """Assignments of the person, or of the same role here, that share a day with the new one."""
    same_role = (ROLE.c.role == command.role) & (ROLE.c.organisation_id == command.organisation_id)
    shared = [or_(ROLE.c.valid_until.is_(None), ROLE.c.valid_until > command.valid_from)]
    if command.valid_until is not None:
        shared.append(ROLE.c.valid_from < command.valid_until)
    found = select(*ROLE.c).where(or_(ROLE.c.person_id == command.person_id, same_role), *shared)
    return list(session.execute(found))


def _expect_compatible(command: NewAssignment, others: list[Row[Any]]) -> None:
    for row in others:
        own = row.person_id == command.person_id
        same = row.role == command.role and row.organisation_id == command.organisation_id
        if own and same:
            raise Conflict("role.already_held", assignment_id=row.id)
        if same and row.kind == command.kind == "holder" and command.role in roles.ONE_HOLDER:
            raise Conflict("role.taken", person_id=row.person_id)
        if own and (row.role in roles.AUDITOR) != (command.role in roles.AUDITOR):
            raise Conflict("role.incompatible", role=row.role)


def _words(command: NewAssignment) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(command).items()}


def _record(session: Session, person_id: str, kind: str, actor: Actor, now: datetime, body: dict[str, Any]) -> None:
    chain.append(session, f"person:{person_id}", [chain.NewEvent(kind, actor.account_id, body=body)], at=now)

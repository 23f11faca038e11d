"""Who may be drawn into a task, and who never: by role and place, by interest, by what they have done (policy.md §5).

A task is handed over to whoever may hold it: who stands for its roles, or, where persons were named, to who holds the
same role at the same place or deputises for it. Advice, a further signature and a copy may be asked of people who are
at home in the case anyway: bureau HR and leaders, the outside offices, the office of the case's school and of the
districts above it, and colleagues of one's own place. Teachers, admins and auditors decide nothing and are not asked.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from service.access import roles
from service.access.actor import Actor
from service.access.case_rows import CONFIDENTIAL, decides
from service.access.days import day_of
from service.access.models import Account
from service.access.queries import standing
from service.access.standing import ROLE, in_force, present
from service.errors import Fault, Invalid
from service.flows import registry
from service.people import members
from service.people.members import PERSON
from service.people.queries import ORGANISATION
from service.tasks.assignment import place_of
from service.tasks.facts import SYSTEM, TaskFacts
from service.tasks.meetings import matter
from service.tasks.models import Seat, Task
from service.tasks.models_papers import Minutes, PaperDecision
from service.tasks.signing import SeatState

NEVER_ASKED = ("teacher", *roles.ADMIN, *roles.AUDITOR)
_EVERYWHERE = (*roles.BUREAU_HR, *roles.LEADER, *roles.OFFICES)
SHOWN = 20
"""People that a search answers with at most."""


@dataclass(frozen=True)
class Draw:
    """What people are looked for: `operation` transfer | delegate | before | after | copy, at this seat of the task."""

    operation: str
    task: TaskFacts
    seat: SeatState | None
    now: datetime

    @property
    def on(self) -> date:
        return day_of(self.now)


@dataclass(frozen=True)
class Found:
    """Somebody who may be drawn in, with the role and the place by which."""

    person_id: str
    name: str
    role: str
    organisation_id: str
    organisation: str


def search(session: Session, actor: Actor, draw: Draw, text: str = "", by_role: Collection[str] = ()) -> list[Found]:
    """Who may be drawn in, by name; `text` is a part of a name or of a place; or those of the roles `by_role`."""
    statement = _circle(session, actor, draw)
    wanted = [column.contains(text, autoescape=True) for column in (PERSON.c.name, ORGANISATION.c.name) if text]
    wanted += [ROLE.c.role.in_(by_role)] if by_role else []
    if wanted:
        statement = statement.where(or_(*wanted))
    barred, found = _barred(session, actor, draw), {}
    for row in session.execute(statement.order_by(PERSON.c.name, PERSON.c.id, ROLE.c.role)):
        if row.person_id in found or row.person_id in barred or _recused(session, draw, row.person_id):
            continue
        found[row.person_id] = Found(*row)
        if len(found) == SHOWN:
            break
    return list(found.values())


def expect(session: Session, actor: Actor, draw: Draw, person_ids: Sequence[str], field: str = "person_id") -> None:
    """Refuse whoever may not be drawn in: Invalid with the code and the field.

    "seat.nobody", "seat.twice", "seat.self", "seat.initiator", "seat.already_there", "seat.signed_before",
    "seat.recused" (for whatever interest: the asker does not learn which) and "seat.not_allowed".
    """
    if not person_ids:
        raise _refusal("seat.nobody", field)
    if len(set(person_ids)) < len(person_ids):
        raise _refusal("seat.twice", field)
    barred = _barred(session, actor, draw)
    circle = _circle(session, actor, draw).where(PERSON.c.id.in_(person_ids))
    known = {row.person_id for row in session.execute(circle)}
    for person_id in person_ids:
        code = barred.get(person_id) or (None if person_id in known else "seat.not_allowed")
        if code is None and _recused(session, draw, person_id):
            code = "seat.recused"
        if code is not None:
            raise _refusal(code, field)


def _refusal(code: str, field: str) -> Invalid:
    return Invalid(code, faults=(Fault(field, code),))


def _circle(session: Session, actor: Actor, draw: Draw) -> Select[Any]:
    """Rows (person_id, name, role, organisation_id, organisation) of who may be drawn in by role and place."""
    rows = (
        select(ROLE.c.person_id, PERSON.c.name, ROLE.c.role, ROLE.c.organisation_id, ORGANISATION.c.name)
        .join(PERSON, PERSON.c.id == ROLE.c.person_id)
        .join(ORGANISATION, ORGANISATION.c.id == ROLE.c.organisation_id)
        .where(in_force(ROLE.c, draw.on), present(ROLE.c, draw.on))
        .where(exists().where(Account.person_id == ROLE.c.person_id, Account.closed_at.is_(None)))
    )
    task, seat = draw.task, draw.seat
    if draw.operation == "transfer" and seat is not None and seat.for_seat_id is None:
        places = _offices(task.groups) if task.groups else _beside(session, task, seat.person_id, draw.on)
        return rows.where(_among(places, draw.on, session))
    if CONFIDENTIAL in task.properties:
        clerk = and_(ROLE.c.role == "school_hr", ROLE.c.organisation_id == task.organisation_id)
        readers = or_(ROLE.c.role.in_(roles.BUREAU_HR), clerk, _among(_offices(task.groups), draw.on, session))
        return rows.where(readers)
    return rows.where(_at_home(session, actor, draw))


def _offices(groups: Iterable[str]) -> set[tuple[str, str]]:
    return {place_of(group) for group in groups}


def _among(places: Collection[tuple[str, str]], on: date, session: Session) -> ColumnElement[bool]:
    """Who stands for one of these roles: its holders, or the alternates while none is there."""
    persons = {(person, *place) for place in places for person in standing(session, *place, on)}
    return tuple_(ROLE.c.person_id, ROLE.c.role, ROLE.c.organisation_id).in_(sorted(persons))


def _beside(session: Session, task: TaskFacts, person_id: str, on: date) -> set[tuple[str, str]]:
    """The roles of a person who was named, when the task was opened and today, and those that deputise for them."""
    days = or_(in_force(ROLE.c, day_of(task.opened_at)), in_force(ROLE.c, on))
    held = select(ROLE.c.role, ROLE.c.organisation_id).where(ROLE.c.person_id == person_id, days)
    own = {(row.role, row.organisation_id) for row in session.execute(held) if row.role not in NEVER_ASKED}
    return own | {(deputy, place) for role, place in own for deputy in roles.DEPUTIES.get(role, ())}


def _at_home(session: Session, actor: Actor, draw: Draw) -> ColumnElement[bool]:
    """Who knows the case anyway, and colleagues of the one who asks."""
    path = session.scalar(select(ORGANISATION.c.path).where(ORGANISATION.c.id == draw.task.organisation_id)) or ""
    above = and_(ORGANISATION.c.kind == "district", literal(path).startswith(ORGANISATION.c.path))
    school = and_(ROLE.c.role.in_(roles.SCHOOL_OFFICE), or_(ORGANISATION.c.id == draw.task.organisation_id, above))
    own = {held.organisation_id for held in actor.acting_roles}
    colleagues = and_(ROLE.c.organisation_id.in_(sorted(own)), ROLE.c.role.not_in(NEVER_ASKED))
    return or_(ROLE.c.role.in_(_EVERYWHERE), school, colleagues)


def _barred(session: Session, actor: Actor, draw: Draw) -> dict[str, str]:
    """Person → why not, whatever the role."""
    task = draw.task
    if draw.operation == "copy":
        return {actor.person_id or "": "seat.self"}
    barred = dict.fromkeys(_signed_before(session, task), "seat.signed_before") if _recuses(task) else {}
    barred |= dict.fromkeys(task.recused_ids, "seat.recused")
    barred |= {person: "seat.already_there" for seat in task.seats if _sits(seat) for person in seat.person_ids}
    barred |= dict.fromkeys(_chair(session, task), "seat.already_there")
    if task.initiator_id != SYSTEM:
        barred[task.initiator_id] = "seat.initiator"
    if actor.person_id is not None:
        barred[actor.person_id] = "seat.self"
    return barred


def _sits(seat: SeatState) -> bool:
    return seat.is_live or (seat.has_said and not seat.advises)


def _chair(session: Session, task: TaskFacts) -> Sequence[str]:
    """The chair with whom minutes of the task lie: giving advice would take it out of the box in which they wait."""
    return session.scalars(select(Minutes.chair_id).where(Minutes.task_id == task.id)).all() if matter(task) else ()


def _signed_before(session: Session, task: TaskFacts) -> Sequence[str]:
    """Who has decided another step of the case here or on paper, and for whom."""
    here = (Task.instance_id == task.instance_id, Task.id != task.id)
    signed = select(Seat.person_id, Seat.on_behalf_of).join(Task, Task.id == Seat.task_id).where(*here, decides(Seat))
    decided = select(PaperDecision.person_id, PaperDecision.on_behalf_of)
    paper = decided.join(Task, Task.id == PaperDecision.task_id).where(*here)
    both: Any = union_all(signed, paper)
    return [person for row in session.execute(both) for person in row if person]


def _recuses(task: TaskFacts) -> bool:
    return bool(task.properties.get("recuse"))


def _recused(session: Session, draw: Draw, person_id: str) -> bool:
    """Whether a declared relation to the initiator, or at a step that recuses any interest, stands against it."""
    if draw.operation == "copy":
        return False
    case = draw.task.case
    if case.initiator_id != SYSTEM and members.related_among(person_id, [case.initiator_id]):
        return True
    if not _recuses(draw.task):
        return False
    return registry.interest_of(session, case.definition_key, case.instance_id, person_id) is not None

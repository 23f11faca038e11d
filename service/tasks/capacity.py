"""In whose name somebody acts at a task: the own, or as the substitute (代理) of whoever has it (policy.md §5)."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from service.access.actor import Actor, Represented
from service.access.case_rows import substitutable
from service.access.days import day_of
from service.access.substitutes import SUBSTITUTION
from service.errors import Conflict, Forbidden
from service.flows import registry
from service.people.members import RELATION
from service.people.rules import RECUSING
from service.tasks.facts import TaskFacts
from service.tasks.models import Task
from workflows.base import table_of

_TASK = table_of(Task)
NO_PROXY = frozenset({"vote"})
"""Ways of signing in which nobody may stand in for a member."""


@dataclass(frozen=True)
class Capacity:
    """`person_id` acts; `stands_for` is whom this person represents, None in the own name."""

    person_id: str
    stands_for: Represented | None = None

    @property
    def on_behalf_of(self) -> str | None:
        """The person who is represented."""
        return self.stands_for.person_id if self.stands_for else None

    @property
    def seat_of(self) -> str:
        """Whose seat is taken, kept or signed: a substitute has none, so that nothing moves when the days are over."""
        return self.on_behalf_of or self.person_id

    @property
    def persons(self) -> tuple[str, ...]:
        """Everybody whose interest in the case counts."""
        return (self.person_id, self.on_behalf_of) if self.on_behalf_of else (self.person_id,)


def capacity_of(actor: Actor, task: TaskFacts) -> Capacity:
    """The own name where the actor has a seat or may claim; Forbidden("access.no_person") without a person."""
    if actor.person_id is None:
        raise Forbidden("access.no_person")
    if not actor.standing_in or task.seat_of(actor.person_id) is not None:
        return Capacity(actor.person_id)
    for one in actor.standing_in:
        if one.covers(task.case.definition_key) and task.seat_of(one.person_id) is not None:
            return Capacity(actor.person_id, one)
    return Capacity(actor.person_id, _claiming(actor, task))


def _claiming(actor: Actor, task: TaskFacts) -> Represented | None:
    """For whom an unclaimed task of a role may be taken, which the actor could not take in the own name."""
    if set(task.groups) & set(actor.holders):
        return None
    able = (one for one in actor.standing_in if one.covers(task.case.definition_key))
    return next((one for one in able if set(task.groups) & set(one.holders)), None)


def may_know(actor: Actor, task: TaskFacts) -> bool:
    """A substitute knows what lies with whom they represent, and since the period began lay there."""
    stood = capacity_of(actor, task).stands_for if actor.person_id else None
    return stood is not None and (task.closed_at is None or day_of(task.closed_at) >= stood.since)


def expect_free(session: Session, task: TaskFacts, who: Capacity) -> None:
    """Nothing keeps the actor from standing in; one statement, none for who acts in the own name.

    Conflict("substitute.over") when the substitution has been ended meanwhile, else Forbidden with the reason.
    """
    code = obstacle(session, task, who)
    if code == "substitute.over":
        raise Conflict("substitute.over", task_id=task.id)
    if code is not None:
        raise Forbidden(code, task_id=task.id)


def obstacle(session: Session, task: TaskFacts, who: Capacity) -> str | None:
    """Why a substitute may not act at this task, None where nothing is known against it (policy.md §5)."""
    if who.stands_for is None:
        return None
    if task.signing in NO_PROXY:
        return "seat.no_proxy"
    if task.initiator_id == who.person_id:
        return "substitute.is_applicant"
    if task.initiator_id == who.on_behalf_of and not _is_applicants_own(task):
        return "substitute.own_application"
    if who.on_behalf_of in task.recused_ids:
        return "substitute.represented_recused"
    return _known_against(session, task, who, who.stands_for)


def _is_applicants_own(task: TaskFacts) -> bool:
    """Given to one person by name, as a correction is: no decision about the case."""
    return task.signing == "single" and not task.groups


def _known_against(session: Session, task: TaskFacts, who: Capacity, one: Represented) -> str | None:
    found = task.against.get(one.substitution_id) or _asked(session, task.id, who.person_id, one)
    if not found.stands:
        return "substitute.over"
    if not found.unsigned:
        return "substitute.signed_before"
    return "substitute.kin_of_applicant" if found.kin and not _is_applicants_own(task) else None


@dataclass(frozen=True)
class Against:
    """What the database knows of a substitute at a task: the substitution stands, no earlier signer, a relative."""

    stands: bool
    unsigned: bool
    kin: bool


def _asked(session: Session, task_id: str, person_id: str, one: Represented) -> Against:
    found = session.connection().execute(select(*asking(person_id, one)).where(_TASK.c.id == task_id)).one()
    return Against(*map(bool, found))


def asking(person_id: str, one: Represented) -> list[ColumnElement[bool]]:
    """The columns of `Against`, for a statement that reads a task: a command reads them along with what it locks."""
    return [
        exists().where(SUBSTITUTION.c.id == one.substitution_id, SUBSTITUTION.c.ended_at.is_(None)),
        substitutable(person_id, one.person_id, _TASK.c.initiator_id, _TASK.c.instance_id),
        _kin((person_id, one.person_id), _TASK.c.initiator_id),
    ]


def _kin(both: tuple[str, str], initiator_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Either of the two is declared a relative of the applicant, by whichever side."""
    declared = or_(
        and_(RELATION.c.person_id.in_(both), RELATION.c.relative_id == initiator_id),
        and_(RELATION.c.relative_id.in_(both), RELATION.c.person_id == initiator_id),
    )
    return exists().where(RELATION.c.kind.in_(RECUSING), declared)


def interest_of(session: Session, task: TaskFacts, who: Capacity) -> str | None:
    """Why the handler must step aside from a step that recuses (回避): an interest of either of the two, as a code."""
    if not task.properties.get("recuse"):
        return None
    found = (registry.interest_of(session, task.case.definition_key, task.instance_id, one) for one in who.persons)
    return next((reason for reason in found if reason is not None), None)

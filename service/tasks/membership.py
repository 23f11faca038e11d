"""Who may sit in a meeting about a step, and who may chair it (集体研究): by role, place and account (policy.md §5)."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, exists, literal, or_, select
from sqlalchemy.orm import Session

from service.access import policy, roles
from service.access.actor import Actor
from service.access.models import Account
from service.access.standing import ROLE, in_force, present
from service.people.members import PERSON
from service.people.queries import ORGANISATION
from service.tasks.circle import NEVER_ASKED
from service.tasks.facts import TaskFacts


def offered(session: Session, task: TaskFacts, on: date) -> dict[str, list[str]]:
    """Who is offered as a member, with the roles: at the offices that the step lies with, above them, and the leaders.

    Those of the place itself come first, and who decides something before teachers; admins and auditors sit in none.
    """
    sits = (_near(session, task), in_force(ROLE.c, on), ROLE.c.role.not_in((*roles.ADMIN, *roles.AUDITOR)))
    rows = session.execute(select(ROLE.c.person_id, ROLE.c.role, ROLE.c.organisation_id).where(*sits).distinct()).all()
    places, rank = _places(task), {role: number for number, role in enumerate(roles.ROLES)}
    found: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: (row.organisation_id not in places, rank[row.role])):
        found.setdefault(row.person_id, []).append(row.role)
    return found


def colleagues(session: Session, task: TaskFacts, on: date) -> frozenset[str]:
    """Everybody who is offered."""
    return frozenset(offered(session, task, on))


def known(session: Session, actor: Actor, task: TaskFacts, person_ids: Collection[str], on: date) -> frozenset[str]:
    """Those whom the actor may name as members: colleagues, and persons whom the actor may see anyway."""
    seen = select(PERSON.c.id).where(PERSON.c.id.in_(person_ids), policy.visible(actor, "person"))
    return frozenset(session.scalars(seen)) | (colleagues(session, task, on) & frozenset(person_ids))


def may_chair(session: Session, task: TaskFacts, person_id: str | None, on: date, *, away: bool = False) -> bool:
    """To chair is to read the case: a role of those near that decides something, present, with an open account.

    `away`: who is absent may confirm all the same, as an absent holder keeps the right to act.
    """
    holds = select(ROLE.c.person_id).where(
        ROLE.c.person_id == person_id,
        ROLE.c.role.not_in(NEVER_ASKED),
        _near(session, task),
        in_force(ROLE.c, on),
        *(() if away else (present(ROLE.c, on),)),
        exists().where(Account.person_id == ROLE.c.person_id, Account.closed_at.is_(None)),
    )
    return session.scalars(holds).first() is not None


def _near(session: Session, task: TaskFacts) -> ColumnElement[bool]:
    paths = session.scalars(select(ORGANISATION.c.path).where(ORGANISATION.c.id.in_(_places(task)))).all()
    above = [literal(path).startswith(ORGANISATION.c.path) for path in paths]
    here = select(ORGANISATION.c.id).where(or_(*above))
    return or_(ROLE.c.organisation_id.in_(here), ROLE.c.role.in_(roles.LEADER))


def _places(task: TaskFacts) -> set[str]:
    return {group.partition("@")[2] for group in task.groups} or {task.organisation_id}

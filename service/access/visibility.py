"""Which rows of a noun an actor sees: one SQL clause per noun, used by every query (policy.md §7)."""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, Select, String, and_, column, exists, false, or_, select, table, true
from sqlalchemy import cast as cast_to

from service.access import roles
from service.access.actor import Actor
from workflows.base import Base

Clause = ColumnElement[bool]

TABLES = {
    "instance": "process_case",
    "definition": "process_definition",
    "event": "audit_event",
    "vacancy": "organisation",
}
"""Nouns whose table has another name."""

_organisation = table("organisation", column("id"), column("path"))
_case = table("process_case", column("instance_id"), column("organisation_id"), column("initiator_id"))
_task = table("task", column("id"), column("instance_id"), column("groups"))
_office_task = _task.alias("office_task")
_queue = table("queue_entry", column("holder"), column("task_id"))
_seat = table("seat", column("task_id"), column("person_id"))
_account = table("ledger_account", column("id"), column("organisation_id"))
_appointment = table("appointment", column("person_id"), column("organisation_id"), column("valid_until"))

ALL_CASES = (*roles.BUREAU_HR, *roles.LEADER, *roles.AUDITOR)
ALL_PERSONS = (*ALL_CASES, *roles.ADMIN)
ALL_LEDGER = (*ALL_CASES, *roles.QUOTA_OFFICES)


def visible(actor: Actor, noun: str, source: FromClause | None = None) -> Clause:
    """The clause that keeps the rows of `noun` that the actor may see; KeyError for an unknown noun.

    It speaks of the noun's own table (`task`, `process_case` for instance, …) or of `source`, an alias of it.
    """
    columns: Any = (Base.metadata.tables[TABLES.get(noun, noun)] if source is None else source).c
    if actor.is_system:
        return true()
    return false() if actor.is_anonymous else CLAUSES[noun](actor, columns)


def _case_rows(actor: Actor, c: Any) -> Clause:
    """Tasks and cases: of my organisations, started by me, or in which I or my office hold or held a task."""
    if actor.has(*ALL_CASES):
        return true()
    offices = [role.queue for role in actor.acting_roles if role.role in roles.OFFICES]
    held = select(_task.c.instance_id).join(_queue, _queue.c.task_id == _task.c.id)
    sat = select(_task.c.instance_id).join(_seat, _seat.c.task_id == _task.c.id)
    return or_(
        in_scope(actor, c.organisation_id),
        c.initiator_id == actor.person_id,
        c.instance_id.in_(held.where(_queue.c.holder.in_(actor.holders))),
        c.instance_id.in_(sat.where(_seat.c.person_id == actor.person_id)),
        *(_was_at(office, c.instance_id) for office in offices),
    )


def _was_at(office: str, instance_id: ColumnElement[Any]) -> Clause:
    """A task of the case lay in the office's queue; whoever took it, the task keeps the groups it was opened for."""
    groups = cast_to(_office_task.c.groups, String)
    return exists().where(_office_task.c.instance_id == instance_id, groups.contains(f'"{office}"', autoescape=True))


def _of_case(actor: Actor, c: Any) -> Clause:
    """Rows that belong to a case (candidates, files): those of visible cases."""
    if actor.has(*ALL_CASES):
        return true()
    return cast("Clause", c.instance_id.in_(select(_case.c.instance_id).where(_case_rows(actor, _case.c))))


def _attachments(actor: Actor, c: Any) -> Clause:
    """Files of visible cases, and what the actor has uploaded and not yet handed in."""
    if actor.has(*ALL_CASES):
        return true()
    return or_(c.uploaded_by == actor.person_id, _of_case(actor, c))


def _events(actor: Actor, c: Any) -> Clause:
    """Events of visible cases and of oneself."""
    if actor.has(*ALL_CASES):
        return true()
    cases = select("instance:" + _case.c.instance_id).where(_case_rows(actor, _case.c))
    own = (f"person:{actor.person_id}", f"account:{actor.account_id}")
    return or_(c.stream.in_(own), c.stream.in_(cases))


def _persons(actor: Actor, c: Any) -> Clause:
    """Oneself, and the staff of one's school."""
    if actor.has(*ALL_PERSONS):
        return true()
    return or_(c.id == actor.person_id, c.id.in_(_staff(actor)))


def _relations(actor: Actor, c: Any) -> Clause:
    """Declared kinship and interests: of oneself and of the staff of one's school; the admin has no use for them."""
    if actor.has(*ALL_CASES):
        return true()
    return or_(c.person_id == actor.person_id, c.person_id.in_(_staff(actor)))


def _staff(actor: Actor) -> Select[Any]:
    """Who has an appointment at one of the actor's organisations that has not ended."""
    current: Clause = _appointment.c.valid_until.is_(None)
    if actor.day is not None:
        current = or_(current, _appointment.c.valid_until > actor.day)
    return select(_appointment.c.person_id).where(in_scope(actor, _appointment.c.organisation_id), current)


def _ledger_accounts(actor: Actor, c: Any) -> Clause:
    return true() if actor.has(*ALL_LEDGER) else in_scope(actor, c.organisation_id)


def _ledger_entries(actor: Actor, c: Any) -> Clause:
    if actor.has(*ALL_LEDGER):
        return true()
    return cast("Clause", c.account_id.in_(select(_account.c.id).where(_ledger_accounts(actor, _account.c))))


def _accounts(actor: Actor, c: Any) -> Clause:
    if actor.has(*ALL_PERSONS):
        return true()
    return or_(c.id == actor.account_id, in_scope(actor, c.organisation_id))


def _role_assignments(actor: Actor, c: Any) -> Clause:
    if actor.has(*ALL_PERSONS):
        return true()
    return or_(c.person_id == actor.person_id, in_scope(actor, c.organisation_id))


def _vacancies(actor: Actor, c: Any) -> Clause:
    """Organisations whose unfilled roles the actor is told of."""
    return true() if actor.has(*ALL_PERSONS) else in_scope(actor, c.id)


def _incidents(actor: Actor, _c: Any) -> Clause:
    """Incidents name element and error, never contents; HR sees that a case stands still."""
    return true() if actor.has(*roles.ADMIN, *roles.AUDITOR, *roles.BUREAU_HR) else false()


def _public(_actor: Actor, _c: Any) -> Clause:
    """What everybody who is signed in may see: names of organisations, diagrams, parameters, the calendar."""
    return true()


def in_scope(actor: Actor, organisation_id: ColumnElement[Any]) -> Clause:
    """Rows of the organisations that the actor's school roles cover: the school; of a district all below it."""
    held = [role for role in actor.acting_roles if role.role in roles.SCHOOL_OFFICE]
    paths = [role.organisation_path for role in held if role.organisation_kind == "district"]
    clauses: list[Clause] = []
    if held:
        clauses.append(organisation_id.in_([role.organisation_id for role in held]))
    for path in paths:
        below = select(_organisation.c.id).where(_organisation.c.path.startswith(path, autoescape=True))
        clauses.append(organisation_id.in_(below))
    return or_(*clauses) if clauses else and_(false())


CLAUSES: dict[str, Callable[[Actor, Any], Clause]] = {
    "task": _case_rows,
    "instance": _case_rows,
    "candidate": _of_case,
    "attachment": _attachments,
    "event": _events,
    "person": _persons,
    "relation": _relations,
    "ledger_account": _ledger_accounts,
    "ledger_entry": _ledger_entries,
    "account": _accounts,
    "role_assignment": _role_assignments,
    "vacancy": _vacancies,
    "incident": _incidents,
    "organisation": _public,
    "definition": _public,
    "parameter": _public,
    "calendar_day": _public,
}
"""Noun → its clause; a noun that is not here cannot be queried."""

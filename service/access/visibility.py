"""Which rows of a noun an actor sees: one SQL clause per noun, used by every query (policy.md §7)."""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import FromClause, Select, and_, column, false, or_, select, table, true

from service.access import case_rows, roles
from service.access.actor import Actor
from service.access.case_rows import ALL_CASES, Clause, in_scope
from workflows.base import Base

TABLES = {
    "instance": "process_case",
    "case_contents": "process_case",
    "definition": "process_definition",
    "event": "audit_event",
    "vacancy": "organisation",
}
"""Nouns whose table has another name."""

_case = table("process_case", column("instance_id"), column("organisation_id"), column("initiator_id"))
_account = table("ledger_account", column("id"), column("organisation_id"))
_member = table("title_member", column("session_id"), column("person_id"), column("state"))
_appointment = table("appointment", column("person_id"), column("organisation_id"), column("valid_until"))

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


def _persons(actor: Actor, c: Any) -> Clause:
    """Oneself, and the staff of one's school."""
    if actor.has(*ALL_PERSONS):
        return true()
    return or_(c.id == actor.person_id, c.id.in_(_staff(actor)))


def _records(actor: Actor, c: Any) -> Clause:
    """Dated records: of oneself; of the staff of one's school what is not hidden; everything for bureau HR."""
    if actor.has(*roles.BUREAU_HR):
        return true()
    known = true() if actor.has(*ALL_CASES) else c.person_id.in_(_staff(actor))
    return or_(c.person_id == actor.person_id, and_(c.hidden.is_(False), known))


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


def _reserved_applications(actor: Actor, c: Any) -> Clause:
    """Those of one's school and one's own; the HR bureau decides on all of them."""
    if actor.has(*ALL_CASES, "hr_bureau_officer"):
        return true()
    return or_(in_scope(actor, c.school_id), c.person_id == actor.person_id)


def _publicity_objections(actor: Actor, _c: Any) -> Clause:
    """Who objected to what is published is for bureau HR, who inquires, and for the auditor."""
    return true() if actor.has(*roles.BUREAU_HR, *roles.AUDITOR) else false()


def _case_corrections(actor: Actor, c: Any) -> Clause:
    """What was corrected, of cases that one may read; what was not confirmed is bureau HR's and the auditor's alone."""
    if actor.has(*roles.BUREAU_HR, *roles.AUDITOR):
        return true()
    return and_(c.state == "confirmed", case_rows.of_case(actor, c))


def _official_papers(actor: Actor, c: Any) -> Clause:
    """Papers of cases whose contents one may read; what bears an ID number or a phone is for the bureau alone."""
    if actor.has(*ALL_CASES):
        return true()
    mine = select(_case.c.instance_id).where(case_rows.contents(actor, _case.c))
    return and_(c.personal.is_(False), c.instance_id.in_(mine))


def _post_loans(actor: Actor, c: Any) -> Clause:
    """Lent posts of one's school, and one's own."""
    if actor.has(*ALL_LEDGER):
        return true()
    return or_(in_scope(actor, c.borrower_id), c.person_id == actor.person_id)


def _named_holds(actor: Actor, c: Any) -> Clause:
    """What is kept under a name: with the ledger of its organisation."""
    return true() if actor.has(*ALL_LEDGER) else in_scope(actor, c.organisation_id)


def _accounts(actor: Actor, c: Any) -> Clause:
    if actor.has(*ALL_PERSONS):
        return true()
    return or_(c.id == actor.account_id, in_scope(actor, c.organisation_id))


def _role_assignments(actor: Actor, c: Any) -> Clause:
    if actor.has(*ALL_PERSONS):
        return true()
    return or_(c.person_id == actor.person_id, in_scope(actor, c.organisation_id))


def _substitutions(actor: Actor, c: Any) -> Clause:
    """Those of oneself on either side, and of the staff of one's school."""
    if actor.has(*ALL_PERSONS):
        return true()
    return or_(
        c.represented_id == actor.person_id, c.substitute_id == actor.person_id, c.represented_id.in_(_staff(actor))
    )


def _title_applications(actor: Actor, c: Any) -> Clause:
    """One's own, those of one's school, and those on whose committee one sits."""
    if actor.has(*ALL_CASES):
        return true()
    return or_(in_scope(actor, c.organisation_id), c.person_id == actor.person_id, c.session_id.in_(_sittings(actor)))


def _title_sessions(actor: Actor, c: Any) -> Clause:
    """Who sits on a committee is not public: its members, who convenes it, and the bureau know (policy §3.T 5)."""
    if actor.has(*ALL_CASES):
        return true()
    return or_(in_scope(actor, c.organisation_id), c.id.in_(_sittings(actor)))


def _sittings(actor: Actor) -> Select[Any]:
    seated = (_member.c.person_id == actor.person_id, _member.c.state == "seated")
    return select(_member.c.session_id).where(*seated)


def _title_experts(actor: Actor, c: Any) -> Clause:
    return true() if actor.has(*ALL_CASES) else in_scope(actor, c.organisation_id)


def _title_certificates(actor: Actor, c: Any) -> Clause:
    if actor.has(*ALL_CASES):
        return true()
    return or_(in_scope(actor, c.organisation_id), c.person_id == actor.person_id)


def _vacancies(actor: Actor, c: Any) -> Clause:
    """Organisations whose unfilled roles the actor is told of."""
    return true() if actor.has(*ALL_PERSONS) else in_scope(actor, c.id)


def _runs(actor: Actor, c: Any) -> Clause:
    """One's own, and those for an organisation that one looks after; the admin sees what is at work."""
    if actor.has(*roles.ADMIN):
        return true()
    of_office = c.organisation_id.is_not(None) if actor.has(*ALL_CASES) else in_scope(actor, c.organisation_id)
    return or_(c.account_id == actor.account_id, of_office)


def _incidents(actor: Actor, _c: Any) -> Clause:
    """Incidents name element and error, never contents; HR sees that a case stands still."""
    return true() if actor.has(*roles.ADMIN, *roles.AUDITOR, *roles.BUREAU_HR) else false()


def _exchange_entries(actor: Actor, c: Any) -> Clause:
    """One's own place on a list, and those of the staff of one's school."""
    if actor.has(*ALL_CASES):
        return true()
    return or_(c.person_id == actor.person_id, in_scope(actor, c.organisation_id))


def _public(_actor: Actor, _c: Any) -> Clause:
    """What everybody who is signed in may see: names of organisations, diagrams, parameters, the calendar."""
    return true()


CLAUSES: dict[str, Callable[[Actor, Any], Clause]] = {
    "task": case_rows.tasks,
    "instance": case_rows.headers,
    "case_contents": case_rows.contents,
    "candidate": case_rows.of_case,
    "attachment": case_rows.attachments,
    "title_batch": _public,
    "title_application": _title_applications,
    "title_session": _title_sessions,
    "title_expert": _title_experts,
    "title_certificate": _title_certificates,
    "case_correction": _case_corrections,
    "event": case_rows.events,
    "person": _persons,
    "person_record": _records,
    "relation": _relations,
    "ledger_account": _ledger_accounts,
    "ledger_entry": _ledger_entries,
    "post_loan": _post_loans,
    "named_hold": _named_holds,
    "reserved_application": _reserved_applications,
    "publicity_objection": _publicity_objections,
    "official_paper": _official_papers,
    "reserved_round": _public,
    "account": _accounts,
    "role_assignment": _role_assignments,
    "substitution": _substitutions,
    "vacancy": _vacancies,
    "run": _runs,
    "incident": _incidents,
    "exchange_entry": _exchange_entries,
    "exchange_opening": _public,
    "organisation": _public,
    "definition": _public,
    "parameter": _public,
    "calendar_day": _public,
}
"""Noun → its clause; a noun that is not here cannot be queried."""

"""Reads of workbooks of cases on paper, and what the words of their cells stand for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.access.roles import BUREAU_HR
from service.access.standing import ROLE, in_force
from service.db import db
from service.errors import Fault, NotFound
from service.instances import paper_layout, paper_sheets, queries_told
from service.instances.commands_paper_import import IMPORT
from service.instances.paper_cases import PAPER_CASE
from service.instances.paper_cells import Known
from service.instances.paper_layout import Layout
from service.instances.paper_sheets import Read
from service.instances.queries_told import PaperCaseView
from service.people import persons
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.posts import queries_named
from service.sheets import Sheet
from workflows import catalogue


@dataclass(frozen=True)
class ImportView:
    """A workbook: by whom, of which flow, and the run that works on it."""

    id: str
    person_id: str
    definition_key: str
    name: str
    run_id: str | None
    at: datetime


def imports(actor: Actor, limit: int = 50) -> Sequence[ImportView]:
    """Workbooks, the newest first."""
    policy.require(actor, "paper_case.read")
    rows = db.session.execute(select(IMPORT).order_by(IMPORT.c.at.desc(), IMPORT.c.id.desc()).limit(limit))
    return [ImportView(**row._mapping) for row in rows]


def one(actor: Actor, import_id: str) -> ImportView:
    """One of them; NotFound("paper_import.absent")."""
    policy.require(actor, "paper_case.read")
    row = db.session.execute(select(IMPORT).where(IMPORT.c.id == import_id)).first()
    if row is None:
        raise NotFound("paper_import.absent")
    return ImportView(**row._mapping)


def cases(actor: Actor, import_id: str) -> Sequence[PaperCaseView]:
    """The cases of a workbook in its order."""
    policy.require(actor, "paper_case.read")
    found = select(PAPER_CASE).where(PAPER_CASE.c.import_id == import_id).order_by(PAPER_CASE.c.id)
    rows = [queries_told.view_of(row) for row in db.session.execute(found)]
    db.session.rollback()
    return rows


def layout(actor: Actor, definition_key: str) -> Layout:
    """The workbook of a flow; NotFound("definition.absent")."""
    policy.require(actor, "paper_case.read")
    return paper_layout.layout(catalogue.latest(db.session(), definition_key))


def read(
    actor: Actor, definition_key: str, sheets: Mapping[str, Sheet], files: Mapping[str, str], now: datetime
) -> tuple[list[Read], list[Fault]]:
    """The cases of a workbook and its wrong cells; `files` file name → upload. Raises as `paper_sheets.read`."""
    policy.require(actor, "paper_case.propose")
    definition = catalogue.latest(db.session(), definition_key)
    starters = tuple(definition.settings.get("start", {}).get("roles", ()))
    known = Known(
        _organisations().get, lambda place, text: _initiator(place, text, starters, now),
        lambda place, text: _hold(actor, place, text), _person, files,
    )  # fmt: skip
    return paper_sheets.read(paper_layout.layout(definition), definition_key, sheets, known)


def _organisations() -> dict[str, str]:
    """Name, English name or code → id; what several have names none of them."""
    found: dict[str, set[str]] = {}
    columns = (ORGANISATION.c.id, ORGANISATION.c.code, ORGANISATION.c.name, ORGANISATION.c.name_en)
    for row in db.session.execute(select(*columns)):
        for word in {row.code, row.name, row.name_en} - {"", None}:
            found.setdefault(word, set()).add(row.id)
    return {word: next(iter(ids)) for word, ids in found.items() if len(ids) == 1}


def applicant(actor: Actor, definition_key: str, organisation_id: str, text: str, now: datetime) -> str | None:
    """Who could ask for such a case there, as a paper names it; without a name the only one."""
    policy.require(actor, "paper_case.propose")
    starters = tuple(catalogue.latest(db.session(), definition_key).settings.get("start", {}).get("roles", ()))
    return _initiator(organisation_id, text, starters, now)


def _initiator(organisation_id: str, text: str, starters: tuple[str, ...], now: datetime) -> str | None:
    """Who could ask for such a case there today, by name or ID number.

    Without either whoever alone holds the first of the flow's starting roles that somebody holds there; who only
    stands in for the holder does not count. What bureau HR alone begins is asked for by the bureau, for whichever
    organisation.
    """
    office = set(starters) <= set(BUREAU_HR)
    at = () if office else (ROLE.c.organisation_id == organisation_id,)
    mine = (*at, ROLE.c.role.in_(starters), in_force(ROLE.c, day_of(now)))
    held = db.session.execute(select(ROLE.c.role, ROLE.c.person_id, ROLE.c.kind).where(*mine)).all()
    if not text:
        by_role = [{row.person_id for row in held if row.role == role and row.kind == "holder"} for role in starters]
        first: set[str] = next((found for found in by_role if found), set())
        return next(iter(first)) if len(first) == 1 else None
    there = {row.person_id for row in held}
    called = set(db.session.scalars(select(PERSON.c.id).where(PERSON.c.id.in_(there), PERSON.c.name == text)))
    named = there & (called | persons.named_in(db.session(), [text]))
    return next(iter(named)) if len(named) == 1 else None


def _person(organisation_id: str, text: str) -> str | None:
    """Who is employed there today, by ID number or a name that nobody else there has."""
    here = select(APPOINTMENT.c.person_id).where(
        APPOINTMENT.c.organisation_id == organisation_id, APPOINTMENT.c.valid_until.is_(None)
    )
    called = set(db.session.scalars(select(PERSON.c.id).where(PERSON.c.id.in_(here), PERSON.c.name == text)))
    numbered = persons.named_in(db.session(), [text]) & set(db.session.scalars(here))
    named = numbered or called
    return next(iter(named)) if len(named) == 1 else None


def hold_named(actor: Actor, organisation_id: str, text: str) -> str | None:
    """The open named hold of an organisation that a paper names; None without one."""
    policy.require(actor, "paper_case.propose")
    return _hold(actor, organisation_id, text) if text else None


def _hold(actor: Actor, organisation_id: str, text: str) -> str | None:
    """An open named hold of the organisation, by its document or reason."""
    found = [
        one.id for one in queries_named.holds(actor, organisation_id) if text in (one.document, one.reason, one.id)
    ]
    return found[0] if len(found) == 1 else None

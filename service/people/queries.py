"""Reads of organisations for an actor: the tree, one of them, roles that nobody holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, func, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.roles import EXPECTED, QUOTA_OFFICES
from service.access.standing import ROLE, in_force, present, stand_in
from service.db import db
from service.errors import NotFound
from service.people.members import declared_names, holders_of, is_related, members, names, related_among
from service.people.models import Authorisation, Organisation

__all__ = [
    "Vacancy",
    "authorisations",
    "bureau_name",
    "declared_names",
    "holders_of",
    "is_authorised",
    "is_related",
    "members",
    "name_in",
    "names",
    "organisation",
    "organisation_names",
    "organisation_row",
    "organisations",
    "related_among",
    "roles_without_alternate",
    "roles_without_holder",
]

ORGANISATION = cast("Table", Organisation.__table__)
AUTHORISATION = cast("Table", Authorisation.__table__)


@dataclass(frozen=True)
class Vacancy:
    """A role that cases need and nobody holds; `alternates` (person ids) keep its queue going meanwhile.

    Without any, tasks that open now go to the `stand_in` too: (role, organisation id), None when there is nobody.
    `missing` is holder, or alternate for a role that hangs on one person.
    """

    organisation_id: str
    organisation_name: str
    role: str
    alternates: tuple[str, ...]
    holder_away: bool
    stand_in: tuple[str, str] | None = None
    missing: str = "holder"


def organisations(actor: Actor, on: date, *, kind: str | None = None, below: str | None = None) -> Sequence[Row[Any]]:
    """Rows of the organisations that exist on a day, parents before children; `below` is a path, itself included."""
    found = select(ORGANISATION).where(policy.visible(actor, "organisation"), in_force(ORGANISATION.c, on))
    if kind is not None:
        found = found.where(ORGANISATION.c.kind == kind)
    if below is not None:
        found = found.where(ORGANISATION.c.path.startswith(below, autoescape=True))
    return _in_tree_order(db.session.execute(found).all())


def _in_tree_order(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Depth first, siblings by code: the path holds ids, which say nothing about order."""
    codes = {row.id: row.code for row in rows}
    return sorted(rows, key=lambda row: [codes.get(step, "") for step in row.path.strip("/").split("/")])


def organisation_row(session: Session, actor: Actor, organisation_id: str) -> Row[Any]:
    """One organisation; NotFound("organisation.absent") when absent or not visible."""
    found = select(ORGANISATION).where(ORGANISATION.c.id == organisation_id, policy.visible(actor, "organisation"))
    row = session.execute(found).first()
    if row is None:
        raise NotFound("organisation.absent", organisation_id=organisation_id)
    return row


def organisation(actor: Actor, organisation_id: str) -> Row[Any]:
    """One organisation for whoever reads; NotFound("organisation.absent")."""
    return organisation_row(db.session(), actor, organisation_id)


def authorisations(actor: Actor, organisation_id: str) -> Sequence[Row[Any]]:
    """What a school was and is authorised to do, newest first."""
    owner = select(ORGANISATION.c.id).where(policy.visible(actor, "organisation"))
    found = select(AUTHORISATION).where(
        AUTHORISATION.c.organisation_id == organisation_id, AUTHORISATION.c.organisation_id.in_(owner)
    )
    return db.session.execute(found.order_by(AUTHORISATION.c.valid_from.desc(), AUTHORISATION.c.id)).all()


def is_authorised(session: Session, organisation_id: str, kind: str, on: date) -> bool:
    """Whether the school may decide itself on that day; `kind` is own_hiring or own_titles."""
    found = select(AUTHORISATION.c.id).where(
        AUTHORISATION.c.organisation_id == organisation_id,
        AUTHORISATION.c.kind == kind,
        in_force(AUTHORISATION.c, on),
    )
    return session.execute(found.limit(1)).first() is not None


def roles_without_holder(actor: Actor, on: date) -> list[Vacancy]:
    """The roles that cases need (`access.roles.EXPECTED`) and that no present holder has on that day.

    A holder who is away counts as missing only when no alternate stands for the role.
    """
    standing_now = (in_force(ORGANISATION.c, on), ORGANISATION.c.kind.in_(EXPECTED))
    places = db.session.execute(select(ORGANISATION).where(policy.visible(actor, "vacancy"), *standing_now)).all()
    held = _assignments(on, [row.id for row in places])
    found = [_vacancy(row, role, held) for row in _in_tree_order(places) for role in EXPECTED[row.kind]]
    return [_covered(vacancy, on) for vacancy in found if vacancy is not None]


def roles_without_alternate(actor: Actor, on: date) -> list[Vacancy]:
    """The roles of the outside offices that hang on one person: no alternate is named (policy §1), nobody stands in.

    Every other role has the deputies, the district and the bureau above it; for the staffing office and the HR bureau
    the bureau never decides (`access.standing.stand_in`), so a case would stand still when that person is away.
    """
    standing_now = (in_force(ORGANISATION.c, on), ORGANISATION.c.kind.in_(EXPECTED))
    places = db.session.execute(select(ORGANISATION).where(policy.visible(actor, "vacancy"), *standing_now)).all()
    held = _assignments(on, [row.id for row in places])
    asked = [(row, role) for row in _in_tree_order(places) for role in EXPECTED[row.kind] if role in QUOTA_OFFICES]
    alone = [(row, role) for row, role in asked if len({one.person_id for one in held.get((row.id, role), [])}) == 1]
    return [Vacancy(row.id, row.name, role, (), False, missing="alternate") for row, role in alone]


def _covered(vacancy: Vacancy, on: date) -> Vacancy:
    if vacancy.alternates:
        return vacancy
    return replace(vacancy, stand_in=stand_in(db.session(), vacancy.role, vacancy.organisation_id, on))


def _assignments(on: date, places: list[str]) -> dict[tuple[str, str], list[Row[Any]]]:
    away: ColumnElement[bool] = ~present(ROLE.c, on)
    columns = (ROLE.c.role, ROLE.c.organisation_id, ROLE.c.person_id, ROLE.c.kind, away.label("away"))
    rows = db.session.execute(select(*columns).where(in_force(ROLE.c, on), ROLE.c.organisation_id.in_(places)))
    held: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in rows:
        held.setdefault((row.organisation_id, row.role), []).append(row)
    return held


def _vacancy(row: Row[Any], role: str, held: dict[tuple[str, str], list[Row[Any]]]) -> Vacancy | None:
    rows = held.get((row.id, role), [])
    holders = [found for found in rows if found.kind == "holder"]
    alternates = tuple(found.person_id for found in rows if found.kind == "alternate" and not found.away)
    if any(not found.away for found in holders) or (holders and alternates):
        return None
    return Vacancy(row.id, row.name, role, alternates, bool(holders))


def organisation_names(ids: Collection[str], locale: str) -> dict[str, str]:
    """Organisation id → its name in the reader's language; unknown ids are left out."""
    if not ids:
        return {}
    columns = (ORGANISATION.c.id, ORGANISATION.c.name, ORGANISATION.c.name_en)
    rows = db.session.execute(select(*columns).where(ORGANISATION.c.id.in_(list(ids))))
    return {row.id: (row.name_en if locale == "en" and row.name_en else row.name) for row in rows}


def name_in(locale: str, organisation: Any = ORGANISATION) -> ColumnElement[str]:
    """The name of an organisation in the reader's language, for who selects it with other things."""
    known = organisation.c
    chinese: ColumnElement[str] = known.name
    return func.coalesce(func.nullif(known.name_en, ""), chinese) if locale == "en" else chinese


def school_names(on: date) -> list[tuple[str, str, str]]:
    """(id, name, English name) of every school of that day, in the order of the tree: what a form offers.

    It asks no policy: names of schools are no secret, and a sheet is drawn without anybody who asks.
    """
    found = select(ORGANISATION).where(ORGANISATION.c.kind == "school", in_force(ORGANISATION.c, on))
    rows = _in_tree_order(db.session.execute(found).all())
    return [(row.id, row.name, row.name_en or row.name) for row in rows]


def bureau_name(locale: str) -> str:
    """The name of the bureau whose installation this is; empty before there is one."""
    found = select(ORGANISATION.c.id).where(ORGANISATION.c.kind == "bureau").order_by(ORGANISATION.c.code).limit(1)
    bureau = db.session.scalar(found)
    return organisation_names([bureau], locale).get(bureau, "") if bureau else ""

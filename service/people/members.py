"""Who somebody is to somebody: members of roles, holders of candidate groups, related persons."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import cast

from sqlalchemy import Table, and_, or_, select

from service.access.standing import standing
from service.db import db
from service.people.models import Person, Relation
from service.people.rules import RECUSING

PERSON = cast("Table", Person.__table__)
RELATION = cast("Table", Relation.__table__)


def members(role: str, organisation_id: str, on: date) -> dict[str, str]:
    """Person id → name of all who stand for a role on a day: present holders, else alternates; empty: vacant."""
    return names(standing(db.session(), role, organisation_id, on))


def holders_of(groups: Iterable[str], on: date) -> dict[str, dict[str, str]]:
    """Candidate group (`role@<organisation id>` or `person:<person id>`) → person id → name on that day."""
    found = {}
    for group in groups:
        if group.startswith("person:"):
            found[group] = names([group.removeprefix("person:")])
        else:
            role, _, organisation_id = group.partition("@")
            found[group] = members(role, organisation_id, on)
    return found


def names(person_ids: Collection[str]) -> dict[str, str]:
    """Person id → name, in the order of the ids; unknown ids are left out."""
    if not person_ids:
        return {}
    rows = db.session.execute(select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(person_ids)))
    known = {row.id: row.name for row in rows}
    return {person_id: known[person_id] for person_id in person_ids if person_id in known}


def is_related(a: str, b: str) -> bool:
    """Whether a relation that recuses is declared between two persons, by either of them; oneself counts."""
    return a == b or bool(related_among(a, [b]))


def related_among(person_id: str, others: Collection[str]) -> frozenset[str]:
    """Those of `others` with whom a relation that recuses is declared, by either side."""
    mine = and_(RELATION.c.person_id == person_id, RELATION.c.relative_id.in_(others))
    theirs = and_(RELATION.c.relative_id == person_id, RELATION.c.person_id.in_(others))
    found = select(RELATION.c.person_id, RELATION.c.relative_id)
    rows = db.session.execute(found.where(RELATION.c.kind.in_(RECUSING), or_(mine, theirs)))
    return frozenset(row.relative_id if row.person_id == person_id else row.person_id for row in rows)


def declared_names(person_id: str) -> frozenset[str]:
    """Names of the person's relatives who recuse: candidates are not persons yet and can only be met by name."""
    relative = select(PERSON.c.name).where(PERSON.c.id == RELATION.c.relative_id).scalar_subquery()
    found = select(RELATION.c.relative_name, relative.label("name"))
    rows = db.session.execute(found.where(RELATION.c.person_id == person_id, RELATION.c.kind.in_(RECUSING)))
    return frozenset(row.relative_name or row.name for row in rows)

"""The published result of a plan (公示): who goes where, for everybody who has a part in the plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from service.access.actor import Actor
from service.db import db
from service.flows.exchange import casework, queries
from service.flows.exchange.casework import OPENING
from service.flows.exchange.drawing_up import ENTRY
from service.people.models import Organisation, Person
from service.people.queries import name_in
from workflows import store


@dataclass(frozen=True)
class Published:
    """One line of the list: names and places, never a number, a wish or a reason (policy §7)."""

    name: str
    source: str
    subject: str
    target: str
    manner: str


def published(actor: Actor, instance_id: str, *, locale: str = "zh") -> Sequence[Published]:
    """The list while it is published and afterwards, by school; empty before, and of a plan that was refused.

    NotFound("exchange.plan_absent") for who has no part in the plan.
    """
    queries.expect(actor, instance_id)
    held = store.read(db.session(), instance_id)
    if held.state != "completed" and not casework.opens(casework.seen(held, db.session()), "see"):
        return []
    return [
        Published(row.name, row.source, row.subject, row.target, row.manner)
        for row in db.session.execute(placed([instance_id], locale))
    ]


def placed(instance_ids: Sequence[str], locale: str = "zh") -> Select[Any]:
    """Everybody whom these plans have placed, in the order of the openings."""
    target, names = Organisation.__table__.alias("target"), (Person.name, name_in(locale).label("source"))
    ids = (ENTRY.c.id, ENTRY.c.instance_id, Organisation.id.label("source_id"), target.c.id.label("target_id"))
    return (
        select(*ids, *names, ENTRY.c.subject, name_in(locale, target).label("target"), OPENING.c.manner)
        .select_from(ENTRY)
        .join(Person, Person.id == ENTRY.c.person_id)
        .join(Organisation, Organisation.id == ENTRY.c.organisation_id)
        .join(OPENING, OPENING.c.id == ENTRY.c.opening_id)
        .join(target, target.c.id == OPENING.c.organisation_id)
        .where(ENTRY.c.instance_id.in_(instance_ids), ENTRY.c.state.in_(queries.HELD))
        .order_by(OPENING.c.number, ENTRY.c.id)
    )

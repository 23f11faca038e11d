"""Whom papers of the exchange are about: everybody placed by a plan; in a placement's case the one who is placed."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.flows.exchange import queries
from service.flows.exchange.casework import OPENING
from service.flows.exchange.drawing_up import ENTRY
from service.flows.exchange.models import ExchangePlan
from service.flows.exchange.publishing import MANNERS
from service.flows.papered import BANDS, Subject, papered
from service.people.members import PERSON
from service.people.queries import organisation_names
from workflows import store
from workflows.base import table_of

PLAN = table_of(ExchangePlan)


@papered("exchange")
def of_plan(session: Session, instance_id: str) -> list[Subject]:
    """In the order of the openings, as they are published."""
    return _subjects(session, ENTRY.c.instance_id == instance_id, ENTRY.c.state.in_(queries.HELD))


@papered("exchange_placement")
def of_placement(session: Session, instance_id: str) -> list[Subject]:
    """The one who is placed; by a plan on paper on the day that the case says."""
    return _subjects(session, ENTRY.c.placement_id == instance_id, case_id=instance_id)


def _subjects(session: Session, *wanted: Any, case_id: str | None = None) -> list[Subject]:
    found = (
        select(
            ENTRY, PERSON.c.name, OPENING.c.organisation_id.label("target_id"), OPENING.c.manner, PLAN.c.effective_on
        )
        .join(PERSON, PERSON.c.id == ENTRY.c.person_id)
        .join(OPENING, OPENING.c.id == ENTRY.c.opening_id)
        .outerjoin(PLAN, PLAN.c.instance_id == ENTRY.c.instance_id)
        .where(*wanted)
        .order_by(OPENING.c.number, ENTRY.c.id)
    )
    rows = session.execute(found).all()
    places = organisation_names({place for row in rows for place in (row.organisation_id, row.target_id)}, "zh")
    return [_subject(row, places, row.arrived_on or row.effective_on or _first_day(session, case_id)) for row in rows]


def _first_day(session: Session, case_id: str | None) -> date | None:
    known = store.read(session, case_id).variables if case_id else {}
    return date.fromisoformat(known["effective_on"]) if known.get("effective_on") else None


def _subject(row: Any, places: dict[str, str], from_on: date | None) -> Subject:
    manner, target = MANNERS[row.manner]["zh"], places[row.target_id]
    facts = {
        "place": target, "from_place": places[row.organisation_id], "to_place": target, "subject": row.subject,
        "what": f"{row.subject} · {manner}{target}", "manner": manner, "band": BANDS.get(row.band),
        "from_on": from_on,
    }  # fmt: skip
    return Subject(row.id, row.name, row.person_id, facts)

"""Draws up the list of a plan: everybody in the reform, each with the table's answer and its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.flows.exchange import rules
from service.flows.exchange.models import ExchangeEntry
from service.parameters.queries import InForce, in_force_of
from service.parameters.registry import WHO_MUST_GO
from service.parameters.scopes import About
from service.people.models import Appointment, Organisation
from service.records.queries import Facts
from workflows.base import new_id, table_of
from workflows.surroundings import Call

ENTRY: Table = table_of(ExchangeEntry)
FLOW, TABLE = "exchange", "exchange_eligibility"
TEACHER = ("lock_active", "open_case", "health_deferral", "retires_on", "principal_terms", "years_at_school")
"""The facts that the table asks for."""


@dataclass(frozen=True)
class Answer:
    """What the table says of a person."""

    result: str
    reason: str


def staff_of(session: Session, scope: str) -> list[str]:
    """The persons in the reform: appointed at a school; `scope` staffed: in 编制 only."""
    found = (
        select(Appointment.person_id)
        .join(Organisation, Organisation.id == Appointment.organisation_id)
        .where(Organisation.kind == "school", Appointment.valid_until.is_(None))
    )
    if scope == "staffed":
        found = found.where(Appointment.employment_kind == "staffed")
    return list(session.scalars(found.order_by(Organisation.path, Appointment.person_id)))


def standards(call: Call, facts: Mapping[str, Facts]) -> Mapping[About, Mapping[str, InForce]]:
    """The parameters that hold today for each school at which somebody of the list is."""
    return in_force_of(call.session, day_of(call.now), list({_place(known) for known in facts.values()}))


def apart(held: Mapping[About, Mapping[str, InForce]]) -> dict[str, dict[str, Any]]:
    """School → what it has of its own of the parameters by which somebody must go, as the plan keeps it."""
    keys = [one.key for one in WHO_MUST_GO]
    own = {
        about.organisation_id: {key: known[key].record() for key in keys if known[key].scope}
        for about, known in held.items()
    }
    return {school: records for school, records in own.items() if school and records}


def answers(
    call: Call, facts: Mapping[str, Facts], on: date, held: Mapping[About, Mapping[str, InForce]]
) -> dict[str, Answer]:
    """Person id → the table's answer on that day, by the parameters that hold for the school where each is."""
    parameters = {about: {key: one.value for key, one in known.items()} for about, known in held.items()}
    found = {}
    for person_id, known in facts.items():
        teacher = {name: getattr(known, name) for name in TEACHER}
        asked = {"teacher": teacher, "as_of": on, "parameters": parameters[_place(known)]}
        value = call.decide(TABLE, asked).value
        found[person_id] = Answer(value["result"], value["reason"])
    return found


def rows_of(
    instance_id: str, facts: Mapping[str, Facts], found: Mapping[str, Answer], parameters: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The rows of the list, in the order of the persons."""
    return [_row(instance_id, known, found[person_id], parameters) for person_id, known in facts.items()
            if known.employment is not None]  # fmt: skip


def write(session: Session, rows: list[dict[str, Any]]) -> None:
    """Insert the list."""
    if rows:
        session.execute(insert(ENTRY), rows)


def _place(known: Facts) -> About:
    return About(known.employment.organisation_id if known.employment else None)


def _row(instance_id: str, known: Facts, answer: Answer, parameters: Mapping[str, Any]) -> dict[str, Any]:
    post = known.employment
    assert post is not None
    return {
        "id": new_id(), "instance_id": instance_id, "person_id": known.person_id,
        "organisation_id": post.organisation_id, "appointment_id": post.id, "subject": post.subject or "",
        "stage": post.stage or "", "band": post.band or "", "backbone": _is_backbone(known),
        "counted": rules.is_counted(post, answer.result, parameters), "proposed": answer.result,
        "proposed_reason": answer.reason, "result": answer.result, "reason": answer.reason, "changed_because": "",
        "exception": None, "exception_reason": "", "state": "listed", "anywhere": False, "motive": "",
        "applied_at": None, "opinion": None, "opinion_text": "", "opening_id": None, "placement_id": None, "version": 1,
        **dict.fromkeys(("nominated_because", "round_id", "number", "arrived_on")),
    }  # fmt: skip


def _is_backbone(known: Facts) -> bool | None:
    return None if known.backbone is None else known.backbone not in ("none", "school")

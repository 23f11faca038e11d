"""Who is applied for: the person behind a form, and the facts by which the tables judge and rank."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.access import sealed
from service.access.days import day_of
from service.errors import Fault, Invalid
from service.people.members import PERSON
from service.people.persons import APPOINTMENT, ID_NUMBER
from service.people.rules import id_number_of
from service.records.facts import Facts
from workflows.surroundings import Call

HIDDEN_REASONS = frozenset({"ethics", "ethics_investigation", "sanction"})
"""What others than bureau HR learn as “ask HR” (policy §7)."""


def person_of(call: Call) -> str:
    """The person whom the form names: one of the school's own, else by name and ID number.

    Invalid("reserved.person") with the field that is wrong; who has the one without the other learns nothing.
    """
    own = call.variables.get("person_id")
    if own:
        return _own(call, str(own))
    number = sealed.opened(sealed.case(call.instance_id), call.variables.get("id_number"))
    name = (call.variables.get("person_name") or "").strip()
    if not number or not name:
        raise _wrong("person_id", "reserved.person_missing")
    indexes = ID_NUMBER.indexes(id_number_of(number))
    row = call.session.execute(select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id_number_index.in_(indexes))).first()
    if row is None or row.name != name:
        raise _wrong("id_number", "reserved.person_unknown")
    return str(row.id)


def _own(call: Call, person_id: str) -> str:
    current = or_(APPOINTMENT.c.valid_until.is_(None), APPOINTMENT.c.valid_until > day_of(call.now))
    here = (APPOINTMENT.c.person_id == person_id, APPOINTMENT.c.organisation_id == call.variables["school"], current)
    if call.session.execute(select(APPOINTMENT.c.id).where(*here)).first() is None:
        raise _wrong("person_id", "reserved.person_unknown")
    return person_id


def _wrong(field: str, code: str) -> Invalid:
    return Invalid("form.invalid", faults=(Fault(f"values.{field}", code),))


def name_of(session: Session, person_id: str) -> str:
    """The name of a person."""
    return str(session.execute(select(PERSON.c.name).where(PERSON.c.id == person_id)).scalar_one())


def judged_by(facts: Facts, band: str) -> dict[str, Any]:
    """The input `applicant` of the table of eligibility; any sanction in force bars a higher post (policy §3.T)."""
    kind = None if facts.sanction is None else facts.sanction.kind
    return {
        "ethics": facts.ethics,
        "sanction_effect": None if kind is None else ("none" if kind == "none" else "higher_post"),
        "staffed": facts.staffed,
        "band": band,
        "title": facts.title,
    }


def ranked_by(facts: Facts) -> dict[str, Any]:
    """The criteria of the ranking; what is unknown is None, and who lacks one is not ranked."""
    known = {
        "exchanged": facts.exchanged,
        "destination": facts.exchange_destination,
        "months": facts.exchange_months,
        "excellent": facts.excellent,
        "backbone": facts.backbone,
        "title_since": facts.title_since.isoformat() if facts.title_since else None,
    }
    return known | ({"destination": "none", "months": 0} if facts.exchanged is False else {})


def finding_of(value: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the case: the result, and the reason unless it is for bureau HR alone."""
    reason = "ask_hr" if value["reason"] in HIDDEN_REASONS else value["reason"]
    return {"result": value["result"], "reason": reason}

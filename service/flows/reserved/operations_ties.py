"""Operations of a tie across the border: who votes, and what the votes settle."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service.access.days import day_of
from service.errors import Fault, Invalid
from service.flows.declaring import operation
from service.flows.reserved import committee, placing
from service.people.members import PERSON
from workflows.surroundings import Call

Result = Mapping[str, Any] | None


@operation(
    "reserved.name_committee",
    "登记票决人员",
    "Record who votes",
    inputs={"least": "number"},
    required=("least",),
    reads=("committee",),
    writes=("committee_ids",),
)
def name_committee(call: Call) -> Result:
    """Those who were ticked. Invalid("reserved.committee") for too few or an even number, or somebody not proposed."""
    sitting = [row["person_id"] for row in call.variables["committee"] if row.get("sits")]
    able = {row["person_id"] for row in committee.members(call.session, call.instance_id, day_of(call.now))}
    least = int(call.variables["least"])
    if len(sitting) < least or len(sitting) % 2 == 0 or not set(sitting) <= able:
        fault = Fault("values.committee", "reserved.committee", params={"least": least, "named": len(sitting)})
        raise Invalid("reserved.committee", faults=(fault,), least=least, named=len(sitting))
    known = select(PERSON.c.id).where(PERSON.c.id.in_(sitting))
    return {"committee_ids": sorted(call.session.scalars(known))}


@operation(
    "reserved.settle_ties",
    "按票数定先后",
    "Order the tied by their votes",
    reads=("ties", "tie_results"),
    writes=("ties",),
)
def settle_ties(call: Call) -> Result:
    """Whoever has more votes in favour is first; `ties` are those between whom the border still lies."""
    found = placing.placed(call, call.variables["tie_results"])
    return {"ties": committee.tie_rows(call, found.tied)}

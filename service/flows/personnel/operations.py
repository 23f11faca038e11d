"""Operations of a personnel change: check and hold, release, wait for its day, carry out."""

from collections.abc import Mapping
from typing import Any

from service.access.days import day_of, start_of
from service.flows.acting import cause_of
from service.flows.declaring import operation
from service.flows.personnel import carrying, change, checking, ledgering, rules
from service.posts.ledger import release_all
from workflows.surroundings import Call

Result = Mapping[str, Any] | None


@operation(
    "personnel.check",
    "核对异动并预留",
    "Check the change and hold what it needs",
    reads=("kind", "person_id", "name", "effective_on", "document", "document_on", "school"),
    writes=("ledger_effect",),
    ledger="reserves",
)
def check(call: Call) -> Result:
    """Refuse what cannot be, to whoever submits; hold headcount and post for who comes. A replay posts the difference.

    Invalid("personnel.invalid"), Conflict("personnel.…"), Conflict("ledger.full").
    """
    asked = change.of(call)
    checking.check(asked)
    ledgering.hold(asked)
    change.write(asked)
    return {"ledger_effect": ledgering.effect(asked)}


@operation("personnel.release", "释放预留", "Release everything that the case holds", ledger="settles")
def release(call: Call) -> Result:
    """Set every hold of the case to 0."""
    release_all(call.session, cause_of(call))
    return None


@operation(
    "personnel.schedule",
    "排定生效日",
    "Set the moment at which the change takes effect",
    reads=("effective_on",),
    writes=("waits", "effective_at"),
)
def schedule(call: Call) -> Result:
    """A confirmed change whose day is to come waits until that day begins; every other is carried out at once."""
    asked = change.of(call)
    change.mark(asked, state="waiting")
    waits = rules.is_future(asked.on, day_of(call.now))
    return {"waits": waits, "effective_at": start_of(asked.on).isoformat()}


@operation(
    "personnel.execute",
    "办理异动",
    "Carry the change out",
    reads=("kind", "person_id", "effective_on"),
    writes=("executed", "obstacle", "subject_id"),
    ledger="occupies",
)
def execute(call: Call) -> Result:
    """Ledger, appointment, roles, account and records on the day, once everything has been looked at again.

    `executed` is false where it may not be any more; `obstacle` is then the code of what has changed meanwhile.
    """
    due = change.of(call)
    found = checking.obstacle(due)
    if found is not None:
        return {"executed": False, "obstacle": found}
    person_id = carrying.carry_out(due)
    change.mark(due, state="done", done_at=call.now, person_id=person_id)
    return {"executed": True, "obstacle": None, "subject_id": person_id}

"""Whether a value fits its parameter, and in which chain it is recorded."""

from datetime import date
from typing import Any

from service.access.actor import Actor
from service.errors import Fault
from service.parameters.registry import Parameter
from workflows.hours import parse_hours

OPEN, CONFIRMED, REFUSED = "open", "confirmed", "refused"
NO_REASON = Fault("reason", "reason.missing")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
SOURCE_LIMIT = 300
HOURS_LIMIT = 100


def faults_of(
    parameter: Parameter, value: Any, valid_from: date, source: str, valid_until: date | None = None
) -> tuple[Fault, ...]:
    """What is wrong with a value as it was entered; the source says which text or decision sets it."""
    found = list(_value_faults(parameter, value))
    if not FIRST_DAY <= valid_from <= LAST_DAY:
        found.append(Fault("valid_from", "parameter.day", f"{FIRST_DAY} – {LAST_DAY}"))
    if valid_until is not None and not valid_from <= valid_until <= LAST_DAY:
        found.append(Fault("valid_until", "parameter.last_day"))
    if not source.strip() or len(source) > SOURCE_LIMIT:
        found.append(Fault("source", "parameter.source", f"1–{SOURCE_LIMIT}", {"limit": SOURCE_LIMIT}))
    return tuple(found)


def stream(key: str) -> str:
    """The audit stream of one parameter."""
    return f"parameter:{key}"


def who(actor: Actor) -> str:
    """The actor as proposals and events name them: the person, else the account."""
    return actor.person_id or actor.account_id


def body_of(proposal: Any) -> dict[str, Any]:
    """A proposal as its events tell it."""
    until = proposal.valid_until.isoformat() if proposal.valid_until else None
    return {
        "value": proposal.value, "valid_from": proposal.valid_from.isoformat(), "valid_until": until,
        "source": proposal.source, "proposal_id": proposal.id, "proposed_by": proposal.proposed_by,
    }  # fmt: skip


def _value_faults(parameter: Parameter, value: Any) -> tuple[Fault, ...]:
    if parameter.unit == "yes_no":
        return () if isinstance(value, bool) else (Fault("value", "parameter.yes_no", "true | false"),)
    if parameter.unit == "choice":
        known = " | ".join(parameter.choices)
        return () if value in parameter.choices else (Fault("value", "parameter.choice", known, {"choices": known}),)
    if parameter.unit == "hours_of_day":
        read = isinstance(value, str) and len(value) <= HOURS_LIMIT and parse_hours(value)
        return () if read else (Fault("value", "parameter.hours", str(parameter.default)),)
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and parameter.least <= value <= parameter.most:
        return ()
    limits = {"least": parameter.least, "most": parameter.most}
    return (Fault("value", "parameter.number", f"{parameter.least}–{parameter.most}", limits),)

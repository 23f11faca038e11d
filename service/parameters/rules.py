"""Whether a value fits its parameter, and in which chain it is recorded."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from service.access.actor import Actor
from service.errors import Fault
from service.parameters.declaring import Parameter
from workflows.hours import parse_hours

OPEN, CONFIRMED, REFUSED = "open", "confirmed", "refused"
NO_REASON = Fault("reason", "reason.missing")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
SOURCE_LIMIT = 300
HOURS_LIMIT = 100
COMMON_YEAR = 2001
"""A year without 29 February."""
TEXT_LIMIT = 40


def faults_of(
    parameter: Parameter, value: Any, valid_from: date, source: str, valid_until: date | None = None, scope: str = ""
) -> tuple[Fault, ...]:
    """What is wrong with a value as it was entered; the source says which text or decision sets it.

    Null is the value that ends what was set apart for a scope.
    """
    found = [] if scope and value is None else list(_value_faults(parameter, value))
    if not FIRST_DAY <= valid_from <= LAST_DAY:
        found.append(Fault("valid_from", "parameter.day", f"{FIRST_DAY} – {LAST_DAY}"))
    if valid_until is not None and not valid_from <= valid_until <= LAST_DAY:
        found.append(Fault("valid_until", "parameter.last_day"))
    if not source.strip() or len(source) > SOURCE_LIMIT:
        found.append(Fault("source", "parameter.source", f"1–{SOURCE_LIMIT}", {"limit": SOURCE_LIMIT}))
    return tuple(found)


def holding(rows: Sequence[Any], day: date) -> Any:
    """Which of the values of one parameter, in the order of their days and then of entering, holds on a day; None.

    Without a last day the one with the latest first day, of several the one entered last. One with a last day holds
    on its days against what was entered before it, and against what begins before it; not against what was entered
    after it and begins later.
    """
    begun = [row for row in rows if row.valid_from <= day]
    lasting = next((row for row in reversed(begun) if row.valid_until is None), None)
    passing = [row for row in begun if row.valid_until is not None and day <= row.valid_until]
    special = max(passing, key=lambda row: row.id, default=None)
    if special is None or lasting is None:
        return special or lasting
    return special if special.id > lasting.id or special.valid_from > lasting.valid_from else lasting


def turns(rows: Sequence[Any]) -> list[date]:
    """The days on which another value of a parameter may begin to hold."""
    after = (row.valid_until + timedelta(days=1) for row in rows if row.valid_until is not None)
    return sorted({*(row.valid_from for row in rows), *after})


def stream(key: str) -> str:
    """The audit stream of one parameter."""
    return f"parameter:{key}"


def who(actor: Actor) -> str:
    """The actor as proposals and events name them: the person, else the account."""
    return actor.person_id or actor.account_id


def body_of(proposal: Any) -> dict[str, Any]:
    """A proposal as its events tell it."""
    until = proposal.valid_until.isoformat() if proposal.valid_until else None
    narrowed = {"scope": proposal.scope} if proposal.scope else {}
    return {
        **narrowed, "value": proposal.value, "valid_from": proposal.valid_from.isoformat(), "valid_until": until,
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
    if parameter.unit == "day_of_year":
        is_day = isinstance(value, str) and _is_day_of_year(value)
        return () if is_day else (Fault("value", "parameter.day_of_year", str(parameter.default)),)
    if parameter.unit == "text":
        fits = isinstance(value, str) and 0 < len(value.strip()) <= TEXT_LIMIT and value.isprintable()
        return () if fits else (Fault("value", "parameter.text", str(parameter.default), {"limit": TEXT_LIMIT}),)
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and parameter.least <= value <= parameter.most:
        return ()
    limits = {"least": parameter.least, "most": parameter.most}
    return (Fault("value", "parameter.number", f"{parameter.least}–{parameter.most}", limits),)


def _is_day_of_year(text: str) -> bool:
    """Whether every year has this day, written as 09-01."""
    try:
        return date.fromisoformat(f"{COMMON_YEAR}-{text}").strftime("%m-%d") == text
    except ValueError:
        return False

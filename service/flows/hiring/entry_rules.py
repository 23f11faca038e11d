"""Pure rules of what is entered for a candidate: identity, review, scores."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from service.errors import Fault
from service.flows.hiring.windows import REVIEWED
from service.people import rules as people

DEGREES = ("phd", "master", "bachelor", "associate", "secondary")
INSPECTIONS = ("passed", "failed")
LONGEST = {"name": 80, "graduated_from": 120, "certificate": 120, "reason": 500}


def cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Texts without outer blanks, ID number and phone as they are compared; empty optional texts are empty or None."""
    result = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    if result.get("id_number"):
        result["id_number"] = people.id_number_of(result["id_number"])
    if "phone" in result:
        result["phone"] = people.phone_of(result["phone"]) if result["phone"] else None
    for name in ("graduated_from", "certificate", "reason"):
        if name in result:
            result[name] = result[name] or ""
    return result


def faults(fields: Mapping[str, Any], lines: Mapping[int, str]) -> list[Fault]:
    """What is wrong with cleaned fields; `lines` are the open rows of the demand, number → subject."""
    found = people.person_faults({name: fields[name] for name in ("name", "id_number", "phone") if name in fields})
    if "id_number" in fields and not fields["id_number"]:
        found.append(Fault("id_number", "person.id_number_form"))
    if "line" in fields and fields["line"] not in lines:
        found.append(Fault("line", "candidate.line", params={"lines": _listed(lines)}))
    if "degree" in fields and fields["degree"] not in DEGREES:
        found.append(Fault("degree", "candidate.degree"))
    for name, longest in LONGEST.items():
        if name in fields and len(fields[name] or "") > longest:
            found.append(Fault(name, "candidate.too_long", params={"longest": longest}))
    return found + _review_faults(fields) + _score_faults(fields)


def _listed(lines: Mapping[int, str]) -> str:
    """Which number is which subject."""
    return "; ".join(f"{line} = {subject}" for line, subject in sorted(lines.items()))


def _review_faults(fields: Mapping[str, Any]) -> list[Fault]:
    found = []
    if "state" in fields and fields["state"] not in REVIEWED:
        found.append(Fault("state", "candidate.state"))
    if fields.get("state") == "unqualified" and not fields.get("reason"):
        found.append(Fault("reason", "candidate.reason_needed"))
    if "inspection" in fields and fields["inspection"] not in INSPECTIONS:
        found.append(Fault("inspection", "candidate.inspection"))
    if "chosen" in fields and not isinstance(fields["chosen"], bool):
        found.append(Fault("chosen", "candidate.chosen"))
    return found


def _score_faults(fields: Mapping[str, Any]) -> list[Fault]:
    names = [name for name in ("written", "interview") if fields.get(name) is not None]
    return [Fault(name, "candidate.score") for name in names if hundredths(fields[name]) is None]


def standing_faults(fields: Mapping[str, Any], state: str, rank: int | None) -> list[Fault]:
    """Scores and the choice are for candidates who are qualified; only who is ranked can be chosen."""
    marks = [name for name in ("written", "interview", "inspection", "chosen") if name in fields]
    if state != "qualified" and marks:
        return [Fault(name, "candidate.not_qualified") for name in marks]
    return [Fault("chosen", "hiring.chosen_without_rank")] if fields.get("chosen") and rank is None else []


def hundredths(score: Any) -> int | None:
    """A score of 0 to 100 with at most two decimals as hundredths of a point; None when it is not one."""
    if isinstance(score, bool):
        return None
    try:
        scaled = Decimal(str(score)) * 100
    except InvalidOperation:
        return None
    if not scaled.is_finite() or scaled != scaled.to_integral_value() or not 0 <= scaled <= 10_000:
        return None
    return int(scaled)


def points(score: int | None, scale: int = 100) -> float | None:
    """Hundredths (a total: ten-thousandths, `scale` 10000) back to points, for people."""
    return None if score is None else score / scale

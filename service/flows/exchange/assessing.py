"""Pure rules of an open competition (跨校竞聘): marks of a panel make the ranking, nobody marks who has an interest.

The order is that of the mean marks, compared as whole fractions and never as they print; equals the panel puts in order
with a reason. Who has an interest in an applicant gives no mark there, and two thirds of the panel must (policy §2.9,
§3.H recusal, outside experts included).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from service.errors import Fault

LONGEST_NAME, LONGEST_UNIT, MOST_MEMBERS = 50, 100, 15


@dataclass(frozen=True)
class Member:
    """Somebody of the panel, and where from."""

    name: str
    unit: str = ""


@dataclass(frozen=True)
class Assessed:
    """What a panel gave: entry id → a mark of each member in their order, "" where a member gave none.

    `order` puts equals in order, best first, with `tie_reason`; `declined` entry id → why the school declines.
    """

    panel: Sequence[Member]
    marks: Mapping[str, Sequence[str]]
    declined: Mapping[str, str]
    order: Sequence[str] = ()
    tie_reason: str = ""


def mark_of(text: str) -> Decimal | None:
    """A mark from 0 to 100 with two decimals at most; None for what is none."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    right = found.is_finite() and 0 <= found <= 100 and found == found.quantize(Decimal("0.01"))
    return found if right else None


def mean(marks: Sequence[str]) -> Fraction | None:
    """The mean of the marks that were given, exactly; None without any."""
    given = [Fraction(found) for found in map(mark_of, marks) if found is not None]
    return sum(given, Fraction(0)) / len(given) if given else None


def total(marks: Sequence[str]) -> str | None:
    """The same as it is shown: two decimals, half up."""
    found = mean(marks)
    return None if found is None else f"{Decimal(int(found * 100 + Fraction(1, 2))) / 100:.2f}"


def ranking(found: Assessed) -> list[str]:
    """Entry ids, best first; equals in the order of the panel."""
    place = {entry_id: number for number, entry_id in enumerate(found.order)}
    means = {one: mean(marks) or Fraction(0) for one, marks in found.marks.items() if one not in found.declined}
    return sorted(means, key=lambda one: (-means[one], place.get(one, len(place)), one))


def tied(found: Assessed) -> list[str]:
    """Who equals somebody else and has no place in the panel's order."""
    means = {one: mean(marks) for one, marks in found.marks.items() if one not in found.declined}
    several = [value for value in set(means.values()) if list(means.values()).count(value) > 1]
    return sorted(one for one, value in means.items() if value in several and one not in found.order)


def panel_faults(panel: Sequence[Member], least: int) -> list[Fault]:
    """What is wrong with the panel, by its field."""
    names = [member.name.strip() for member in panel]
    faults = []
    if not least <= len(panel) <= MOST_MEMBERS:
        faults.append(Fault("panel", "exchange.panel_size", params={"least": least, "most": MOST_MEMBERS}))
    for number, member in enumerate(panel):
        if not names[number] or len(names[number]) > LONGEST_NAME or len(member.unit) > LONGEST_UNIT:
            faults.append(Fault(f"panel.{number}.name", "exchange.panel_name"))
        elif names[number] in names[:number]:
            faults.append(Fault(f"panel.{number}.name", "exchange.named_twice"))
    return faults


def mark_faults(found: Assessed, applicants: Collection[str], barred: Mapping[str, Collection[str]]) -> list[Fault]:
    """What is wrong with the marks, by entry; `barred` entry id → names that may not mark that applicant."""
    faults = [Fault(one, "exchange.no_applicant") for one in sorted({*found.marks, *found.declined} - set(applicants))]
    for one in sorted(set(applicants) - set(found.declined)):
        code = _wrong(found, found.marks.get(one, ()), barred.get(one, ()))
        if code is not None:
            faults.append(Fault(one, code))
    faults += [Fault(one, "exchange.text") for one, reason in found.declined.items() if not reason.strip()]
    if not faults:
        faults = [Fault(one, "exchange.panel_tie") for one in tied(found)]
    if found.order and not found.tie_reason.strip():
        faults.append(Fault("tie_reason", "exchange.text"))
    return faults


def _wrong(found: Assessed, marks: Sequence[str], barred: Collection[str]) -> str | None:
    given = [mark.strip() for mark in marks]
    if len(given) != len(found.panel) or any(mark and mark_of(mark) is None for mark in given):
        return "exchange.mark"
    if any(mark and member.name.strip() in barred for mark, member in zip(given, found.panel, strict=True)):
        return "exchange.panel_related"
    return "exchange.panel_quorum" if 3 * sum(map(bool, given)) < 2 * len(given) else None

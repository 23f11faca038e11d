"""Pure rules of dated records: the kinds, what each holds, what is wrong with an entry (policy.md §3, §7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from service.errors import Fault
from service.people.rules import TITLES

TOPICS = ("discipline", "career")
"""What HR looks through: sanctions, inquiries, ethics, fraud; and everything that somebody has done and where."""

BASES = ("staff", "governmental")
"""By which law a sanction was given: 事业单位人员处分, or 政务处分 of managers (policy.md §3.T)."""


@dataclass(frozen=True)
class Kind:
    """What a record of this kind holds; `values` empty: any text, or none where `value` is not needed.

    `hidden`: bureau HR and the person alone know that there is one. `sealed`: the value is theirs alone, not the days.
    """

    topic: str
    zh: str
    en: str
    values: tuple[str, ...] = ()
    needs: frozenset[str] = field(default_factory=frozenset)
    hidden: bool = False
    sealed: bool = False


def _kind(topic: str, zh: str, en: str, values: tuple[str, ...] = (), needs: str = "", **rest: bool) -> Kind:
    return Kind(topic, zh, en, values, frozenset(needs.split()), **rest)


KINDS: Mapping[str, Kind] = {
    "title": _kind("career", "职称", "Title", tuple(TITLES), "value"),
    "certificate": _kind("career", "教师资格证", "Teacher's certificate", (), "value document"),
    "assessment": _kind(
        "career", "年度考核", "Yearly assessment",
        ("excellent", "competent", "basic", "failed", "undetermined"), "value year",
    ),
    "term_assessment": _kind(
        "career", "聘期考核", "Term assessment", ("excellent", "competent", "basic", "failed"), "value"
    ),
    "backbone": _kind(
        "career", "骨干教师", "Backbone teacher", ("special", "province", "city", "county", "school"), "value"
    ),
    "recognition": _kind(
        "career", "荣誉与认定", "Recognition", ("city_teacher", "city_principal", "dual_qualified"), "value document"
    ),
    "training": _kind("career", "培训学时", "Training hours", (), "year amount"),
    "service": _kind("career", "工作经历", "Earlier service", (), ""),
    "rural_service": _kind("career", "农村任教经历", "Earlier service in a rural school", (), "valid_until"),
    "exchange": _kind("career", "交流轮岗", "Exchange", ("moved", "lent"), "value organisation_id"),
    "loan": _kind("career", "支教、借调", "Loan", ("support", "secondment"), "value"),
    "principal_term": _kind("career", "校长任期", "Term as principal", (), "organisation_id"),
    "retirement_choice": _kind("career", "弹性退休", "Chosen retirement", ("early", "late"), "value document"),
    "departure": _kind(
        "career", "离开", "Departure", ("retirement", "resignation", "death", "transfer", "dismissal"), "value"
    ),
    "former_name": _kind("career", "曾用名", "Former name", (), "value"),
    "absence": _kind("career", "离岗", "Absence", ("leave", "sickness", "maternity", "study"), "value", sealed=True),
    "health": _kind(
        "career", "健康缓期", "Deferral for health",
        ("pregnancy", "nursing", "serious_illness"), "value", hidden=True,
    ),
    "sanction": _kind(
        "discipline", "处分", "Sanction",
        ("warning", "demerit", "major_demerit", "demotion", "removal"), "value basis document", hidden=True,
    ),
    "inquiry": _kind("discipline", "立案调查", "Disciplinary inquiry", (), "document", hidden=True),
    "ethics": _kind("discipline", "师德", "Ethics", ("investigation", "upheld"), "value document", hidden=True),
    "fraud": _kind("discipline", "弄虚作假", "Fraud for a title", (), "document", hidden=True),
}  # fmt: skip
"""Kind of record → what it holds.

`valid_from` is: of a title the day from which its years count; of an assessment the last day of its year; of a
sanction, a finding or a fraud the day of the decision; of an inquiry or investigation the day on which it was
formally opened; of a chosen retirement the day itself; of a departure the first day without the appointment.
`valid_until` is the first day on which it no longer holds: of a sanction only when it was lifted before its term.
"""


@dataclass(frozen=True)
class Entry:
    """A record to be written; days as in `KINDS`, `basis` for sanctions only, `instance_id` the case that wrote it."""

    kind: str
    valid_from: date
    valid_until: date | None = None
    value: str | None = None
    year: int | None = None
    amount: int | None = None
    organisation_id: str | None = None
    basis: str | None = None
    document: str = ""
    note: str = ""
    instance_id: str | None = None


def entry_faults(entry: Entry) -> list[Fault]:
    """What is wrong with an entry by itself."""
    if entry.kind not in KINDS:
        return [Fault("kind", "record.kind", params={"kind": entry.kind})]
    kind = KINDS[entry.kind]
    faults = [
        Fault(name, "record.needed", params={"field": name}) for name in sorted(kind.needs) if _lacks(entry, name)
    ]
    if entry.value is not None and not _is_value(kind, entry.value):
        faults.append(Fault("value", "record.value", params={"value": entry.value}))
    if entry.basis is not None and (entry.basis not in BASES or "basis" not in kind.needs):
        faults.append(Fault("basis", "record.basis", params={"basis": entry.basis}))
    if entry.valid_until is not None and entry.valid_until < entry.valid_from:
        faults.append(Fault("valid_until", "dates.order"))
    if entry.year is not None and not 1950 <= entry.year <= 2200:
        faults.append(Fault("year", "record.year", params={"year": entry.year}))
    if entry.amount is not None and not 0 <= entry.amount <= 10000:
        faults.append(Fault("amount", "record.amount", params={"amount": entry.amount}))
    return faults + _length_faults(entry)


def _lacks(entry: Entry, name: str) -> bool:
    found = getattr(entry, name)
    return found is None or (isinstance(found, str) and not found.strip())


def _is_value(kind: Kind, value: str) -> bool:
    return value in kind.values if kind.values else len(value) <= 40


def _length_faults(entry: Entry) -> list[Fault]:
    longest = {"document": 200, "note": 400}
    return [
        Fault(name, "record.long", params={"field": name, "most": most})
        for name, most in longest.items()
        if len(getattr(entry, name)) > most
    ]


def sealed_fields(kind: Kind) -> tuple[str, ...]:
    """The fields of a record of this kind that are stored encrypted."""
    if kind.hidden:
        return ("value", "basis", "organisation_id", "document", "note")
    return ("value", "note") if kind.sealed else ()

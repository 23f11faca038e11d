"""Pure rules of persons: ID number, masking, relations that recuse, the end of a service lock."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from service.errors import Fault
from service.schools import AREAS, STAGES

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"
"""GB 11643-1999: weighted sum of 17 digits modulo 11 picks the check character."""

RECUSING = ("spouse", "direct_line", "collateral", "in_law", "adoptive", "step", "interest")
"""Relations that recuse (policy.md §3.H): spouse, direct line, collateral within three generations, near in-laws,
adoptive and step, and any interest."""

RELATIONS = (*RECUSING, "distant")
"""`distant` may be declared and does not recuse."""

BANDS = {"senior": range(1, 8), "middle": range(8, 11), "junior": range(11, 14)}
FULL_SENIOR, FULL_SENIOR_GRADE = "正高", 4
"""The highest title, and the lowest of its grades, 1–4; 副高 has 5–7 (岗位设置管理试行办法)."""
TITLES = {
    "三级": "junior",
    "二级": "junior",
    "一级": "middle",
    "高级": "senior",
    "正高": "senior",
}
PARENTS: dict[str, tuple[str | None, ...]] = {
    "bureau": (None,),
    "section": ("bureau",),
    "development_centre": ("bureau",),
    "staffing_office": (None, "bureau"),
    "hr_bureau": (None, "bureau"),
    "group": ("bureau",),
    "district": ("bureau",),
    "school": ("bureau", "group", "district"),
}
"""Kind of organisation → kinds of its parent; None is the top: staffing office and HR bureau are beside the bureau."""

EMPLOYMENT_KINDS = ("staffed", "special", "filed", "contract")
POST_CATEGORIES = ("professional", "management", "support", "dual")
AUTHORISATIONS = ("own_hiring", "own_titles")
SERVICE_YEARS = 5

_ID_NUMBER = re.compile(r"\d{17}[\dX]")
_PHONE = re.compile(r"1[3-9]\d{9}")


def id_number_of(text: str) -> str:
    """The number as it is stored and compared: no blanks, a capital X."""
    return re.sub(r"\s", "", text).upper()


def phone_of(text: str) -> str:
    """The mobile number as it is stored and compared: digits only, without +86."""
    digits = re.sub(r"[\s\-]", "", text)
    return digits.removeprefix("+86")


def check_character(first17: str) -> str:
    """The 18th character of an ID number."""
    return CHECK[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def birth_of(id_number: str) -> date | None:
    """The day of birth inside a well-formed ID number, None when it is no day."""
    try:
        return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return None


def sex_of(id_number: str) -> str:
    """The 17th digit is odd for men."""
    return "male" if int(id_number[16]) % 2 else "female"


def id_number_faults(id_number: str) -> list[Fault]:
    """18 ASCII characters, a real day of birth, the right check character."""
    if not id_number.isascii() or not _ID_NUMBER.fullmatch(id_number):
        return [Fault("id_number", "person.id_number_form")]
    if birth_of(id_number) is None:
        return [Fault("id_number", "person.id_number_birth")]
    if check_character(id_number[:17]) != id_number[17]:
        return [Fault("id_number", "person.id_number_check")]
    return []


def phone_faults(phone: str) -> list[Fault]:
    """A mainland mobile number of 11 digits."""
    return [] if phone.isascii() and _PHONE.fullmatch(phone) else [Fault("phone", "person.phone_form")]


def person_faults(fields: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with the given fields of a person; facts that are unknown (None) are not wrong."""
    faults = []
    if "name" in fields and not (0 < len((fields["name"] or "").strip()) <= 80):
        faults.append(Fault("name", "person.name"))
    if fields.get("sex") not in (None, "female", "male"):
        faults.append(Fault("sex", "person.sex"))
    id_number = fields.get("id_number")
    if id_number is not None:
        faults += id_number_faults(id_number) or _contradictions(id_number, fields)
    if fields.get("phone") is not None:
        faults += phone_faults(fields["phone"])
    return faults


def _contradictions(id_number: str, fields: Mapping[str, Any]) -> list[Fault]:
    faults = []
    if fields.get("born_on") not in (None, birth_of(id_number)):
        faults.append(Fault("born_on", "person.born_on_differs"))
    if fields.get("sex") not in (None, sex_of(id_number)):
        faults.append(Fault("sex", "person.sex_differs"))
    return faults


def occupies(employment_kind: str, band: str | None) -> bool:
    """Whether the appointment uses headcount (only 在编) or a post (of a band), so that the ledger has to follow."""
    return employment_kind == "staffed" or band is not None


def appointment_faults(fields: Mapping[str, Any]) -> list[Fault]:
    """A band and a grade only on professional posts, and the grade within its band (policy.md §1)."""
    faults = []
    for name, allowed in (("employment_kind", EMPLOYMENT_KINDS), ("post_category", POST_CATEGORIES)):
        if fields[name] not in allowed:
            faults.append(Fault(name, f"appointment.{name}", params={"value": fields[name]}))
    band, grade = fields.get("band"), fields.get("grade")
    professional = fields["post_category"] in ("professional", "dual")
    if band is not None and (band not in BANDS or not professional):
        faults.append(Fault("band", "appointment.band", params={"band": band}))
    if grade is not None and (band not in BANDS or grade not in BANDS[band]):
        faults.append(Fault("grade", "appointment.grade", params={"grade": grade}))
    if fields.get("title") is not None and fields["title"] not in TITLES:
        faults.append(Fault("title", "appointment.title", params={"title": fields["title"]}))
    return faults


def is_full_senior(grade: int | None) -> bool:
    """Whether a grade is one of 正高, which no other title reaches (policy.md §1)."""
    return grade is not None and grade <= FULL_SENIOR_GRADE


def organisation_faults(fields: Mapping[str, Any]) -> list[Fault]:
    """Kind, name and code are there; stage and area are words of policy.md §1 and only a school has them."""
    faults = []
    if fields["kind"] not in PARENTS:
        faults.append(Fault("kind", "organisation.kind", params={"kind": fields["kind"]}))
    for name, longest in (("name", 120), ("code", 64)):
        if not 0 < len(fields[name].strip()) <= longest:
            faults.append(Fault(name, f"organisation.{name}"))
    for name, words in (("stage", STAGES), ("area", AREAS)):
        if fields[name] is not None and (fields["kind"] != "school" or fields[name] not in words):
            faults.append(Fault(name, f"organisation.{name}", params={"value": fields[name]}))
    return faults


def masked(plain: str | None, head: int, tail: int) -> str | None:
    """Everything but the first `head` and the last `tail` characters as stars; what is too short is all stars."""
    if plain is None:
        return None
    if len(plain) <= head + tail:
        return "*" * len(plain)
    return plain[:head] + "*" * (len(plain) - head - tail) + plain[-tail:]


def masked_id_number(plain: str | None) -> str | None:
    """`110***********1234`: three characters, eleven stars, four characters (policy.md §7)."""
    return masked(plain, 3, 4)


def masked_phone(plain: str | None) -> str | None:
    """`138****1234`."""
    return masked(plain, 3, 4)


def recuses(kind: str) -> bool:
    """Whether a declared relation of this kind forbids to act in the other's case."""
    return kind in RECUSING


def lock_end(onboarded: date, years: int = SERVICE_YEARS, *, month_end: bool = False) -> date:
    """The last day of a service lock: the same day `years` later, else that month's last (民法典 art 202).

    `month_end` is the other reading of policy.md §3.H: the last day of that month.
    """
    year = onboarded.year + years
    if month_end:
        following = date(year + onboarded.month // 12, onboarded.month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)
    try:
        return onboarded.replace(year=year)
    except ValueError:
        return date(year, 2, 28)

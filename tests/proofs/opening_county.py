"""The invented county of the opening day, as a workbook: who works where, and which schools are over their number."""

import os
from datetime import date
from typing import Any

from tests.service.opening import books

PROVE = "LECTERN_PROVE" in os.environ
SCHOOLS, STAFF = (40, 62) if PROVE else (4, 4)
"""Schools, and persons of each; with the proof 28 of them have one more, so that the county has 2,513."""
LARGE = 28 if PROVE else 0
CASES = 12 if PROVE else 1
"""Under way on paper, each for one post of a school that has two free: the first schools."""
OFFLINE = (13, 14) if PROVE else (2,)
"""Without a network."""
OVER = range(SCHOOLS - 2, SCHOOLS + 1) if PROVE else (4,)
"""Over their number."""
OFFICES = (("staffing", "编办", "编办", ""), ("hrb", "人社局", "人社局", ""))
TEACHING = ("band", "grade", "title", "title_on", "title_document", "subject", "stage")
OFFICERS = {
    "人事科科长": "hr", "人事科经办": "hr", "局领导": "bureau", "编办经办": "staffing", "人社局经办": "hrb",
}  # fmt: skip


def staff_of(school: int) -> int:
    """How many work at a school."""
    return STAFF + (school <= LARGE)


def first_of(school: int) -> int:
    """The number of its head; the clerk has the next one."""
    return (school - 1) * (STAFF + 1) + 1


ALL = sum(staff_of(school) for school in range(1, SCHOOLS + 1)) + len(OFFICERS)
OFFICER = first_of(SCHOOLS + 1)
"""The number of the first person of the offices."""


def name_of(school: int) -> str:
    return f"第{school}小学"


def code_of(school: int) -> str:
    return f"s{school:02d}"


def number_of(order: int) -> str:
    """The ID number of a person; a birthday has room for four hundred."""
    return books.number(order % 400, born=date(1970 + order // 400, 3, 4))


def workbook() -> bytes:
    """Schools with their numbers, some of them over, everybody employed, heads and clerks."""
    units = [("bureau", "青禾县教育局", "教育局", ""), ("hr", "组织人事科", "科室", "bureau"), *OFFICES]
    made: books.Rows = {"numbers": [], "staff": [], "roles": []}
    made["organisations"] = [
        {"code": code, "name": name, "kind": kind, "parent": parent, "valid_from": "2000-01-01"}
        for code, name, kind, parent in units
    ]
    for school in range(1, SCHOOLS + 1):
        _add(made, school)
    for order, (name, place) in enumerate(OFFICERS.items(), start=OFFICER):
        made["staff"].append(_person(order, place, post_category="管理", **dict.fromkeys(TEACHING, "")))
        made["roles"].append(_role(order, place, name))
    assert len(made["staff"]) == ALL and (ALL == 2513 or not PROVE)
    return books.book(made)


def _add(made: books.Rows, school: int) -> None:
    code, staff, first = code_of(school), staff_of(school), first_of(school)
    figures = {
        "headcount_approved": str(staff - 1 if school in OVER else staff + 2), "headcount_occupied": str(staff),
        "middle_approved": str(staff), "middle_occupied": str(staff), "stated": str(staff),
    }  # fmt: skip
    granted = {"hiring_from": "2024-01-01", "hiring_document": "青教〔2024〕1号"}
    made["organisations"].append(books.school(code, name_of(school), **granted))
    made["numbers"].append(books.numbers(code, **figures))
    made["staff"] += [_person(first + one, code) for one in range(staff)]
    made["roles"] += [_role(first, code, "校长"), _role(first + 1, code, "学校人事干事")]


def _person(order: int, place: str, **more: Any) -> dict[str, Any]:
    return books.person(order, place, id_number=number_of(order), **more)


def _role(order: int, place: str, name: str) -> dict[str, Any]:
    return books.role(order, place, name, "任职人") | {"id_number": number_of(order)}

"""Workbooks of a small invented county, and what tests do with them as the pages would."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import current_app

from service.access.actor import Actor
from service.opening import commands, queries
from service.opening.commands import BeginImport, ConfirmMapping, RevokeImport
from service.opening.staging import Staged
from service.opening.workbook import filled
from service.people.rules import check_character
from service.runs import working
from service.runs.declaring import LONG, SHORT

PAPER = "县编办〔2026〕8号"
DAY = "2026-09-01"
YEARS = range(2021, 2026)

Rows = dict[str, list[dict[str, Any]]]


def number(order: int, sex: str = "female", born: date = date(1985, 3, 4)) -> str:
    """An ID number of a region that does not exist."""
    serial = (order * 2 + (1 if sex == "male" else 0)) % 1000
    first = f"990101{born:%Y%m%d}{serial:03d}"
    return first + check_character(first)


def person(order: int, place: str = "s01", **more: Any) -> dict[str, Any]:
    """A row of the staff sheet."""
    return {
        "organisation": place, "name": f"人员{order}", "id_number": number(order), "phone": f"199{order:08d}",
        "degree": "本科", "employment_kind": "在编", "post_category": "专业技术", "band": "中级", "grade": "9",
        "title": "一级", "title_on": "2015-01-01", "title_document": f"证{order}", "appointed_on": "2010-09-01",
        "subject": "语文", "stage": "小学", **more,
    }  # fmt: skip


def departed(order: int, place: str = "s01", **more: Any) -> dict[str, Any]:
    """A row of who has left."""
    return {
        "organisation": place, "name": f"人员{order}", "id_number": number(order), "employment_kind": "在编",
        "post_category": "专业技术", "grade": "9", "appointed_on": "2010-09-01", "left_on": "2025-07-01",
        "reason": "解聘", "document": "教人〔2025〕7号", **more,
    }  # fmt: skip


def school(code: str, name: str, **more: Any) -> dict[str, Any]:
    row = {"code": code, "name": name, "kind": "学校", "parent": "bureau", "stage": "小学", "area": "城区"}
    return {**row, "valid_from": "2000-09-01", **more}


def numbers(code: str, **more: Any) -> dict[str, Any]:
    """The numbers of a school with three persons in middle posts."""
    accounts = {
        "headcount_approved": "5", "headcount_occupied": "3", "senior_approved": "1", "senior_occupied": "0",
        "middle_approved": "4", "middle_occupied": "3", "junior_approved": "2", "junior_occupied": "0",
    }  # fmt: skip
    return {"organisation": code, "opened_on": DAY, "document": PAPER, "stated": "3", **accounts, **more}


def role(order: int, place: str, name: str, kind: str) -> dict[str, Any]:
    return {"id_number": number(order), "organisation": place, "role": name, "kind": kind, "valid_from": "2024-09-01"}


def county() -> Rows:
    """A bureau with its section, two schools and the people of both."""
    who = [person(1), person(2), person(3)]
    officer = person(9, "hr", post_category="管理", band="", grade="", title="", title_on="", title_document="",
                     subject="", stage="")  # fmt: skip
    return {
        "organisations": [
            {"code": "bureau", "name": "青禾县教育局", "kind": "教育局", "valid_from": "2000-01-01"},
            {"code": "hr", "name": "组织人事科", "kind": "科室", "parent": "bureau", "valid_from": "2000-01-01"},
            school("s01", "第一小学", hiring_from="2024-01-01", hiring_document="青教〔2024〕1号"),
            school("s02", "第二小学", area="乡村", weak="是"),
        ],
        "numbers": [numbers("s01"), numbers("s02", stated="")],
        "pools": [{"organisation": "bureau", "band": "中级", "approved": "4", "opened_on": DAY, "document": PAPER}],
        "loans": [{"organisation": "bureau", "band": "中级", "school": "s02", "count": "1"}],
        "staff": [*who, *(person(order, "s02") for order in (4, 5, 6)), officer],
        "records": [
            {"id_number": number(1), "kind": "处分", "value": "警告", "basis": "事业单位处分",
             "valid_from": "2026-05-06", "document": "处分〔2026〕1号"},
            {"id_number": number(2), "kind": "交流轮岗", "value": "关系不转", "organisation": "s02",
             "valid_from": "2022-09-01", "valid_until": "2023-09-01"},
        ],
        "departed": [departed(21)],
        "relations": [{"id_number": number(1), "kind": "配偶", "relative_id_number": number(4), "note": "已申报"}],
        "locks": [{"id_number": number(3), "organisation": "s01", "starts_on": "2024-09-01", "ends_on": "2029-09-01",
                   "reason": "定向招聘"}],
        "roles": [
            role(1, "s01", "校长", "任职人"),
            role(2, "s01", "校长", "固定替补"),
            role(9, "hr", "人事科科长", "任职人"),
        ],
    }  # fmt: skip


def book(rows: Mapping[str, Any], locale: str = "zh") -> bytes:
    return filled(locale, YEARS, rows)


def carry_out(lane: str = SHORT) -> None:
    """What the threads of a server do."""
    working.work(lane)


def checked(actor: Actor, content: bytes, now: datetime, name: str = "county.xlsx") -> Staged:
    """A workbook after its check."""
    import_id = commands.begin_import(actor, BeginImport(content, name), now=now)
    carry_out()
    found = queries.staged_of(actor, import_id)
    if found.state == "mapping":
        commands.confirm_mapping(actor, ConfirmMapping(import_id, found.mapping), now=now)
        carry_out()
    return queries.staged_of(actor, import_id)


def loaded(actor: Actor, content: bytes, now: datetime, name: str = "county.xlsx") -> Staged:
    """A workbook after its load; it must be without faults."""
    found = checked(actor, content, now, name)
    assert not found.faults, [(fault.path, fault.code) for fault in found.faults]
    commands.load_import(actor, found.id, now=now)
    carry_out(LONG)
    return queries.staged_of(actor, found.id)


def revoked(actor: Actor, import_id: str, now: datetime) -> Staged:
    commands.revoke_import(actor, RevokeImport(import_id, "装错了县"), now=now)
    carry_out(LONG)
    return queries.staged_of(actor, import_id)


def now() -> datetime:
    moment: datetime = current_app.extensions["lectern.clock"].now()
    return moment

"""Every kind of wrong row is answered by sheet, row and cell, in words of both languages, and nothing is written."""

from sqlalchemy import func, select

from service.db import db
from service.opening.templates import TABLES
from service.people.members import PERSON
from service.web.words import texts, words
from tests.service.opening import books, wrong


def workbook_of_wrong_rows():
    """Good rows, then every wrong one; where each wrong row stands."""
    rows = books.county()
    more = [books.school(f"s{order}", f"学校{order}") for order in range(11, 19)]
    rows["organisations"] += [*more, books.school("t1", "同名小学"), books.school("t2", "同名小学")]
    rows["staff"] += [books.person(7, "s02", band="高级", grade="5"), books.person(8, "s02")]
    rows["pools"][0]["approved"] = "20"
    rows["staff"][2]["assessment_2024"] = "合格"
    places = []
    for kind in wrong.KINDS:
        rows[kind.table].append(kind.row)
        places.append((kind, len(rows[kind.table]) + 1))
    return rows, places


def test_every_wrong_row_is_answered_by_row_and_cell(quick_admin):
    rows = books.county()
    rows["organisations"].append(books.school("s03", "第三小学"))
    books.loaded(quick_admin, books.book(rows), books.now())
    before = db.session.scalar(select(func.count()).select_from(PERSON))
    rows, places = workbook_of_wrong_rows()
    found = books.checked(quick_admin, books.book(rows), books.now())
    said = {(fault.path, fault.code) for fault in found.faults}
    sheets = [table for table in TABLES if any(fault.path.startswith(f"{table}.") for fault in found.faults)]
    order = [(sheets.index(path.split(".")[0]), int(path.split(".")[1])) for path in (f.path for f in found.faults)]
    assert order == sorted(order), "told as somebody mends them: sheet by sheet, row by row"
    expected = {(f"{kind.table}.{number}.{kind.column}", kind.code) for kind, number in places if kind.code}
    assert expected - said == set()
    wrong_rows = {(kind.table, number) for kind, number in places if kind.code}
    elsewhere = {path for path, _ in said if (path.split(".")[0], int(path.split(".")[1])) not in wrong_rows}
    assert elsewhere == set(), "rows that are right are called wrong"
    assert not found.is_loadable
    assert db.session.scalar(select(func.count()).select_from(PERSON)) == before


def test_there_are_more_than_sixty_kinds_and_each_tells_cell_and_remedy(quick_admin):
    kinds = {(kind.table, kind.column, kind.code) for kind in wrong.KINDS if kind.code}
    assert len(kinds) >= 60
    rows, _ = workbook_of_wrong_rows()
    for fault in books.checked(quick_admin, books.book(rows), books.now()).faults:
        assert fault.code in texts(), fault.code
        assert fault.params["cell"] == "" or fault.params["cell"].endswith(str(fault.params["row"]))
        assert fault.params["sheet"] == TABLES[fault.path.split(".")[0]].zh
        for locale in ("zh", "en"):
            assert "…" not in words(fault.code, fault.params, locale), fault.code

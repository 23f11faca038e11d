"""What is exported and loaded into an empty house is exported as the same sheets again."""

from service.db import db
from service.opening import exporting, workbook
from service.sheets import read_book
from tests.service.opening import books


def exported() -> bytes:
    years, rows = exporting.sheets(db.session(), "zh")
    db.session.rollback()
    return workbook.filled("zh", years, rows)


def sheets_of(content: bytes):
    return {title: [dict(cells) for _, cells in sheet.rows] for title, sheet in read_book(content, 10_000).items()}


def test_a_county_that_was_exported_and_loaded_is_exported_as_the_same_sheets(admin):
    books.loaded(admin, books.book(books.county()), books.now())
    first = exported()
    told = sheets_of(first)
    assert len(told["教职工"]) == 7 and len(told["履历奖惩"]) == 2 and len(told["职务"]) == 3
    again = books.checked(admin, first, books.now())
    assert not again.faults
    assert {sum(kinds[name] for name in ("new", "changed")) for kinds in again.counts.values()} == {0}

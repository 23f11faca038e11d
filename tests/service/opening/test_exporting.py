"""What is exported and loaded into an empty house is exported as the same sheets again."""

import os
import shutil
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from service.access.actor import Actor
from service.clock import SetClock
from service.db import db, transaction
from service.opening import exporting, workbook
from service.posts import ledger
from service.posts.ledger import Cause
from service.posts.posting import ACCOUNT
from service.posts.queries_sums import reconcile
from service.sheets import read_book
from tests.conftest import START, opened
from tests.service.opening import books, random_county

SEEDS = range(40) if "LECTERN_PROVE" in os.environ else range(2)


def exported() -> bytes:
    years, rows = exporting.sheets(db.session(), "zh", START.date())
    db.session.rollback()
    return workbook.filled("zh", years, rows)


def sheets_of(content: bytes):
    return {title: [dict(cells) for _, cells in sheet.rows] for title, sheet in read_book(content, 10_000).items()}


def empty_house(template, folder) -> Iterator[Flask]:
    folder.mkdir()
    shutil.copy(template, folder / "lectern.db")
    yield from opened(f"sqlite:///{folder / 'lectern.db'}", folder, SetClock(START))


def through(template, folder, content) -> bytes:
    """What an empty house exports after it has loaded the workbook."""
    for _app in empty_house(template, folder):
        assert books.loaded(Actor.system(), content, START).state == "loaded"
        assert reconcile(Actor.system()) == ()
        return exported()
    raise AssertionError


@pytest.mark.parametrize("seed", SEEDS)
def test_any_county_goes_through_an_empty_house_and_comes_out_the_same(seed, sqlite_template, tmp_path):
    first = through(sqlite_template, tmp_path / "a", books.book(random_county.county(seed)))
    second = through(sqlite_template, tmp_path / "b", first)
    assert sheets_of(second) == sheets_of(first)


def test_an_export_holds_every_row_that_was_loaded_and_changes_nothing_when_it_is_loaded(admin):
    books.loaded(admin, books.book(books.county()), books.now())
    first = exported()
    told = sheets_of(first)
    assert len(told["教职工"]) == 7 and len(told["履历奖惩"]) == 2 and len(told["职务"]) == 3
    assert told["教职工"][0]["身份证号"] == books.number(1) and told["履历奖惩"][0]["内容"] == "警告"
    again = books.checked(admin, first, books.now())
    assert not again.faults
    assert {sum(kinds[name] for name in ("new", "changed")) for kinds in again.counts.values()} == {0}


def test_a_county_at_work_is_exported_as_of_today_and_opens_another_house(sqlite_template, tmp_path):
    rows = books.county()
    rows["numbers"][0] |= {"middle_approved": "2", "senior_approved": "1", "senior_occupied": "1"}
    for _app in empty_house(sqlite_template, tmp_path / "a"):
        books.loaded(Actor.system(), books.book(rows), START)
        account_id = db.session.scalar(select(ACCOUNT.c.id).where(ACCOUNT.c.band == "senior", ACCOUNT.c.occupied == 1))
        with transaction() as session:
            ledger.vacate(session, Cause(None, "left", "t", "system", START), [account_id], "somebody")
        first = exported()
    told = {row["学校"]: row for row in sheets_of(first)["编制岗位"]}
    school = told["s01"]
    assert (school["开账日"], school["高级岗位实有数"], school["编办在册人数"]) == ("2026-09-10", "0", None)
    assert (told["s01"]["中级岗位超岗数"], told["s02"]["开账日"]) == ("1", books.DAY)
    assert sheets_of(through(sqlite_template, tmp_path / "b", first)) == sheets_of(first)

"""The tables of 2025: rows of each track as they were published, its edges, and what may be chosen."""

from datetime import date

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from service.db import transaction
from service.people.members import PERSON
from service.records.retiring import choice_faults
from service.records.rules import Entry
from service.records.rules_days import plus_months
from service.records.rules_retirement import MEN, WOMEN_50, WOMEN_55, choice_range, delay, statutory, track_of
from tests.conftest import START

BIRTHS = st.dates(date(1960, 1, 1), date(2000, 12, 31))


@pytest.mark.parametrize(
    ("track", "born", "months", "day"),
    [
        (MEN, date(1964, 12, 31), 0, date(2024, 12, 31)),
        (MEN, date(1965, 1, 15), 1, date(2025, 2, 15)),
        (MEN, date(1965, 4, 15), 1, date(2025, 5, 15)),
        (MEN, date(1965, 5, 15), 2, date(2025, 7, 15)),
        (MEN, date(1971, 3, 15), 19, date(2032, 10, 15)),
        (MEN, date(1976, 8, 15), 35, date(2039, 7, 15)),
        (MEN, date(1976, 9, 15), 36, date(2039, 9, 15)),
        (MEN, date(1990, 9, 15), 36, date(2053, 9, 15)),
        (WOMEN_55, date(1969, 12, 31), 0, date(2024, 12, 31)),
        (WOMEN_55, date(1970, 1, 15), 1, date(2025, 2, 15)),
        (WOMEN_55, date(1981, 8, 15), 35, date(2039, 7, 15)),
        (WOMEN_55, date(1981, 9, 15), 36, date(2039, 9, 15)),
        (WOMEN_50, date(1974, 12, 31), 0, date(2024, 12, 31)),
        (WOMEN_50, date(1975, 2, 15), 1, date(2025, 3, 15)),
        (WOMEN_50, date(1975, 3, 15), 2, date(2025, 5, 15)),
        (WOMEN_50, date(1984, 10, 15), 59, date(2039, 9, 15)),
        (WOMEN_50, date(1984, 11, 15), 60, date(2039, 11, 15)),
    ],
)
def test_rows_of_the_tables(track, born, months, day):
    assert delay(born, track) == months
    assert statutory(born, track) == day


def test_a_day_that_the_month_lacks_becomes_its_last():
    assert statutory(date(1976, 5, 31), MEN) == date(2039, 4, 30)
    assert statutory(date(1965, 10, 31), MEN) == date(2026, 1, 31)
    assert plus_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert plus_months(date(2026, 3, 31), -1) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("sex", "category", "track"),
    [
        ("male", "support", MEN),
        ("male", None, MEN),
        ("female", "professional", WOMEN_55),
        ("female", "management", WOMEN_55),
        ("female", "support", WOMEN_50),
        ("female", None, None),
        (None, "professional", None),
    ],
)
def test_the_track_needs_the_sex_and_of_a_woman_the_post(sex, category, track):
    assert track_of(sex, category) == track


@given(BIRTHS, st.sampled_from([MEN, WOMEN_55, WOMEN_50]))
def test_a_choice_is_three_years_each_way_and_never_below_the_age_of_before(born, track):
    first, last = choice_range(born, track)
    assert plus_months(born, track.age * 12) <= first <= statutory(born, track) <= last
    assert first >= plus_months(statutory(born, track), -36)
    assert last == plus_months(statutory(born, track), 36)


@given(BIRTHS, BIRTHS, st.sampled_from([MEN, WOMEN_55, WOMEN_50]))
def test_who_is_born_later_retires_no_earlier(one, other, track):
    first, second = sorted((one, other))
    assert statutory(first, track) <= statutory(second, track)


@pytest.mark.parametrize(
    ("day", "value", "code"),
    [
        (date(2027, 3, 1), "early", None),
        (date(2027, 2, 28), "early", "record.retirement_outside"),
        (date(2030, 10, 1), "late", None),
        (date(2030, 10, 2), "late", "record.retirement_outside"),
        (date(2027, 10, 1), "late", "record.retirement_side"),
        (date(2028, 1, 1), "early", "record.retirement_side"),
    ],
)
def test_a_day_of_choice_lies_in_the_window_and_on_its_side(
    app: Flask, day: date, value: str, code: str | None
) -> None:
    """A man born in March 1967: statutory at the end of his sixtieth year and seven months."""
    row = {"id": "p1", "name": "李明", "sex": "male", "born_on": date(1967, 3, 1), "created_at": START, "version": 1}
    with transaction() as session:
        session.execute(insert(PERSON), row)
        found = choice_faults(session, "p1", Entry("retirement_choice", day, value=value, document="申请"))
        session.execute(update(PERSON).values(born_on=None))
        unknown = choice_faults(session, "p1", Entry("retirement_choice", day, value=value, document="申请"))
    assert [fault.code for fault in found] == ([] if code is None else [code])
    assert unknown == [], "what is unknown forbids nothing"

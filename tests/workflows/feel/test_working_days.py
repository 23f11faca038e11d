"""Lectern's own functions: working days of the calendar that the scope carries (policy §4)."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.feel import FeelBudgetError, Scope, compile_expression

AFTER = compile_expression("working days after(d, n)")
BETWEEN = compile_expression("working days between(a, b)")
OFF = {date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27), *(date(2026, 10, day) for day in range(1, 9))}
MOVED = {date(2026, 9, 20), date(2026, 10, 10)}


def works(day: date) -> bool:
    return day in MOVED or (day.weekday() < 5 and day not in OFF)


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (date(2026, 9, 17), 5, date(2026, 9, 23)),
        (date(2026, 9, 17), 0, date(2026, 9, 17)),
        (date(2026, 9, 23), -5, date(2026, 9, 17)),
        (date(2026, 9, 24), 1, date(2026, 9, 28)),
    ],
)
def test_working_days_after_counts_from_the_next_day(start: date, n: int, expected: date) -> None:
    assert AFTER.evaluate({"d": start, "n": n}, Scope(working_days=works)) == expected


@settings(deadline=None)
@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 60))
def test_between_undoes_after(start: date, n: int) -> None:
    scope = Scope(working_days=works)
    end = AFTER.evaluate({"d": start, "n": n}, scope)
    assert BETWEEN.evaluate({"a": start, "b": end}, scope) == n
    assert BETWEEN.evaluate({"a": end, "b": start}, scope) == -n


def test_without_a_calendar_the_functions_are_null_and_say_so() -> None:
    scope = Scope()
    assert AFTER.evaluate({"d": date(2026, 9, 17), "n": 5}, scope) is None
    assert scope.warnings[0].text("en") == "the evaluation was given no working-day calendar"


def test_a_calendar_without_working_days_ends_at_the_budget() -> None:
    with pytest.raises(FeelBudgetError):
        AFTER.evaluate({"d": date(2026, 9, 17), "n": 1}, Scope(working_days=lambda _: False))


def test_half_a_working_day_is_null() -> None:
    assert AFTER.evaluate({"d": date(2026, 9, 17), "n": 0.5}, Scope(working_days=works)) is None

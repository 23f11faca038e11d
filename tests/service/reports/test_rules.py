"""Targets compare whole numbers; what is unknown decides only where it could not turn the answer (policy §2.7, §6)."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.reports.rules import Aim, Measure, average, needed, percent, school_year, verdict
from service.reports.rules_times import heat, times

ON = date(2026, 9, 17)


def test_201_of_2513_misses_8_percent_and_does_not_print_as_8():
    measure, aim = Measure(201, 2513), Aim(8)
    assert needed(measure, aim) == 202
    assert verdict(measure, aim, ON) == "missed"
    assert percent(measure, aim) == "7.998"
    assert verdict(Measure(202, 2513), aim, ON) == "met"


def test_a_mean_of_exactly_40_is_met_and_one_year_more_is_not():
    assert verdict(Measure(4000, 100), Aim(40, "most"), ON, mean=True) == "met"
    assert verdict(Measure(4001, 100), Aim(40, "most"), ON, mean=True) == "missed"
    assert average(Measure(4001, 100), Aim(40, "most")) == "40.01"
    assert average(Measure(33977, 858), Aim(40, "most")) == "39.6"


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (Measure(10, 100, 0), "met"),
        (Measure(10, 100, 90), "met"),
        (Measure(9, 100, 1), "undecided"),
        (Measure(9, 100, 0), "missed"),
        (Measure(5, 100, 4), "missed"),
        (Measure(0, 0), "empty"),
    ],
)
def test_unknown_is_never_no(measure, said):
    assert verdict(measure, Aim(10), ON) == said


def test_a_target_past_its_year_is_expired_and_not_judged():
    assert verdict(Measure(0, 10), Aim(10, until=2025), ON) == "expired"
    assert verdict(Measure(0, 10), Aim(10, until=2026), ON) == "missed"
    assert verdict(Measure(0, 10), None, ON) == "untargeted"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 100))
def test_a_verdict_holds_whatever_the_unknown_turn_out_to_be(yes, no, unknown, target):
    said = verdict(Measure(yes, yes + no + unknown, unknown), Aim(target), ON)
    outcomes = {100 * (yes + more) >= target * (yes + no + unknown) for more in range(unknown + 1)}
    expected = {True: "met", False: "missed"}[outcomes.pop()] if len(outcomes) == 1 else "undecided"
    assert said == (expected if yes + no + unknown else "empty")


def test_the_school_year_turns_on_the_first_of_september():
    assert school_year(date(2026, 8, 31)) == date(2025, 9, 1)
    assert school_year(date(2026, 9, 1)) == date(2026, 9, 1)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_p90_is_the_least_time_that_nine_in_ten_did_not_exceed(days):
    found = times(days)
    within = [sum(other <= day for other in days) * 10 >= 9 * len(days) for day in sorted(days)]
    assert found.p90 == sorted(days)[within.index(True)]
    assert found.median <= found.p90 and found.number == len(days)


@pytest.mark.parametrize(("days", "said"), [(2, "half"), (4, "near"), (5, "within"), (6, "over"), (8, "far")])
def test_heat_is_told_against_the_limit(days, said):
    assert heat(days, 5) == said
    assert heat(days, None) == "unlimited"

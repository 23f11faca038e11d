"""The moment ahead of a deadline: both spans in the same measure, something left of the longer."""

import pytest

from workflows.calendar_rules import parse_rule, shortened


@pytest.mark.parametrize(
    ("rule", "before", "left"),
    [
        ("5 workdays", "2 workdays", "3 workdays"),
        ("5 个工作日", "1 工作日", "4 workdays"),
        ("10 workdays", "3 工作日", "7 workdays"),
        ("P7D", "2 天", "5 days"),
        ("7 days", "P2D", "5 days"),
        ("P2W", "P1W", "7 days"),
        ("4 workhours", "1 workhour", "3 workhours"),
        ("4 工作小时", "1.5 个工作小时", "2.5 workhours"),
        ("5 workdays", "1 workhour", "5 workdays - 1 workhours"),
        ("P7D", "4 工作小时", "7 days - 4 workhours"),
        ("P1M", "2 workhours", "P1M0D - 2 workhours"),
        ("5 workdays outside holidays", "2 workdays", "3 workdays outside holidays"),
    ],
)
def test_spans_of_one_measure_are_taken_from_each_other(rule: str, before: str, left: str) -> None:
    assert shortened(parse_rule(rule), parse_rule(before)) == left


@pytest.mark.parametrize(
    ("rule", "before"),
    [
        ("5 workdays", "2 days"),
        ("P7D", "1 workday"),
        ("P1M", "P3D"),
        ("P1M3D", "P1M"),
        ("PT8H", "PT1H"),
        ("PT8H", "1 workhour"),
        ("4 workhours", "4 workhours"),
        ("4 workhours", "1 workday"),
        ("2026-10-10", "1 workday"),
        ("R3/5 workdays", "1 workday"),
        ("2 workdays", "2 workdays"),
        ("2 workdays", "3 workdays"),
        ("2 workdays", "0 workdays"),
    ],
)
def test_other_measures_and_reminders_at_either_end_have_no_moment(rule: str, before: str) -> None:
    assert shortened(parse_rule(rule), parse_rule(before)) is None

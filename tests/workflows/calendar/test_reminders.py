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
        ("2026-10-10", "1 workday"),
        ("R3/5 workdays", "1 workday"),
        ("2 workdays", "2 workdays"),
        ("2 workdays", "3 workdays"),
        ("2 workdays", "0 workdays"),
    ],
)
def test_other_measures_and_reminders_at_either_end_have_no_moment(rule: str, before: str) -> None:
    assert shortened(parse_rule(rule), parse_rule(before)) is None

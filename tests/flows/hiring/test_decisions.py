"""The two decision tables, row by row."""

import pytest

from tests.flows.asking import ask


@pytest.mark.parametrize(
    ("authorised", "value", "row"),
    [
        (True, {"way": "filing", "organiser": "school"}, 1),
        (False, {"way": "approval", "organiser": "bureau"}, 2),
    ],
)
def test_authorisation_decides_between_filing_and_approval(authorised, value, row):
    assert ask("hiring/hiring-route.dmn", "hiring_route", school_facts={"authorised": authorised}) == (value, [row])


@pytest.mark.parametrize(
    ("below", "openable", "value", "row"),
    [(0, 0, "open", 1), (3, 1, "cut", 2), (3, 0, "cancel", 3)],
)
def test_opening_ratio_proposes_to_open_cut_or_cancel(below, openable, value, row):
    applicants = {"posts_below": below, "posts_openable": openable}
    assert ask("hiring/opening-ratio.dmn", "opening_ratio", applicants=applicants) == (value, [row])

"""Pure rules: rows of posts, cuts, opening ratio."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.flows.hiring import rules

ROWS = [
    {"line": 1, "subject": "语文", "stage": "primary", "band": "junior", "count": 3},
    {"line": 2, "subject": "数学", "stage": "primary", "band": "middle", "count": 1},
]


def test_rows_are_numbered_anew_and_lose_what_does_not_belong_to_them():
    posts = rules.numbered([{**ROWS[1], "line": 9, "granted": 1, "__class__": "x"}])
    assert posts == [{"line": 1, "subject": "数学", "stage": "primary", "band": "middle", "count": 1}]


def test_the_least_number_of_each_row_is_granted():
    reviews = {"a": [{"line": 1, "granted": 2}], "b": [{"line": 1, "granted": 1}, {"line": 2, "granted": 1}]}
    assert [post["count"] for post in rules.granted(ROWS, reviews)] == [1, 1]


@pytest.mark.parametrize("rows", [[], [{"line": 7, "granted": 0}], [{"line": 1}], [{"line": 1, "granted": None}]])
def test_a_row_that_a_review_does_not_name_is_granted_in_full(rows):
    assert rules.granted(ROWS, {"a": rows}) == ROWS


@given(st.lists(st.lists(st.integers(-3, 9), min_size=2, max_size=2), max_size=4))
def test_no_review_ever_raises_a_number_or_makes_it_negative(grants):
    reviews = {
        str(number): [{"line": line, "granted": count} for line, count in enumerate(row, start=1)]
        for number, row in enumerate(grants)
    }
    for before, after in zip(ROWS, rules.granted(ROWS, reviews), strict=True):
        assert 0 <= after["count"] <= before["count"]


def test_cuts_name_only_the_rows_that_lost_something():
    after = rules.granted(ROWS, {"a": [{"line": 1, "granted": 2}]})
    assert rules.cuts(ROWS, after) == [{"line": 1, "requested": 3, "granted": 2}]


@pytest.mark.parametrize(
    ("qualified", "below", "openable"),
    [({1: 9, 2: 3}, 0, 0), ({1: 8, 2: 3}, 3, 2), ({1: 2, 2: 3}, 3, 0), ({1: 8, 2: 2}, 4, 2), ({}, 4, 0)],
)
def test_ratio_counts_posts_below_and_what_they_could_still_open(qualified, below, openable):
    found = rules.opening(ROWS, qualified, 3)
    assert (found["posts_below"], found["posts_openable"]) == (below, openable)


def test_surplus_applicants_open_no_more_posts_than_were_asked_for():
    assert rules.opening(ROWS, {1: 100, 2: 100}, 3)["rows"][0]["openable"] == 3


@pytest.mark.parametrize(("decision", "counts"), [("cut", [2, 1]), ("cancel", [0, 1]), ("keep", [3, 1])])
def test_decision_touches_only_rows_below_the_ratio(decision, counts):
    rows = rules.opening(ROWS, {1: 8, 2: 3}, 3)["rows"]
    assert [post["count"] for post in rules.after_ratio(ROWS, rows, decision)] == counts

"""Pure rules of the pool: figures, uplift, places, ties (policy.md §2 examples 5, 6, 11; §3.P)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.flows.reserved.explaining import told
from service.flows.reserved.rules import Place, PoolFigures, allocate, uplift_row, voted
from service.posts.rules import SchoolPosts, structure


@pytest.mark.parametrize(
    ("band", "total", "approved", "floor", "shortage"),
    [("senior", 605, 61, 61, 0), ("middle", 1400, 140, 140, 0), ("senior", 605, 0, 61, 61), ("senior", 605, 1, 61, 60)],
)
def test_5_and_11_the_floor_rounds_up_and_a_shortage_is_shown(band, total, approved, floor, shortage):
    row = PoolFigures(band, total, approved, 0, approved).row(10)
    assert (row["floor"], row["shortage"]) == (floor, shortage)


@pytest.mark.parametrize(
    ("reading", "least", "lacking"), [("combined", (None, None, 38), 2), ("per_band", (14, 26, 40), 4)]
)
def test_6_a_remote_school_is_lifted_on_both_bands_together_or_on_each(reading, least, lacking):
    school = SchoolPosts("1", "云岭", 60, 12, 24)
    row = uplift_row(school, structure(60, 20, 40, uplift=2, combined=reading == "combined"))
    assert (row["least_senior"], row["least_middle"], row["least"]) == least
    assert (row["has"], row["lacking"]) == (36, lacking)


def place(name, rank, *votes, band="senior"):
    return Place(name, band, rank, "first" if rank == 1 else "months", votes)


def got(found):
    return {one.id for one in found.places if one.granted}


@pytest.mark.parametrize(
    ("ranks", "offered", "granted", "tied"),
    [
        ((1, 2, 3), 2, "ab", ""),
        ((1, 2, 2), 2, "a", "bc"),
        ((1, 1, 3), 2, "ab", ""),
        ((1, 1, 1), 2, "", "abc"),
        ((1, 2, 3), 0, "", ""),
        ((1, 1, 1), 5, "abc", ""),
    ],
)
def test_only_equals_across_the_border_are_for_a_vote(ranks, offered, granted, tied):
    found = allocate([place(name, rank) for name, rank in zip("abc", ranks, strict=True)], {"senior": offered})
    assert (got(found), set(found.tied)) == (set(granted), set(tied))


def test_votes_order_equals_and_whoever_stays_equal_is_voted_on_again():
    equals = [place(name, 1) for name in "abc"]
    once = voted(
        equals, [{"id": n, "decision": "passed", "yes": y, "present": 5} for n, y in zip("abc", (5, 3, 3), strict=True)]
    )
    found = allocate(once, {"senior": 2})
    assert (got(found), found.tied) == ({"a"}, ("b", "c"))
    twice = voted(once, [{"id": n, "decision": "failed", "yes": y, "present": 5} for n, y in (("b", 1), ("c", 2))])
    assert got(allocate(twice, {"senior": 2})) == {"a", "c"}


def test_a_vote_without_its_quorum_orders_nobody():
    equals = [place(name, 1) for name in "ab"]
    results = [
        {"id": "a", "decision": "no_quorum", "yes": 1, "present": 1},
        {"id": "b", "decision": "passed", "yes": 3, "present": 3},
    ]
    assert voted(equals, results) == equals


@given(st.lists(st.tuples(st.integers(1, 4), st.lists(st.integers(0, 2), max_size=2)), max_size=8), st.integers(0, 6))
def test_never_more_than_offered_and_nobody_before_a_better_one(drawn, offered):
    keys = sorted((rank, tuple(-vote for vote in votes)) for rank, votes in drawn)
    ranks = [1 + [key[0] for key in keys].index(key[0]) for key in keys]
    places = [place(str(n), rank, *(-v for v in key[1])) for n, (rank, key) in enumerate(zip(ranks, keys, strict=True))]
    found = allocate(places, {"senior": offered})
    granted = [one for one in found.places if one.granted]
    assert len(granted) <= offered
    if not found.tied:
        assert len(granted) == min(offered, len(places))
    worst = max((one.rank for one in granted), default=0)
    assert all(one.granted or one.id in found.tied or one.rank >= worst for one in found.places)


@pytest.mark.parametrize(("locale", "words"), [("zh", "票决同意 2, 3 票"), ("en", "votes in favour: 2, 3")])
def test_a_rank_is_told_with_criteria_reason_and_votes(locale, words):
    facts = {
        "exchanged": True,
        "destination": "remote",
        "months": 24,
        "excellent": 2,
        "backbone": "city",
        "title_since": None,
    }
    assert told("tie", facts, (2, 3), locale).endswith(words)

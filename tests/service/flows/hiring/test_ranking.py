"""Pure rules: totals, ranks with ties, proposals, the choice, who follows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.flows.hiring.ranking import Entry, choice_faults, next_ranked, placed, slots, total_of


def entry(name, written=8000, interview=8000, line=1, **more):
    return Entry(name, line, written, interview, **more)


def places(entries, counts=None, percent=50, pass_line=None):
    return {place.id: place for place in placed(entries, counts or {1: 1}, percent, pass_line)}


def test_total_is_a_whole_number_so_that_ties_are_ties():
    assert total_of(8333, 8334, 50) == total_of(8334, 8333, 50) == 833350
    assert total_of(9000, 6000, 40) == 720000


def test_equal_totals_share_a_rank_and_the_next_is_skipped():
    found = places([entry("a", 9000), entry("b", 8000, 9000), entry("c", 7000)])
    assert [found[name].rank for name in "abc"] == [1, 1, 3]


def test_rows_are_ranked_apart():
    found = places([entry("a", 9000), entry("b", 7000, line=2)], {1: 1, 2: 1})
    assert [found[name].rank for name in "ab"] == [1, 1]


def test_a_tie_across_the_border_is_proposed_to_nobody():
    found = places([entry("a", 9000), entry("b", 8000), entry("c", 8000)], {1: 2})
    assert [found[name].proposed for name in "abc"] == [True, False, False]


def test_a_tie_that_fits_is_proposed_to_both():
    found = places([entry("a", 8000), entry("b", 8000), entry("c", 7000)], {1: 2})
    assert [found[name].proposed for name in "abc"] == [True, True, False]


@pytest.mark.parametrize(
    ("absent", "why"),
    [
        ({"written": None}, "absent_exam"),
        ({"written": 5999}, "below_pass_line"),
        ({"interview": None}, "absent_interview"),
        ({"inspection": "failed"}, "failed_inspection"),
    ],
)
def test_who_is_absent_below_the_mark_or_failed_has_no_rank_and_a_reason(absent, why):
    found = places([entry("a"), entry("b", **absent)], pass_line=6000)
    assert (found["b"].rank, found["b"].out, found["b"].proposed) == (None, why, False)
    assert found["a"].rank == 1


def test_who_stands_exactly_on_the_mark_is_ranked():
    assert places([entry("a", 6000)], pass_line=6000)["a"].rank == 1


@given(st.lists(st.tuples(st.integers(0, 10000), st.integers(0, 10000)), min_size=1, max_size=12), st.integers(0, 5))
def test_never_more_are_proposed_than_there_are_posts(scores, posts):
    entries = [entry(str(number), *pair) for number, pair in enumerate(scores)]
    found = placed(entries, {1: posts}, 60)
    proposed = [place for place in found if place.proposed]
    assert len(proposed) <= posts
    worst = max((place.rank for place in proposed), default=0)
    assert all(place.rank > worst for place in found if not place.proposed)


def ranked(name, rank, chosen=False, **more):
    return Entry(name, 1, 8000, 8000, rank=rank, chosen=chosen, **more)


def codes(entries, counts=None, reason=None):
    return [fault.code for fault in choice_faults(entries, counts or {1: 1}, reason)]


def test_choosing_the_first_in_rank_needs_no_reason():
    assert codes([ranked("a", 1, True), ranked("b", 2)]) == []


def test_passing_over_a_better_rank_needs_a_reason_and_a_blank_one_is_none():
    entries = [ranked("a", 1), ranked("b", 2, True)]
    assert codes(entries) == codes(entries, reason="  ") == ["hiring.choice_needs_reason"]
    assert codes(entries, reason="第一名放弃") == []


def test_either_of_two_equal_ranks_may_be_chosen_without_a_reason():
    assert codes([ranked("a", 1), ranked("b", 1, True)]) == []


def test_too_many_and_unranked_are_refused():
    assert codes([ranked("a", 1, True), ranked("b", 2, True)]) == ["hiring.too_many_chosen"]
    assert codes([ranked("a", None, True)]) == ["hiring.chosen_without_rank"]
    assert codes([ranked("a", 1, True)], {2: 1}) == ["hiring.too_many_chosen"]


def test_next_in_rank_is_the_best_who_still_stands():
    entries = [ranked("a", 1, state="failed"), ranked("b", 2, state="medical"), ranked("c", 4), ranked("d", 3)]
    assert next_ranked(entries, 1).id == "d"
    assert next_ranked(entries, 2) is None
    assert next_ranked([ranked("x", None)], 1) is None


def test_equal_ranks_follow_by_written_score_then_as_registered():
    better = Entry("z", 1, 8100, 7900, rank=2)
    assert next_ranked([ranked("a", 2), better], 1).id == "z"
    assert next_ranked([ranked("a", 2, number=7), ranked("b", 2, number=3)], 1).id == "b"


def test_slots_are_numbered_within_their_row_by_rank():
    chosen = [ranked("b", 2, True), ranked("a", 1, True), Entry("c", 2, 1, 1, rank=1, chosen=True)]
    assert [(slot["key"], slot["candidate_id"], slot["round"]) for slot in slots(chosen)] == [
        ("1.1", "a", 0), ("1.2", "b", 0), ("2.1", "c", 0)
    ]  # fmt: skip

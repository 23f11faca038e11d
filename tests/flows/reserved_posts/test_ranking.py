"""The ranking for reserved posts (policy.md §3.P): criteria in their order, reasons, ties, facts that are missing."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.flows.reserved.rules import AT_ONCE, in_order
from tests.flows.asking import outcome

FILE = "reserved-round/reserved-ranking.dmn"
BEST = {
    "exchanged": True, "destination": "remote", "months": 36, "excellent": 3, "backbone": "special",
    "title_since": date(2012, 6, 1),
}  # fmt: skip
WORSE = {
    "exchanged": False, "destination": "weak", "months": 35, "excellent": 2, "backbone": "province",
    "title_since": date(2012, 6, 2),
}  # fmt: skip
DESTINATIONS = ("remote", "weak", "other", "none")
TIERS = ("special", "province", "city", "county", "school", "none")


def ranked(*applicants):
    """The table's keys, put in order as a round does it."""
    found = outcome(FILE, "reserved_ranking", applicants=list(applicants)).value
    places = in_order({row["id"]: row["order"] for row in found["keys"]}, "senior")
    ranking = [{"id": one.id, "because": one.because, "rank": one.rank} for one in places]
    return {"ranking": ranking, "incomplete": found["incomplete"]}


@pytest.mark.parametrize("number", range(len(WORSE)))
def test_each_criterion_decides_before_all_that_follow(number):
    """Worse in one criterion loses, though better in every later one."""
    names = list(WORSE)
    ahead = BEST | {name: WORSE[name] for name in names[number + 1 :]} | {"id": "ahead"}
    behind = BEST | {names[number]: WORSE[names[number]], "id": "behind"}
    assert ranked(behind, ahead)["ranking"] == [
        {"id": "ahead", "because": "first", "rank": 1},
        {"id": "behind", "because": names[number], "rank": 2},
    ]


def test_equals_share_a_rank_that_only_a_vote_can_split():
    found = ranked(BEST | {"id": "a"}, BEST | {"id": "b"}, BEST | WORSE | {"id": "c"})["ranking"]
    assert [(row["rank"], row["because"]) for row in found] == [(1, "first"), (1, "tie"), (3, "exchanged")]


@pytest.mark.parametrize("missing", list(BEST))
def test_who_lacks_a_fact_is_named_and_not_ranked(missing):
    found = ranked(BEST | {"id": "a"}, BEST | {"id": "b", missing: None})
    assert ([row["id"] for row in found["ranking"]], found["incomplete"]) == (["a"], ["b"])


def test_nobody_is_ranked_when_nobody_applied():
    assert ranked() == {"ranking": [], "incomplete": []}


def key(applicant):
    return (
        not applicant["exchanged"],
        DESTINATIONS.index(applicant["destination"]),
        -applicant["months"],
        -applicant["excellent"],
        TIERS.index(applicant["backbone"]),
        applicant["title_since"],
    )


people = st.fixed_dictionaries(
    {
        "exchanged": st.booleans(),
        "destination": st.sampled_from(DESTINATIONS),
        "months": st.sampled_from([0, 9, 10, 99, 100]),
        "excellent": st.integers(0, 11),
        "backbone": st.sampled_from(TIERS),
        "title_since": st.dates(date(1990, 1, 1), date(2026, 1, 1)),
    }
)


@settings(deadline=None)
@given(st.lists(people, max_size=12))
def test_the_order_is_that_of_plain_python_and_every_rank_has_its_reason(applicants):
    named = [person | {"id": str(number)} for number, person in enumerate(applicants)]
    found = ranked(*named)["ranking"]
    keys = {person["id"]: key(person) for person in named}
    assert [keys[row["id"]] for row in found] == sorted(keys.values())
    assert [row["rank"] for row in found] == [1 + sorted(keys.values()).index(keys[row["id"]]) for row in found]
    ties = [row["because"] == "tie" for row in found[1:]]
    assert ties == [keys[a["id"]] == keys[b["id"]] for a, b in itertools.pairwise(found)]


def test_one_evaluation_has_room_for_as_many_as_it_is_asked_about_even_if_all_are_equal():
    many = [BEST | {"id": f"{number:03}"} for number in range(AT_ONCE)]
    assert {row["rank"] for row in ranked(*many)["ranking"]} == {1}


def test_a_whole_county_is_put_in_order_whatever_the_parts_it_was_asked_in():
    since = {str(day): date(2012, 1, 1) + timedelta(days=day // 2) for day in range(2513)}
    keys = {one: [{"criterion": "title_since", "value": day.isoformat()}] for one, day in since.items()}
    places = in_order(keys, "senior")
    assert [since[one.id] for one in places] == sorted(since.values())
    assert [(one.rank, one.because) for one in places[:4]] == [
        (1, "first"), (1, "tie"), (3, "title_since"), (3, "tie"),
    ]  # fmt: skip

"""What a vote comes to, and when it may close early (policy §2.9, §5)."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict
from service.tasks import voting
from service.tasks.signing import SeatState
from service.tasks.voting import CHOICES, FAILED, NO_QUORUM, PASSED, TWO_THIRDS, Count, Terms

THIRDS = Terms(TWO_THIRDS, TWO_THIRDS)


@pytest.mark.parametrize(("members", "quorum"), [(25, 17), (11, 8), (3, 2), (12, 8), (1, 1)])
def test_two_thirds_of_the_members_are_a_quorum(members: int, quorum: int) -> None:
    assert voting.needed(TWO_THIRDS, members) == quorum
    assert voting.result(THIRDS, Count(quorum, 0, 0, members)) == PASSED
    assert voting.result(THIRDS, Count(quorum - 1, 0, 0, members)) == NO_QUORUM


@pytest.mark.parametrize(("present", "yes"), [(20, 14), (18, 12), (17, 12)])
def test_two_thirds_of_those_present_carry_it(present: int, yes: int) -> None:
    assert voting.result(THIRDS, Count(yes, present - yes, 0, 25)) == PASSED
    assert voting.result(THIRDS, Count(yes - 1, present - yes + 1, 0, 25)) == FAILED


def test_an_abstention_is_present_and_not_in_favour() -> None:
    assert voting.result(THIRDS, Count(14, 0, 6, 25)) == PASSED
    assert voting.result(THIRDS, Count(13, 0, 7, 25)) == FAILED


def test_who_is_recused_is_not_present_and_the_quorum_is_checked_again() -> None:
    assert voting.result(THIRDS, Count(17, 0, 0, 25)) == PASSED
    assert voting.result(THIRDS, Count(16, 0, 0, 25, recused=1)) == NO_QUORUM
    assert voting.result(THIRDS, Count(8, 0, 0, 11, recused=3)) == PASSED
    assert voting.result(THIRDS, Count(7, 0, 0, 11, recused=4)) == NO_QUORUM


def test_nobody_present_decides_nothing() -> None:
    assert voting.result(THIRDS, Count(0, 0, 0, 0)) == NO_QUORUM
    assert voting.result(THIRDS, Count(0, 0, 0, 3, recused=3)) == NO_QUORUM


def test_parts_are_exact_where_decimals_are_not() -> None:
    third = Terms(Fraction(1, 3), Fraction(1, 3))
    assert voting.result(third, Count(1, 2, 0, 9)) == PASSED
    assert voting.needed(Fraction(67, 100), 100) == 67


def test_a_step_that_does_not_say_otherwise_votes_in_secret_by_two_thirds() -> None:
    assert voting.terms_of({"signing": "vote"}) == Terms(TWO_THIRDS, TWO_THIRDS, secret=True)
    said = {"signing": "vote", "quorum": "1/2", "ratio": "1", "secret": "false"}
    assert voting.terms_of(said) == Terms(Fraction(1, 2), Fraction(1), secret=False)
    assert not voting.is_secret(said)
    assert not voting.is_secret({"signing": "all"})


def slowly(terms: Terms, count: Count) -> bool:
    """Whether every way in which the rest can go ends alike: each votes, stays away or steps aside."""
    ends = set()
    for rest in product((*CHOICES, "away", "aside"), repeat=count.remaining):
        more = [rest.count(choice) for choice in CHOICES]
        cast = (count.yes + more[0], count.no + more[1], count.abstain + more[2])
        ends.add(voting.result(terms, Count(*cast, count.members, count.recused + rest.count("aside"))))
    return len(ends) == 1


parts = st.fractions(Fraction(1, 12), Fraction(1), max_denominator=12)
ballots = st.integers(0, 4)


@given(parts, parts, ballots, ballots, ballots, ballots, st.integers(0, 5))
def test_it_is_settled_exactly_when_no_remaining_ballot_can_change_it(
    quorum: Fraction, ratio: Fraction, yes: int, no: int, abstain: int, recused: int, remaining: int
) -> None:
    terms = Terms(quorum, ratio, secret=False)
    count = Count(yes, no, abstain, yes + no + abstain + recused + remaining, recused)
    assert count.remaining == remaining
    assert voting.is_settled(terms, count) == slowly(terms, count)


def seats(*said: str | None, secret: bool = False) -> list[SeatState]:
    """A seat each: None has not voted, "recused" stepped aside, else the choice."""

    def seat(number: int, what: str | None) -> SeatState:
        state = {None: "open", "recused": "recused"}.get(what, "signed")
        shown = None if secret or state != "signed" else what
        return SeatState(f"seat{number}", number, f"person{number}", state, shown)

    return [seat(number, what) for number, what in enumerate(said)]


def test_a_named_vote_closes_as_soon_as_it_is_settled() -> None:
    named = Terms(secret=False)
    assert not voting.is_over(named, seats("yes", None, None))
    assert voting.is_over(named, seats("yes", "yes", None))
    assert voting.is_over(named, seats("no", "no", None)), "one in favour of three is too few"


def test_a_secret_vote_waits_for_everybody_who_may_vote() -> None:
    assert not voting.is_over(Terms(), seats("yes", "yes", None, secret=True))
    assert voting.is_over(Terms(), seats("yes", "yes", "no", secret=True))
    assert voting.is_over(Terms(), seats("yes", "yes", "recused", secret=True))


@pytest.mark.parametrize("secret", [True, False])
def test_a_vote_without_a_member_does_not_close_by_itself(secret: bool) -> None:
    assert not voting.is_over(Terms(secret=secret), seats("recused", "recused", secret=secret))


def test_no_draft_of_a_secret_ballot_is_kept() -> None:
    with pytest.raises(Conflict, match=r"vote\.no_draft"):
        voting.refuse_draft("task", {"signing": "vote"})
    voting.refuse_draft("task", {"signing": "vote", "secret": "false"})
    voting.refuse_draft("task", {"signing": "all"})

"""What one ballot does under each signing policy (policy §5)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Conflict
from service.tasks.signing import Ballot, SeatState, Signed, first_open, sign

NOW = datetime(2026, 9, 10, tzinfo=UTC)


def seats(signing: str, count: int) -> list[SeatState]:
    made = [SeatState(f"seat{number}", number, f"person{number}", "open") for number in range(count)]
    return list(first_open(signing, made))


def vote(signing: str, found: list[SeatState], number: int, decision: str = "approve") -> Signed:
    signed = sign(signing, "approve", found, found[number], Ballot(decision, "words", {}, NOW))
    changed = {seat.id: seat for seat in (signed.seat, *signed.opened)}
    found[:] = [changed.get(seat.id, seat) for seat in found]
    return signed


def test_a_single_signature_decides() -> None:
    assert vote("single", seats("single", 1), 0, "return").decision == "return"


def test_all_must_agree_before_the_task_goes_on() -> None:
    found = seats("all", 3)
    assert vote("all", found, 1).decision is None
    assert vote("all", found, 0).decision is None
    assert vote("all", found, 2).decision == "approve"


def test_one_refusal_ends_a_countersignature_and_frees_the_others() -> None:
    found = seats("all", 3)
    vote("all", found, 1)
    signed = vote("all", found, 2, "return")
    assert signed.decision == "return"
    assert [seat.person_id for seat in signed.superseded] == ["person0"]


def test_any_signature_decides_and_who_refused_is_recorded() -> None:
    found = seats("any", 3)
    signed = vote("any", found, 2, "reject")
    assert signed.decision == "reject"
    assert found[2].decision == "reject"
    assert {seat.person_id for seat in signed.superseded} == {"person0", "person1"}


def test_a_sequence_opens_the_next_seat_only_after_the_one_before() -> None:
    found = seats("sequence", 3)
    assert [seat.state for seat in found] == ["open", "waiting", "waiting"]
    with pytest.raises(Conflict) as refused:
        vote("sequence", found, 1)
    assert refused.value.code == "seat.closed"
    assert [seat.person_id for seat in vote("sequence", found, 0).opened] == ["person1"]
    assert [seat.person_id for seat in vote("sequence", found, 1).opened] == ["person2"]
    assert vote("sequence", found, 2).decision == "approve"


def test_a_seat_signs_once() -> None:
    found = seats("all", 2)
    vote("all", found, 0)
    with pytest.raises(Conflict):
        vote("all", found, 0)


@given(
    st.sampled_from(["all", "sequence"]),
    st.lists(st.sampled_from(["approve", "return", "reject"]), min_size=1, max_size=8),
)
def test_a_task_is_decided_exactly_once_and_only_unanimously_approved(signing: str, decisions: list[str]) -> None:
    found = seats(signing, len(decisions))
    fallen = []
    for number, decision in enumerate(decisions):
        signed = vote(signing, found, number, decision)
        if signed.decision is not None:
            fallen.append(signed.decision)
            break
    unanimous = all(decision == "approve" for decision in decisions)
    expected = "approve" if unanimous else next(d for d in decisions if d != "approve")
    assert fallen == [expected]

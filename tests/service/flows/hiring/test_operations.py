"""Operations called on their own: a full ledger as an outcome, replays, what a candidate's reason says."""

import pytest

from service.db import transaction
from service.errors import Conflict
from service.flows import registry
from service.flows.hiring.operations_hire import _reason
from tests.flows.hiring import county
from tests.flows.hiring.driver import CLERK, Case
from workflows.base import new_id
from workflows.surroundings import Call

S01 = county.AUTHORISED


def post(count, band="junior"):
    return {"subject": "语文", "stage": "primary", "band": band, "count": count}


def call(case, name, token="", school=S01, headers=None, **variables):
    with transaction() as session:
        given = {"school": school, **variables}
        told = Call(session, case.now, CLERK, case.id, "again", token or new_id(), given, headers or {})
        return registry.OPERATIONS[name](told)


def test_later_in_a_case_a_full_ledger_is_an_outcome_and_nothing_moves(definition):
    case = Case(definition)
    found = call(case, "hiring.reserve", headers={"when_full": "outcome"}, posts=[post(5)])
    assert found == {"ledger_full": True}
    assert county.figures(S01) == (96, 3, 1)


def test_replay_of_a_reserve_posts_nothing(definition):
    case, token = Case(definition), new_id()
    for _ in range(2):
        assert call(case, "hiring.reserve", token, posts=[post(3)])["total"] == 3
        assert county.figures(S01) == (96, 3, 1)


def test_rows_may_swap_their_bands_although_neither_has_room_to_spare(definition):
    case = Case(definition, posts=[post(2, "middle"), post(2)])
    assert county.figures(S01) == (96, 4, 0)
    call(case, "hiring.reserve", posts=[post(2), post(2, "middle")])
    assert (county.figures(S01, "middle"), county.figures(S01, "junior")) == ((38, 2, 0), (36, 2, 2))


def test_school_without_an_account_is_a_conflict_that_says_so(definition):
    with pytest.raises(Conflict) as refused:
        call(Case(definition), "hiring.reserve", school="bureau", posts=[post(1)])
    assert refused.value.code == "ledger.no_account"


def test_facts_of_a_school_say_until_when_it_is_authorised(definition):
    case = Case(definition)
    facts = call(case, "hiring.school_facts")["school_facts"]
    assert facts == {"authorised": True, "authorised_until": None, "stage": "primary", "area": "city", "weak": False}
    assert call(case, "hiring.school_facts", school=county.PLAIN)["school_facts"]["authorised"] is False


def test_the_decision_signed_last_is_the_reason_and_health_stays_out_of_it():
    medical = {"decision": "fail", "opinion": "血压偏高", "at": "2026-11-01T01:00:00+00:00"}
    inquiry = {"decision": "upheld", "opinion": "学历不实", "at": "2026-11-02T01:00:00+00:00"}
    assert _reason({"medical": medical}) == "medical.fail"
    assert _reason({"medical": medical, "inquiry": inquiry, "contract": None}) == "inquiry.upheld: 学历不实"
    assert _reason({}) == ""

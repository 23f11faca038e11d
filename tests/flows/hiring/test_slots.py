"""One slot per candidate: medical to desk, objections, replacement, release (policy §2 example 1, §3.H 6–8)."""

from datetime import date

import pytest
from sqlalchemy import select

from service.db import db
from service.people.models import Appointment, Person, ServiceLock
from tests.flows.hiring import county
from tests.flows.hiring.driver import Case
from tests.flows.hiring.test_review import S01, post

S02 = county.PLAIN


@pytest.fixture
def case(definition):
    """Three slots at the medical; nine candidates, the first three chosen."""
    found = Case(definition)
    found.people = found.chosen()
    return found


def one(definition, applicants=4, **values):
    found = Case(definition, posts=[post(1)], **values)
    found.people = found.chosen(applicants)
    return found


def to_publicity(case):
    return case.complete("medical", "pass")


def test_slot_whose_rounds_are_used_up_is_released_and_the_others_are_hired(case):
    for _ in range(3):
        case.complete("medical", "fail")
    assert county.figures(S01) == (96, 2, 2)
    case.hired().hired()
    assert case.state == "completed"
    assert county.figures(S01) == (98, 0, 2)
    assert county.figures(S01, "junior") == (38, 0, 2)


def test_policy_example_one_number_by_number(any_definition):
    """Three asked for, one fails the medical and the list has no further candidate, two onboard."""
    case = Case(any_definition)
    assert county.figures(S01) == (96, 3, 1)
    case.announced()
    people = case.register(3)
    case.complete("qualify_school", "confirm").complete("ratio_decision", "keep")
    case.mark(dict.fromkeys(people, 80), "written")
    case.complete("exam_school", "confirm")
    case.mark(dict.fromkeys(people, 80), "interview")
    case.complete("interview", "confirm").complete("inspection", "confirm").complete("choice", "choose")
    assert county.figures(S01) == (96, 3, 1)
    case.complete("medical", "fail")
    assert county.figures(S01) == (96, 2, 2)
    case.hired().hired()
    assert county.figures(S01) == (98, 0, 2)
    assert [hire["outcome"] for hire in case.variable("hires")] == ["released", "hired", "hired"]


def test_every_slot_runs_on_its_own(case):
    assert case.open == ["medical"] * 3
    to_publicity(case).complete("publicity", "objection", objection_text="学历不实")
    assert case.open == ["inquiry", "medical", "medical"]
    case.hired(slot=0)
    assert case.open == ["inquiry", "medical"]
    assert county.figures(S01) == (97, 2, 1)


def test_onboarding_creates_the_person_and_occupies_headcount_and_post(definition):
    case = one(definition).hired()
    assert case.state == "completed"
    assert county.figures(S01) == (97, 0, 3)
    assert county.figures(S01, "junior") == (37, 0, 3)
    candidate = case.candidate(case.people[0])
    person = db.session.execute(select(Person).where(Person.id == candidate.person_id)).scalar_one()
    appointment = db.session.execute(select(Appointment).where(Appointment.person_id == person.id)).scalar_one()
    assert (person.name, person.id_number_index) == ("考生1", candidate.id_number_index)
    assert (appointment.organisation_id, appointment.band, appointment.subject) == (S01, "junior", "语文")
    assert appointment.valid_from == date(2027, 1, 18)
    assert candidate.state == "hired"
    assert db.session.execute(select(ServiceLock)).first() is None


@pytest.mark.parametrize(("rule", "last"), [("same_day", date(2032, 1, 18)), ("month_end", date(2032, 1, 31))])
def test_directed_hire_is_locked_for_five_years_from_onboarding(definition, rule, last):
    one(definition, directed=True, parameters={"service_lock_end": rule}).hired(day="2027-01-18")
    lock = db.session.execute(select(ServiceLock)).scalar_one()
    assert (lock.organisation_id, lock.starts_on, lock.ends_on) == (S01, date(2027, 1, 18), last)


def test_next_ranked_replaces_at_most_twice_and_the_hold_stays_meanwhile(definition):
    case = one(definition)
    for round_ in (0, 1):
        assert case.candidate(case.people[round_]).state == "medical"
        case.complete("medical", "fail")
        assert county.figures(S01) == (96, 1, 3)
        assert case.open == ["medical"]
    assert case.candidate(case.people[2]).state == "medical"
    case.complete("medical", "absent")
    assert case.state == "completed"
    assert [case.candidate(found).state for found in case.people[:4]] == ["failed", "failed", "failed", "qualified"]
    assert case.candidate(case.people[2]).reason == "medical.absent"
    assert county.figures(S01) == (96, 0, 4)


def test_replacement_of_the_second_round_can_be_hired(definition):
    case = one(definition).complete("medical", "fail").complete("medical", "fail").hired()
    assert case.candidate(case.people[2]).state == "hired"
    assert county.figures(S01) == (97, 0, 3)


def test_two_failing_slots_never_get_the_same_replacement(case):
    case.complete("medical", "fail", slot=0).complete("medical", "fail", slot=1)
    states = [case.candidate(found).state for found in case.people[:6]]
    assert sorted(states) == ["failed", "failed", "medical", "medical", "medical", "qualified"]


def test_number_of_rounds_is_a_parameter(definition):
    case = one(definition, parameters={"max_replacement_rounds": 0}).complete("medical", "fail")
    assert case.state == "completed"
    assert county.figures(S01) == (96, 0, 4)


def test_publicity_lasts_seven_working_days_and_then_goes_on_by_itself(definition):
    case = to_publicity(one(definition))
    assert case.rules == {"publicity_over": "7 workdays"}
    case.fire("publicity_over")
    assert (case.open, case.rules) == (["hire_materials"], {})


def test_objection_stops_the_period_and_an_unfounded_one_lets_the_rest_run(definition):
    case = to_publicity(one(definition))
    case.now = case.now.replace(day=15)
    case.complete("publicity", "objection", objection_text="学历不实")
    assert (case.open, case.rules) == (["inquiry"], {})
    assert case.opened("inquiry").properties["dueIn"] == "10 workdays"
    assert case.candidate(case.people[0]).state == "inquiry"
    case.complete("inquiry", "cleared", inquiry_finding="查无实据")
    assert case.rules == {"publicity_over": "4 workdays"}
    assert county.figures(S01) == (96, 1, 3)


def test_objection_comes_as_a_message_too(definition):
    case = to_publicity(one(definition))
    case.deliver("hiring.objection", case.people[0], objection_from="群众来信", objection_text="学历不实")
    assert case.open == ["inquiry"]


def test_second_objection_finds_only_the_days_that_were_left(definition):
    case = to_publicity(one(definition))
    case.now = case.now.replace(day=15)
    case.complete("publicity", "objection").complete("inquiry", "cleared")
    case.now = case.now.replace(day=17)
    case.complete("publicity", "objection").complete("inquiry", "cleared")
    assert case.rules == {"publicity_over": "2 workdays"}


def test_upheld_objection_brings_the_next_in_rank_whose_publicity_runs_in_full(definition):
    case = to_publicity(one(definition))
    case.now = case.now.replace(day=15)
    case.complete("publicity", "objection").complete("inquiry", "upheld")
    assert case.candidate(case.people[0]).reason == "inquiry.upheld"
    assert case.open == ["medical"]
    to_publicity(case)
    assert case.rules == {"publicity_over": "7 workdays"}


@pytest.mark.parametrize(
    ("school", "step", "back", "out"),
    [(S01, "hire_filing", "return", "object"), (S02, "hire_approval", "return", "reject")],
)
def test_hire_is_filed_or_approved_returned_for_papers_or_refused(definition, school, step, back, out):
    case = to_publicity(one(definition, school=school)).fire("publicity_over").complete("hire_materials", "submit")
    assert case.open == [step]
    case.complete(step, back)
    assert case.open == ["hire_materials"]
    case.complete("hire_materials", "submit").complete(step, out)
    assert case.open == ["medical"]
    assert case.candidate(case.people[0]).reason == f"{step}.{out}"
    assert county.figures(school) == (96, 1, 3)


def contracted(definition):
    case = to_publicity(one(definition)).fire("publicity_over").complete("hire_materials", "submit")
    return case.complete("hire_filing", "accept")


def test_declined_contract_brings_the_next_in_rank(definition):
    case = contracted(definition).complete("contract", "declined")
    assert case.open == ["medical"]
    assert case.candidate(case.people[0]).reason == "contract.declined"


def test_no_show_releases_the_post_and_nobody_follows(definition):
    case = contracted(definition).complete("contract", "signed").complete("onboarding", "no_show")
    assert case.state == "completed"
    assert case.candidate(case.people[0]).state == "no_show"
    assert [hire["outcome"] for hire in case.variable("hires")] == ["no_show"]
    assert county.figures(S01) == (96, 0, 4)
    assert county.figures(S01, "junior") == (36, 0, 4)


def test_names_and_numbers_of_candidates_never_get_into_variables(case):
    text = str(case.variable("slots")) + str(case.variable("ranking")) + str(case.variable("applicants"))
    assert "考生" not in text
    assert county.id_number(1) not in text

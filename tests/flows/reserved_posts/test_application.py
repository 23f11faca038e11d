"""An application up to the round's outcome: eligibility, check, correction, refusals (policy.md §3.P 3–4)."""

from datetime import date, timedelta

import pytest

from service.errors import Conflict, Forbidden, Invalid
from service.people.commands import DeclareRelation, declare_relation
from tests.flows.reserved_posts import acting, files
from tests.flows.reserved_posts.acting import apply, called, row_of, teacher
from tests.service.people.county import id_number


def code_of(refused):
    """The code that is told: of the first field at fault, else of the whole."""
    return refused.value.faults[0].code if refused.value.faults else refused.value.code


def test_who_is_eligible_is_checked_and_waits_for_the_round(driver):
    called(driver)
    case = apply(driver, teacher(driver, 700))
    assert case.variables["eligibility"] == {"result": "eligible", "reason": "met"}
    assert (case.variables["applicant_name"], case.variables["applicant_school"]) == ("teacher.700", "S02")
    case.complete("check", "bureau.hr", "approve")
    assert (case.open(), row_of(case).state) == ([], "accepted")


def test_the_file_s_contents_are_in_no_variable_of_the_case(driver):
    called(driver)
    person = teacher(driver, 700)
    files.enter(person, "ethics", value="upheld", document="师德〔2026〕3号")
    case = apply(driver, person)
    assert case.variables["eligibility"] == {"result": "not_eligible", "reason": "ask_hr"}
    assert "upheld" not in str(case.variables) and "师德〔2026〕3号" not in str(case.variables)


def test_a_veto_of_ethics_is_confirmed_by_a_person(driver):
    called(driver)
    person = teacher(driver, 700)
    files.enter(person, "ethics", value="upheld", document="师德〔2026〕3号")
    case = apply(driver, person)
    case.complete("refusal", "bureau.hr", "confirm")
    assert (case.state, row_of(case).state) == ("rejected", "refused")


def test_a_refusal_is_judged_again_when_a_record_was_wrong(driver):
    called(driver)
    person = teacher(driver, 700, title="一级")
    case = apply(driver, person)
    assert case.variables["eligibility"] == {"result": "not_eligible", "reason": "title"}
    case.complete("refusal", "bureau.hr", "again")
    assert case.open() == ["refusal"]
    files.enter(person, "title", date(2024, 6, 1), value="高级", document="证书")
    case.complete("refusal", "bureau.hr", "again")
    assert case.open() == ["check"]


def test_an_open_investigation_holds_the_application_where_it_is(driver):
    called(driver)
    person = teacher(driver, 700)
    record = files.enter(person, "ethics", value="investigation", document="立〔2026〕1号")
    case = apply(driver, person)
    assert case.open() == ["ethics_hold"]
    case.complete("ethics_hold", "bureau.hr", "again")
    assert case.open() == ["ethics_hold"]
    files.end(record)
    case.complete("ethics_hold", "bureau.hr", "again")
    assert case.open() == ["check"]


def test_what_is_unknown_is_found_out_and_never_counts_as_no(driver):
    called(driver)
    person = teacher(driver, 700)
    files.unchecked(person, "discipline")
    case = apply(driver, person)
    assert (case.open(), case.variables["eligibility"]["result"]) == (["clarify"], "unknown")
    files.checked(person, "discipline")
    case.complete("clarify", "bureau.hr", "again")
    assert case.open() == ["check"]


@pytest.mark.parametrize(("kind", "task"), [("ethics", "ethics_hold"), ("unknown", "clarify")])
def test_what_cannot_be_cleared_up_is_closed(driver, kind, task):
    called(driver)
    person = teacher(driver, 700)
    if kind == "ethics":
        files.enter(person, "ethics", value="investigation", document="立〔2026〕1号")
    else:
        files.unchecked(person, "discipline")
    case = apply(driver, person)
    case.complete(task, "bureau.hr", "drop")
    assert case.state == "rejected"


def test_several_findings_in_turn_are_each_decided_by_their_own_step(driver):
    called(driver)
    person = teacher(driver, 700)
    files.unchecked(person, "discipline")
    case = apply(driver, person)
    files.checked(person, "discipline")
    files.enter(person, "ethics", value="upheld", document="师德〔2026〕3号")
    case.complete("clarify", "bureau.hr", "again")
    assert case.open() == ["refusal"]
    case.complete("refusal", "bureau.hr", "confirm")
    assert case.state == "rejected"


def test_it_is_returned_corrected_and_judged_again(driver):
    called(driver, middle=1)
    case = apply(driver, teacher(driver, 700, band="junior"))
    case.complete("check", "bureau.hr", "return")
    case.complete("correction", "s02.hr", "resubmit", need="更正层级", band="middle")
    assert (case.open(), row_of(case).band) == (["check"], "middle")


def test_a_corrected_band_is_judged_against_the_own_post_too(driver):
    called(driver, middle=1)
    case = apply(driver, teacher(driver, 700, band="middle"))
    case.complete("check", "bureau.hr", "return")
    with pytest.raises(Invalid) as refused:
        case.complete("correction", "s02.hr", "resubmit", need="更正层级", band="middle")
    assert (code_of(refused), row_of(case).band) == ("reserved.has_post", "senior")


def test_what_is_not_corrected_in_time_lapses(driver):
    called(driver)
    case = apply(driver, teacher(driver, 700))
    case.complete("check", "bureau.hr", "return")
    assert case.fire("correction", "due")
    assert (case.state, row_of(case).state) == ("expired", "expired")


def test_bureau_hr_does_not_accept_it(driver):
    called(driver)
    case = apply(driver, teacher(driver, 700))
    case.complete("check", "bureau.hr", "reject")
    assert (case.state, row_of(case).state) == ("rejected", "refused")


def test_somebody_of_another_school_is_named_with_the_id_number(driver):
    called(driver)
    person = teacher(driver, 700, school="s01")
    fields = {"person_name": "teacher.700", "id_number": id_number(700), "band": "senior", "need": "交流教师"}
    case = driver.start("reserved_post", "s02.hr", "s02", **fields)
    assert case.variables["applicant_id"] == person
    assert id_number(700) not in str(case.variables)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"person_name": "teacher.700", "id_number": id_number(701)}, "reserved.person_unknown"),
        ({"person_name": "somebody", "id_number": id_number(700)}, "reserved.person_unknown"),
        ({"person_name": "teacher.700"}, "reserved.person_missing"),
        ({"id_number": id_number(700)}, "reserved.person_missing"),
        ({}, "reserved.person_missing"),
        ({"person_id": "no such person"}, "reserved.person_unknown"),
    ],
)
def test_who_is_not_named_rightly_is_not_found(driver, fields, code):
    called(driver)
    teacher(driver, 700, school="s01")
    with pytest.raises(Invalid) as refused:
        driver.start("reserved_post", "s02.hr", "s02", band="senior", need="补足", **fields)
    assert code_of(refused) == code


def test_another_school_s_teacher_is_not_picked_from_the_list(driver):
    called(driver)
    person = teacher(driver, 700, school="s01")
    with pytest.raises(Invalid) as refused:
        apply(driver, person)
    assert code_of(refused) == "reserved.person_unknown"


def test_nobody_applies_before_the_call_or_after_the_window(driver):
    person = teacher(driver, 700)
    with pytest.raises(Invalid, match=r"reserved\.no_call"):
        apply(driver, person)
    case = called(driver)
    driver.clock.set(driver.now + timedelta(days=20))
    with pytest.raises(Invalid, match=r"reserved\.closed"):
        apply(driver, person)
    acting.closed(case)
    with pytest.raises(Invalid, match=r"reserved\.closed"):
        apply(driver, person)


def test_one_person_applies_once_a_year_whatever_the_school(driver):
    called(driver)
    person = teacher(driver, 700)
    first = apply(driver, person)
    with pytest.raises(Conflict, match=r"reserved\.applied"):
        apply(driver, person)
    fields = {"person_name": "teacher.700", "id_number": id_number(700), "band": "senior", "need": "交流教师"}
    with pytest.raises(Conflict, match=r"reserved\.applied"):
        driver.start("reserved_post", "s01.hr", "s01", **fields)
    first.withdraw("s02.hr")
    assert apply(driver, person).open() == ["check"]


def test_a_retired_person_gets_no_post(driver):
    called(driver)
    person = teacher(driver, 700)
    files.leave(person)
    with pytest.raises(Invalid) as refused:
        apply(driver, person)
    assert code_of(refused) == "reserved.person_unknown", "not of the school's own any more"
    fields = {"person_name": "teacher.700", "id_number": id_number(700), "band": "senior", "need": "补足"}
    with pytest.raises(Invalid, match=r"reserved\.not_in_service"):
        driver.start("reserved_post", "s02.hr", "s02", **fields)


@pytest.mark.parametrize(("own", "asked"), [("senior", "senior"), ("middle", "middle"), ("senior", "middle")])
def test_who_has_such_a_post_at_the_school_needs_none_of_the_pool(driver, own, asked):
    called(driver, senior=1, middle=1)
    with pytest.raises(Invalid, match=r"reserved\.has_post"):
        apply(driver, teacher(driver, 700, band=own), band=asked)


def test_a_band_that_is_not_offered_is_not_asked_for(driver):
    called(driver, senior=1, middle=0)
    with pytest.raises(Invalid) as refused:
        apply(driver, teacher(driver, 700, band="junior"), band="middle")
    assert code_of(refused) == "reserved.band_not_offered"


def test_who_holds_a_lent_post_applies_for_no_other(driver):
    application, person = acting.granted(driver)
    assert application.fire("publicity_over")
    acting.called(driver)
    with pytest.raises(Conflict, match=r"loan\.held"):
        apply(driver, person)


def test_a_relative_of_the_applicant_decides_nothing(driver):
    called(driver)
    person = teacher(driver, 700)
    case = apply(driver, person)
    relation = DeclareRelation(driver.county.persons["bureau.hr"], "spouse", relative_id=person)
    declare_relation(driver.actor("bureau.chief"), relation, now=driver.now)
    with pytest.raises(Forbidden, match=r"task\.recused"):
        case.complete("check", "bureau.hr", "approve")

"""What may not be asked for: each with words for whoever submits, and nothing is held or written."""

from datetime import date

import pytest
from sqlalchemy import func, insert, select

from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid
from service.flows import declaring
from service.flows.personnel.change import CHANGE
from service.people.persons import LOCK
from service.records import writing
from service.records.rules import Entry
from tests.conftest import START
from tests.flows.personnel import acting
from tests.flows.personnel.acting import NEWCOMER, SINCE, TODAY
from tests.queues import of_bands
from tests.service.people.county import id_number

NEW = {"name": "钱新", "id_number": NEWCOMER, "post_category": "professional", "band": "junior", "grade": 12}


def expect_nothing(personnel):
    assert all(reserved == 0 for _, reserved, _ in personnel.figures().values())
    assert db.session.scalar(select(func.count()).select_from(CHANGE)) == 0
    db.session.rollback()


def test_what_is_wrong_in_the_form_is_named_by_field(app, clock):
    personnel = acting.county(clock)
    county = personnel.driver.county
    cases = [
        ("grade", {}, "grade", "field.required"),
        ("grade", {"grade": 9, "new_name": "x"}, "new_name", "personnel.not_asked"),
        ("grade", {"grade": 5}, "grade", "personnel.other_band"),
        ("grade", {"grade": 8, "name": "赵近"}, "name", "personnel.other_name"),
        ("retirement", {"person_id": county.persons["s02.teacher"], "name": "s02.teacher"}, "person_id",
         "personnel.not_here"),
        ("retirement", {"person_id": "nobody"}, "person_id", "personnel.not_here"),
        ("retirement", {"effective_on": "2019-09-01"}, "effective_on", "personnel.before_appointment"),
        ("title", {"title": "高级"}, "title", "personnel.title_not_on_file"),
        ("back", {}, "back_from", "field.required"),
        ("back", {"back_from": "absence"}, "back_from", "personnel.not_away"),
        ("loan", {"loan": "support", "to_school": county.organisations["s01"]}, "to_school", "personnel.same_school"),
        ("retirement", {"note": " "}, "effective_on", "personnel.retires_too_early"),
        ("conversion", {"post_category": "professional"}, "person_id", "personnel.not_special"),
        ("transfer", {"to_school": county.organisations["s01"]}, "to_school", "personnel.same_school"),
        ("transfer", {"to_school": county.organisations["hr"]}, "to_school", "personnel.no_school"),
        ("promotion", {"assessment": "excellent", "band": "junior", "grade": 11}, "band", "personnel.not_higher"),
        ("demotion", {"assessment": "failed", "band": "senior", "grade": 7}, "band", "personnel.not_lower"),
        ("absence", {"reason": "leave", "until": "2026-09-10"}, "until", "dates.order"),
        ("retirement", {"document_on": "2026-09-11"}, "document_on", "personnel.document_ahead"),
        ("transfer_in", {**NEW, "id_number": "110101199802029012"}, "id_number", "person.id_number_check"),
        ("transfer_in", {**NEW, "grade": 3}, "grade", "appointment.grade"),
        ("veteran", {**NEW, "post_category": "support"}, "band", "appointment.band"),
    ]  # fmt: skip
    for kind, values, name, code in cases:
        with pytest.raises(Invalid) as refused:
            personnel.start(kind, **values)
        assert [(fault.path, fault.code) for fault in refused.value.faults] == [(f"values.{name}", code)], (kind, name)
    expect_nothing(personnel)


@pytest.fixture
def personnel(app, clock):
    return acting.county(clock)


def refused(personnel, kind, **values):
    code = acting.refusal(personnel, kind, **values)
    expect_nothing(personnel)
    return code


def test_a_service_lock_holds_who_would_be_transferred_and_nobody_who_retires(personnel):
    here, there = (personnel.driver.county.organisations[code] for code in ("s01", "s02"))
    lock = {"id": "lock", "person_id": personnel.person_id, "organisation_id": here, "starts_on": date(2024, 9, 1),
            "ends_on": date(2029, 9, 1), "reason": "定向招聘", "instance_id": None}  # fmt: skip
    with transaction() as session:
        session.execute(insert(LOCK), lock)
    assert refused(personnel, "transfer", to_school=there) == "personnel.service_lock"
    assert refused(personnel, "transfer_out") == "personnel.service_lock"
    assert personnel.confirmed("retirement").state == "completed"


def test_a_higher_post_is_closed_to_who_has_a_sanction_or_an_unknown_file(personnel):
    rise = {"assessment": "excellent", "band": "senior", "grade": 7}
    assert refused(personnel, "promotion", **rise) == "personnel.unchecked"
    assert refused(personnel, "grade", grade=8) == "personnel.unchecked"
    with transaction() as session:
        entry = Entry("sanction", date(2026, 6, 1), value="warning", basis="staff", document="处")
        writing.add(session, personnel.person_id, entry, by="hr", now=START)
        writing.confirm(session, [personnel.person_id], "discipline", TODAY, by="hr", now=START)
    assert refused(personnel, "promotion", **rise) == "personnel.ask_hr"
    assert personnel.confirmed("grade", grade=10).state == "completed"


def test_no_way_into_a_higher_post_is_open_to_who_has_a_sanction(personnel):
    with transaction() as session:
        entry = Entry("sanction", date(2026, 6, 1), value="warning", basis="staff", document="处")
        writing.add(session, personnel.person_id, entry, by="hr", now=START)
    there = personnel.driver.county.organisations["s02"]
    senior = {"band": "senior", "grade": 7}
    assert refused(personnel, "post", post_category="professional", **senior) == "personnel.ask_hr"
    assert refused(personnel, "transfer", to_school=there, **senior) == "personnel.ask_hr"
    assert personnel.confirmed("transfer", to_school=there).state == "completed", "a post alike is none higher"
    first = personnel.someone(903, employment="special", band=None, grade=None)
    with transaction() as session:
        writing.add(session, first, entry, by="hr", now=START)
    assert acting.refusal(personnel, "conversion", post_category="professional", band="junior", grade=13) == (
        "personnel.ask_hr"
    )


def test_who_becomes_staff_brings_no_title_that_the_file_does_not_know(personnel):
    personnel.someone(901, employment="special", band=None, grade=None)
    becomes = {"post_category": "professional", "band": "junior", "grade": 13, "title": "高级"}
    with pytest.raises(Invalid) as refused:
        personnel.start("conversion", **becomes)
    assert [fault.code for fault in refused.value.faults] == ["personnel.title_not_on_file"]
    with transaction() as session:
        writing.confirm(session, [personnel.person_id], "discipline", TODAY, by="hr", now=START)
        entry = Entry("title", SINCE, value="高级", document="证")
        writing.add(session, personnel.person_id, entry, by="hr", now=START)
    assert personnel.confirmed("conversion", **becomes).state == "completed"


def test_a_sanction_since_then_blocks_a_promotion_of_an_older_date(personnel):
    with transaction() as session:
        writing.confirm(session, [personnel.person_id], "discipline", TODAY, by="hr", now=START)
        entry = Entry("sanction", date(2026, 9, 5), value="warning", basis="staff", document="处")
        writing.add(session, personnel.person_id, entry, by="hr", now=START)
    rise = {"assessment": "excellent", "band": "senior", "grade": 7}
    assert refused(personnel, "promotion", effective_on="2026-09-01", **rise) == "personnel.ask_hr"


def test_an_appointment_that_has_ended_is_altered_by_nothing_that_is_entered_late(personnel):
    personnel.confirmed("demotion", assessment="failed", band="junior", grade=11)
    before, figures = personnel.appointments(), personnel.figures()
    with pytest.raises(Invalid) as late:
        personnel.start("retirement", effective_on="2026-09-01")
    assert [fault.code for fault in late.value.faults] == ["personnel.before_appointment"]
    assert (personnel.appointments(), personnel.figures()) == (before, figures)
    assert personnel.confirmed("absence", reason="leave", effective_on="2026-09-01").state == "completed"


def test_a_post_for_which_somebody_waits_is_given_to_nobody_else(personnel, monkeypatch):
    waiting = {"junior": 4}
    monkeypatch.setitem(declaring.QUEUES, "title", of_bands(waiting))
    assert refused(personnel, "transfer_in", **NEW) == "ledger.others_wait"
    waiting["junior"] = 3
    assert personnel.confirmed("transfer_in", **NEW).state == "completed"


def test_a_full_ledger_refuses_who_would_come(app, clock):
    personnel = acting.county(clock, headcount=(96, 96), senior=(18, 18))
    for kind, values in (
        ("transfer_in", NEW),
        ("promotion", {"assessment": "excellent", "band": "senior", "grade": 7}),
    ):
        if kind == "promotion":
            personnel.someone(902, title="高级")
            with transaction() as session:
                writing.confirm(session, [personnel.person_id], "discipline", TODAY, by="hr", now=START)
        assert refused(personnel, kind, **values) == "ledger.full"


def test_no_change_puts_somebody_into_a_band_above_the_title(personnel):
    there = personnel.driver.county.organisations["s02"]
    with transaction() as session:
        writing.confirm(session, [personnel.person_id], "discipline", TODAY, by="hr", now=START)
    senior = {"band": "senior", "grade": 7}
    for kind, values in (
        ("promotion", {"assessment": "excellent"}),
        ("transfer", {"to_school": there}),
        ("post", {"post_category": "professional"}),
        ("transfer_in", {**NEW, "title": "一级", "title_since": "2020-01-01"}),
    ):
        with pytest.raises(Invalid) as refused:
            personnel.start(kind, **{**values, **senior})
        assert [(fault.path, fault.code) for fault in refused.value.faults] == [
            ("values.band", "personnel.title_below_band")
        ], kind
    with transaction() as session:
        entry = Entry("title", SINCE, value="高级", document="证")
        writing.add(session, personnel.person_id, entry, by="hr", now=START)
    assert personnel.confirmed("promotion", assessment="excellent", **senior).state == "completed"


def faults(personnel, kind, **values):
    with pytest.raises(Invalid) as refused:
        personnel.start(kind, **values)
    return [(fault.path, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize("kind", ["transfer_in", "graduate", "veteran"])
def test_nobody_comes_into_a_middle_or_senior_post_without_a_title(personnel, kind):
    for post in ({"band": "senior", "grade": 7}, {"band": "middle", "grade": 10}):
        assert faults(personnel, kind, **{**NEW, **post}) == [("values.title", "personnel.title_of_arrival")]
    expect_nothing(personnel)


def test_the_day_of_the_title_with_which_somebody_comes_may_be_unknown(personnel):
    case = personnel.confirmed("transfer_in", **{**NEW, "band": "middle", "grade": 10, "title": "一级"})
    assert (case.state, personnel.figures()["middle"]) == ("completed", (39, 0, 1))


def test_grades_one_to_four_are_for_full_senior_titles(personnel):
    who = personnel.someone(905, band="senior", grade=7, title="高级")
    with transaction() as session:
        writing.add(session, who, Entry("title", SINCE, value="高级", document="证"), by="hr", now=START)
        writing.confirm(session, [who], "discipline", TODAY, by="hr", now=START)
    below = [("values.grade", "personnel.title_below_grade")]
    assert faults(personnel, "grade", grade=3) == below
    there = {"to_school": personnel.driver.county.organisations["s02"], "band": "senior"}
    assert faults(personnel, "transfer", **there, grade=4) == below
    come = {**NEW, "band": "senior", "grade": 2, "title": "高级", "title_since": "2020-01-01"}
    assert faults(personnel, "transfer_in", **come) == below
    assert personnel.confirmed("grade", grade=5).state == "completed"
    with transaction() as session:
        writing.add(session, who, Entry("title", TODAY, value="正高", document="证"), by="hr", now=START)
    assert personnel.confirmed("grade", grade=4).state == "completed"


def test_who_has_a_grade_of_full_seniors_keeps_it(personnel):
    personnel.someone(906, band="senior", grade=4, title="高级")
    there = personnel.driver.county.organisations["s02"]
    assert personnel.confirmed("transfer", to_school=there).state == "completed"


def test_one_change_of_a_person_at_a_time(personnel):
    personnel.start("grade", grade=10)
    with pytest.raises(Conflict) as second:
        personnel.start("retirement")
    assert second.value.code == "personnel.under_way"


def test_who_is_employed_in_the_county_does_not_come_from_outside(personnel):
    known = {**NEW, "id_number": id_number(900, "19850101")}
    assert refused(personnel, "transfer_in", **known) == "personnel.employed"


@pytest.mark.parametrize(("on", "code"), [("2026-09-09", "personnel.employed"), ("2026-09-10", None)])
def test_who_has_left_comes_back_on_the_last_day_of_the_former_appointment_at_the_earliest(personnel, on, code):
    personnel.confirmed("resignation")
    again = {**NEW, "name": "赵远", "id_number": id_number(900, "19850101"), "person_id": None, "effective_on": on}
    if code is None:
        assert personnel.confirmed("transfer_in", **again).state == "completed"
    else:
        assert acting.refusal(personnel, "transfer_in", **again) == code


def test_who_comes_back_on_the_day_that_was_expected_may_say_so(personnel):
    personnel.confirmed("absence", reason="leave", effective_on="2026-09-01", until="2026-09-10")
    assert personnel.confirmed("back", back_from="absence").state == "completed"


def test_nobody_confirms_the_own_change(personnel):
    personnel.person_id = personnel.driver.county.persons["bureau.chief"]
    case = personnel.driver.start(
        "personnel", "bureau.hr", "hr", kind="grade", person_id=personnel.person_id, name="bureau.chief", grade=10,
        effective_on="2026-09-10", document="文", document_on="2026-09-08",
        scan=[acting.scan(personnel.driver, "bureau.hr")],
    )  # fmt: skip
    with pytest.raises(Forbidden):
        case.complete("confirm", "bureau.chief", "approve")

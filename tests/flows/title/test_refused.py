"""Bad inputs: each is refused with a reason that says what to do, and nothing is lost or left behind."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from service.attachments.commands import StoreAttachment, store_attachment
from service.db import db
from service.demo.cases import minutes_pdf
from service.errors import Conflict, Invalid
from service.flows.title import commands
from service.flows.title.commands import ChangeBatch, CloseBatch, OpenBatch
from service.flows.title.roster import APPLICATION
from service.instances import queries as cases
from service.instances.commands_drafts import SaveRequest, save_request
from service.records.rules import Entry
from tests.flows.title import county
from tests.flows.title.acting import apply
from tests.flows.title.test_web import Site

DAY = date(2026, 9, 9)


def refused(driver, code, who, error=Invalid, school="s02", **values):
    """The application is refused with the code; no case, no application and no hold is left."""
    before = db.session.scalar(select(func.count()).select_from(APPLICATION))
    db.session.rollback()
    with pytest.raises(error, match=code.replace(".", r"\.")) as found:
        apply(driver, who, school, **values)
    assert db.session.scalar(select(func.count()).select_from(APPLICATION)) == before
    db.session.rollback()
    return found.value


def test_after_the_last_day_nothing_is_taken_and_what_was_written_is_kept(driver):
    county.teacher(driver, "li")
    actor = driver.actor("li")
    save_request(actor, SaveRequest("title", {"statement": "写了很久的业绩。"}), now=driver.now)
    driver.clock.set(datetime(2026, 12, 1, 1, tzinfo=UTC))
    late = refused(driver, "title.too_late", "li", Conflict)
    assert late.params["closes_on"] == "2026-11-30"
    assert cases.request_draft(actor, "title").values == {"statement": "写了很久的业绩。"}


def test_before_the_first_day_and_in_a_year_without_a_batch_nothing_is_taken(driver):
    county.teacher(driver, "li")
    driver.clock.set(datetime(2026, 8, 1, 1, tzinfo=UTC))
    refused(driver, "title.too_early", "li", Conflict)
    driver.clock.set(datetime(2027, 8, 1, 1, tzinfo=UTC))
    refused(driver, "title.no_batch", "li", Conflict)


def test_a_closed_batch_takes_nothing_more(driver):
    county.teacher(driver, "li")
    commands.close_batch(driver.actor("bureau.hr"), CloseBatch(driver.batch, 1), now=driver.now)
    refused(driver, "title.too_late", "li", Conflict)


def test_twice_in_one_year_is_refused_and_again_after_a_withdrawal_is_not(driver):
    first = apply(driver, county.teacher(driver, "li"))
    assert refused(driver, "title.twice", "li", Conflict).params["case"] == first.id
    first.withdraw("li")
    assert apply(driver, "li").open() == ["verification"]


@pytest.mark.parametrize(
    ("reason", "facts", "values"),
    [
        ("step_by_step", {"title": "二级"}, {"target": "高级"}),
        ("retired", {"retires_on": date(2026, 1, 1)}, {}),
        ("ethics_investigation", {"entries": [Entry("ethics", DAY, value="investigation", document="立〔1〕")]}, {}),
        ("ethics", {"entries": [Entry("ethics", DAY, value="upheld", document="德〔1〕")]}, {}),
        (
            "sanction",
            {"entries": [Entry("sanction", DAY, value="demerit", basis="staff", document="处〔1〕")]},
            {},
        ),
        ("fraud", {"entries": [Entry("fraud", DAY, document="假〔1〕")]}, {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_may_not_apply_is_told_and_no_explanation_helps(driver, reason, facts, values):
    county.teacher(driver, "li", **facts)
    refused(driver, f"title.refused.{reason}", "li", **values)
    refused(driver, f"title.refused.{reason}", "li", record_note="请予照顾。", **values)


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("title.refused.nearly", {"since": date(2023, 5, 1)}),
        ("title.refused.years", {"since": date(2025, 5, 1)}),
        ("title.refused.no_rule", {"degree": "secondary", "stage": "junior"}),
    ],
)
def test_who_is_short_of_years_may_explain_and_a_person_decides(driver, code, facts):
    stage = facts.pop("stage", None)
    county.teacher(driver, "li", **facts)
    if stage:
        county.stage(driver, "s02", stage)
    missing = refused(driver, code, "li").params.get("missing")
    assert missing == {"title.refused.nearly": 1, "title.refused.years": 3}.get(code)
    case = apply(driver, "li", record_note="2022 年已取得二级，登记有误。")
    assert case.open() == ["eligibility_check"]
    case.complete("eligibility_check", "bureau.hr", "admit", "档案核实", eligibility_finding="证书为 2022 年。")
    assert case.open() == ["verification"]


def test_a_doubt_that_is_not_cleared_ends_the_application(driver):
    case = apply(driver, county.teacher(driver, "li", since=date(2023, 5, 1)), record_note="差几个月。")
    case.complete("eligibility_check", "bureau.hr", "reject", "年限不足", eligibility_finding="差 8 个月。")
    assert case.state == "rejected"


def test_what_nobody_has_looked_up_is_unknown_and_goes_to_the_bureau(driver):
    case = apply(driver, county.teacher(driver, "li", checked=False))
    assert case.open() == ["eligibility_check"]
    assert case.variables["admission"]["doubt"] is True


def test_how_many_years_of_assessments_are_evidence_is_a_parameter(driver):
    county.teacher(driver, "li")
    assert list(apply(driver, "li").variables["record_evidence"]["assessments"]) == [str(y) for y in range(2021, 2026)]
    county.parameter(driver, "title_evidence_years", 3)
    driver.clock.advance(timedelta(days=1))
    county.teacher(driver, "zhao")
    assert list(apply(driver, "zhao").variables["record_evidence"]["assessments"]) == ["2023", "2024", "2025"]


def test_what_the_file_says_of_discipline_is_not_kept_with_the_case(driver):
    warned = Entry("sanction", DAY, value="warning", basis="staff", document="处〔1〕")
    case = apply(driver, county.teacher(driver, "li", entries=[warned]))
    told = str(case.variables) + str(cases.changes(driver.actor("s02.principal"), case.id))
    for secret in ("warning", "higher_post", "ethics", "fraud_on"):
        assert secret not in told


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("title.not_confirmed", {"confirmed": False}), ("form.invalid", {"target": "特级"}),
        ("form.invalid", {"subject": ""}),
    ],
)  # fmt: skip
def test_what_is_missing_or_unknown_is_said(driver, code, values):
    county.teacher(driver, "li")
    refused(driver, code, "li", **values)


def test_a_level_that_is_not_open_this_year_is_refused(driver):
    county.opens(driver, {"一级": False})
    county.teacher(driver, "li", title="三级", degree="associate")
    refused(driver, "title.level_closed", "li", target="二级")


@pytest.mark.parametrize("title", ["二级", "高级"])
def test_nobody_applies_for_the_title_they_have_or_a_lower_one(driver, title):
    county.opens(driver, {"二级": False})
    county.teacher(driver, "li", title=title, degree="master")
    refused(driver, "title.not_higher", "li", target="二级", record_note="请予照顾。")


def test_nobody_applies_through_another_school(driver):
    county.teacher(driver, "li")
    with pytest.raises(Exception, match=r"access\.not_starter"):
        apply(driver, "li", "s01")


def paper(driver, who):
    return store_attachment(driver.actor(who), StoreAttachment(BytesIO(minutes_pdf()), "证书.pdf"), now=driver.now)


def test_a_forged_checksum_is_refused_and_the_true_one_is_taken(driver):
    county.teacher(driver, "li")
    row = {"kind": "research", "name": "课题结题证书", "file": [paper(driver, "li")]}
    wrong = refused(driver, "title.forged_evidence", "li", evidence=[{**row, "sha256": "0" * 64}])
    assert wrong.faults[0].path == "values.evidence.0.sha256"
    true = hashlib.sha256(minutes_pdf()).hexdigest()
    assert apply(driver, "li", evidence=[{**row, "sha256": true}]).open() == ["verification"]


def test_a_paper_of_somebody_else_is_refused(driver):
    county.teacher(driver, "li")
    row = {"kind": "research", "name": "别人的证书", "file": [paper(driver, county.teacher(driver, "wang"))]}
    refused(driver, "attachment.unknown", "li", evidence=[row])


def batch(**given):
    asked = {
        "year": 2027, "name": "2027 年", "levels": {"一级": False}, "opens_on": date(2027, 3, 1),
        "closes_on": date(2027, 4, 1), "criteria": "标准",
    }  # fmt: skip
    return OpenBatch(**{**asked, **given})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"levels": {}}, "levels"), ({"levels": {"特级": False}}, "levels"),
        ({"levels": {"正高": False}}, "levels"), ({"year": 2028}, "year"),
        ({"closes_on": date(2027, 2, 1)}, "closes_on"), ({"name": " "}, "name"), ({"criteria": "标" * 201}, "criteria"),
    ],
)  # fmt: skip
def test_a_batch_that_cannot_be_is_refused_field_by_field(driver, given, field):
    with pytest.raises(Invalid, match=r"title\.batch") as found:
        commands.open_batch(driver.actor("bureau.hr"), batch(**given), now=driver.now)
    assert field in {fault.path for fault in found.value.faults}


def test_there_is_one_batch_a_year_and_its_end_can_be_moved_until_it_is_closed(driver):
    hr = driver.actor("bureau.hr")
    with pytest.raises(Conflict, match=r"title\.batch_exists"):
        commands.open_batch(hr, batch(year=2026, opens_on=date(2026, 3, 1), closes_on=date(2026, 4, 1)), now=driver.now)
    assert commands.change_batch(hr, ChangeBatch(driver.batch, 1, date(2026, 12, 15)), now=driver.now) == 2
    with pytest.raises(Conflict, match=r"title\.stale"):
        commands.close_batch(hr, CloseBatch(driver.batch, 1), now=driver.now)
    commands.close_batch(hr, CloseBatch(driver.batch, 2), now=driver.now)
    with pytest.raises(Conflict, match=r"title\.batch_closed"):
        commands.change_batch(hr, ChangeBatch(driver.batch, 3, date(2026, 12, 20)), now=driver.now)


def test_no_page_and_no_record_tells_the_school_of_a_sanction(app, driver):
    """Of a warning the tables know, and nobody who handles the case (policy §7)."""
    warned = Entry("sanction", DAY, value="warning", basis="staff", document="处〔1〕")
    case = apply(driver, county.teacher(driver, "li", entries=[warned]))
    site = Site(app, driver)
    for who in ("s02.hr", "s02.principal", "li"):
        told = site.caller(who).get(f"/process-instances/{case.id}/events").text
        told += site.page(who, f"/cases/{case.id}").text
        told += site.page(who, f"/tasks/{case.task('verification').id}").text
        told += site.caller(who).get(f"/tasks/{case.task('verification').id}").text
        for secret in ("higher_post", "警告", "处〔1〕"):
            assert secret not in told, (who, secret)


def test_the_parameters_that_the_record_names_are_the_same_for_everybody(app, driver):
    """What was looked up must not tell what somebody's sanction is."""
    warned = Entry("sanction", DAY, value="warning", basis="staff", document="处〔1〕")
    cases = [apply(driver, county.teacher(driver, "li", entries=[warned])), apply(driver, county.teacher(driver, "wu"))]
    used = [
        [event.body["parameters"].keys() for event in cases_events(driver, case) if event.kind == "parameters.used"]
        for case in cases
    ]
    assert used[0] == used[1]


def cases_events(driver, case):
    return cases.events(driver.actor("bureau.hr"), case.id, after=0, limit=100)

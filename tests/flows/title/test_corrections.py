"""A wrong failure, a certificate with wrong details, an appointment from a wrong day: corrected by two persons."""

from datetime import date

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.db import db
from service.errors import Conflict, Invalid, NotFound
from service.flows.publicity import queries as published
from service.flows.title import queries
from service.flows.title.roster import APPLICATION
from service.instances.commands_objections import ObjectTo, object_to
from service.records.reading import RECORD
from tests.flows.personnel.correcting import correct, propose, standing
from tests.flows.title import county
from tests.flows.title.acting import NUMBER, at_committee, confirmed, decided, facts, judged, passed, revocation, row
from tests.flows.title.posting import full

SECOND = "2026000002"
GRANT = {"result": "passed", "confirmed_on": "2026-09-10", "document": "复核〔2026〕3号"}


def failed(driver, name="li"):
    """An application that the committee has turned down, whose applicant asked for no review."""
    case = judged(driver, at_committee(driver, name), yes=1, no=6)
    case.complete("review_request", name, "accept")
    return case


def correction(driver, case, kind, **values):
    return correct(driver, case, kind=kind, **values)


def test_details_of_a_certificate_are_corrected_and_the_old_number_says_so(driver):
    case = confirmed(passed(driver))
    old = queries.certificate(driver.actor("li"), NUMBER)
    correction(driver, case, "title.certificate", subject="数学", document="职称〔2026〕1号（更正）")
    new = queries.certificate(driver.actor("li"), SECOND)
    assert (new.subject, new.document, new.state, new.replaces) == ("数学", "职称〔2026〕1号（更正）", "valid", NUMBER)
    told = queries.verify(NUMBER, old.code)
    assert (told.genuine, told.state, told.replaced_by) == (True, "replaced", SECOND)
    assert queries.verify(SECOND, new.code).state == "valid"
    assert row(case).subject == "数学"
    assert facts(driver, "li").title == "一级"


def test_a_corrected_list_is_published_again_and_its_period_runs_again(driver):
    case = confirmed(passed(driver))
    assert published.notices("zh", driver.now.date()) == []
    correction(driver, case, "title.certificate", subject="数学")
    [notice] = published.notices("zh", driver.now.date())
    assert (notice.corrected, notice.from_on, notice.lines[0].what) == (True, date(2026, 9, 10), "一级 · 数学")
    assert published.notices("zh", notice.until) == [notice]
    assert published.notices("zh", date(2026, 12, 1)) == []


def test_a_correction_of_a_correction_replaces_the_certificate_once_more(driver):
    case = confirmed(passed(driver))
    correction(driver, case, "title.certificate", subject="数学")
    correction(driver, case, "title.certificate", subject="语文")
    assert [queries.certificate(driver.actor("li"), number).replaced_by for number in (NUMBER, SECOND)] == [
        SECOND, "2026000003",
    ]  # fmt: skip
    assert len([one for one in standing(driver.county.persons["li"]) if one.kind == "title"]) == 2


def test_a_corrected_certificate_is_revoked_by_either_number(driver):
    case = confirmed(passed(driver))
    correction(driver, case, "title.certificate", subject="数学")
    assert decided(revocation(driver, NUMBER)).state == "completed"
    assert queries.certificate(driver.actor("li"), SECOND).state == "revoked"
    with pytest.raises(NotFound, match=r"correction\.nothing"):
        propose(driver, case, kind="title.certificate", subject="英语")


def test_a_wrong_failure_becomes_a_pass_with_title_certificate_and_post(driver):
    case = failed(driver)
    assert (case.state, row(case).result) == ("rejected", "failed")
    before = county.figures(driver, "s02", "middle"), county.figures(driver, "s02", "junior")
    assert row(case).decided_on == driver.now.date()
    correction(driver, case, "title.result", **GRANT, appoint="yes")
    assert row(case).decided_on.isoformat() == GRANT["confirmed_on"]
    known = facts(driver, "li")
    assert (known.title, known.employment.band, row(case).result) == ("一级", "middle", "passed")
    assert queries.certificate(driver.actor("li"), NUMBER).document == "复核〔2026〕3号"
    middle, junior = county.figures(driver, "s02", "middle"), county.figures(driver, "s02", "junior")
    assert (middle[0] - before[0][0], junior[0] - before[1][0]) == (1, -1)
    assert [notice.corrected for notice in published.notices("zh", driver.now.date())] == [True]


def test_without_a_free_post_the_account_is_named_and_the_title_alone_is_possible(driver):
    case = failed(driver)
    full(driver)
    with pytest.raises(Conflict, match=r"ledger\.full") as refused:
        propose(driver, case, kind="title.result", **GRANT, appoint="yes")
    assert refused.value.params["account_id"] == county.account(driver, "s02", "middle")
    assert row(case).result == "failed"
    correction(driver, case, "title.result", **GRANT, appoint="no")
    known = facts(driver, "li")
    assert (known.title, known.employment.band) == ("一级", "junior")
    with pytest.raises(Conflict, match=r"ledger\.full"):
        propose(driver, case, kind="title.appointment", appointed_on="2026-09-10")


def test_an_appointment_begins_on_another_day_and_the_former_one_stays_struck(driver):
    case = confirmed(passed(driver))
    before = county.figures(driver, "s02", "middle")
    with pytest.raises(Invalid, match=r"correction\.invalid"):
        propose(driver, case, kind="title.appointment", appointed_on="2026-09-11")
    correction(driver, case, "title.appointment", grade=9)
    assert (facts(driver, "li").employment.grade, county.figures(driver, "s02", "middle")) == (9, before)


def test_a_case_that_brought_nothing_about_has_nothing_to_correct(driver):
    case = at_committee(driver)
    for kind in ("title.certificate", "title.result", "title.appointment"):
        with pytest.raises(NotFound, match=r"correction\.nothing"):
            propose(driver, case, kind=kind, subject="数学")


def test_records_of_both_versions_are_kept(driver):
    case = confirmed(passed(driver))
    correction(driver, case, "title.certificate", document="职称〔2026〕2号")
    mine = (RECORD.c.instance_id == case.id, RECORD.c.kind == "title")
    rows = db.session.execute(select(RECORD).where(*mine).order_by(RECORD.c.entered_at, RECORD.c.id)).all()
    assert [(one.document, one.voided_at is None) for one in rows] == [
        ("职称〔2026〕1号", False), ("职称〔2026〕2号", True),
    ]  # fmt: skip
    assert rows[1].replaces_id == rows[0].id
    db.session.rollback()
    assert db.session.scalar(select(APPLICATION.c.result).where(APPLICATION.c.instance_id == case.id)) == "passed"


def test_who_objects_to_a_corrected_list_is_heard_by_bureau_hr(driver):
    """The case has ended, nothing of it stops: what is wrong is corrected once more."""
    case = confirmed(passed(driver))
    correction(driver, case, "title.certificate", subject="数学")
    [notice] = published.notices("zh", driver.now.date())
    receipt = object_to(Actor.anonymous(), ObjectTo(notice.id, text="学科仍不对"), now=driver.now)
    assert receipt
    [told] = published.objections(driver.actor("bureau.hr"), "zh")
    assert (told.about, case.state) == ("li", "completed")

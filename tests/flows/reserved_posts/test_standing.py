"""An inquiry opened while a reserved post is applied for: place and hold stay until it is decided (policy §1, §7)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.db import db
from service.flows.declaring import AWAITS_HR, HELD_BY_FILE
from service.instances import queries as cases
from service.instances.commands import CaseCommand, cancel_instance
from service.instances.disciplined import follow_files
from service.notices.outbox import MESSAGE, OUTBOX
from tests.flows.reserved_posts import acting, files
from tests.flows.reserved_posts.acting import accepted, agreed, called, pool, ranked, row_of, teacher


def held_reason(driver, case):
    return cases.case(driver.actor("bureau.hr"), case.id).suspension_reason


def posted(*which):
    found = db.session.execute(select(OUTBOX).where(*which)).all()
    db.session.rollback()
    return found


def under_inquiry(driver, *, kind="ethics", value="investigation"):
    """A round of one post, and who was accepted for it, under an inquiry since."""
    case, person = called(driver, senior=1), teacher(driver, 700, exchange=("s02", 24))
    application = accepted(driver, person)
    record = files.enter(person, kind, value=value, document="立〔2026〕1号")
    assert follow_files(driver.now) == 1
    return case, application, person, record


@pytest.mark.parametrize(("kind", "value"), [("ethics", "investigation"), ("inquiry", "")])
def test_who_was_accepted_keeps_rank_and_post_while_an_inquiry_is_open(driver, kind, value):
    case, held, _, record = under_inquiry(driver, kind=kind, value=value)
    other = accepted(driver, teacher(driver, 701))
    ranked(case)
    agreed(driver, case)
    acting.told(driver)
    assert (held.state, held_reason(driver, held), row_of(held).rank) == ("suspended", HELD_BY_FILE, 1)
    assert (other.state, pool(driver)) == ("rejected", (6, 1, 3)), "the post is held in the name of who waits"
    files.end(record)
    assert follow_files(driver.now) == 1
    driver.clock.advance(timedelta(minutes=10))
    acting.told(driver)
    assert (held.open(), row_of(held).state, pool(driver)) == (["publicity"], "granted", (6, 1, 3))


def test_what_a_suspended_case_waits_for_is_never_given_up(driver):
    case, held, _, record = under_inquiry(driver)
    ranked(case)
    agreed(driver, case)
    for _ in range(20):
        acting.told(driver)
        driver.clock.advance(timedelta(hours=7))
    [waits] = posted(OUTBOX.c.state != "sent", OUTBOX.c.channel == MESSAGE)
    assert (waits.state, waits.attempts) == ("waiting", 0)
    files.end(record)
    follow_files(driver.now)
    acting.told(driver)
    assert held.open() == ["publicity"]


def test_a_finding_ends_nothing_by_itself_and_a_named_person_confirms_it(driver):
    case, held, person, record = under_inquiry(driver)
    ranked(case)
    agreed(driver, case)
    files.end(record)
    files.enter(person, "ethics", value="upheld", document="教〔2026〕9号")
    assert [follow_files(driver.now), follow_files(driver.now)] == [1, 0]
    assert (held.state, held_reason(driver, held), pool(driver)) == ("suspended", AWAITS_HR, (6, 1, 3))
    assert [row.holder for row in posted(OUTBOX.c.kind == "case.finding")] == ["role:bureau_hr_officer"]
    cancel_instance(driver.actor("bureau.hr"), CaseCommand(held.id, reason="师德结论成立"), now=driver.now)
    assert (held.state, pool(driver)) == ("cancelled", (6, 0, 4))


def test_who_is_barred_at_the_ranking_is_refused_by_a_person(driver):
    case, person = called(driver, senior=1), teacher(driver, 700)
    barred, other = accepted(driver, person), accepted(driver, teacher(driver, 701))
    files.enter(person, "sanction", value="warning", basis="staff", document="处〔2026〕1号")
    assert follow_files(driver.now) == 0
    ranked(case)
    agreed(driver, case)
    acting.told(driver)
    assert (barred.open(), other.open()) == (["refusal"], ["publicity"])
    barred.complete("refusal", "bureau.hr", "confirm")
    assert barred.state == "rejected"


def test_an_application_that_stands_still_unchecked_holds_no_round_up(driver):
    case, person = called(driver, senior=1), teacher(driver, 700)
    waits = acting.apply(driver, person)
    accepted(driver, teacher(driver, 701))
    files.enter(person, "ethics", value="investigation", document="立〔2026〕1号")
    follow_files(driver.now)
    ranked(case)
    assert (waits.state, row_of(waits).state, row_of(waits).rank) == ("suspended", "submitted", 1)


def enter_open_case(driver, person):
    record = files.enter(person, "ethics", value="investigation", document="立〔2026〕1号")
    follow_files(driver.now)
    return record


def unchecked(driver, number, *, before, **facts):
    """An application that an inquiry keeps from being accepted: opened `before` the school applied, or since."""
    person = teacher(driver, number, **facts)
    if before:
        record = enter_open_case(driver, person)
        return acting.apply(driver, person), record
    case = acting.apply(driver, person)
    return case, enter_open_case(driver, person)


@pytest.mark.parametrize("before", [True, False])
def test_a_round_that_ends_meanwhile_keeps_the_post_of_who_waits_for_an_inquiry(driver, before):
    round_ = called(driver, senior=1)
    waits, record = unchecked(driver, 700, before=before, exchange=("s02", 24))
    other = accepted(driver, teacher(driver, 701))
    ranked(round_)
    agreed(driver, round_)
    assert (row_of(waits).rank, row_of(waits).granted, other.state) == (1, True, "rejected")
    assert pool(driver) == (6, 1, 3), "the post is held in the name of who waits"
    files.end(record)
    follow_files(driver.now)
    if before:
        waits.complete("ethics_hold", "bureau.hr", "again")
    waits.complete("check", "bureau.hr", "approve")
    assert (waits.open(), row_of(waits).state, pool(driver)) == (["publicity"], "granted", (6, 1, 3))


def test_a_case_that_is_decided_between_ranking_and_decision_loses_nothing_either(driver):
    round_ = called(driver, senior=1)
    waits, record = unchecked(driver, 700, before=True, exchange=("s02", 24))
    ranked(round_)
    files.end(record)
    waits.complete("ethics_hold", "bureau.hr", "again")
    agreed(driver, round_)
    assert pool(driver) == (6, 1, 3)
    waits.complete("check", "bureau.hr", "approve")
    assert (waits.open(), pool(driver)) == (["publicity"], (6, 1, 3))


def test_what_was_kept_returns_to_the_pool_when_the_application_ends(driver):
    round_ = called(driver, senior=1)
    waits, _ = unchecked(driver, 700, before=True, exchange=("s02", 24))
    ranked(round_)
    agreed(driver, round_)
    waits.complete("ethics_hold", "bureau.hr", "drop", "师德问题成立")
    assert (waits.state, pool(driver)) == ("rejected", (6, 0, 4))


def test_an_inquiry_keeps_no_place_for_who_could_not_have_it_anyway(driver):
    round_ = called(driver, senior=1)
    waits, _ = unchecked(driver, 700, before=True, exchange=("s02", 24), title="一级")
    other = accepted(driver, teacher(driver, 701))
    ranked(round_)
    agreed(driver, round_)
    assert (row_of(waits).rank, waits.open(), other.open()) == (None, ["ethics_hold"], ["publicity"])


def test_who_was_not_given_a_post_finds_the_round_over(driver):
    round_ = called(driver, senior=1)
    waits, record = unchecked(driver, 700, before=True)
    accepted(driver, teacher(driver, 701, exchange=("s02", 24)))
    ranked(round_)
    agreed(driver, round_)
    files.end(record)
    waits.complete("ethics_hold", "bureau.hr", "again")
    waits.complete("check", "bureau.hr", "approve")
    assert (waits.state, row_of(waits).rank) == ("rejected", 2)


def test_a_place_of_another_band_is_not_kept(driver):
    round_ = called(driver, senior=1, middle=1)
    waits, record = unchecked(driver, 700, before=True, exchange=("s02", 24), band="junior")
    ranked(round_)
    agreed(driver, round_)
    files.end(record)
    waits.complete("ethics_hold", "bureau.hr", "again")
    waits.complete("check", "bureau.hr", "return", "应申请中级岗位")
    waits.complete("correction", "s02.hr", "resubmit", band="middle", need="补足边远学校岗位")
    waits.complete("check", "bureau.hr", "approve")
    assert (waits.state, pool(driver)) == ("rejected", (6, 0, 4))


def test_who_has_been_appointed_is_left_in_post(driver, appointed):
    case, person = appointed
    files.enter(person, "ethics", value="investigation", document="立〔2026〕1号")
    assert (follow_files(driver.now), case.state) == (0, "running")

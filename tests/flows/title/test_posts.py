"""A title and a post: appointed, waiting in order, served when one becomes free."""

from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from sqlalchemy import select

from service.db import db, transaction
from service.errors import Conflict
from service.flows import queueing
from service.flows.declaring import QUEUES
from service.flows.title import queries_progress, queries_sessions, roster
from service.flows.title.posts import LINE
from service.instances.disciplined import follow_files
from service.people import staff
from service.people.regrading import open_appointment
from service.posts import posting
from service.posts.ledger import Cause, Line
from service.posts.posting import ACCOUNT
from service.records import writing
from tests.flows.title import acting, county
from tests.flows.title.acting import (
    apply,
    at_committee,
    confirmed,
    facts,
    passed,
    to_committee,
)
from tests.flows.title.posting import fills, full, full_senior, lent, move, retire, served, waiting
from tests.queues import of_bands


def test_a_pass_without_a_vacancy_waits_in_order_and_is_served_when_somebody_retires(driver):
    full(driver, title_post_rule="queue")
    cases = [at_committee(driver, name) for name in ("li", "zhao")]
    session_id = acting.plan(driver)
    acting.drawn(driver, session_id)
    members = acting.opened(driver, session_id)
    for case in cases:
        acting.voted(case, members)
    acting.counted(cases)
    for case in reversed(cases):
        driver.clock.advance(timedelta(minutes=1))
        confirmed(case)
    assert [case.variables["appointment"]["state"] for case in cases] == ["waiting", "waiting"]
    assert served(driver) == 0
    retire(driver)
    assert served(driver) == 1
    assert [case.state for case in cases] == ["running", "completed"], "zhao was confirmed first"
    assert county.figures(driver, "s02", "middle") == (38, 0, 0)
    assert served(driver) == 0
    retire(driver)
    assert served(driver) == 1
    assert cases[0].state == "completed"


def test_a_post_that_becomes_free_is_not_given_past_those_who_wait(driver):
    full(driver, title_post_rule="queue")
    confirmed(passed(driver))
    county.parameter(driver, "title_post_rule", "within")
    retire(driver)
    case = apply(driver, county.teacher(driver, "zhao"))
    case.complete("verification", "s02.hr", "verify")
    with pytest.raises(Conflict, match=r"ledger\.others_wait"):
        case.complete("recommendation", "s02.principal", "recommend", school_score=90, recommended_on="2026-09-10")


def test_any_sanction_blocks_the_appointment_and_not_the_title(driver):
    case = passed(driver)
    fills(driver, "li", kind="sanction", value="warning", basis="staff")
    confirmed(case)
    assert case.variables["appointment"]["reason"] == "file", "readers of the case do not learn what it is (§7)"
    assert county.figures(driver, "s02", "middle") == (38, 1, 1), "the post stays held"
    assert served(driver) == 0
    driver.clock.advance(timedelta(days=200))
    assert served(driver) == 1
    assert case.state == "completed"


def test_who_has_left_the_school_waits_for_nothing(driver):
    full(driver, title_post_rule="queue")
    case = confirmed(passed(driver))
    with transaction() as session:
        job = open_appointment(session, driver.county.persons["li"])
        staff.end_appointment(
            session, driver.county.persons["li"], job.id, driver.now.date(), "调出", by="system", now=driver.now
        )  # fmt: skip
    assert served(driver) == 1
    assert case.state == "expired"


def test_who_moves_to_another_school_keeps_the_pass_and_waits_there(driver):
    full(driver, title_post_rule="queue")
    case = confirmed(passed(driver))
    move(driver, "li", "s01")
    assert served(driver) == 1
    assert case.state == "completed"
    assert facts(driver, "li").employment.band == "middle"
    assert [county.figures(driver, school, "middle") for school in ("s01", "s02")] == [(39, 0, 1), (38, 0, 0)]
    assert county.figures(driver, "s01", "junior") == (3, 0, 37), "the junior post that li sat in there is left"


def test_a_school_without_any_post_of_the_band_is_one_where_the_pass_waits(driver):
    full(driver, title_post_rule="queue")
    case = confirmed(passed(driver))
    with transaction() as session:
        places = driver.county.organisations
        own = (ACCOUNT.c.organisation_id == places["s01"], ACCOUNT.c.band == "middle")
        session.execute(ACCOUNT.update().where(*own).values(organisation_id=places["bureau"]))
    move(driver, "li", "s01")
    assert served(driver) == 1
    assert (case.state, case.variables["appointment"]["reason"]) == ("running", "full")
    with transaction() as session:
        waits = [row.instance_id for row in roster.queue(session, [places["s01"]])]
    assert (waits, facts(driver, "li").employment.band) == ([case.id], "junior")


def test_a_post_held_at_the_old_school_is_released_when_the_applicant_moves(driver):
    case = passed(driver)
    move(driver, "li", "s01")
    confirmed(case)
    assert case.state == "completed"
    assert [county.figures(driver, school, "middle") for school in ("s01", "s02")] == [(39, 0, 1), (38, 0, 2)]


def test_a_full_senior_title_leads_to_grade_four_and_takes_no_other_post(driver):
    case = confirmed(full_senior(driver))
    assert case.state == "completed"
    assert (facts(driver, "sun").employment.band, facts(driver, "sun").employment.grade) == ("senior", 4)
    assert county.figures(driver, "s02", "senior") == (18, 0, 2)


def test_a_sanction_blocks_the_higher_grade_inside_the_senior_band_as_well(driver):
    case = full_senior(driver)
    fills(driver, "sun", kind="sanction", value="warning", basis="staff")
    confirmed(case)
    assert case.variables["appointment"]["state"] == "waiting"
    assert facts(driver, "sun").employment.grade == 6
    assert served(driver) == 0
    driver.clock.advance(timedelta(days=200))
    assert served(driver) == 1
    assert (case.state, facts(driver, "sun").employment.grade) == ("completed", 4)
    assert county.figures(driver, "s02", "senior") == (18, 0, 2)


@pytest.mark.parametrize("value", ["investigation", "upheld"])
def test_an_ethics_case_keeps_who_waits_from_the_post_and_the_next_one_gets_it(driver, value):
    full(driver, title_post_rule="queue")
    cases = waiting(driver, "li", "zhao")
    record = fills(driver, "li", kind="ethics", value=value)
    retire(driver)
    assert served(driver) == 1
    assert [case.state for case in cases] == ["running", "completed"], "li came first"
    with transaction() as session:
        writing.void(session, record, "查无此事", by="system", now=driver.now)
    retire(driver)
    assert served(driver) == 1
    assert cases[0].state == "completed"


def test_who_was_lent_a_post_of_the_band_meanwhile_still_waits_for_an_own_one(driver):
    full(driver, title_post_rule="queue")
    case = confirmed(passed(driver))
    pool = lent(driver, "li")
    driver.clock.advance(timedelta(days=1))
    assert (served(driver), case.state) == (0, "running")
    retire(driver)
    assert (served(driver), case.state) == (1, "completed")
    assert county.figures(driver, "s02", "middle") == (38, 0, 0)
    with transaction() as session:
        assert session.scalar(select(ACCOUNT.c.lent).where(ACCOUNT.c.id == pool)) == 0, "the lent one is given back"


def test_one_who_is_barred_does_not_keep_the_principal_from_recommending_others(driver):
    full(driver, title_post_rule="queue")
    waiting(driver, "li")
    fills(driver, "li", kind="sanction", value="warning", basis="staff")
    county.parameter(driver, "title_post_rule", "within")
    retire(driver)
    case = acting.recommended(apply(driver, county.teacher(driver, "zhao")))
    assert case.variables["post"]["held"] is True
    assert county.figures(driver, "s02", "middle") == (37, 1, 0)


def test_a_post_that_is_held_already_is_held_again_after_corrections_though_others_wait(driver):
    """The recommendation is repeated when the school asked for corrections after it: its own hold is nobody else's."""
    first = acting.recommended(apply(driver, county.teacher(driver, "zhao")))
    call = SimpleNamespace(session=db.session(), now=driver.now, written=None)
    account = county.account(driver, "s02", "middle")
    cause = Cause(first.id, "again", "2", "system", driver.now)
    with transaction() as session:
        locked = posting.lock(session, cause, [account])
        assert locked[account].held == {LINE: 1}
        call.session = session
        with patch.dict(QUEUES, {"title": of_bands({"middle": 5})}):
            queueing.expect_free(call, [Line(account, LINE, 1)], locked)
            with pytest.raises(Conflict, match=r"ledger\.others_wait"):
                queueing.expect_free(call, [Line(account, LINE, 2)], locked)


def test_a_second_free_post_is_nobodys_and_may_be_held(driver):
    full(driver, title_post_rule="queue")
    waiting(driver, "li")
    for _ in range(2):
        driver.clock.advance(timedelta(minutes=1))
        retire(driver)
    case = acting.recommended(apply(driver, county.teacher(driver, "zhao")))
    assert case.variables["post"]["held"] is True
    assert served(driver) == 1
    assert county.figures(driver, "s02", "middle") == (37, 1, 0)


def test_where_titles_go_without_posts_none_is_held_and_nobody_waits(driver):
    full(driver, title_post_rule="none")
    case = confirmed(passed(driver))
    assert case.state == "completed"
    assert case.variables["appointment"]["state"] == "titled"
    assert county.figures(driver, "s02", "middle") == (38, 0, 0)
    assert facts(driver, "li").title == "一级"
    assert facts(driver, "li").employment.band == "junior"


def test_a_title_of_the_same_band_needs_no_post(driver):
    name = county.teacher(driver, "wu", title="三级", degree="associate")
    case = confirmed(judged_lower(driver, to_committee(apply(driver, name, target="二级"))))
    assert case.state == "completed"
    assert county.figures(driver, "s02", "junior") == (4, 0, 36)
    assert facts(driver, "wu").title == "二级"


def judged_lower(driver, case):
    session_id = acting.plan(driver, level="二级")
    acting.drawn(driver, session_id)
    return acting.voted(case, acting.opened(driver, session_id))


def test_the_whole_way_to_the_queue_and_out_of_it_on_postgresql(postgres_app, clock):
    driver = county.build(clock)
    county.experts(driver, 7)
    full(driver, title_post_rule="queue")
    case = confirmed(passed(driver))
    assert served(driver) == 0
    [school] = queries_progress.progress(driver.actor("bureau.hr"), driver.batch, driver.now)
    assert (school.total, school.stages["waiting"]) == (1, 1)
    retire(driver)
    assert served(driver) == 1
    assert case.state == "completed"
    [sitting] = queries_sessions.sessions(driver.actor("bureau.hr"), batch_id=driver.batch)
    assert [one.state for one in queries_sessions.candidates(driver.actor("bureau.hr"), sitting.id)] == ["passed"]
    assert follow_files(driver.now) == 0
    assert acting.decided(acting.revocation(driver)).state == "completed"
    assert (facts(driver, "li").employment.band, county.figures(driver, "s02", "middle")) == ("junior", (37, 0, 1))

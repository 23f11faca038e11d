"""A post is asked for with the recommendation, and held once the list was public inside the school (policy §3.T 2)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from service.db import transaction
from service.errors import Conflict
from service.flows.title import queries_progress
from service.flows.title.roster import APPLICATION
from service.instances.commands_migrate import MigrateInstance, migrate_instance
from service.posts import commands_checked, ledger
from service.posts.checked import NEEDED
from service.posts.ledger import Cause
from service.posts.posting import ACCOUNT
from service.tasks.commands import CompleteTask, complete_task
from tests.conftest import START
from tests.flows.title import acting, county
from tests.flows.title.acting import apply, confirmed, passed, proposed
from tests.flows.title.posting import full, retire, served
from tests.parameters import SetParameter, set_parameter
from workflows import catalogue


def taken(driver, count, line="other"):
    """Another case of the school takes posts of the middle band meanwhile; calls it to give them back."""
    with transaction() as session:
        account = county.account(driver, "s02", "middle")
        cause = Cause("another case", line, str(count), "system", driver.now)
        ledger.hold(session, cause, account, line, count)


def short(driver):
    """An application whose publicity is over when another case has taken the last posts."""
    case = proposed(apply(driver, county.teacher(driver, "li")))
    taken(driver, 2)
    assert case.fire("publicity_over")
    assert case.open() == ["post_shortage"]
    return case


def test_the_post_is_held_when_the_publicity_is_over_and_not_before(driver):
    case = proposed(apply(driver, county.teacher(driver, "li")))
    assert (case.open(), county.figures(driver, "s02", "middle")) == (["publicity"], (38, 0, 2))
    assert case.fire("publicity_over")
    assert county.figures(driver, "s02", "middle") == (38, 1, 1)
    assert case.variables["post"] == {"rule": "within", "held": True, "short": False}


def test_nobody_is_recommended_beyond_those_who_are_public_for_the_free_posts(driver):
    first, _ = (proposed(apply(driver, county.teacher(driver, name))) for name in ("li", "zhao"))
    third = apply(driver, county.teacher(driver, "qian"))
    with pytest.raises(Conflict, match=r"title\.all_promised") as refused:
        proposed(third)
    assert refused.value.params == {"free": 2, "promised": 2}
    assert third.open() == ["recommendation"]
    first.withdraw("li")
    third.complete("recommendation", "s02.principal", "recommend", school_score=80, recommended_on="2026-09-10")
    assert third.open() == ["publicity"]


def test_who_is_recommended_for_another_band_or_at_another_school_counts_elsewhere(driver):
    for name in ("li", "zhao"):
        proposed(apply(driver, county.teacher(driver, name)))
    senior = county.teacher(driver, "sun", title="一级", band="middle", grade=8)
    assert proposed(apply(driver, senior, target="高级")).open() == ["publicity"]
    other = apply(driver, county.teacher(driver, "wang", "s01"), "s01")
    assert proposed(other, "s01").open() == ["publicity"]


def test_a_post_taken_during_the_publicity_is_the_principals_to_deal_with_and_nothing_lapses(driver):
    case = short(driver)
    assert county.figures(driver, "s02", "middle") == (38, 2, 0)
    with pytest.raises(Conflict, match=r"ledger\.full"):
        case.complete("post_shortage", "s02.principal", "reserve")
    driver.clock.advance(timedelta(days=40))
    case.fire("post_shortage", "due")
    assert case.open() == ["post_shortage"]
    [school] = queries_progress.progress(driver.actor("bureau.hr"), driver.batch, driver.now)
    assert (school.stages["school"], school.overdue) == (1, 1)
    taken(driver, 1)
    case.complete("post_shortage", "s02.principal", "reserve")
    assert (case.open(), county.figures(driver, "s02", "middle")) == (["bureau_review"], (38, 2, 0))


def test_a_school_may_recommend_no_longer_where_no_post_comes_free(driver):
    case = short(driver)
    case.complete("post_shortage", "s02.principal", "decline", "今年不再增加岗位。")
    assert (case.state, county.figures(driver, "s02", "middle")) == ("rejected", (38, 2, 0))
    taken(driver, 0)
    assert proposed(apply(driver, county.teacher(driver, "zhao"))).open() == ["publicity"]


def test_who_stands_short_of_a_post_comes_before_who_is_recommended_later(driver):
    short(driver)
    taken(driver, 1)
    with pytest.raises(Conflict, match=r"title\.all_promised"):
        proposed(apply(driver, county.teacher(driver, "zhao")))


def test_a_case_of_an_earlier_diagram_takes_no_post_that_was_promised_to_others(driver):
    for name in ("li", "zhao"):
        proposed(apply(driver, county.teacher(driver, name)))
    files = county.folder("title")
    early = files["flow.bpmn"].replace(b'type="title.expect_vacancy"', b'type="title.reserve"')
    with transaction() as session:
        catalogue.deploy(session, {**files, "flow.bpmn": early}, now=driver.now)
    third = apply(driver, county.teacher(driver, "qian"))
    with pytest.raises(Conflict, match=r"title\.all_promised"):
        proposed(third)
    assert (third.open(), county.figures(driver, "s02", "middle")) == (["recommendation"], (38, 0, 2))
    county.parameter(driver, "title_post_rule", "queue")
    third.complete("recommendation", "s02.principal", "recommend", school_score=80, recommended_on="2026-09-10")
    assert third.variables["post"] == {"rule": "queue", "held": False, "short": False}


def test_who_has_passed_and_waits_comes_before_who_was_public_first(driver):
    full(driver, title_post_rule="queue")
    confirmed(passed(driver, "wu"))
    county.parameter(driver, "title_post_rule", "within")
    retire(driver)
    with pytest.raises(Conflict, match=r"ledger\.others_wait"):
        proposed(apply(driver, county.teacher(driver, "li")))
    driver.clock.advance(timedelta(minutes=1))
    retire(driver)
    case = proposed(apply(driver, county.teacher(driver, "zhao")))
    taken(driver, 1)
    assert case.fire("publicity_over")
    assert case.open() == ["post_shortage"], "the one that is left is for who waits"
    assert served(driver) == 1


def test_a_case_told_on_paper_meanwhile_makes_the_post_wait_for_the_schools_word(driver):
    set_parameter(SetParameter(NEEDED, True, START.date(), "教人〔2026〕1号"), now=START)
    school = driver.county.organisations["s02"]
    sides = ((commands_checked.confirm_for_school, "s02.hr"), (commands_checked.confirm_for_bureau, "bureau.hr"))
    for confirm, who in sides:
        confirm(driver.actor(who), school, now=driver.now)
    case = proposed(apply(driver, county.teacher(driver, "li")))
    with transaction() as session:
        commands_checked.checked.disprove(session, school, driver.county.persons["li"], "system", driver.now)
    assert case.fire("publicity_over")
    assert case.open() == ["post_shortage"]
    with pytest.raises(Conflict, match=r"open_cases\."):
        case.complete("post_shortage", "s02.principal", "reserve")
    for confirm, who in sides:
        confirm(driver.actor(who), school, now=driver.now)
    case.complete("post_shortage", "s02.principal", "reserve")
    assert county.figures(driver, "s02", "middle") == (38, 1, 1)


def test_beyond_free_posts_nobody_is_promised_one(driver):
    full(driver, title_post_rule="queue")
    for name in ("li", "zhao"):
        case = acting.recommended(apply(driver, county.teacher(driver, name)))
        assert case.variables["post"] == {"rule": "queue", "held": False, "short": False}
    with transaction() as session:
        assert set(session.scalars(APPLICATION.select().with_only_columns(APPLICATION.c.promised_at))) == {None}


def test_a_case_that_has_held_its_post_since_the_recommendation_holds_one_in_a_version_that_holds_it_later(driver):
    files = county.folder("title")
    early = files["flow.bpmn"].replace(b'type="title.expect_vacancy"', b'type="title.reserve"')
    with transaction() as session:
        catalogue.deploy(session, {**files, "flow.bpmn": early}, now=driver.now)
    case = proposed(apply(driver, county.teacher(driver, "li")))
    assert county.figures(driver, "s02", "middle") == (38, 1, 1)
    with transaction() as session:
        later = catalogue.deploy(session, {**files, "flow.bpmn": files["flow.bpmn"] + b"\n"}, now=driver.now)
    move = MigrateInstance(case.id, later.id, "公示后预留")
    migrate_instance(driver.actor("admin"), move, now=driver.now)
    assert case.fire("publicity_over")
    assert (case.open(), county.figures(driver, "s02", "middle")) == (["bureau_review"], (38, 1, 1))


def test_a_school_without_posts_of_the_band_recommends_nobody_but_where_titles_go_beyond_posts(driver):
    case = apply(driver, county.teacher(driver, "li"))
    with transaction() as session:
        own = ACCOUNT.c.id == county.account(driver, "s02", "middle")
        session.execute(ACCOUNT.update().where(own).values(organisation_id=driver.county.organisations["bureau"]))
    with pytest.raises(Conflict, match=r"ledger\.no_account"):
        proposed(case)
    county.parameter(driver, "title_post_rule", "queue")
    case.complete("recommendation", "s02.principal", "recommend", school_score=80, recommended_on="2026-09-10")
    assert case.fire("publicity_over")
    assert (case.open(), case.variables["post"]["held"]) == (["bureau_review"], False)


def test_of_two_recommendations_at_once_for_the_last_post_one_is_refused(postgres_app, clock):
    driver = county.build(clock, figures={"middle": (39, 38)})
    cases = [apply(driver, county.teacher(driver, name)) for name in ("li", "zhao")]
    for case in cases:
        case.complete("verification", "s02.hr", "verify")
    principal, gate = driver.actor("s02.principal"), Barrier(2)
    tasks = [case.task("recommendation") for case in cases]

    def recommend(task):
        with postgres_app.app_context():
            values = {"school_score": 88.5, "recommended_on": "2026-09-10"}
            gate.wait()
            try:
                asked = CompleteTask(task.id, task.version, "recommend", "", values, no_interest=True)
                complete_task(principal, asked, now=driver.now)
            except Conflict as refused:
                return refused.code
            return "recommended"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(recommend, tasks)) == ["recommended", "title.all_promised"]

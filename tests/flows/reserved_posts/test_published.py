"""What an allocation publishes while its period runs, and an objection of anybody (policy.md §3.P 7, §7)."""

from datetime import date

import pytest

from service.access.actor import Actor
from service.db import db
from service.errors import Forbidden, Invalid, NotFound
from service.flows.publicity import queries
from service.instances import commands_objections
from service.instances import queries as cases
from service.instances.commands_objections import ObjectTo, object_to
from service.people.commands import DeclareRelation, declare_relation
from tests.flows.reserved_posts import acting, files

ANYBODY = Actor.anonymous()
TEXT = "该教师去年没有到岗交流"


@pytest.fixture
def published(driver):
    """An allocation in its period, and the one notice of it."""
    case, _ = acting.granted(driver)
    [notice] = queries.notices("zh")
    return case, notice


def objecting(driver, notice, **changes):
    found = object_to(ANYBODY, ObjectTo(notice.id, **{"text": TEXT, **changes}), now=driver.now)
    db.session.rollback()
    return found


def test_names_are_published_for_the_period_alone(driver, published):
    case, notice = published
    assert (notice.heading, notice.until) == ("预留岗位拟分配人员公示", date(2026, 9, 17))
    [line] = notice.lines
    assert (line.name, line.place, line.what) == ("teacher.700", "S02", "高级岗位")
    assert case.fire("publicity_over")
    assert queries.notices("zh") == []
    with pytest.raises(NotFound, match=r"publicity\.absent"):
        queries.notice(notice.id, "zh")


def test_anybody_s_objection_stops_the_period_and_bureau_hr_alone_reads_it(driver, published):
    case, notice = published
    objecting(driver, notice, name="李某", contact="138")
    assert (case.open(), [one.suspended for one in queries.notices("zh")]) == (["inquiry"], [True])
    hr, school = driver.actor("bureau.hr"), driver.actor("s02.hr")
    [found] = queries.objections(hr, "zh")
    said = queries.objection(hr, found.id, "zh").said
    assert (found.about, found.named, said) == ("teacher.700", True, {"text": TEXT, "name": "李某", "contact": "138"})
    assert queries.objections(school, "zh") == []
    with pytest.raises(NotFound):
        queries.objection(school, found.id, "zh")
    for actor in (school, hr):
        assert TEXT not in str(cases.changes(actor, case.id)) + str(case.variables)
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="已到岗")
    [again] = queries.notices("en")
    assert (again.id, again.heading, again.suspended) == (notice.id, "Reserved posts to be lent", False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"line": "another"}, "line"),
        ({"name": "x" * 101}, "name"),
    ],
)
def test_an_objection_that_is_not_complete_is_refused_field_by_field(driver, published, changes, field):
    case, notice = published
    with pytest.raises(Invalid) as refused:
        objecting(driver, notice, **changes)
    assert [fault.path for fault in refused.value.faults] == [field]
    assert case.open() == ["publicity"]


def test_what_is_refused_locks_no_case_whoever_sends_it_how_often(driver, published, monkeypatch):
    case, notice = published
    locked = []
    taking = commands_objections.store.lock
    monkeypatch.setattr(commands_objections.store, "lock", lambda *given: locked.append(given) or taking(*given))
    with pytest.raises(Invalid):
        objecting(driver, notice, text=" ")
    assert locked == []
    monkeypatch.setattr("service.access.throttle.ACT_LIMIT", 1)
    objecting(driver, notice, address="10.0.0.1")
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="不实")
    before = len(locked)
    with pytest.raises(Forbidden, match=r"publicity\.throttled"):
        objecting(driver, notice, address="10.0.0.1")
    assert len(locked) == before


def test_who_is_kin_to_the_one_objected_to_does_not_learn_that_and_who_objected(driver, published):
    case, notice = published
    objection_id = objecting(driver, notice, name="李某")
    hr, person = driver.county.persons["bureau.hr"], case.variables["applicant_id"]
    declare_relation(driver.actor("bureau.chief"), DeclareRelation(hr, "spouse", relative_id=person), now=driver.now)
    assert queries.objections(driver.actor("bureau.hr"), "zh") == []
    with pytest.raises(NotFound, match=r"publicity_objection\.absent"):
        queries.objection(driver.actor("bureau.hr"), objection_id, "zh")
    assert queries.objection(driver.actor("bureau.chief"), objection_id, "zh").said["name"] == "李某"


def test_a_bureau_may_take_named_objections_alone(driver, published):
    case, notice = published
    files.parameter(driver, "objection_named_only", True)
    with pytest.raises(Invalid) as refused:
        objecting(driver, notice)
    assert [fault.path for fault in refused.value.faults] == ["name"]
    objecting(driver, notice, name="李某")
    assert case.open() == ["inquiry"]


def test_while_an_inquiry_runs_others_object_too_and_it_is_one_inquiry(driver, published):
    case, notice = published
    objecting(driver, notice)
    objecting(driver, notice, text="另有事实")
    assert case.open() == ["inquiry"]
    hr = driver.actor("bureau.hr")
    said = [queries.objection(hr, one.id, "zh").said["text"] for one in queries.objections(hr, "zh")]
    assert said == ["另有事实", TEXT]
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="不实")
    assert case.open() == ["publicity"]


def test_nobody_objects_to_what_is_over(driver, published):
    case, notice = published
    objecting(driver, notice)
    case.complete("inquiry", "bureau.hr", "upheld", inquiry_finding="属实")
    assert queries.notices("zh") == []
    with pytest.raises(NotFound, match=r"publicity\.absent"):
        objecting(driver, notice)


def test_one_address_cannot_flood_the_page(driver, published, monkeypatch):
    case, notice = published
    monkeypatch.setattr("service.access.throttle.ACT_LIMIT", 1)
    objecting(driver, notice, address="10.0.0.1")
    case.complete("inquiry", "bureau.hr", "cleared", inquiry_finding="不实")
    with pytest.raises(Forbidden, match=r"publicity\.throttled"):
        objecting(driver, notice, address="10.0.0.1")
    objecting(driver, notice, address="10.0.0.2")

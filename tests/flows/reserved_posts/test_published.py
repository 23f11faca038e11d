"""What an allocation publishes while its period runs, and an objection of anybody (policy.md §3.P 7, §7)."""

from datetime import date
from io import BytesIO

import pytest

from service.access.actor import Actor
from service.attachments import queries as attachments
from service.attachments.commands import StoreAttachment, store_attachment
from service.db import db
from service.errors import Forbidden, Invalid, NotFound
from service.flows.publicity import queries
from service.instances import objecting as way_in
from service.instances import queries as cases
from service.instances.commands_objections import ObjectTo, RegisterObjection, object_to, register_objection
from service.people.commands import DeclareRelation, declare_relation
from tests.flows.reserved_posts import acting, files

ANYBODY = Actor.anonymous()
TEXT = "该教师去年没有到岗交流"


@pytest.fixture
def published(driver):
    """An allocation in its period, and the one notice of it."""
    case, _ = acting.granted(driver)
    [notice] = queries.notices("zh", case.driver.now.date())
    return case, notice


def objecting(driver, notice, **changes):
    found = object_to(ANYBODY, ObjectTo(notice.id, **{"text": TEXT, **changes}), now=driver.now)
    db.session.rollback()
    return found.objection_id


def test_names_are_published_for_the_period_alone(driver, published):
    case, notice = published
    assert (notice.heading, notice.until) == ("预留岗位拟分配人员公示", date(2026, 9, 17))
    [line] = notice.lines
    assert (line.name, line.place, line.what) == ("teacher.700", "S02", "高级岗位")
    assert case.fire("publicity_over")
    assert queries.notices("zh", case.driver.now.date()) == []
    with pytest.raises(NotFound, match=r"publicity\.absent"):
        queries.notice(notice.id, "zh", case.driver.now.date())


def test_anybody_s_objection_stops_the_period_and_bureau_hr_alone_reads_it(driver, published):
    case, notice = published
    objecting(driver, notice, name="李某", contact="138")
    suspended = [one.suspended for one in queries.notices("zh", case.driver.now.date())]
    assert (case.open(), suspended) == (["inquiry"], [True])
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
    [again] = queries.notices("en", case.driver.now.date())
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
    taking = way_in.store.lock
    monkeypatch.setattr(way_in.store, "lock", lambda *given: locked.append(given) or taking(*given))
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
    assert queries.notices("zh", case.driver.now.date()) == []
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


def registering(driver, notice, by="bureau.hr", **changes):
    given = {"channel": "phone", "received_on": driver.now.date(), "text": TEXT, **changes}
    found = register_objection(driver.actor(by), RegisterObjection(notice.id, **given), now=driver.now)
    db.session.rollback()
    return found


def scan(driver):
    """A letter that the clerk has scanned."""
    sent = StoreAttachment(BytesIO(b"%PDF-1.4 letter"), "李某举报信.pdf")
    return store_attachment(driver.actor("bureau.hr"), sent, now=driver.now)


def test_a_letter_stops_the_period_as_the_page_does_and_is_for_bureau_hr_alone(driver, published):
    case, notice = published
    letter = scan(driver)
    taken = registering(driver, notice, channel="letter", attachment_id=letter, name="李某", contact="13800001234")
    assert (taken.number, taken.reached, case.open()) == ("YY-2026-0001", True, ["inquiry"])
    hr, school = driver.actor("bureau.hr"), driver.actor("s02.hr")
    found = queries.objection(hr, taken.objection_id, "zh")
    assert (found.channel, found.received_on, found.registered_by) == ("letter", driver.now.date(), "bureau.hr")
    assert found.said == {"text": TEXT, "name": "李某", "contact": "13800001234"}
    assert queries.letter(hr, taken.objection_id).id == letter
    told = str(cases.changes(school, case.id)) + str(case.variables)
    assert not any(word in told for word in (TEXT, "李某", "13800001234", letter))
    assert [file.id for file in attachments.of_instance(school, case.id)] == []
    with pytest.raises(NotFound, match=r"publicity_objection\.absent"):
        queries.letter(school, taken.objection_id)
    with pytest.raises(NotFound, match=r"attachment\.absent"):
        attachments.open_file(driver.actor("bureau.leader"), letter)


def test_receipts_of_a_year_are_numbered_without_a_gap_whatever_the_way(driver, published):
    _, notice = published
    numbers = [registering(driver, notice).number]
    with pytest.raises(Invalid):
        registering(driver, notice, text="")
    objecting(driver, notice)
    numbers += [registering(driver, notice, channel="visit").number]
    assert numbers == ["YY-2026-0001", "YY-2026-0003"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "fax"}, "channel"),
        ({"received_on": date(2026, 9, 1)}, "received_on"),
        ({"received_on": date(2026, 12, 1)}, "received_on"),
        ({"received_on": None}, "received_on"),
        ({"channel": "letter"}, "attachment_id"),
        ({"text": " "}, "text"),
    ],
)
def test_what_a_clerk_left_out_is_said_field_by_field(driver, published, changes, field):
    case, notice = published
    with pytest.raises(Invalid) as refused:
        registering(driver, notice, **changes)
    assert [fault.path for fault in refused.value.faults] == [field]
    assert case.open() == ["publicity"]


def test_a_letter_that_is_registered_after_the_period_is_kept_and_says_that_it_stopped_nothing(driver, published):
    case, notice = published
    came_in = driver.now.date()
    case.fire("publicity_over")
    before = case.open()
    found = queries.periods(driver.actor("bureau.hr"), "zh", driver.now.date(), case_number(case))
    assert [one.over for one in found] == [True]
    taken = registering(driver, notice, received_on=came_in)
    assert (taken.reached, case.open()) == (False, before)
    assert queries.objection(driver.actor("bureau.hr"), taken.objection_id, "zh").said["text"] == TEXT


def test_nobody_registers_who_is_no_clerk_or_has_an_interest(driver, published):
    case, notice = published
    with pytest.raises(Forbidden, match=r"access\.role_missing"):
        registering(driver, notice, by="s02.hr")
    hr, person = driver.county.persons["bureau.hr"], case.variables["applicant_id"]
    declare_relation(driver.actor("bureau.chief"), DeclareRelation(hr, "spouse", relative_id=person), now=driver.now)
    with pytest.raises(Forbidden, match=r"publicity\.interest"):
        registering(driver, notice)
    assert case.open() == ["publicity"]


def case_number(case):
    return cases.case(case.driver.actor("bureau.hr"), case.id).business_key

"""Every branch of the diagram, and the day on which a change takes effect."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, insert

from service.db import db, transaction
from service.deployments import gate
from service.errors import Conflict, Forbidden
from service.instances.departed import close_applications
from service.people import staff
from service.people.commands import DeclareRelation, declare_relation
from service.people.persons import LOCK
from service.people.regrading import regrade
from service.posts import ledger, lending, sitting
from service.posts.ledger import Cause
from service.posts.lending import NewLoan
from service.posts.opening import NewAccount, open_accounts
from tests.conftest import START
from tests.driver import BPMN, folder
from tests.flows.personnel import acting
from tests.flows.personnel.acting import NEWCOMER, TODAY
from tests.service.tasks import flows
from workflows.checks import check

NEW = {"name": "钱新", "id_number": NEWCOMER, "post_category": "professional", "band": "junior", "grade": 12}
LATER = "2026-09-20"


@pytest.fixture
def personnel(app, clock):
    return acting.county(clock)


def test_the_gate_finds_nothing():
    found = [(f.rule.id, f.element_id, f.message("en")) for f in check(folder(BPMN / "personnel"), gate.of_house())]
    assert found == []


def test_what_is_rejected_gives_back_what_it_held(personnel):
    before = personnel.figures()
    case = personnel.start("transfer_in", **NEW)
    assert personnel.figures()["headcount"] == (96, 1, 3)
    case.complete("confirm", "bureau.chief", "reject")
    assert (case.state, personnel.figures()) == ("rejected", before)


def test_what_is_returned_keeps_its_hold_and_is_held_anew_as_corrected(personnel):
    case = personnel.start("transfer_in", **NEW)
    case.complete("confirm", "bureau.chief", "return", "岗位写错")
    assert personnel.figures()["junior"] == (36, 1, 3)
    changed = {**NEW, "band": "middle", "grade": 10, "title": "一级"}
    case.complete("correction", "s01.hr", "resubmit", **changed, **paper(personnel))
    assert (personnel.figures()["junior"], personnel.figures()["middle"]) == ((36, 0, 4), (38, 1, 1))
    case.complete("confirm", "bureau.chief", "approve")
    assert (case.state, personnel.figures()["middle"]) == ("completed", (39, 0, 1))


def paper(personnel):
    scan = acting.scan(personnel.driver, "s01.hr")
    return {"effective_on": "2026-09-10", "document": "更正", "document_on": "2026-09-09", "scan": [scan]}


def test_what_nobody_corrects_expires(personnel):
    before = personnel.figures()
    case = personnel.start("transfer_in", **NEW)
    case.complete("confirm", "bureau.chief", "return", "补材料")
    personnel.driver.clock.set(datetime(2026, 9, 30, tzinfo=UTC))
    assert case.fire("correction", "due")
    assert (case.state, personnel.figures()) == ("expired", before)


def test_a_change_of_a_day_to_come_waits_for_that_day(personnel):
    case = personnel.confirmed("retirement", effective_on=LATER)
    assert (case.state, case.open(), personnel.figures()["headcount"][0]) == ("running", [], 96)
    assert personnel.appointments()[-1].valid_until is None
    (timer,) = case.timers()
    assert timer.due_at == datetime(2026, 9, 19, 16, 0, tzinfo=UTC)
    personnel.driver.clock.set(timer.due_at)
    assert case.fire("day_reached")
    assert (case.state, personnel.figures()["headcount"][0]) == ("completed", 95)
    assert personnel.appointments()[-1].valid_until == date(2026, 9, 20)


def waiting_and_overtaken(personnel):
    """A retirement of a later day, whose person leaves by another way before."""
    case = personnel.confirmed("retirement", effective_on=LATER)
    row = personnel.appointments()[-1]
    with transaction() as session:
        staff.end_appointment(session, row.person_id, row.id, TODAY, "错录", by="test", now=START)
    personnel.driver.clock.set(case.timers()[0].due_at)
    assert case.fire("day_reached")
    assert case.open() == ["obstacle"]
    return case


def test_what_cannot_be_done_on_its_day_is_for_hr_to_cancel(personnel):
    case = waiting_and_overtaken(personnel)
    case.complete("obstacle", "bureau.hr", "retry")
    assert case.open() == ["obstacle"]
    case.complete("obstacle", "bureau.hr", "cancel")
    assert case.state == "cancelled"


def test_a_relative_of_whom_it_is_about_does_not_say_what_becomes_of_it(personnel):
    case = waiting_and_overtaken(personnel)
    related = DeclareRelation(personnel.driver.county.persons["bureau.hr"], "spouse", personnel.person_id)
    declare_relation(personnel.driver.actor("bureau.chief"), related, now=personnel.driver.now)
    with pytest.raises(Forbidden, match=r"task\.recused"):
        case.complete("obstacle", "bureau.hr", "cancel", opinion="不再办理")


def test_what_could_not_be_done_is_done_once_it_can(personnel):
    case = waiting_and_overtaken(personnel)
    with transaction() as session:
        place = personnel.driver.county.organisations["s01"]
        terms = staff.Terms(place, TODAY, band="middle", grade=9)
        staff.appoint(session, personnel.person_id, terms, by="test", now=START)
    case.complete("obstacle", "bureau.hr", "retry")
    assert case.state == "completed"


def due(personnel, case):
    personnel.driver.clock.set(case.timers()[0].due_at)
    assert case.fire("day_reached")


def test_everything_is_looked_at_again_on_the_day(personnel):
    there = personnel.driver.county.organisations["s02"]
    case = personnel.confirmed("transfer", to_school=there, effective_on=LATER)
    lock = {"id": "lock", "person_id": personnel.person_id, "organisation_id": there, "starts_on": date(2024, 9, 1),
            "ends_on": date(2029, 9, 1), "reason": "定向招聘", "instance_id": None}  # fmt: skip
    with transaction() as session:
        session.execute(insert(LOCK), lock)
    due(personnel, case)
    assert (case.open(), case.variables["obstacle"]) == (["obstacle"], "personnel.service_lock")
    with transaction() as session:
        session.execute(delete(LOCK))
    case.complete("obstacle", "bureau.hr", "retry")
    assert case.state == "completed"


def test_what_is_held_follows_a_post_that_has_changed_meanwhile(personnel):
    there = personnel.driver.county.organisations["s02"]
    case = personnel.confirmed("transfer", to_school=there, effective_on=LATER)
    assert personnel.figures("s02")["middle"] == (38, 1, 1)
    with transaction() as session:
        junior = {"band": "junior", "grade": 11}
        regrade(session, personnel.person_id, TODAY, "更正", junior, instance_id="x", by="t", document="", now=START)
        cause = Cause("x", "e", "t", "test", START)
        ours = posts(session, personnel.driver.county.organisations["s01"])
        ledger.hold(session, cause, ours["junior"], "l", 1)
        ledger.promote(session, replace(cause, token="u"), ours["junior"], "l", ours["middle"])
    due(personnel, case)
    assert case.state == "completed"
    assert (personnel.figures("s02")["middle"], personnel.figures("s02")["junior"]) == ((38, 0, 2), (37, 0, 3))
    assert personnel.figures("s01")["junior"] == (36, 0, 4)


def posts(session, place):
    return {band: one for (_, band), one in sitting.accounts(session, {place}).items() if band}


def test_excess_falls_before_a_vacancy_opens(app, clock):
    personnel = acting.county(clock, headcount=(95, 96), middle=(40, 38))
    with pytest.raises(Conflict) as full:
        personnel.start("graduate", **NEW)
    assert full.value.code == "ledger.full"
    personnel.confirmed("retirement")
    assert personnel.figures()["headcount"] == (95, 0, 0)
    personnel.someone(950)
    personnel.confirmed("resignation")
    assert personnel.figures()["headcount"] == (94, 0, 1)


def lent_post(personnel, band="senior"):
    """A post of the pool in the hands of the person."""
    county = personnel.driver.county
    with transaction() as session:
        cause = Cause("loan", "e", "t", "test", START)
        new = NewAccount(county.organisations["bureau"], "post", band, 10, pool=True)
        (pool,) = open_accounts(session, Cause(None, "", "", "system", START), [new])
        ledger.hold(session, cause, pool, "l", 1)
        loan = NewLoan(pool, "l", county.organisations["s01"], personnel.person_id, TODAY, date(2029, 8, 31))
        lending.lend_to(session, Cause("loan", "f", "t", "test", START), loan)
        lending.appoint(session, Cause("loan", "g", "t", "test", START), personnel.person_id, TODAY)


@pytest.mark.parametrize(
    ("kind", "values", "gained"),
    [
        ("retirement", {}, {"headcount": -1}),
        ("demotion", {"assessment": "failed", "band": "middle", "grade": 8}, {"middle": 1}),
    ],
)
def test_a_lent_post_returns_to_the_pool_and_opens_no_vacancy(personnel, kind, values, gained):
    personnel.someone(960, band="senior", grade=7)
    lent_post(personnel)
    before = personnel.figures()
    personnel.confirmed(kind, **values)
    after = personnel.figures()
    moved = {name: after[name][0] - before[name][0] for name in after}
    assert moved == {**dict.fromkeys(after, 0), **gained}
    assert lending.open_loans(db.session(), [personnel.person_id]) == {}


def test_who_leaves_takes_the_own_applications_along_and_no_other_case(personnel):
    driver, county = personnel.driver, personnel.driver.county
    applying = flows.line(flows.task("wait", "bureau_hr_officer", decisions="approve"), ids=("wait",))
    toml = b'[flow]\nkey = "small"\nname = "x"\n[start]\nroles = ["teacher"]\n'
    driver.deploy({**applying, "flow.toml": toml})
    personnel.person_id = county.persons["s01.teacher"]
    own = driver.start("small", "s01.teacher", "s01")
    case = personnel.confirmed("retirement", name="s01.teacher")
    assert (case.state, own.state) == ("completed", "running")
    for message_id, message in acting.departures():
        close_applications(message_id, message, personnel.driver.now)
        close_applications(message_id, message, personnel.driver.now)
    assert own.state == "cancelled"


def test_who_confirms_reads_what_the_ledger_will_do(personnel):
    there = personnel.driver.county.organisations["s02"]
    case = personnel.start("transfer", to_school=there)
    assert [(row["school"], row["account"], row["change"]) for row in case.variables["ledger_effect"]] == [
        ("S02", "headcount", 1), ("S02", "middle", 1), ("S01", "headcount", -1), ("S01", "middle", -1)
    ]  # fmt: skip
    personnel.someone(970, band="senior", grade=7)
    lent_post(personnel)
    leaving = personnel.start("retirement")
    assert [row["account"] for row in leaving.variables["ledger_effect"]] == ["headcount", "returned"]

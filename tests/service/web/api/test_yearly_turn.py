"""The yearly turn: a dry run, kept once; it proposes and decides about nobody."""

from datetime import UTC, date, datetime

from sqlalchemy import func, select, update

from service.db import db, transaction
from service.people.members import PERSON
from service.people.models import ServiceLock
from service.people.persons import APPOINTMENT
from service.records import writing
from service.records.reading import RECORD
from service.records.rules import Entry
from service.reports.commands_turn import TURN
from tests.conftest import START
from tests.parameters import SetParameter, set_parameter
from tests.service.web.api.house import Caller, House
from workflows.base import new_id


def furnish(house: House) -> dict[str, str]:
    """An exchange that ends with the turn, one that goes on, a lock that has ended, somebody who retires."""
    people, school = house.county.persons, house.county.organisations["s01"]
    with transaction() as session:
        for who, until in (("s01.teacher", date(2026, 9, 1)), ("s01.vice", date(2026, 9, 2))):
            entry = Entry("exchange", date(2023, 9, 1), until, value="lent", organisation_id=school)
            writing.add(session, people[who], entry, by="system", now=START)
        lock = {
            "person_id": people["s02.teacher"],
            "organisation_id": school,
            "starts_on": date(2021, 2, 1),
            "reason": "x",
        }
        session.add(ServiceLock(id=new_id(), ends_on=date(2026, 2, 1), **lock))
        session.add(ServiceLock(id=new_id(), ends_on=date(2026, 9, 1), **lock))
        near = update(PERSON).where(PERSON.c.id == people["s02.principal"])
        session.execute(near.values(retires_on=date(2027, 3, 1), sex=None))
        far = update(PERSON).where(PERSON.c.id != people["s02.principal"])
        session.execute(far.values(retires_on=date(2040, 1, 1), sex=None))
    return people


def rows(session, *tables) -> list[int]:
    return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_a_dry_run_proposes_what_ends_and_keeps_nothing(any_house: House) -> None:
    people = furnish(any_house)
    found = any_house.caller("bureau.leader").get("/reports/turns/2026").json
    assert {(one["kind"], one["person_id"]) for one in found["open"]} == {
        ("exchange_ended", people["s01.teacher"]),
        ("lock_ended", people["s02.teacher"]),
        ("retirement", people["s02.principal"]),
    }
    assert found["kept"] is None
    drafts = {(one["kind"], one["year"]): one["draft"] for one in found["rounds"] if not one["is_begun"]}
    assert drafts == {
        ("titles", 2026): None, ("titles", 2027): None, ("exchange", 2026): None, ("reserved", 2026): {"year": 2026},
        ("exchange", 2027): {"year": 2027, "effective_on": "2027-09-01"},
    }  # fmt: skip
    assert rows(db.session, TURN) == [0]


def test_it_is_kept_once_changes_nobody_and_shows_what_is_settled(any_house: House) -> None:
    people, hr = furnish(any_house), any_house.caller("bureau.hr")
    before = rows(db.session, APPOINTMENT, RECORD)
    db.session.rollback()
    first = hr.post("/reports/turns/2026", {})
    assert first.status_code == 200, first.json
    any_house.clock.set(datetime(2026, 9, 20, 2, 0, tzinfo=UTC))
    again = hr.post("/reports/turns/2026", {}).json
    assert again["kept"] == first.json["kept"]
    assert rows(db.session, TURN, APPOINTMENT, RECORD) == [1, *before]
    db.session.rollback()
    with transaction() as session:
        [ended] = session.scalars(select(RECORD.c.id).where(RECORD.c.person_id == people["s01.teacher"]))
        writing.void(session, ended, "写错了", by="system", now=START)
    later = hr.get("/reports/turns/2026").json
    assert [one["kind"] for one in later["settled"]] == ["exchange_ended"]
    assert "exchange_ended" not in {one["kind"] for one in later["open"]}


def test_a_new_evaluation_is_prepared_after_the_last_one_and_opened_by_whoever_looks_at_it(house: House) -> None:
    hr = house.caller("bureau.hr")
    levels = [{"level": "一级", "outside": False}, {"level": "高级", "outside": True}]
    days = {"opens_on": "2026-03-01", "closes_on": "2026-10-31"}
    first = {"year": 2026, "name": "2026 年评审", "levels": levels, **days, "criteria": "第 3 版"}
    past = {**first, "year": 2025, "opens_on": "2025-03-01", "closes_on": "2025-08-31"}
    assert hr.post("/title-batches", past).status_code == 201
    assert of_titles(hr)[2026] == (False, None)
    assert hr.post("/title-batches", first).status_code == 201
    proposed = of_titles(hr)
    days = {"opens_on": "2027-03-01", "closes_on": "2027-10-31"}
    assert proposed[2026] == (True, None)
    assert proposed[2027] == (False, {**first, "year": 2027, "name": "2027 年评审", **days})
    assert hr.post("/title-batches", proposed[2027][1]).status_code == 201
    assert of_titles(hr)[2027] == (True, None)


def of_titles(caller: Caller) -> dict[int, tuple[bool, object]]:
    """Year → (begun, what it would begin with)."""
    found = caller.get("/reports/turns/2026").json["rounds"]
    return {one["year"]: (one["is_begun"], one["draft"]) for one in found if one["kind"] == "titles"}


def test_the_exchange_is_proposed_for_the_day_that_the_bureau_has_set(house: House) -> None:
    entered = SetParameter("exchange_first_day", "08-20", date(2026, 9, 1), "教〔2026〕3号")
    set_parameter(entered, now=house.clock.now())
    found = house.caller("bureau.hr").get("/reports/turns/2026").json["rounds"]
    [draft] = [one["draft"] for one in found if (one["kind"], one["year"]) == ("exchange", 2027)]
    assert draft == {"year": 2027, "effective_on": "2027-08-20"}


def test_who_may_turn_and_when(shared_house: House) -> None:
    assert shared_house.caller("auditor").get("/reports/turns/2026").status_code == 200
    assert shared_house.caller("s01.principal").get("/reports/turns/2026").status_code == 403
    for who in ("auditor", "bureau.leader", "s01.principal", "admin"):
        assert shared_house.caller(who).post("/reports/turns/2026", {}).status_code == 403
    early = shared_house.caller("bureau.hr").post("/reports/turns/2027", {})
    assert (early.status_code, early.json["code"]) == (422, "turn.early")
    assert shared_house.caller("bureau.hr").get("/reports/turns/1999").json["code"] == "turn.absent"

"""Frozen reports: whole and for ever; what was corrected since shows as a difference, by person."""

import zlib
from datetime import date

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from service.db import db, transaction
from service.records import writing
from service.records.rules import Entry
from service.reports.commands import FROZEN
from service.reports.registry import FIGURES
from tests.conftest import START
from tests.service.web.api.house import House
from tests.service.web.api.test_reports import backbone


def freeze(house: House, who: str = "bureau.leader", **body: object) -> str:
    reply = house.caller(who).post("/reports/frozen", {"name": "2026 学年报表", **body})
    assert reply.status_code == 201, reply.json
    return str(reply.json["id"])


def test_what_is_corrected_after_freezing_shows_as_a_difference_by_person(any_house: House) -> None:
    backbone(any_house, "s01.teacher", "city")
    backbone(any_house, "s01.vice", "county")
    report = freeze(any_house)
    caller = any_house.caller("auditor")
    kept = caller.get(f"/reports/frozen/{report}").json
    assert kept["is_sound"] is True
    assert [one["key"] for one in kept["items"]] == list(FIGURES)
    assert caller.get(f"/reports/frozen/{report}/difference").json["items"] == []
    teacher, other = (any_house.county.persons[who] for who in ("s01.teacher", "s02.teacher"))
    with transaction() as session:
        record = Entry("backbone", date(2025, 9, 1), value="school")
        [wrong] = [r.id for r in records(teacher) if r.kind == "backbone"]
        writing.correct(session, wrong, record, "看错了", by="system", now=START)
        writing.add(session, other, Entry("backbone", date(2025, 9, 1), value="county"), by="system", now=START)
    found = {one["key"]: one for one in caller.get(f"/reports/frozen/{report}/difference").json["items"]}
    share = found["backbone_share"]
    assert (share["before"]["numerator"], share["after"]["numerator"]) == (2, 2)
    assert {(c["id"], c["kind"]) for c in share["changes"]} == {(teacher, "changed"), (other, "changed")}
    [changed] = [c for c in share["changes"] if c["id"] == teacher]
    assert (changed["before"][0]["part"], changed["after"][0]["part"]) == (1, None)
    assert "vacant_posts" not in found
    again = caller.get(f"/reports/frozen/{report}").json
    assert again == kept


def records(person: str) -> list:
    from service.access.actor import Actor
    from service.records.queries import records_of

    return list(records_of(Actor.system(), person))


def test_nobody_changes_or_deletes_a_frozen_report(any_house: House) -> None:
    report = freeze(any_house)
    for statement in (update(FROZEN).values(name="anders"), delete(FROZEN).where(FROZEN.c.id == report)):
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(statement)


def test_contents_that_were_exchanged_beside_the_house_are_told(house: House) -> None:
    report = freeze(house)
    with transaction() as session:
        session.connection().exec_driver_sql("DROP TRIGGER frozen_report_no_update")
        session.execute(update(FROZEN).values(contents=zlib.compress(b'{"figures": []}')))
    db.session.rollback()
    assert house.caller("auditor").get(f"/reports/frozen/{report}").json["is_sound"] is False


def test_who_may_freeze_and_read(shared_house: House) -> None:
    body = {"name": "x"}
    for who in ("auditor", "s01.principal", "admin", "staffing.office"):
        assert shared_house.caller(who).post("/reports/frozen", body).status_code == 403
    report = freeze(shared_house, "bureau.hr")
    for path in ("", f"/{report}", f"/{report}/difference"):
        assert shared_house.caller("auditor").get(f"/reports/frozen{path}").status_code == 200
        assert shared_house.caller("s01.principal").get(f"/reports/frozen{path}").status_code == 403


def test_bad_input_is_told(shared_house: House) -> None:
    caller = shared_house.caller("bureau.leader")
    assert caller.post("/reports/frozen", {"name": "  "}).json["code"] == "report.name"
    assert caller.post("/reports/frozen", {"name": "x", "on": "2027-01-01"}).json["code"] == "report.future"
    assert caller.get("/reports/frozen/nothing").json["code"] == "report.absent"

"""Who has left comes with the last post and the file, and who is related to whom; neither touches the ledger."""

from datetime import date

import pytest
from sqlalchemy import func, select

from service.access.actor import Actor
from service.db import db
from service.opening import queries
from service.people.members import PERSON, RELATION, is_related
from service.people.persons import APPOINTMENT
from service.posts.posting import ENTRY
from service.posts.queries_sums import reconcile
from service.records.reading import RECORD
from tests.service.opening import books

SANCTION = {"id_number": books.number(21), "kind": "处分", "value": "记过", "basis": "事业单位处分",
            "valid_from": "2024-05-06", "document": "处分〔2024〕1号"}  # fmt: skip


def person(order):
    found = db.session.execute(select(PERSON).where(PERSON.c.name == f"人员{order}")).one()
    db.session.rollback()
    return found


def rows(table, *where):
    found = db.session.execute(select(table).where(*where)).all()
    db.session.rollback()
    return found


@pytest.fixture
def county(admin):
    made = books.county()
    made["records"].append(SANCTION)
    books.loaded(admin, books.book(made), books.now())
    return made


def test_who_has_left_is_known_with_the_file_and_uses_no_post(admin, county):
    gone = person(21)
    [job] = rows(APPOINTMENT, APPOINTMENT.c.person_id == gone.id)
    assert (job.valid_until, job.ended_because, job.band) == (date(2025, 7, 1), "dismissal", "middle")
    kept = {row.kind: row.value for row in rows(RECORD, RECORD.c.person_id == gone.id)}
    assert set(kept) == {"departure", "sanction"} and kept["departure"] == "dismissal"
    assert rows(APPOINTMENT, APPOINTMENT.c.valid_until.is_(None), APPOINTMENT.c.person_id == gone.id) == []
    assert reconcile(Actor.system()) == ()
    entries = len(rows(ENTRY))
    county["departed"][0] |= {"left_on": "2025-08-01", "reason": "辞职"}
    county["records"].pop()
    books.loaded(admin, books.book(county), books.now())
    [job] = rows(APPOINTMENT, APPOINTMENT.c.person_id == gone.id)
    live = rows(RECORD, RECORD.c.person_id == gone.id, RECORD.c.voided_at.is_(None))
    assert job.valid_until == date(2025, 8, 1) and [row.value for row in live] == ["resignation"]
    assert len(rows(ENTRY)) == entries


def test_a_relation_recuses_and_goes_with_the_row_that_told_it(admin, county):
    one, other = person(1).id, person(4).id
    assert is_related(one, other) and is_related(other, one)
    county["relations"][0]["note"] = "已更正"
    county["relations"].append({"id_number": books.number(2), "kind": "近姻亲", "relative_name": "外人"})
    books.loaded(admin, books.book(county), books.now())
    assert {(row.kind, row.note, row.relative_name) for row in rows(RELATION)} == {
        ("spouse", "已更正", None), ("in_law", "", "外人")
    }  # fmt: skip
    del county["relations"][0]
    books.loaded(admin, books.book(county), books.now())
    assert [row.relative_name for row in rows(RELATION)] == ["外人"] and not is_related(one, other)


def test_a_load_with_both_is_taken_back_as_a_whole(admin, county):
    [load] = [one.id for one in queries.imports(admin)]
    assert books.revoked(admin, load, books.now()).state == "revoked"
    assert db.session.scalar(select(func.count()).select_from(RELATION)) == 0
    assert rows(PERSON, PERSON.c.name == "人员21") == []


def test_who_is_still_in_service_is_not_among_the_departed(admin, county):
    county["staff"] = [row for row in county["staff"] if row["id_number"] != books.number(5)]
    county["departed"].append(books.departed(5, "s02"))
    found = books.checked(admin, books.book(county), books.now())
    assert {(fault.code, fault.params["sheet"]) for fault in found.faults} == {("opening.still_there", "离开人员")}


def nameless(order, **more):
    """A person without an ID number."""
    return books.person(order, "s02", id_number="", person_key="外教-1", sex="女", born_on="1990-02-03", **more)


def test_who_has_no_id_number_is_the_same_by_the_key_and_keeps_the_file_when_the_number_is_told(admin, county):
    county["staff"].append(nameless(31))
    county["records"].append({"person_key": "外教-1", "kind": "骨干教师", "value": "县级", "valid_from": "2020-01-01"})
    books.loaded(admin, books.book(county), books.now())
    one = person(31)
    assert one.id_number is None and one.born_on == date(1990, 2, 3)
    again = books.checked(admin, books.book(county), books.now())
    assert {sum(found[kind] for kind in ("new", "changed")) for found in again.counts.values()} == {0}
    county["staff"][-1]["id_number"] = books.number(31, born=date(1990, 2, 3))
    told = books.loaded(admin, books.book(county), books.now())
    assert told.counts["staff"] == {"new": 0, "changed": 1, "same": 7}
    assert person(31).id == one.id and person(31).id_number is not None
    kept = rows(RECORD, RECORD.c.person_id == one.id, RECORD.c.voided_at.is_(None))
    assert {row.kind for row in kept} == {"title", "backbone"}
    assert books.revoked(admin, told.id, books.now()).state == "revoked" and person(31).id_number is None


def test_a_key_is_one_person_and_no_way_round_a_number_that_is_known(admin, county):
    county["staff"] += [nameless(31), nameless(32)]
    county["staff"].append(books.person(33, "s02", id_number="", person_key=person(1).id))
    county["staff"].append(books.person(34, "s02", id_number=""))
    found = books.checked(admin, books.book(county), books.now())
    assert {(fault.path, fault.code) for fault in found.faults} == {
        ("staff.10.id_number", "opening.twice"), ("staff.11.id_number", "opening.number_known"),
        ("staff.12.id_number", "opening.required"),
    }  # fmt: skip

"""Records in the database: written once a case, ended, corrected, sealed, told to the person's stream."""

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from service.audit import timeline
from service.db import db, transaction
from service.errors import Conflict, Invalid, NotFound
from service.people.members import PERSON
from service.records import writing
from service.records.queries import facts_of, records_of, standing_of
from service.records.reading import RECORD, opened
from service.records.rules import Entry
from tests.service.people.county import NOW, TODAY
from tests.statements import counted

TITLE = Entry("title", date(2020, 9, 1), value="一级", document="证书 1 号")
SANCTION = Entry("sanction", date(2026, 6, 1), value="demerit", basis="staff", document="处字〔2026〕2号", note="缘由")


@pytest.fixture
def file(county):
    """Writes into the file of s01's teacher, and reads it."""
    person = county.persons["s01.teacher"]

    def write(name, *arguments, **named):
        with transaction() as session:
            return getattr(writing, name)(session, *arguments, by="clerk", now=NOW, **named)

    def facts(on=TODAY):
        return facts_of(db.session(), [person], on)[person]

    add = lambda entry: write("add", person, entry)  # noqa: E731
    return SimpleNamespace(county=county, person=person, write=write, add=add, facts=facts)


def row(record_id):
    return db.session.execute(select(RECORD).where(RECORD.c.id == record_id)).one()


def events(person):
    found = timeline.events(db.session(), f"person:{person}", reveal=True)
    return [event for event in found if event.kind.startswith("record.")]


def test_a_record_is_true_from_its_day_and_told_to_the_stream(file):
    file.add(TITLE)
    assert (file.facts().title, file.facts().years_in_title) == ("一级", 6)
    assert file.facts(date(2020, 8, 31)).title is None
    (event,) = events(file.person)
    assert (event.kind, event.body["value"], event.body["valid_from"]) == ("record.added", "一级", "2020-09-01")


def test_what_is_hidden_is_neither_in_the_row_nor_in_the_stream(file):
    stored = row(file.add(SANCTION))
    assert (stored.value, stored.document, stored.note, stored.hidden) == (None, "", "", True)
    assert b"demerit" not in stored.sealed
    assert opened(stored).basis == "staff"
    (event,) = events(file.person)
    assert event.body == {"id": stored.id}
    assert event.sensitive is None
    assert file.facts().sanction_context() == {"kind": "demerit", "system": "staff", "decided_on": date(2026, 6, 1)}


def test_of_an_absence_the_days_are_open_and_why_is_not(file):
    stored = row(file.add(Entry("absence", date(2026, 9, 1), date(2026, 10, 1), value="sickness")))
    assert (stored.value, stored.hidden) == (None, False)
    assert opened(stored).value == "sickness"
    assert "value" not in events(file.person)[0].body
    assert file.facts().absent


def test_a_step_that_is_replayed_writes_nothing_twice(file):
    entry = Entry("exchange", TODAY, value="lent", organisation_id=file.county.organisations["s02"], instance_id="case")
    first = file.add(entry)
    assert file.add(entry) == first
    assert len(events(file.person)) == 1
    assert file.add(TITLE) != file.add(TITLE)


def test_a_second_assessment_of_a_year_is_refused_until_the_first_is_taken_back(file):
    entry = Entry("assessment", date(2025, 12, 31), value="excellent", year=2025)
    first = file.add(entry)
    with pytest.raises(Conflict):
        file.add(entry)
    file.write("void", first, "录错年度")
    file.add(Entry("assessment", date(2025, 12, 31), value="basic", year=2025))
    assert file.facts().assessments == {2025: "basic"}


def test_a_correction_keeps_what_was_before(file):
    first = file.add(TITLE)
    second = file.write("correct", first, Entry("title", date(2019, 9, 1), value="一级"), "证书日期")
    assert file.facts().years_in_title == 7
    assert (row(first).void_reason, row(second).replaces_id) == ("证书日期", first)
    assert [event.kind for event in events(file.person)] == ["record.added", "record.voided", "record.added"]
    with pytest.raises(Conflict):
        file.write("correct", first, TITLE, "再改")
    with pytest.raises(Invalid):
        file.write("correct", second, SANCTION, "换种类")


def test_a_record_that_lasts_ends_once(file):
    tier = file.add(Entry("backbone", date(2024, 1, 1), value="city"))
    file.write("end", tier, TODAY, document="文")
    assert file.facts().backbone is None
    file.write("end", tier, TODAY)
    assert [event.kind for event in events(file.person)] == ["record.added", "record.ended"]
    with pytest.raises(Conflict):
        file.write("end", tier, date(2026, 9, 11))
    other = file.add(TITLE)
    with pytest.raises(Invalid):
        file.write("end", other, date(2020, 8, 31))
    with pytest.raises(NotFound):
        file.write("end", "nobody", TODAY)


def test_a_wrong_entry_leaves_nothing(file):
    with pytest.raises(Invalid) as refused:
        file.write("add_many", {file.person: [TITLE, Entry("title", TODAY)]})
    assert [fault.code for fault in refused.value.faults] == ["record.needed"]
    assert file.facts().title is None


def test_who_was_looked_through_has_nothing_where_nothing_is_on_record(file):
    assert (file.facts().ethics, file.facts().backbone) == (None, None)
    file.write("confirm", [file.person, file.person], "discipline", TODAY)
    file.write("confirm", [file.person], "discipline", TODAY)
    assert (file.facts().ethics, file.facts().backbone) == ("clear", None)
    assert [event.kind for event in events(file.person)] == ["record.file_checked"]
    with pytest.raises(Invalid):
        file.write("confirm", [file.person], "gossip", TODAY)


def test_the_facts_of_all_cost_no_more_statements_than_of_one(file):
    everybody = list(db.session.scalars(select(PERSON.c.id)))
    file.write("add_many", {one: [TITLE, SANCTION] for one in everybody})
    with counted() as statements:
        found = facts_of(db.session(), everybody, TODAY)
    assert len(statements) <= 8
    assert found.keys() == set(everybody)
    assert found == {one: facts_of(db.session(), [one], TODAY)[one] for one in everybody}
    assert facts_of(db.session(), [], TODAY) == {}
    assert facts_of(db.session(), ["nobody"], TODAY) == {}


SEES_ALL = {"bureau.hr", "bureau.chief", "s01.teacher"}
SEES_OPEN = {"bureau.leader", "auditor", "s01.principal", "s01.vice", "s01.hr"}
SEES_PERSON_ONLY = {"admin"}
STRANGERS = {"s02.hr", "s02.teacher", "tdc", "staffing.office"}


def test_who_sees_what_of_a_file(file):
    for entry in (TITLE, SANCTION, Entry("health", TODAY, value="nursing"), Entry("absence", TODAY, value="sickness")):
        file.add(entry)
    everything = {"title": "一级", "sanction": "demerit", "health": "nursing", "absence": "sickness"}
    for who in sorted(SEES_ALL | SEES_OPEN | SEES_PERSON_ONLY):
        seen = {r.kind: r.value for r in records_of(file.county.actor(who), file.person, on=TODAY)}
        expected = everything if who in SEES_ALL else {"title": "一级", "absence": None} if who in SEES_OPEN else {}
        assert seen == expected, who
    for who in sorted(STRANGERS):
        with pytest.raises(NotFound):
            records_of(file.county.actor(who), file.person)


def test_others_learn_one_word(file):
    def word():
        return standing_of(facts_of(db.session(), [file.person], TODAY))[file.person]

    assert word() == "unknown"
    file.write("confirm", [file.person], "discipline", TODAY)
    assert word() == "clear"
    inquiry = file.add(Entry("inquiry", TODAY, document="立案"))
    assert word() == "suspended"
    file.write("void", inquiry, "撤案")
    file.add(SANCTION)
    assert word() == "barred"

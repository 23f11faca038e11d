"""Exchanges that a plan on paper has decided, told to each step at which the teacher may be, and driven to the end."""

from datetime import date

import pytest
from sqlalchemy import select

from service.db import db, transaction
from service.errors import Conflict, Invalid
from service.flows.papered import SUBJECTS
from service.instances import telling as places
from service.people import persons
from service.people.members import PERSON
from service.posts import lending
from service.posts.ledger import Cause
from service.posts.lending import LOAN, NewLoan
from service.posts.posting import ACCOUNT
from service.records import writing
from service.records.reading import RECORD
from service.records.rules import Entry
from tests.flows import telling
from tests.flows.exchange import driving
from workflows import catalogue

FIRST, LAST = date(2024, 9, 2), date(2026, 9, 2)
ARRIVED = ("arrival", "2024-09-02", "arrived", {"arrived_on": "2024-09-02"})
YEARS = tuple(("yearly_assessment", f"{year}-09-09", "competent", {"assessed_year": year}) for year in (2025, 2026))
TERM = ("term_assessment", "2026-09-10", "competent", {})


@pytest.fixture
def world(app, clock):
    return driving.world(clock)


def step(world, file, name, day, decision, values):
    paper = {"decided_by": "县教育局", "document": "教人〔2024〕31号", "attachment_id": file}
    return telling.ToldStep(name, date.fromisoformat(day), decision, **paper, values=values)


def number_of(world, who):
    row = world.row(select(PERSON).where(PERSON.c.id == world.county.persons[who]))
    return persons.ID_NUMBER.unseal(row.id, row.id_number), row.name


def told(world, element_id, *steps, who="a1", manner="move", first=FIRST, source="s01", school="s02", **more):
    file = telling.scan(world)
    number, name = number_of(world, who)
    given = {
        "id_number": number, "person_name": name, "source": world.county.organisations[source], "manner": manner,
        "effective_on": first.isoformat(), "term_years": 2, "plan_document": "教人〔2024〕20号",
        "plan_decided_on": "2024-07-20", **more,
    }  # fmt: skip
    found = [step(world, file, *one) for one in steps]
    return telling.told(world, "exchange_placement", "bureau.hr", "2024-07-20", element_id, given, found, school=school)


def record_of(world, who):
    mine = (RECORD.c.person_id == world.county.persons[who], RECORD.c.kind.in_(("exchange", "loan")))
    return world.rows(select(RECORD).where(*mine, RECORD.c.voided_at.is_(None)))


def test_placement_may_stand_at_each_of_its_steps(world):
    found = places.places(catalogue.latest(db.session(), "exchange_placement"))
    db.session.rollback()
    assert {place.element_id: place.code for place in found} == dict.fromkeys(
        ("arrival", "year_over", "yearly_assessment", "term_assessment", "term_decision")
    )


def test_who_has_not_moved_yet_holds_post_and_headcount_and_arrives_here(world):
    case = telling.begun(world, told(world, "arrival", first=date(2026, 11, 2)))
    assert (world.figures("s02"), world.figures("s02", "middle")) == ((6, 1, 0), (6, 1, 0))
    world.move_to(date(2026, 11, 2))
    case.complete("arrival", "s02.hr", "arrived", arrived_on="2026-11-02")
    assert (world.figures("s01"), world.figures("s02")) == ((9, 0, 0), (7, 0, 0))
    assert (world.appointment("a1"), len(record_of(world, "a1"))) == ("s02", 1)
    assert case.variables["until"] == "2028-11-02"


def test_hold_that_the_way_needs_and_is_not_there_refuses_the_case(world):
    for who in ("a1", "a2"):
        telling.begun(world, told(world, "arrival", who=who, first=date(2026, 11, 2)))
    with pytest.raises(Conflict, match=r"ledger\.full"):
        telling.begun(world, told(world, "arrival", who="a3", first=date(2026, 11, 2)))
    assert world.figures("s02", "middle") == (6, 2, 0)


def test_exchange_is_told_once_and_nobody_is_told_whom_a_case_has_placed(world):
    telling.begun(world, told(world, "year_over", ARRIVED, manner="loan"))
    months = len(record_of(world, "a1"))
    for manner, school in (("loan", "s02"), ("move", "s02")):
        with pytest.raises(Invalid) as refused:
            telling.begun(world, told(world, "arrival", manner=manner, school=school, first=date(2026, 11, 2)))
        assert [(one.path, one.code) for one in refused.value.faults] == [("values.id_number", "exchange.paper_twice")]
    assert len(record_of(world, "a1")) == months == 1


def test_exchange_that_has_ended_here_is_not_told_again_but_the_next_one_is(world):
    case = telling.begun(world, told(world, "term_decision", ARRIVED, *YEARS, TERM, manner="loan"))
    case.complete("term_decision", "bureau.hr", "return", returned_on=world.now.date().isoformat())
    with pytest.raises(Invalid) as refused:
        telling.begun(world, told(world, "term_decision", ARRIVED, *YEARS, TERM, manner="loan"))
    assert [one.code for one in refused.value.faults] == ["exchange.paper_twice"]
    assert telling.begun(world, told(world, "arrival", manner="loan", first=date(2026, 11, 2))).open() == ["arrival"]


def test_who_is_there_already_does_not_move_again_and_the_record_of_the_opening_day_becomes_the_cases(world):
    driving.moved(world, "a1", "s02")
    entry = Entry("exchange", FIRST, value="moved", organisation_id=world.county.organisations["s02"])
    with transaction() as session:
        writing.add(session, world.county.persons["a1"], entry, by="system", now=world.now)
    before = world.figures("s01"), world.figures("s02")
    case = telling.begun(world, told(world, "term_decision", ARRIVED, *YEARS, TERM))
    assert case.open() == ["term_decision"]
    assert (world.figures("s01"), world.figures("s02")) == before
    (record,) = record_of(world, "a1")
    assert (record.instance_id, record.valid_from, record.valid_until) == (case.id, FIRST, None)
    case.complete("term_decision", "bureau.hr", "stay", returned_on=world.now.date().isoformat())
    assert (case.state, record_of(world, "a1")[0].valid_until) == ("completed", world.now.date())
    assert (world.figures("s01"), world.figures("s02")) == before


def test_who_came_on_loan_returns_and_nothing_was_ever_held(world):
    case = telling.begun(world, told(world, "yearly_assessment", ARRIVED, YEARS[0], manner="loan"))
    assert (case.open(), world.figures("s02")) == (["yearly_assessment"], (6, 0, 0))
    case.complete("yearly_assessment", "s02.hr", "competent", assessed_year=2026)
    case.complete("term_assessment", "s02.hr", "competent")
    case.complete("term_decision", "bureau.hr", "return", returned_on=world.now.date().isoformat())
    assert (case.state, world.appointment("a1")) == ("completed", "s01")


def test_lent_post_of_the_opening_day_is_the_cases_which_extends_it(app, clock):
    world = driving.world(clock, pool=("middle", 3, {"s02": 1}))
    place, person = world.county.organisations["s02"], world.county.persons["a1"]
    driving.moved(world, "a1", "s02")
    with pytest.raises(Invalid) as refused:
        telling.begun(world, told(world, "year_over", ARRIVED, manner="lend"))
    assert refused.value.faults[0].path == "values.manner"
    with transaction() as session:
        pool = session.scalar(select(ACCOUNT.c.id).where(ACCOUNT.c.pool))
        cause = Cause(None, "", "lent", "system", world.now)
        lending.name_holder(session, cause, NewLoan(pool, "", place, person, FIRST, LAST))
    case = telling.begun(world, told(world, "term_decision", ARRIVED, *YEARS, TERM, manner="lend"))
    assert world.row(select(LOAN.c.instance_id)).instance_id == case.id
    case.complete("term_decision", "bureau.hr", "extend", extend_years=1)
    assert world.row(select(LOAN.c.until)).until == date(2027, 9, 2)


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"person_name": "别人"}, "values.person_name"),
        ({"id_number": "110101199001011237"}, "values.id_number"),
        ({"who": "b1", "school": "point"}, "values.source"),
        ({"school": "s01"}, "values.source"),
    ],
)
def test_what_the_books_do_not_bear_out_is_named(world, wrong, path):
    with pytest.raises(Invalid) as refused:
        telling.begun(world, told(world, "arrival", **{**wrong}))
    assert {fault.path for fault in refused.value.faults} == {path}


def test_nobody_begins_a_placement_here_without_a_plan(world):
    number, name = number_of(world, "a1")
    source = world.county.organisations["s01"]
    given = {"id_number": number, "person_name": name, "source": source, "manner": "move",
             "effective_on": "2026-11-02", "term_years": 2, "plan_document": "x",
             "plan_decided_on": "2026-07-20"}  # fmt: skip
    with pytest.raises(Conflict, match=r"exchange\.not_placed"):
        world.start("exchange_placement", "bureau.hr", "s02", **given)


def test_its_papers_name_the_teacher_and_the_day(world):
    case = telling.begun(world, told(world, "arrival", first=date(2026, 11, 2)))
    (subject,) = SUBJECTS["exchange_placement"](db.session(), case.id)
    db.session.rollback()
    assert (subject.person_id, subject.facts["from_on"]) == (world.county.persons["a1"], date(2026, 11, 2))

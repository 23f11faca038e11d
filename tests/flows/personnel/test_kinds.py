"""Each kind of change: what it does to ledger, appointment, account, roles, records and events."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from service.access.accounts import ACCOUNT as LOGIN
from service.access.accounts import NewAccount, open_accounts
from service.access.standing import ROLE
from service.audit import timeline
from service.db import db, transaction
from service.evidence import sheet
from service.flows.personnel.rules import KINDS
from service.instances import queries as cases
from service.people.members import PERSON
from service.records import writing
from service.records.queries import facts_of
from service.records.reading import RECORD, opened
from service.records.rules import Entry
from tests.conftest import START
from tests.flows.personnel import acting
from tests.flows.personnel.acting import NEWCOMER, SINCE, TODAY
from tests.service.people.county import id_number

NEW = {"name": "钱新", "id_number": NEWCOMER, "post_category": "professional", "band": "junior", "grade": 12,
       "subject": "数学", "stage": "primary", "degree": "bachelor"}  # fmt: skip
YESTERDAY = date(2026, 9, 9)
LEFT = {"headcount": -1, "middle": -1}
REGRADED = ("conversion", "post", "grade", "title", "promotion", "demotion")
TOLD = {"out": "appointment.ended", "rename": "person.edited", "absence": "role.absence",
        **dict.fromkeys(REGRADED, "appointment.regraded")}  # fmt: skip
"""Kind or group → an event that stands in the person's stream afterwards."""


@dataclass(frozen=True)
class Row:
    """One kind: what is filled in, the change of `occupied` by account, the last appointment, the records written."""

    kind: str
    values: dict = field(default_factory=dict)
    ledger: dict = field(default_factory=dict)
    appointment: dict = field(default_factory=dict)
    records: tuple = ()
    ended: bool = False
    target: dict = field(default_factory=dict)
    start: dict = field(default_factory=dict)
    filed: tuple = ()


ROWS = [
    Row("transfer_in", NEW, {"headcount": 1, "junior": 1}, {"employment_kind": "staffed", "band": "junior"}),
    Row("graduate", NEW, {"headcount": 1, "junior": 1}, {"grade": 12, "subject": "数学"}),
    Row("veteran", {**NEW, "post_category": "support", "band": None, "grade": None}, {"headcount": 1},
        {"post_category": "support", "band": None}),
    Row("special_post", {"name": "钱新", "id_number": NEWCOMER}, {}, {"employment_kind": "special", "band": None}),
    Row("conversion", {"post_category": "professional", "band": "junior", "grade": 13},
        {"headcount": 1, "junior": 1}, {"employment_kind": "staffed", "grade": 13},
        start={"employment": "special", "band": None, "grade": None}),
    Row("retirement", {}, LEFT, records=(("departure", "retirement"),), ended=True),
    Row("resignation", {}, LEFT, records=(("departure", "resignation"),), ended=True),
    Row("resignation", {}, {}, records=(("departure", "resignation"),), ended=True,
        start={"employment": "contract", "band": None, "grade": None}),
    Row("death", {}, LEFT, records=(("departure", "death"),), ended=True),
    Row("transfer_out", {}, LEFT, records=(("departure", "transfer"),), ended=True),
    Row("transfer_out", {}, {}, records=(("departure", "transfer"),), ended=True,
        start={"employment": "special", "band": None, "grade": None}),
    Row("dismissal", {}, LEFT, records=(("departure", "dismissal"),), ended=True),
    Row("transfer", {"to_school": "s02"}, LEFT, {"band": "middle", "grade": 9, "title": "一级"},
        target={"headcount": 1, "middle": 1}),
    Row("post", {"post_category": "management"}, {"middle": -1}, {"post_category": "management", "band": None}),
    Row("grade", {"grade": 10}, {}, {"grade": 10, "band": "middle"}),
    Row("title", {"title": "高级"}, {}, {"title": "高级", "band": "middle"}, (("title", "高级"),),
        filed=(Entry("title", SINCE, value="高级"),)),
    Row("rename", {"new_name": "赵行"}, {}, {"grade": 9}, (("former_name", "赵远"),)),
    Row("promotion", {"assessment": "excellent", "band": "senior", "grade": 7}, {"senior": 1, "middle": -1},
        {"band": "senior", "grade": 7}, (("term_assessment", "excellent"),), start={"title": "高级"}),
    Row("demotion", {"assessment": "failed", "band": "junior", "grade": 11}, {"junior": 1, "middle": -1},
        {"band": "junior", "grade": 11}, (("term_assessment", "failed"),)),
    Row("absence", {"reason": "sickness", "until": "2026-12-01"}, {}, {"grade": 9}, (("absence", "sickness"),)),
    Row("loan", {"loan": "support", "to_school": "s02", "until": "2027-07-01"}, {}, {"grade": 9},
        (("loan", "support"),)),
    Row("back", {"back_from": "absence"}, {}, {"grade": 9}, (("absence", "study"),),
        filed=(Entry("absence", SINCE, value="study"),)),
]  # fmt: skip


def test_every_kind_has_its_row():
    assert list(dict.fromkeys(row.kind for row in ROWS)) == list(KINDS)


def roles(person_id):
    held = select(ROLE.c.role, ROLE.c.organisation_id, ROLE.c.valid_until, ROLE.c.absent_from)
    rows = db.session.execute(held.where(ROLE.c.person_id == person_id).order_by(ROLE.c.id)).all()
    db.session.rollback()
    return rows


def file(person_id, *entries):
    with transaction() as session:
        writing.add_many(session, {person_id: entries}, by="hr", now=START)


def open_login(county, person_id, number):
    with transaction() as session:
        account = NewAccount(f"zhao{number}", "x", person_id, county.organisations["s01"])
        writing.confirm(session, [person_id], "discipline", TODAY, by="hr", now=START)
        return open_accounts(session, [account], START)[0]


def test_each_kind_does_what_it_says_and_nothing_else(any_app, clock):
    personnel = acting.county(clock)
    county = personnel.driver.county
    for number, row in enumerate(ROWS, start=800):
        person_id = personnel.someone(number, **row.start)
        login = open_login(county, person_id, number)
        file(person_id, *row.filed)
        before = {school: personnel.figures(school) for school in ("s01", "s02")}
        told = len(acting.departures())
        values = dict(row.values)
        if "to_school" in values:
            values["to_school"] = county.organisations[values["to_school"]]
        if "id_number" in values:
            values["id_number"] = id_number(number + 100)
        case = personnel.confirmed(row.kind, **values)
        assert case.state == "completed", (row.kind, case.variables)
        expect_ledger(personnel, row, before)
        expect_person(county, personnel, row, case.variables["subject_id"], login)
        assert len(acting.departures()) - told == row.ended, row.kind


def expect_ledger(personnel, row, before):
    for school, moved in (("s01", row.ledger), ("s02", row.target)):
        after = personnel.figures(school)
        found = {name: after[name][0] - before[school][name][0] for name in after}
        assert found == {**dict.fromkeys(after, 0), **moved}, row.kind
        assert all(reserved == 0 for _, reserved, _ in after.values()), row.kind


def expect_person(county, personnel, row, person_id, login):
    last = personnel.appointments(person_id)[-1]
    assert {name: getattr(last, name) for name in row.appointment} == row.appointment, row.kind
    assert last.valid_until == (TODAY if row.ended else None), row.kind
    records = db.session.execute(select(RECORD).where(RECORD.c.person_id == person_id)).all()
    assert [(one.kind, one.value) for one in map(opened, records)] == list(row.records)
    closed = db.session.scalar(select(LOGIN.c.closed_at).where(LOGIN.c.id == login))
    assert (closed is not None) == row.ended, row.kind
    place = county.organisations["s02" if row.kind == "transfer" else "s01"]
    standing = [role.organisation_id for role in roles(person_id) if role.valid_until is None]
    assert standing == ([] if row.ended or row.kind == "veteran" else [place]), row.kind
    name = db.session.scalar(select(PERSON.c.name).where(PERSON.c.id == person_id))
    assert name == {"rename": "赵行"}.get(row.kind, row.values.get("name", "赵远"))
    kinds = {event.kind for event in timeline.events(db.session(), f"person:{person_id}")}
    assert TOLD.get(row.kind, TOLD.get(KINDS[row.kind].group, "appointment.started")) in kinds
    db.session.rollback()


def test_who_is_away_has_the_alternate_in_the_roles_until_back(app, clock):
    personnel = acting.county(clock)
    personnel.confirmed("absence", reason="sickness")
    facts = facts_of(db.session(), [personnel.person_id], TODAY)[personnel.person_id]
    assert facts.absent
    assert roles(personnel.person_id)[0].absent_from == TODAY
    personnel.confirmed("back", back_from="absence", document="返岗通知")
    facts = facts_of(db.session(), [personnel.person_id], date(2026, 9, 11))[personnel.person_id]
    assert not facts.absent
    assert roles(personnel.person_id)[0].absent_from is None


def test_who_is_back_before_the_expected_day_is_there_from_then_on(app, clock):
    personnel = acting.county(clock)
    personnel.confirmed("absence", reason="leave", effective_on="2026-09-01", until="2026-12-01")
    assert facts_of(db.session(), [personnel.person_id], TODAY)[personnel.person_id].absent
    personnel.confirmed("back", back_from="absence")
    found = [
        facts_of(db.session(), [personnel.person_id], day)[personnel.person_id].absent for day in (YESTERDAY, TODAY)
    ]
    assert found == [True, False]


def test_why_somebody_is_away_is_read_by_hr_and_who_entered_it_alone(app, clock):
    personnel = acting.county(clock)
    case = personnel.confirmed("absence", reason="sickness")
    reads = {who: personnel.driver.actor(who) for who in ("s01.hr", "bureau.hr", "s01.principal")}
    shown = {who: cases.variables(actor, case.id).get("reason") for who, actor in reads.items()}
    assert shown == {"s01.hr": "sickness", "bureau.hr": "sickness", "s01.principal": None}
    told = cases.events(reads["s01.principal"], case.id)
    assert "sickness" not in str(told)
    same = sheet.common(reads["bureau.hr"], case.id)
    assert "sickness" not in f"{same.asked} {same.signed}", "the sheet is the same for everybody"


def test_who_is_back_from_one_thing_is_still_away_for_the_other(app, clock):
    personnel = acting.county(clock)
    there = personnel.driver.county.organisations["s02"]
    personnel.confirmed("loan", loan="support", to_school=there)
    personnel.confirmed("absence", reason="sickness")
    file(personnel.person_id, Entry("loan", SINCE, value="support", organisation_id=there, instance_id="an exchange"))
    personnel.confirmed("back", back_from="absence")
    assert lasting(personnel) == ["loan", "loan"]
    assert roles(personnel.person_id)[0].absent_from == TODAY, "the loan lasts"
    personnel.confirmed("back", back_from="loan")
    assert lasting(personnel) == ["loan"], "what an exchange has entered ends with the exchange"


def lasting(personnel):
    mine = (RECORD.c.person_id == personnel.person_id, RECORD.c.valid_until.is_(None))
    found = db.session.scalars(select(RECORD.c.kind).where(*mine).order_by(RECORD.c.id)).all()
    db.session.rollback()
    return list(found)


def test_what_was_true_before_the_change_stays_true_of_its_days(app, clock):
    personnel = acting.county(clock)
    personnel.confirmed("demotion", assessment="failed", band="junior", grade=11)
    first, second = personnel.appointments()
    assert (first.valid_from, first.valid_until, first.band) == (SINCE, TODAY, "middle")
    assert (second.valid_from, second.valid_until, second.band) == (TODAY, None, "junior")

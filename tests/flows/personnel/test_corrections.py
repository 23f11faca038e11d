"""A change that was carried out wrongly is corrected by a second person: both versions stay, the books are right."""

import pytest
from sqlalchemy import insert, select, update

from service.access.accounts import ACCOUNT as LOGIN
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.flows.corrections import queries
from service.flows.corrections.queries import CORRECTION
from service.people.members import PERSON, RELATION
from service.posts.ledger import Cause, Line, hold_many
from service.posts.posting import ACCOUNT
from tests.flows.personnel import acting
from tests.flows.personnel.correcting import confirm, correct, propose, refuse, row, standing
from tests.flows.personnel.test_kinds import NEW, open_login, roles
from tests.proofs.mixing_books import LockOrder, nameless
from tests.proofs.test_races import THREADS, at_once
from tests.service.people.county import id_number
from workflows.base import new_id

ROOM = {"headcount": (120, 96), "senior": (30, 18), "middle": (60, 38), "junior": (60, 36)}
EARLIER = "2026-09-01"
BEFORE = {"note": "依据劳动能力鉴定结论〔2026〕3 号"}
WRONG_AND_RIGHT = [
    ("transfer_in", {**NEW, "effective_on": EARLIER}, {"band": "middle", "grade": 9, "title": "一级"}),
    ("transfer_in", NEW, {"post_category": "support", "band": None, "grade": None}),
    ("retirement", {}, {"effective_on": EARLIER, "note": "提前退休，依据鉴定"}),
    ("transfer_out", {}, {"effective_on": EARLIER}),
    ("transfer", {"to_school": "s02"}, {"to_school": "point"}),
    ("transfer", {"to_school": "s02", "effective_on": EARLIER},
     {"effective_on": "2026-09-05", "band": "junior", "grade": 11}),
    ("post", {"post_category": "management"}, {"post_category": "professional", "band": "junior", "grade": 12}),
    ("promotion", {"assessment": "excellent", "band": "senior", "grade": 7}, {"grade": 6, "assessment": "competent"}),
    ("demotion", {"assessment": "failed", "band": "junior", "grade": 11}, {"effective_on": EARLIER, "grade": 12}),
    ("rename", {"new_name": "赵行"}, {"new_name": "赵航"}),
    ("loan", {"loan": "support", "to_school": "s02", "until": "2027-07-01"},
     {"loan": "secondment", "until": "2027-01-31"}),
    ("absence", {"reason": "study", "until": "2026-12-31"}, {"effective_on": EARLIER, "until": "2026-11-30"}),
]  # fmt: skip


@pytest.fixture
def personnel(app, clock):
    found = acting.county(clock, **ROOM)
    with transaction() as session:
        acting.open_accounts(session, found.driver.county.organisations["point"], ROOM)
    open_login(found.driver.county, found.person_id, 900)
    return found


def placed(personnel, values):
    organisations = personnel.driver.county.organisations
    return {name: organisations[value] if name == "to_school" else value for name, value in values.items()}


def somebody(personnel, number):
    """A person with a login, looked through; who comes from outside has a number of the own."""
    person_id = personnel.someone(number, title="高级")
    open_login(personnel.driver.county, person_id, number)
    return person_id


def brought_about(personnel, kind, number, values, corrections):
    """What a change and its corrections lead to: the movements, open appointment, standing records, roles, login."""
    before = used(personnel)
    if "id_number" in values:
        values = {**values, "id_number": id_number(number - 100)}
    case = personnel.confirmed(kind, **placed(personnel, values))
    assert case.state == "completed", case.variables
    for right in corrections:
        correct(personnel.driver, case, **placed(personnel, right))
    person_id = case.variables["subject_id"]
    names = ("organisation_id", "employment_kind", "post_category", "band", "grade", "subject", "title", "valid_from",
             "valid_until")  # fmt: skip
    jobs = [job for job in personnel.appointments(person_id) if job.struck_at is None]
    held = [(one.role, one.organisation_id, one.absent_from) for one in roles(person_id) if one.valid_until is None]
    closed = db.session.scalar(select(LOGIN.c.closed_at).where(LOGIN.c.person_id == person_id))
    named = db.session.scalar(select(PERSON.c.name).where(PERSON.c.id == person_id))
    db.session.rollback()
    after = used(personnel)
    moved = {one: after[one] - before[one] for one in after}
    facts = [tuple(getattr(job, name) for name in names) for job in jobs]
    return case, (moved, facts, standing(person_id), held, closed is None, named)


def used(personnel):
    """(School, account) → occupied; nothing may be held any more."""
    found = {(school, name): figures for school in ("s01", "s02", "point")
             for name, figures in personnel.figures(school).items()}  # fmt: skip
    assert {figures[1] for figures in found.values()} == {0}
    return {one: figures[0] for one, figures in found.items()}


@pytest.mark.parametrize(("kind", "wrong", "right"), WRONG_AND_RIGHT)
def test_a_corrected_change_leaves_what_the_right_one_would_have_left(personnel, kind, wrong, right):
    """Corrected, corrected back, corrected again: as if nothing else had ever been entered."""
    people = {number: somebody(personnel, number) for number in (962, 965)}
    books, order = nameless(), LockOrder()

    def done(number, values, *corrections):
        personnel.person_id = people[number]
        return brought_about(personnel, kind, number, values, corrections)

    back = {name: {"effective_on": "2026-09-10", **wrong}.get(name, BEFORE.get(name)) for name in right}
    _, as_right = done(962, {**wrong, **right})
    case, corrected = done(965, wrong, right, back, right)
    order.stop()
    assert corrected == as_right
    assert (nameless(), order.taken()) == (books, [])
    assert len(queries.corrections(personnel.driver.actor("bureau.hr"), instance_id=case.id)) == 3


def test_the_wrong_person_goes_on_and_the_right_one_leaves(personnel):
    """Appointment, roles, account and post of who never left go on; nobody is left over in any account."""
    other, wrong = somebody(personnel, 971), somebody(personnel, 972)
    books, order = nameless(), LockOrder()
    case = personnel.confirmed("transfer_out")
    done = correct(personnel.driver, case, person_id=other)
    order.stop()
    assert (nameless(), order.taken()) == (books, [])
    assert [job.valid_until is None for job in (*personnel.appointments(wrong), *personnel.appointments(other))] == [
        True, False,
    ]  # fmt: skip
    assert [one.valid_until for one in roles(wrong)] == [None]
    assert (closed(wrong), closed(other)) == (False, True)
    assert standing(wrong) == []
    assert [one.value for one in standing(other)] == ["transfer"]
    assert (row(done).before["person_id"], row(done).after["person_id"]) == (wrong, other)


def closed(person_id):
    found = db.session.scalar(select(LOGIN.c.closed_at).where(LOGIN.c.person_id == person_id))
    db.session.rollback()
    return found is not None


def test_a_second_person_confirms_and_until_then_nothing_is_changed(personnel):
    driver, case = personnel.driver, personnel.confirmed("grade", grade=10)
    found = propose(driver, case, grade=8)
    assert row(found).state == "open"
    assert personnel.appointments()[-1].grade == 10
    with pytest.raises(Forbidden, match=r"correction\.own"):
        confirm(driver, found, by="bureau.hr")
    with pytest.raises(Conflict, match=r"correction\.open"):
        propose(driver, case, grade=9)
    refuse(driver, found)
    with pytest.raises(Conflict, match=r"correction\.decided"):
        confirm(driver, found)
    assert (row(found).state, row(found).answer) == ("refused", "材料不足")
    taken_back = propose(driver, case, grade=8)
    refuse(driver, taken_back, by="bureau.hr")
    assert row(taken_back).state == "withdrawn"
    with pytest.raises(NotFound, match="absent"):
        confirm(driver, "nobody")


def test_whom_it_concerns_and_their_relatives_neither_propose_nor_confirm(personnel):
    driver = personnel.driver
    chief = driver.county.persons["bureau.chief"]
    case = personnel.confirmed("transfer_out")
    with transaction() as session:
        related = {"id": new_id(), "person_id": chief, "relative_id": personnel.person_id, "kind": "spouse", "note": ""}
        session.execute(insert(RELATION), {**related, "declared_at": driver.now, "declared_by": "test"})
    found = propose(driver, case, effective_on=EARLIER)
    with pytest.raises(Forbidden, match=r"recused|concerned"):
        confirm(driver, found)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"effective_on": "2026-09-11"}, "correction.ahead"),
        ({"effective_on": "soon"}, "correction.day"),
        ({"document": " "}, "field.required"),
        ({"id_number": "1"}, "correction.not_asked"),
        ({"person_id": "nobody"}, "person.absent"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(personnel, values, code):
    case = personnel.confirmed("transfer_out")
    with pytest.raises(Invalid) as refused:
        propose(personnel.driver, case, **values)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_what_changes_nothing_is_no_correction(personnel):
    case = personnel.confirmed("grade", grade=10)
    with pytest.raises(Conflict, match=r"correction\.same"):
        propose(personnel.driver, case, grade="10")


def test_what_something_else_was_built_on_is_corrected_after_it(personnel):
    case = personnel.confirmed("grade", grade=10)
    later = personnel.confirmed("grade", grade=8)
    with pytest.raises(Conflict, match=r"correction\.built_on"):
        propose(personnel.driver, case, grade=9)
    correct(personnel.driver, later, grade=9)


def test_a_place_that_was_given_away_since_is_named(personnel):
    """Who never left would be one too many at a school that has filled the post: the account is named."""
    other = personnel.someone(973, employment="contract", band=None, grade=None)
    open_login(personnel.driver.county, other, 973)
    somebody(personnel, 974)
    case = personnel.confirmed("transfer_out")
    account = fill(personnel, "s01", "middle")
    before = personnel.figures()
    with pytest.raises(Conflict, match=r"ledger\.full") as refused:
        propose(personnel.driver, case, person_id=other)
    assert refused.value.params["account_id"] == account
    assert (personnel.figures(), before["middle"][2]) == (before, 0)
    correct(personnel.driver, case, effective_on=EARLIER)
    assert personnel.figures() == before, "another day moves nobody"


def fill(personnel, school, band):
    """Others take every free post of a band."""
    own = (ACCOUNT.c.organisation_id == personnel.driver.county.organisations[school], ACCOUNT.c.band == band)
    with transaction() as session:
        account = session.scalar(select(ACCOUNT.c.id).where(*own, ACCOUNT.c.pool.is_(False)))
        cause = Cause(None, "fill", band, "test", personnel.driver.now)
        hold_many(session, cause, [Line(account, "others", personnel.figures(school)[band][2])])
    return account


def test_what_it_would_do_now_is_what_was_shown(personnel):
    """Who confirms confirms what was shown; where it would do something else, it is proposed anew."""
    driver, case = personnel.driver, personnel.confirmed("transfer_out")
    found = propose(driver, case, effective_on=EARLIER)
    with transaction() as session:
        changed = update(CORRECTION).where(CORRECTION.c.id == found)
        session.execute(changed.values(effects={"ledger": [], "told": [], "published": False}))
    with pytest.raises(Conflict, match=r"correction\.otherwise"):
        confirm(driver, found)
    assert standing(personnel.person_id)[0].valid_from == acting.TODAY


def test_of_many_who_confirm_at_once_one_does(postgres_app, clock):
    personnel = acting.county(clock)
    driver, case = personnel.driver, personnel.confirmed("transfer_out")
    found = propose(driver, case, effective_on=EARLIER)
    told = at_once(postgres_app, lambda _: confirm(driver, found))
    refused = [one.code for one in told if isinstance(one, Conflict)]
    assert refused == ["correction.decided"] * (THREADS - 1)
    assert [one.valid_from.isoformat() for one in standing(personnel.person_id)] == [EARLIER]

"""A decided round whose list was wrong: the post goes to somebody else, to nobody, or to who had got none."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service.audit import timeline
from service.audit.verify import verify
from service.db import db, transaction
from service.errors import Conflict, Invalid
from service.flows.publicity.periods import PUBLICITY
from service.people import staff
from service.posts.leaving import leave
from service.posts.ledger import Cause
from service.tasks.advance import stream_of
from tests.flows.personnel.correcting import correct, propose, row
from tests.flows.reserved_posts import acting, files
from tests.flows.reserved_posts.acting import appointment, loan_of, occupied, pool, row_of
from tests.proofs.mixing_books import LockOrder, nameless

KIND = {"kind": "reserved.allocation", "item": "senior.1"}
TODAY = datetime(2026, 9, 25, 3, tzinfo=ZoneInfo("Asia/Shanghai"))
ON, GRADE = "2026-09-24", 7


@pytest.fixture
def decided(driver):
    """A round of one post: the first of two has it, the second was refused."""
    people = [acting.teacher(driver, 700, exchange=("s02", 24)), acting.teacher(driver, 701)]
    case = acting.called(driver, 1)
    applications = [acting.accepted(driver, person) for person in people]
    acting.ranked(case)
    acting.agreed(driver, case)
    return case, applications, people


def names(driver, applications):
    return [f"{row_of(one).rank} · {one.variables['applicant_name']} · S02" for one in applications]


def appointed(driver, application):
    assert application.fire("publicity_over")
    driver.clock.set(TODAY)
    application.complete("appointment", "s02.principal", "appointed", appointed_on="2026-09-25")


@pytest.mark.parametrize("far", ["granted", "lent", "appointed"])
def test_the_post_goes_to_who_should_have_got_it_and_back(driver, decided, far):
    """Wherever the application stands that had it: pool, appointments, cases and both lists agree."""
    case, (first, second), (had, should) = decided
    books, order = nameless(), LockOrder()
    if far == "lent":
        first.fire("publicity_over")
    if far == "appointed":
        appointed(driver, first)
    driver.clock.set(TODAY)
    one, two = names(driver, (first, second))
    found = correct(driver, case, **KIND, applicant=two, appointed_on=ON, grade=GRADE)
    acting.told(driver)
    assert (first.state, row_of(first).state, row_of(second).state) == ("cancelled", "refused", "appointed")
    assert (appointment(had).band, appointment(should).band, loan_of(should).ended_on) == ("middle", "senior", None)
    assert (pool(driver), occupied(driver, "middle"), occupied(driver, "senior")) == ((7, 0, 3), 37, 20)
    assert (row(found).before["applicant"], row(found).after["applicant"]) == (one, two)
    assert published() == [(second.id, found)]
    assert kinds(second)[:1] == ["correction.made"], "the other's sheet ends with it, too"
    correct(driver, case, **KIND, applicant=one, appointed_on=ON, grade=GRADE)
    assert (appointment(had).band, appointment(should).band) == ("senior", "middle")
    correct(driver, case, **KIND, applicant="")
    order.stop()
    assert (pool(driver), occupied(driver, "middle")) == ((6, 0, 4), 38)
    assert [row_of(one).granted for one in (first, second)] == [False, False]
    assert (nameless(), order.taken(), verify(driver.now).findings) == (books, [], [])
    correct(driver, case, **KIND, applicant=two, appointed_on=ON, grade=GRADE)
    assert [row_of(one).granted for one in (first, second)] == [False, True], "a place that nobody had is given"
    assert (appointment(should).band, pool(driver), occupied(driver, "middle")) == ("senior", (7, 0, 3), 37)


def kinds(case):
    found = [event.kind for event in timeline.latest(db.session(), stream_of(case.id), limit=5)]
    db.session.rollback()
    return found


def published():
    found = select(PUBLICITY.c.instance_id, PUBLICITY.c.correction_id).where(PUBLICITY.c.correction_id.is_not(None))
    rows = [tuple(one) for one in db.session.execute(found)]
    db.session.rollback()
    return rows


def test_what_stands_against_somebody_is_said_and_gives_no_post(driver, decided):
    case, applications, (_, should) = decided
    driver.clock.set(TODAY)
    _, two = names(driver, applications)
    wanted = {"kind": "reserved.allocation", "item": "senior.1", "appointed_on": ON, "grade": GRADE}
    files.enter(should, "ethics", value="investigation", document="立〔2026〕1号")
    with pytest.raises(Conflict, match=r"reserved\.against") as refused:
        propose(driver, case, **wanted, applicant=two)
    assert refused.value.params["against"] == "suspended"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"applicant": 1}, "field.required"),
        ({"applicant": 1, "appointed_on": "2026-12-01", "grade": 7}, "correction.ahead"),
        ({"applicant": 0, "appointed_on": ON, "grade": 7}, "reserved.correct_there"),
        ({"applicant": "9 · 某人 · S02"}, "correction.choice"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(driver, decided, values, code):
    case, applications, _ = decided
    driver.clock.set(TODAY)
    known = values["applicant"]
    named = {**values, "applicant": names(driver, applications)[known] if isinstance(known, int) else known}
    with pytest.raises(Invalid) as refused:
        propose(driver, case, **KIND, **named)
    assert code in {fault.code for fault in refused.value.faults}


def test_a_post_that_was_given_back_at_the_end_of_its_term_stays_where_it_is(driver, decided):
    case, applications, _ = decided
    appointed(driver, applications[0])
    driver.clock.set(datetime(2029, 7, 30, 3, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert applications[0].fire("term_near")
    applications[0].complete("term_end", "bureau.hr", "give_back", afterwards="former")
    assert loan_of(applications[0].variables["applicant_id"]).ended_on == date(2029, 7, 30)
    with pytest.raises(Conflict, match=r"correction\.built_on"):
        propose(driver, case, **KIND, applicant="")


def test_a_post_that_came_back_with_a_retirement_is_not_taken_back_once_more(driver):
    """It was the only one lent, and the case has not heard of it yet: the ledger is not asked for what it has not."""
    person = acting.teacher(driver, 702, title="一级", band="junior")
    case = acting.called(driver, 0, 1)
    application = acting.accepted(driver, person, band="middle")
    acting.ranked(case)
    acting.agreed(driver, case)
    appointed(driver, application)
    job, gone = appointment(person).id, TODAY.date() + timedelta(days=1)
    with transaction() as session:
        leave(session, Cause("another case", "leave", "t1", "person:1", driver.now), person, "retirement", TODAY.date())
        staff.end_appointment(session, person, job, gone, "retirement", by="hr", now=driver.now)
    assert (pool(driver, "middle"), row_of(application).state) == ((0, 0, 8), "appointed")
    with pytest.raises(Conflict, match=r"correction\.built_on"):
        propose(driver, case, kind="reserved.allocation", item="middle.1", applicant="")

"""Schools over their number, loaded as they are, get nothing from any flow until the excess is used up (policy §2)."""

import pytest
from sqlalchemy import select

from service.access.actor import Actor
from service.db import db, transaction
from service.errors import Conflict
from service.flows.exchange import gathering
from service.people.queries import ORGANISATION
from service.posts import commands, ledger
from service.posts.commands import MovePost
from service.posts.leaving import leave
from service.posts.ledger import Cause, Full
from service.posts.posting import ACCOUNT
from service.posts.queries_sums import county as county_sums
from service.posts.queries_sums import reconcile
from service.posts.rules import Figures, pool_shortage
from tests.conftest import START
from tests.flows.exchange import driving, placing
from tests.flows.hiring import county as hiring_county
from tests.flows.hiring.driver import Case
from tests.flows.reserved_posts import acting as reserved
from tests.flows.title import acting as titles
from tests.flows.title import county as title_county
from tests.service.opening import books

RECOMMENDED = {"school_score": 90, "recommended_on": "2026-09-10"}
ONE = [{"subject": "语文", "stage": "primary", "band": "junior", "count": 1}]
SENIOR_POOL = {"organisation": "bureau", "band": "高级", "approved": "4", "opened_on": books.DAY,
               "document": books.PAPER}  # fmt: skip


def load(code, **cells):
    """The numbers of a school, through the import."""
    row = books.numbers(code, **cells)
    done = books.loaded(Actor.system(), books.book({"numbers": [row]}), books.now())
    assert done.state == "loaded"


def account(code, band=None, pool=False):
    place = select(ORGANISATION.c.id).where(ORGANISATION.c.code == code).scalar_subquery()
    mine = (ACCOUNT.c.organisation_id == place, ACCOUNT.c.band == band, ACCOUNT.c.pool.is_(pool))
    row = db.session.execute(select(ACCOUNT).where(*mine)).one()
    db.session.rollback()
    return row


def figures(code, band=None, pool=False):
    row = account(code, band, pool)
    return Figures(row.approved, row.excess, row.occupied, row.reserved, row.lent)


def cause(token):
    return Cause(None, "left", token, "system", START)


def asked(row):
    """Whether one post of the account is to be had."""
    with transaction() as session:
        found = ledger.hold(session, Cause("case", "asking", "t", "system", START), row.id, "one", 1)
        session.rollback()
    return not isinstance(found, Full)


def retire(row, number):
    with transaction() as session:
        ledger.vacate(session, cause(f"{row.id}{number}"), [row.id], "somebody")


def opened_county():
    rows = books.county()
    rows["numbers"] = [books.numbers("s01", senior_approved="20", senior_occupied="23")]
    rows["loans"] = []
    return rows


def test_10_an_excess_that_was_loaded_falls_before_a_vacancy_opens(app):
    books.loaded(Actor.system(), books.book(opened_county()), books.now())
    senior = account("s01", "senior")
    assert figures("s01", "senior") == Figures(20, 3, 23, 0, 0)
    for left in (2, 1, 0):
        assert not asked(senior)
        retire(senior, left)
        assert figures("s01", "senior") == Figures(20, left, 20 + left, 0, 0)
    assert not asked(senior)
    retire(senior, "fourth")
    assert figures("s01", "senior") == Figures(20, 0, 19, 0, 0) and asked(senior)
    assert reconcile(Actor.system()) == ()


def test_11_a_pool_below_its_floor_gets_the_first_post_that_is_left(app):
    rows = opened_county()
    rows["numbers"] = [books.numbers("s01", senior_approved="605", senior_occupied="605")]
    rows["pools"] = [{**rows["pools"][0], "band": "高级", "approved": "0"}]
    books.loaded(Actor.system(), books.book(rows), books.now())
    school, pool = account("s01", "senior"), account("bureau", "senior", pool=True)
    assert pool_shortage(605, 0, 10) == 61 and not asked(pool)
    move = MovePost(school.id, pool.id, 1, "县编办〔2026〕9号", START.date())
    with pytest.raises(Conflict, match=r"ledger\.full"):
        commands.move_post(Actor.system(), move, now=START)
    retire(school, 1)
    commands.move_post(Actor.system(), move, now=START)
    assert (figures("s01", "senior").approved, figures("bureau", "senior", pool=True).approved) == (604, 1)
    [senior] = [one for one in county_sums(Actor.system()) if one.band == "senior"]
    assert senior.is_conserved and pool_shortage(605, 1, 10) == 60


def test_a_school_over_its_headcount_asks_for_somebody_when_the_third_of_two_too_many_has_left(app):
    definition = hiring_county.build()
    load("s01", headcount_approved="96", headcount_occupied="98", junior_approved="40", junior_occupied="36")
    for excess in (2, 1, 0):
        with pytest.raises(Conflict, match=r"ledger\.full") as refused:
            Case(definition, posts=ONE)
        assert (refused.value.params["kind"], refused.value.params["free"]) == ("headcount", 0)
        assert figures("s01") == Figures(96, excess, 96 + excess, 0, 0), "whoever asks makes no excess"
        retire(account("s01"), excess)
    assert Case(definition, posts=ONE).state == "running"
    assert figures("s01") == Figures(96, 0, 95, 1, 0)


def test_a_school_over_its_middle_posts_recommends_somebody_when_the_third_of_two_too_many_has_left(app, clock):
    driver = title_county.build(clock)
    load("s02", middle_approved="36", middle_occupied="38", junior_approved="40", junior_occupied="3")
    case = titles.apply(driver, title_county.teacher(driver, "li"))
    case.complete("verification", "s02.hr", "verify")
    for excess in (2, 1, 0):
        with pytest.raises(Conflict, match=r"ledger\.full"):
            case.complete("recommendation", "s02.principal", "recommend", **RECOMMENDED)
        assert (case.open(), figures("s02", "middle").excess) == (["recommendation"], excess)
        retire(account("s02", "middle"), excess)
    case.complete("recommendation", "s02.principal", "recommend", **RECOMMENDED)
    assert case.fire("publicity_over")
    assert figures("s02", "middle") == Figures(36, 0, 35, 1, 0)


def test_a_school_over_its_number_is_no_place_of_an_exchange_until_the_third_of_two_too_many_has_left(app, clock):
    world = driving.world(clock)
    load("s02", headcount_approved="5", headcount_occupied="7", middle_approved="2", middle_occupied="4")
    case, _ = driving.applied(world, "a1")
    place = world.county.organisations["s02"]

    def places():
        with transaction() as session:
            problem = gathering.problem_of(session, case.id, world.now.date())
        return problem.headcount[place], problem.posts[place]["middle"]

    for left in range(3):
        assert places() == (0, 0)
        retire(account("s02"), left)
        retire(account("s02", "middle"), left)
    assert places() == (1, 1)


def test_who_leaves_a_school_over_its_number_in_an_exchange_lowers_the_excess_and_opens_no_vacancy(app, clock):
    world = driving.world(clock)
    load("s01", headcount_approved="8", headcount_occupied="10", middle_approved="9", middle_occupied="10")
    placing.arrived(world, "move")
    assert figures("s01") == Figures(8, 1, 9, 0, 0) and not asked(account("s01"))
    assert figures("s01", "middle") == Figures(9, 0, 9, 0, 0) and not asked(account("s01", "middle"))
    assert placing.books(world)[1] == (7, 7), "and was received where there was a place"


def test_a_post_of_the_pool_leaves_a_school_over_its_number_no_vacancy(app, clock):
    """The teacher leaves an own middle post, of which there was one too many, for the lent senior one, and retires."""
    driver = reserved.county(clock)
    load("s02", headcount_approved="95", headcount_occupied="96", middle_approved="37", middle_occupied="38",
         senior_approved="20", senior_occupied="20")  # fmt: skip
    case, person = reserved.granted(driver)
    assert case.fire("publicity_over")
    case.complete("appointment", "s02.principal", "appointed", appointed_on="2026-09-10")
    assert (figures("s02", "middle"), reserved.pool(driver)) == (Figures(37, 0, 37, 0, 0), (7, 0, 3))
    with transaction() as session:
        leave(session, cause("retires"), person, "retirement", START.date())
    assert figures("s02") == Figures(95, 0, 95, 0, 0) and figures("s02", "senior") == Figures(20, 0, 20, 0, 0)
    assert [asked(account("s02", band)) for band in (None, "senior", "middle")] == [False] * 3
    assert reserved.pool(driver) == (6, 0, 4) and reconcile(Actor.system()) == ()


def test_a_free_post_that_moves_to_a_school_over_its_number_only_lowers_the_excess(app):
    books.loaded(Actor.system(), books.book(opened_county() | {"pools": [SENIOR_POOL]}), books.now())
    school, pool = account("s01", "senior"), account("bureau", "senior", pool=True)
    commands.move_post(Actor.system(), MovePost(pool.id, school.id, 3, "县编办〔2026〕9号", START.date()), now=START)
    assert figures("s01", "senior") == Figures(23, 0, 23, 0, 0) and not asked(school)
    commands.move_post(Actor.system(), MovePost(pool.id, school.id, 1, "县编办〔2026〕9号", START.date()), now=START)
    assert figures("s01", "senior") == Figures(24, 0, 23, 0, 0) and asked(school)

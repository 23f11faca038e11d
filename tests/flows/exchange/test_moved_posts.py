"""Who moves brings the own post along: worked example 3 of the policy in its variant, through the API."""

from dataclasses import dataclass

import pytest
from flask import current_app
from lxml import html
from sqlalchemy import select, update

from service.access.actor import Actor
from service.db import db, transaction
from service.errors import Conflict, Invalid
from service.flows.exchange import gathering, runs
from service.parameters.queries import county as parameters_of
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.posts import uplift
from service.posts.posting import ACCOUNT, ENTRY
from service.posts.queries_sums import county, reconcile
from tests.flows.exchange import driving
from tests.flows.exchange.conftest import at_once
from tests.flows.exchange.driving import FIGURES, FIRST
from tests.flows.exchange.placing import DECIDED, LAST
from tests.service.web.api.house import House
from tests.service.web.pages.browser import Site

EXAMPLE = {
    **FIGURES,
    "s01": {"headcount": (50, 40), "senior": (20, 20), "middle": (12, 9), "junior": (20, 2)},
    "s02": {"headcount": (20, 12), "senior": (5, 5), "middle": (8, 6), "junior": (2, 0)},
}
LENT = {"s01": 2, "s02": 1, "point": 3}


@dataclass
class Example:
    """School A (s01) 20 of 20 senior posts, school B (s02) 5 of 5, a pool of 10 with 6 lent; a1 is senior at A."""

    world: driving.World
    house: House

    def call(self, who, path, status=200, **body):
        reply = self.house.caller(who).post(path, body)
        assert reply.status_code == status, reply.get_data(as_text=True)
        return reply.json

    def posts(self, place, pool=False):
        """(approved, occupied, reserved, lent) of senior posts, as the API tells."""
        wanted = (ACCOUNT.c.organisation_id == self.world.county.organisations[place], ACCOUNT.c.band == "senior")
        account_id = self.world.row(select(ACCOUNT.c.id).where(*wanted, ACCOUNT.c.pool.is_(pool))).id
        found = self.house.caller("bureau.hr").get(f"/accounts/{account_id}").json
        return tuple(found[name] for name in ("approved", "occupied", "reserved", "lent"))


@pytest.fixture
def example(app, clock, monkeypatch):
    monkeypatch.setattr(runs, "_lines", at_once)
    world = driving.world(clock, EXAMPLE, ("senior", 10, LENT))
    with transaction() as session:
        mine = APPOINTMENT.c.person_id == world.county.persons["a1"]
        session.execute(update(APPOINTMENT).where(mine).values(band="senior", grade=7))
    yield Example(world, House(app, clock, world.county, {}))
    db.session.rollback()


def begun(example):
    """A plan through the API up to the arrival: B, which has no post free, offers a place with the own post."""
    world, place = example.world, example.world.county.organisations["s02"]
    case = driving.start(world)
    base = f"/exchange-plans/{case.id}"
    wanted = {"organisation_id": place, "subject": "语文", "stage": "primary", "band": "senior", "count": 1}
    opening = example.call("s02.hr", f"{base}/openings", 201, **wanted, manner="bring")["id"]
    driving.opened(world, case)
    entry = world.entry(case, "a1").id
    assert example.call("a1", f"/exchange-entries/{entry}/apply", wishes=[opening])["wishes"][0]["manner"] == "bring"
    driving.closed(world, case)
    driving.matched(world, case)
    shown = example.house.caller("b1").get(f"{base}/published").json["items"]
    assert [(one["name"], one["manner"]) for one in shown] == [("a1", "bring")]
    driving.published(world, case)
    driving.meet(world, case, "decision", "approve")
    world.work()
    world.move_to(FIRST)
    return world.placements(case)[0]


def test_the_post_moves_too_and_of_the_county_s_posts_none_is_more_or_fewer(example):
    one = begun(example)
    assert (example.posts("s01"), example.posts("s02"), example.posts("bureau", pool=True)) == (
        (20, 20, 0, 0), (5, 5, 0, 0), (10, 0, 0, 6),
    )  # fmt: skip
    assert example.world.figures("s02") == (12, 1, 0)
    refused = example.house.decide("s02.hr", one.id, "arrival", "arrived", arrived_on=FIRST.isoformat())
    missing = [(fault["path"], fault["code"]) for fault in refused.json["errors"]]
    assert missing == [("values.post_document", "field.required"), ("values.post_decided_on", "field.required")]
    sent = {"arrived_on": FIRST.isoformat(), **DECIDED}
    done = example.house.decide("s02.hr", one.id, "arrival", "arrived", **sent)
    assert done.status_code == 200, done.json
    assert (example.posts("s01"), example.posts("s02"), example.posts("bureau", pool=True)) == (
        (19, 19, 0, 0), (6, 6, 0, 0), (10, 0, 0, 6),
    )  # fmt: skip
    assert (example.world.figures("s01"), example.world.figures("s02")) == ((39, 0, 0), (13, 0, 0))
    assert example.world.appointment("a1") == "s02"
    assert reconcile(Actor.system()) == () and all(one.is_conserved for one in county(Actor.system()))
    moved = select(ENTRY.c.document, ENTRY.c.decided_on).where(ENTRY.c.event == "moved")
    assert [(row.document, row.decided_on.isoformat()) for row in example.world.rows(moved)] == [
        tuple(DECIDED.values())
    ] * 2


def lifted(world):
    """A is a remote school with 22 posts, 14 of them senior and middle: no more than its uplift asks for."""
    with transaction() as session:
        here = (ACCOUNT.c.organisation_id == world.county.organisations["s01"], ACCOUNT.c.band == "junior")
        session.execute(ACCOUNT.update().where(*here).values(approved=8))
        session.execute(update(ORGANISATION).where(ORGANISATION.c.code == "s01").values(area="remote"))


def in_excess(world):
    with transaction() as session:
        here = (ACCOUNT.c.organisation_id == world.county.organisations["s01"], ACCOUNT.c.band == "middle")
        session.execute(ACCOUNT.update().where(*here).values(approved=9, excess=1))


@pytest.mark.parametrize(("make", "code"), [(lifted, r"ledger\.uplift"), (in_excess, r"ledger\.excess_first")])
def test_a_school_that_has_no_post_to_give_keeps_it_and_nothing_moves(waiting, make, code):
    world, one = waiting("bring")
    make(world)
    before = world.rows(select(ACCOUNT).order_by(ACCOUNT.c.id))
    with pytest.raises(Conflict, match=code):
        one.complete("arrival", "s02.hr", "arrived", arrived_on=FIRST.isoformat(), **DECIDED)
    assert (one.open(), world.rows(select(ACCOUNT).order_by(ACCOUNT.c.id))) == (["arrival"], before)


def test_the_round_already_asks_what_a_school_may_give_along(world):
    """s01 is weak: of its 14 posts of the higher bands it needs so many; middle posts over their number go nowhere."""
    case, _ = driving.applied(world, "a1", manner="bring")
    place, today = world.county.organisations["s01"], world.now.date()

    def given():
        with transaction() as session:
            return gathering.problem_of(session, case.id, today).given

    assert given() == {}
    with transaction() as session:
        session.execute(update(ORGANISATION).where(ORGANISATION.c.id == place).values(weak=True))
        spare = uplift.spared(session, uplift.reading_of(parameters_of(session, today)))[place]
    assert given() == {place: {"upper": spare}}
    with transaction() as session:
        mine = (ACCOUNT.c.organisation_id == place, ACCOUNT.c.band == "middle")
        session.execute(ACCOUNT.update().where(*mine).values(approved=8, excess=2))
    assert given()[place]["middle"] == 0


@pytest.mark.parametrize("decided", [{}, {"post_document": " "}, {"post_decided_on": "2026-11-03"}])
def test_without_a_dated_decision_no_post_moves(waiting, decided):
    world, one = waiting("bring")
    sent = {**DECIDED, **decided} if decided else {}
    with pytest.raises(Invalid):
        one.complete("arrival", "s02.hr", "arrived", arrived_on=FIRST.isoformat(), **sent)
    assert (one.open(), world.appointment("a1")) == (["arrival"], "s01")


@pytest.mark.parametrize(("brought", "middle"), [(True, ((12, 10), (8, 6))), (False, ((11, 10), (9, 6)))])
def test_a_return_takes_the_post_back_by_a_decision_of_its_own_alone(ended, brought, middle):
    world, one = ended("bring")
    assert one.variables["post_document"] is None
    again = {"post_document": "教岗〔2029〕3号", "post_decided_on": LAST.isoformat()} if brought else {}
    one.complete("term_decision", "bureau.hr", "return", returned_on=LAST.isoformat(), **again)
    mine = (ACCOUNT.c.band == "middle", ACCOUNT.c.pool.is_(False))
    found = {row.organisation_id: (row.approved, row.occupied) for row in world.rows(select(ACCOUNT).where(*mine))}
    places = world.county.organisations
    assert (one.state, world.appointment("a1")) == ("completed", "s01")
    assert (found[places["s01"]], found[places["s02"]]) == middle


@pytest.mark.parametrize(("manner", "asked"), [("move", False), ("bring", True)])
def test_the_arrival_asks_for_the_decision_only_where_a_post_moves(waiting, manner, asked):
    world, one = waiting(manner)
    site = Site(current_app._get_current_object(), world)
    page = html.fromstring(site.visitor("s02.hr").text(f"/tasks/{one.task('arrival').id}"))
    fields = {field.get("name"): field.get("required") is not None for field in page.iter("input")}
    wanted = {"post_document": True, "post_decided_on": True} if asked else {}
    assert {name: needed for name, needed in fields.items() if name in DECIDED} == wanted
    one.complete("arrival", "s02.hr", "no_show", opinion="未到校。")
    assert one.state == "cancelled"

"""Placements as people take them through their term, and what then stands in the books and in the record."""

from datetime import date

from sqlalchemy import select

from service.access.actor import Actor
from service.db import db, transaction
from service.posts.posting import ACCOUNT
from service.posts.queries_sums import county, reconcile
from service.records.reading import RECORD
from tests.flows.exchange import driving
from tests.flows.exchange.driving import FIRST

LAST = date(2029, 11, 2)
DECIDED = {"post_document": "教岗〔2026〕7号", "post_decided_on": "2026-10-20"}
"""The decision by which a post moves along."""
RETURNED = {"returned_on": LAST.isoformat()}


def placed(world, manner, also=()):
    """A placement of one person at s02; the plan has places at the schools `also`, too."""
    case = driving.start(world)
    opening = driving.offer(world, case, "s02", manner=manner)
    for other in also:
        driving.offer(world, case, other, by="bureau.hr", manner=manner)
    driving.opened(world, case)
    driving.apply(world, case, "a1", opening)
    driving.closed(world, case)
    driving.matched(world, case)
    driving.published(world, case)
    driving.meet(world, case, "decision", "approve")
    world.work()
    world.move_to(FIRST)
    return world.placements(case)[0]


def arrived(world, manner, also=()):
    one = placed(world, manner, also)
    one.complete("arrival", "s02.hr", "arrived", arrived_on=FIRST.isoformat(), **(DECIDED if manner == "bring" else {}))
    return one


def over(world, manner):
    """A whole term and its assessment."""
    one = years(world, arrived(world, manner))
    one.complete("term_assessment", "s02.hr", "excellent")
    return one


def years(world, one, count=3, value="competent"):
    """So many years pass, each with its assessment."""
    for year in range(FIRST.year, FIRST.year + count):
        world.move_to(date(year + 1, 11, 3))
        one.fire("year_over")
        one.complete("yearly_assessment", "s02.hr", value, assessed_year=year)
    return one


def books(world):
    """School → (headcount, middle posts) occupied; the pool's (reserved, lent); sums agree with the entries."""
    assert reconcile(Actor.system()) == ()
    assert all(one.is_conserved for one in county(Actor.system()))
    db.session.rollback()
    found = {school: (world.figures(school)[0], world.figures(school, "middle")[0]) for school in ("s01", "s02")}
    return found["s01"], found["s02"], world.figures("bureau", "middle", pool=True)[1:]


def records(world, who="a1"):
    mine = RECORD.c.person_id == world.county.persons[who]
    found = select(RECORD.c.kind, RECORD.c.value, RECORD.c.valid_until).where(mine).order_by(RECORD.c.valid_from)
    return [tuple(row) for row in world.rows(found)]


def full(world, school, band=None):
    """Take away what is free, as a cut would."""
    with transaction() as session:
        mine = (ACCOUNT.c.organisation_id == world.county.organisations[school], ACCOUNT.c.band == band)
        free = ACCOUNT.c.approved + ACCOUNT.c.excess - ACCOUNT.c.occupied - ACCOUNT.c.reserved
        session.execute(ACCOUNT.update().where(*mine).values(approved=ACCOUNT.c.approved - free))

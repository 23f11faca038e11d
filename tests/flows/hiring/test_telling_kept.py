"""What a hiring on paper takes over: what was kept for it under a name, and papers that several cases share."""

from dataclasses import replace
from datetime import date

import pytest

from service.attachments.queries import of_instance
from service.db import db
from service.errors import Conflict, Invalid
from service.instances.commands_told import DecideTold, confirm_told
from service.posts import queries, queries_named
from service.posts.commands_named import BookHold, book_hold
from tests.flows.hiring import acting
from tests.flows.hiring.telling import Paper
from tests.flows.hiring.ways import plain, told_at


@pytest.fixture
def driver(app, clock):
    return acting.county(clock)


def kept(driver, count):
    """So many junior posts and headcount of s01, kept for a case on paper."""
    school, actor = driver.county.organisations["s01"], driver.actor("bureau.hr")
    accounts = [found.id for found in queries.accounts(actor, organisation_id=school) if found.band in (None, "junior")]
    owner = f"school_hr@{school}"
    hold = BookHold(school, owner, "纸质招聘", "教人〔2026〕2号", date(2026, 8, 1), date(2026, 12, 31),
                    dict.fromkeys(accounts, count))  # fmt: skip
    db.session.rollback()
    return book_hold(actor, hold, now=driver.now)


def test_case_takes_over_what_was_kept_for_it_though_nothing_else_is_free(driver):
    hold = kept(driver, 4)
    assert acting.figures(driver) == (96, 4, 0)
    with pytest.raises(Conflict, match=r"ledger\.full"):
        told_at(driver, "filing", 3).rehearsed()
    paper = told_at(driver, "filing", 3)
    paper.told = replace(paper.told, hold_id=hold)
    assert [(held.count, held.free) for held in paper.rehearsed().holds] == [(3, 1), (3, 1)]
    assert acting.figures(driver) == (96, 4, 0)
    case = paper.begun()
    assert acting.figures(driver) == (96, 3, 1)
    assert acting.figures(driver, band="junior") == (36, 3, 1)
    over = queries_named.hold(driver.actor("bureau.hr"), hold)
    assert (over.ended_because, over.instance_id) == ("case", case.id)
    case.withdraw("s01.hr")
    assert acting.figures(driver) == (96, 0, 4)


def test_hold_of_another_school_is_not_taken_over(driver):
    paper = plain(Paper(driver, "announce_bureau", school="s02"))
    paper.told = replace(paper.told, hold_id=kept(driver, 1))
    with pytest.raises(Invalid, match=r"told\.other_hold"):
        paper.rehearsed()


def test_one_paper_may_decide_several_cases_and_each_has_it_as_its_own(driver):
    papers = [Paper(driver, "filing", count=1) for _ in range(3)]
    for paper in papers[1:]:
        paper.scan = papers[0].scan
        paper.told = replace(paper.told, variables={**paper.told.variables, "minutes": papers[0].minutes})
    told = [DecideTold(paper.reviewed().proposed()) for paper in papers]
    begun = [confirm_told(driver.actor("bureau.chief"), one, now=driver.now).instance_id for one in told]
    files = {one: of_instance(driver.actor("bureau.hr"), one) for one in begun}
    assert [len(found) for found in files.values()] == [2, 2, 2]
    assert len({file.id for found in files.values() for file in found}) == 6
    assert len({frozenset(file.checksum for file in found) for found in files.values()}) == 1

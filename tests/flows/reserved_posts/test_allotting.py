"""Posts for remote and weak schools follow from the round: proposed by what they lack, moved by a dated decision."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from service.db import db
from service.errors import Invalid
from service.flows.declaring import QUEUES
from service.flows.reserved.allotting import Lack, Spare, proposed
from service.posts.posting import ACCOUNT, ENTRY
from service.tasks.commands_returning import ReturnTask, return_task
from tests.flows.reserved_posts import acting, files

PAPER = {"allotment_document": "编办〔2026〕5号", "allotment_on": "2026-09-09"}


def told(moves):
    return [(spare.name, lack.name, spare.band, count) for spare, lack, count in moves]


def lack(name, count, **bands):
    return Lack(name, name, count, bands or {"senior": count, "middle": count})


@pytest.mark.parametrize(
    ("lacks", "pool", "vacant", "moves"),
    [
        ([lack("甲", 2)], [Spare("p", "池", "senior", 3)], [Spare("s", "校", "middle", 2)],
         [("池", "甲", "senior", 2)]),
        ([lack("甲", 3)], [Spare("p", "池", "senior", 1)], [Spare("s", "校", "middle", 5)],
         [("池", "甲", "senior", 1), ("校", "甲", "middle", 2)]),
        ([lack("甲", 1), lack("乙", 2)], [Spare("p", "池", "middle", 2)], [], [("池", "乙", "middle", 2)]),
        ([lack("甲", 3, senior=1, middle=2)], [Spare("p", "池", "senior", 3)], [Spare("s", "校", "middle", 1)],
         [("池", "甲", "senior", 1), ("校", "甲", "middle", 1)]),
        ([lack("甲", 0)], [Spare("p", "池", "senior", 3)], [], []),
    ],
)  # fmt: skip
def test_the_pool_gives_first_and_the_school_that_lacks_most_is_served_first(lacks, pool, vacant, moves):
    assert told(proposed(lacks, pool, vacant)) == moves


SPARES = st.lists(st.tuples(st.sampled_from(["senior", "middle"]), st.integers(0, 9)), max_size=5)


@settings(deadline=None)
@given(SPARES, SPARES, st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=5), st.booleans())
def test_nobody_gets_more_than_is_lacking_and_nothing_gives_more_than_it_has(pool, vacant, lacks, together):
    stores = [[Spare(f"{kind}{n}", f"{kind}{n}", *one) for n, one in enumerate(found)]
              for kind, found in (("p", pool), ("v", vacant))]  # fmt: skip
    schools = [Lack(str(n), str(n), s + m, dict.fromkeys(("senior", "middle"), s + m) if together else
                    {"senior": s, "middle": m}) for n, (s, m) in enumerate(lacks)]  # fmt: skip
    moves = proposed(schools, *stores)
    for store in (*stores[0], *stores[1]):
        assert sum(count for spare, _, count in moves if spare == store) <= store.count
    for school in schools:
        got = [(spare.band, count) for spare, one, count in moves if one == school]
        assert sum(count for _, count in got) <= school.count
        for band in ("senior", "middle"):
            assert sum(count for name, count in got if name == band) <= school.bands[band]
        left = {band: sum(one.count - sum(c for s, _, c in moves if s == one) for one in (*stores[0], *stores[1])
                          if one.band == band) for band in ("senior", "middle")}  # fmt: skip
        short = school.count - sum(count for _, count in got)
        if together:
            assert short == 0 or not any(left.values()), "what is left over is lacked by nobody"


def approved(driver, school, band):
    place = driver.county.organisations[school]
    mine = (ACCOUNT.c.organisation_id == place, ACCOUNT.c.band == band, ACCOUNT.c.kind == "post")
    found = db.session.scalars(select(ACCOUNT.c.approved).where(*mine)).one()
    db.session.rollback()
    return found


def decide(case, *moved, **more):
    rows = [{**row, "moved": count} for row, count in zip(case.variables["allotment"], moved, strict=True)]
    pool = [{**row, "offered": 1 if row["band"] == "senior" else 0} for row in case.variables["pool"]]
    case.complete("pool_check", "bureau.chief", "confirm", pool=pool, allotment=rows, **more)


def shown(case):
    return [(row["from_name"], row["to_name"], row["band"], row["count"], row["moved"])
            for row in case.variables["allotment"]]  # fmt: skip


def test_what_a_school_lacks_is_proposed_and_moved_by_its_document(driver):
    case = acting.round_of(driver)
    assert shown(case) == [("预留岗位", "S02", "senior", 2, 2)]
    proposed = {name: case.variables[name] for name in ("pool", "allotment")}
    assert proposed["pool"][0]["offered"] == 2, "what is to move is not offered as well"
    more = [{**row, "offered": row["offered"] + 1} for row in proposed["pool"]]
    with pytest.raises(Invalid, match=r"reserved\.offer_less"):
        case.complete("pool_check", "bureau.chief", "confirm", **proposed | {"pool": more}, **PAPER)
    assert (case.open(), acting.pool(driver)) == (["pool_check"], (6, 0, 4))
    case.complete("pool_check", "bureau.chief", "confirm", **proposed, **PAPER)
    assert (case.open(), acting.pool(driver), approved(driver, "s02", "senior")) == (["call"], (6, 0, 2), 22)
    assert shown(case) == [] and case.variables["allotted"][0]["moved"] == 2
    assert [(row["approved"], row["free"]) for row in case.variables["pool"]] == [(8, 2), (8, 8)]
    rows = db.session.execute(select(ENTRY.c.document).where(ENTRY.c.instance_id == case.id)).all()
    db.session.rollback()
    assert {row.document for row in rows} == {"编办〔2026〕5号"}


def test_a_round_that_is_looked_at_again_moves_nothing_twice(driver):
    case = acting.round_of(driver)
    decide(case, 1, **PAPER)
    task = case.task("call")
    again = ReturnTask(task.id, task.version, "pool_check", reason="再核对")
    return_task(driver.actor("bureau.hr"), again, now=driver.now)
    assert shown(case) == [("预留岗位", "S02", "senior", 1, 1)]
    decide(case, 0)
    assert (approved(driver, "s02", "senior"), case.open()) == (21, ["call"])


@pytest.mark.parametrize(
    ("moved", "given", "fields"),
    [
        (2, {}, ["values.allotment_document", "values.allotment_on"]),
        (2, {**PAPER, "allotment_on": "2027-01-01"}, ["values.allotment_on"]),
        (3, PAPER, ["values.allotment.0.moved"]),
    ],
)
def test_what_is_wrong_with_a_move_is_said_by_its_field_and_nothing_moves(driver, moved, given, fields):
    case = acting.round_of(driver)
    with pytest.raises(Invalid) as refused:
        decide(case, moved, **given)
    assert [fault.path for fault in refused.value.faults] == fields
    assert (case.open(), approved(driver, "s02", "senior")) == (["pool_check"], 20)


def test_vacant_posts_of_schools_for_which_somebody_waits_are_not_proposed(driver, monkeypatch):
    files.parameter(driver, "pool_floor_percent", 20)
    case = acting.round_of(driver)
    assert [row[:4] for row in shown(case)] == [("POINT", "S02", "middle", 2)]
    acting.cancel(driver, case)
    waiting = {(driver.county.organisations[school], "middle"): 1 for school in ("s01", "point")}
    monkeypatch.setitem(QUEUES, "title", lambda _session, _places, _on: waiting)
    case = acting.round_of(driver, 2027)
    assert [row[:4] for row in shown(case)] == [("POINT", "S02", "middle", 1), ("S01", "S02", "middle", 1)]
    with pytest.raises(Invalid):
        decide(case, 1, 1)


def test_what_a_weak_school_needs_is_not_proposed_for_the_pool(driver):
    files.parameter(driver, "pool_takes_vacated_posts", True)
    files.parameter(driver, "pool_floor_percent", 20)
    case = acting.round_of(driver)
    assert {row["school_name"]: row["free"] for row in case.variables["proposed"]} == {"S01": 2}

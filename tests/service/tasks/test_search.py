"""Searching the boxes: the same rows as a plain look at every task of the box, by whichever way they are found."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from service.db import db, transaction
from service.instances import commands as cases
from service.instances.commands import StartInstance
from service.people.models import Organisation, Person
from service.tasks import queries_boxes, searching, words
from service.tasks.commands import TaskCommand, claim_task, unclaim_task
from service.tasks.models import CaseGram, CaseWords
from service.tasks.queries_boxes import BoxQuery
from tests.driver import Case, Driver
from tests.service.tasks import flows

CHECK = flows.task("check", "bureau_hr_officer", form="small-start", decisions="approve,return", dueIn="5 workdays")
NEXT = flows.task("next", assignee="=initiator", decisions="approve")
WHO = {"s01": "s01.principal", "s02": "s02.principal"}
PARTS = ("数学", "教师", "张伟", "张", "王小明", "ZP-2026", "ＡＢ", "ab", "百分之%", "_", "补聘 ", "é", "10")


@pytest.fixture
def driver(driver: Driver) -> Driver:
    driver.deploy(flows.line(CHECK, NEXT, ids=("check", "next")))
    return driver


@pytest.fixture(params=[0, 3, 2000], ids=["queue", "either", "grams"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Where the search begins: never at the grams, sometimes, always."""
    monkeypatch.setattr(searching, "FEW", request.param)
    monkeypatch.setattr(searching, "SHORT", 0)
    return request.param


def started(driver: Driver, number: str, school: str = "s01") -> Case:
    command = StartInstance("small", driver.county.organisations[school], {"count": 1}, number)
    return Case(driver, cases.start_instance(driver.actor(WHO[school]), command, now=driver.now).instance_id)


def filled(driver: Driver, count: int = 24) -> None:
    """Cases with numbers of all sorts, some claimed, some given back, some decided, some ended."""
    chance = random.Random(7)
    for place in range(count):
        number = "".join(chance.choices(PARTS, k=3)) + f"·{place}"
        case = started(driver, number, chance.choice(["s01", "s02"]))
        fate = place % 6
        if fate in (1, 2):
            task = case.task("check")
            claim_task(driver.actor("bureau.hr"), TaskCommand(task.id, task.version), now=driver.now)
        if fate == 2:
            task = case.task("check")
            unclaim_task(driver.actor("bureau.hr"), TaskCommand(task.id, task.version), now=driver.now)
        if fate in (3, 4):
            case.complete("check", "bureau.hr", "approve", count=2)
        if fate == 4:
            case.withdraw("s01.principal" if case.task("next").organisation_id == school(driver) else "s02.principal")


def school(driver: Driver) -> str:
    return driver.county.organisations["s01"]


def plainly(driver: Driver, who: str, box: str, asked: str) -> list[str]:
    """What a look at every task of the box finds."""
    everything = queries_boxes.page(driver.actor(who), BoxQuery(box, limit=200)).items
    found = []
    for row in everything:
        person = db.session.scalar(select(Person.name).where(Person.id == row.initiator_id))
        unit = db.session.scalar(select(Organisation.name).where(Organisation.id == row.organisation_id))
        text = [words.normal(part) for part in (row.business_key, row.title, person or "", unit or "")]
        if all(any(word in line for line in text) for word in words.normal(asked).split()):
            found.append(row.id)
    db.session.rollback()
    return found


def searched(driver: Driver, who: str, box: str, asked: str) -> list[str]:
    """What the search finds, over pages of three."""
    found: list[str] = []
    cursor = None
    while True:
        page = queries_boxes.page(driver.actor(who), BoxQuery(box, q=asked, cursor=cursor, limit=3))
        found.extend(row.id for row in page.items)
        cursor = page.next
        if cursor is None:
            db.session.rollback()
            return found


QUERIES = st.lists(
    st.sampled_from((*PARTS, "s01", "S0", "小流程", "princip", "没有", "3", "·")), min_size=1, max_size=3
)
BOXES = st.sampled_from(
    [("bureau.hr", "claimable"), ("bureau.hr", "todo"), ("bureau.hr", "done"), ("s01.principal", "todo")]
)


@pytest.mark.usefixtures("few")
def test_a_search_finds_what_a_plain_look_finds(driver: Driver) -> None:
    filled(driver)

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(QUERIES, st.sampled_from(["", " ", "　"]), BOXES)
    def look(parts: list[str], between: str, place: tuple[str, str]) -> None:
        asked = between.join(parts)
        assert searched(driver, *place, asked) == plainly(driver, *place, asked)

    look()


@pytest.mark.usefixtures("few")
def test_a_task_is_found_where_it_lies_now(driver: Driver) -> None:
    case = started(driver, "王小明-1")
    assert searched(driver, "bureau.hr", "claimable", "小明") == [case.task("check").id]
    task = case.task("check")
    claim_task(driver.actor("bureau.hr"), TaskCommand(task.id, task.version), now=driver.now)
    assert searched(driver, "bureau.hr", "claimable", "小明") == []
    assert searched(driver, "bureau.hr", "todo", "小明") == [task.id]
    case.complete("check", "bureau.hr", "approve", count=2)
    assert searched(driver, "bureau.hr", "todo", "小明") == []
    assert searched(driver, "bureau.hr", "done", "小明") == [task.id]
    assert searched(driver, "s01.principal", "todo", "小明") == [case.task("next").id]
    case.complete("next", "s01.principal", "approve")
    assert searched(driver, "s01.principal", "done", "小明") != []


def test_grams_go_when_the_case_ends_and_not_before(driver: Driver) -> None:
    case, other = started(driver, "王小明-1"), started(driver, "王小明-2")
    case.complete("check", "bureau.hr", "approve", count=2)
    assert grams_of(case) > 0
    case.complete("next", "s01.principal", "approve")
    assert case.state == "completed"
    assert grams_of(case) == 0
    other.withdraw("s01.principal")
    assert db.session.scalar(select(func.count()).select_from(CaseGram)) == 0
    assert db.session.scalar(select(func.count()).select_from(CaseWords)) == 2


def grams_of(case: Case) -> int:
    found = db.session.scalar(select(func.count()).where(CaseGram.instance_id == case.id)) or 0
    db.session.rollback()
    return found


def test_grams_are_what_stands_at_each_place_up_to_a_blank() -> None:
    assert words.grams(["小学数学课 教师", "aa"]) == [
        "小学数学",
        "学数学课",
        "数学课",
        "学课",
        "课",
        "教师",
        "师",
        "aa",
        "a",
    ]
    assert words.beginnings(["数学", "ab12x"]) == ["数学", "ab12", "b12x"]


@given(st.lists(st.text("数学教师a1 ", max_size=9), max_size=4), st.text("数学教师a1", min_size=1, max_size=6))
def test_no_case_with_a_word_is_passed_by(lines: list[str], word: str) -> None:
    if any(word in line for line in lines):
        found = words.grams(lines)
        assert all(any(gram.startswith(part) for gram in found) for part in words.beginnings([word]))
        kept = words.marks(words.tokens(lines, "flow", "place"))
        asked = words.marks(words.tokens([word], "flow", None))
        assert all(mark & one == one for mark, one in zip(kept, asked, strict=True))
    assert words.sought(" ＺＰ-2026  张伟 张伟\n") == ("zp-2026", "张伟")
    assert words.sought("   ") == words.sought(None) == ()


def test_a_case_of_which_no_words_are_kept_is_still_claimed_and_found_by_flow(driver: Driver) -> None:
    case = started(driver, "ZP-1")
    task, hr = case.task("check"), driver.actor("bureau.hr")
    with transaction() as session:
        session.execute(delete(CaseWords).where(CaseWords.instance_id == case.id))
    claim_task(hr, TaskCommand(task.id, task.version), now=driver.now)
    for query, found in ((BoxQuery(), [task.id]), (BoxQuery(flow="small"), [task.id]), (BoxQuery(q="ZP"), [])):
        assert [row.id for row in queries_boxes.page(hr, query).items] == found
    db.session.rollback()

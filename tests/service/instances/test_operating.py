"""A running case put right by hand: moved back, a variable corrected; what must stay stays, and everything is kept."""

from typing import Any

import pytest

from service.audit import timeline
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.instances import queries, queries_operating
from service.instances.commands_operating import ChangeVariable, MoveBack, change_variable, move_back
from tests.driver import Case, Driver
from tests.service.tasks import flows

CHECK = flows.task("check", "bureau_hr_officer", decisions="approve")
NEXT = flows.task("next", "bureau_hr_chief", decisions="approve")
FLOW = flows.line(CHECK, NEXT, ids=("check", "next"))


@pytest.fixture
def case(driver: Driver) -> Case:
    """Stands at its second step."""
    driver.deploy(FLOW)
    case = driver.start("small", by="s01.principal", count=3, note="旧")
    case.complete("check", "bureau.hr", "approve")
    return case


def back(case: Case, source: str, target: str, by: str = "bureau.chief", reason: str = "材料有误") -> None:
    sent = MoveBack(case.id, source, target, reason)
    move_back(case.driver.actor(by), sent, now=case.driver.now)


def change(case: Case, name: str, value: Any, by: str = "bureau.chief", reason: str = "笔误") -> None:
    sent = ChangeVariable(case.id, name, value, reason)
    change_variable(case.driver.actor(by), sent, now=case.driver.now)


def last(case: Case, kind: str) -> Any:
    found = [event for event in timeline.events(db.session(), f"instance:{case.id}") if event.kind == kind]
    db.session.rollback()
    return found[-1].body


def test_a_case_is_moved_back_with_what_it_closed_on_record_and_goes_on_from_there(case: Case) -> None:
    foreseen = queries_operating.operable(case.driver.actor("bureau.hr"), case.id)
    db.session.rollback()
    assert foreseen.moves == {"next": {"check": ("next",)}}
    back(case, "next", "check")
    assert case.open() == ["check"]
    assert last(case, "instance.moved") == {"reason": "材料有误", "before": ["next"], "after": ["check"]}
    case.complete("check", "bureau.hr", "approve")
    case.complete("next", "bureau.chief", "approve")
    assert case.state == "completed"


def test_nothing_is_skipped_forward_and_nothing_is_moved_without_a_reason(case: Case) -> None:
    back(case, "next", "check")
    for source, target, code in (("check", "next", "move.not_back"), ("next", "check", "move.nothing_there"),
                                 ("check", "end", "move.not_back"), ("check", "nowhere", "move.not_back")):  # fmt: skip
        with pytest.raises(Conflict) as refused:
            back(case, source, target)
        assert refused.value.code == code
    with pytest.raises(Invalid):
        back(case, "check", "check", reason=" ")
    for who in ("admin", "s01.principal"):
        with pytest.raises((Forbidden, NotFound)):
            back(case, "check", "next", by=who)
    assert case.open() == ["check"]


def test_a_variable_is_put_right_with_its_history_and_nothing_goes_on(case: Case) -> None:
    change(case, "count", 4)
    assert (case.variables["count"], case.open()) == (4, ["next"])
    assert last(case, "instance.variable_changed") == {"reason": "笔误", "name": "count", "before": 3, "after": 4}
    found = queries.changes(case.driver.actor("bureau.hr"), case.id, "count")
    assert [(one.old, one.new) for one in found][-1] == (3, 4)


REFUSED = {
    "who asked": ("initiator", "somebody", "variable.own"),
    "what was decided": ("check", {"decision": "reject"}, "variable.decision"),
    "another kind": ("count", "four", "variable.type"),
    "the same": ("count", 3, "variable.same"),
    "an unknown name": ("cuont", 3, "variable.absent"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_must_stay_is_not_changed_by_hand(quick_driver: Driver, what: str) -> None:
    name, value, code = REFUSED[what]
    quick_driver.deploy(FLOW)
    case = quick_driver.start("small", by="s01.principal", count=3)
    case.complete("check", "bureau.hr", "approve")
    before = dict(case.variables)
    with pytest.raises((Conflict, Invalid)) as refused:
        change(case, name, value)
    assert refused.value.code == code
    assert case.variables == before

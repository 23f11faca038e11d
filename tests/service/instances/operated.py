"""A case in the hands of HR: moved back, a variable changed, and what stands on record of it."""

from typing import Any

import pytest

from service.audit import timeline
from service.db import db
from service.errors import Conflict
from service.instances import queries_operating
from service.instances.commands_operating import ChangeVariable, MoveBack, change_variable, move_back
from tests.driver import Case
from tests.service.tasks import flows

CHECK = flows.task("check", "bureau_hr_officer", decisions="approve")
NEXT = flows.task("next", "bureau_hr_chief", decisions="approve")
FLOW = flows.line(CHECK, NEXT, ids=("check", "next"))


def back(case: Case, source: str, target: str, by: str = "bureau.chief", reason: str = "材料有误") -> None:
    sent = MoveBack(case.id, source, target, reason)
    move_back(case.driver.actor(by), sent, now=case.driver.now)


def change(case: Case, name: str, value: Any, by: str = "bureau.chief", reason: str = "笔误") -> None:
    sent = ChangeVariable(case.id, name, value, reason)
    change_variable(case.driver.actor(by), sent, now=case.driver.now)


def refused_move(case: Case, source: str, target: str, code: str) -> None:
    with pytest.raises(Conflict) as refused:
        back(case, source, target)
    assert refused.value.code == code


def last(case: Case, kind: str) -> Any:
    found = [event for event in timeline.events(db.session(), f"instance:{case.id}") if event.kind == kind]
    db.session.rollback()
    return found[-1].body


def foreseen(case: Case) -> dict[tuple[str, str], Any]:
    """From where to where: what that closes, else the code of why not."""
    found = queries_operating.operable(case.driver.actor("bureau.hr"), case.id).moves
    db.session.rollback()
    return {(way.source, way.target): way.refused.code if way.refused else way.closes for way in found}

"""What people who were drawn into a step may do, what of it counts, and who may never be drawn in (policy.md §5)."""

from datetime import date

import pytest

from service.access.commands_roles import SetAbsence, set_absence
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, LecternError
from service.people.models import Relation
from service.tasks import queries_seats
from service.tasks.commands import Recuse, SaveDraft, TaskCommand, recuse_task, save_draft, unclaim_task
from service.tasks.commands_returning import ReturnTask, return_task
from service.tasks.view import view
from tests.driver import Driver
from tests.service.tasks import desk as desks
from tests.service.tasks.desk import Desk
from workflows.base import new_id


@pytest.fixture
def staffed(quick_driver: Driver) -> Driver:
    return desks.staffed(quick_driver)


def sit(driver: Driver, policy: str, **props: str) -> Desk:
    return Desk(driver, desks.deploy(driver, policy, **props), desks.acting(driver))


def refused(code: str, act: object, *args: object) -> None:
    with pytest.raises(LecternError) as found:
        act(*args)  # type: ignore[operator]
    assert found.value.code == code


def found_by(desk: Desk, who: str, operation: str) -> set[str]:
    people = queries_seats.people(desk.actors[who], desk.task_id, operation, desk.driver.now)
    db.session.rollback()
    return {desk.names[one.person_id] for one in people}


def test_advice_decides_nothing_and_stands_in_no_variable(staffed: Driver) -> None:
    desk = sit(staffed, "all")
    desk.before("a", "x")
    with pytest.raises(Invalid) as wrong:
        desk.sign("x", remark="不该写")
    assert wrong.value.faults[0].code == "field.not_writable"
    refused("seat.adviser", desk.after, "x", "y")
    target = ReturnTask(desk.task_id, desk.task.version, "initiator", reason="退")
    with pytest.raises(Conflict) as back:
        return_task(desk.actors["x"], target, now=staffed.now)
    assert back.value.code == "seat.adviser_returns"
    assert not desk.sign("x", "return")
    assert desk.turn == ["b", "c", "a"] or set(desk.turn) == {"a", "b", "c"}
    refused("seat.closed", desk.sign, "x")
    for name in ("a", "b", "c"):
        desk.sign(name)
    said = desk.case.variables["check"]
    assert said["decision"] == "approve"
    assert {ballot["by"] for ballot in said["ballots"]} == {desk.person(name) for name in ("a", "b", "c")}


def test_what_a_delegate_fills_in_stands_in_the_form_of_who_decides(staffed: Driver) -> None:
    desk = sit(staffed, "single")
    desk.delegate("a", "x")
    desk.delegate("x", "y")
    desk.sign("y", remark="丙代填")
    assert desk.turn == ["x"]
    desk.sign("x", remark="乙代填")
    form = view(desk.actors["a"], desk.task_id)
    db.session.rollback()
    assert (form.data["remark"], form.may_act, "remark" in desk.case.variables) == ("乙代填", True, False)
    assert desk.sign("a", remark="甲定")
    assert desk.case.variables["remark"] == "甲定"
    assert "ballots" not in desk.case.variables["check"]


def test_who_signs_after_one_signs_what_that_one_has_filled_in(staffed: Driver) -> None:
    desk = sit(staffed, "role")
    desk.claim("a")
    desk.after("a", "x")
    assert not desk.sign("a", remark="甲填")
    assert "remark" not in desk.case.variables
    shown = view(desk.actors["x"], desk.task_id)
    db.session.rollback()
    assert (shown.data["remark"], shown.rights["remark"]) == ("甲填", "read")
    assert desk.task.assignee_id == desk.person("x")
    assert desk.sign("x")
    said = desk.case.variables
    assert (said["remark"], said["check"]["by"], len(said["check"]["ballots"])) == ("甲填", desk.person("x"), 2)


def test_a_refusal_ends_it_before_those_who_were_to_sign_after(staffed: Driver) -> None:
    desk = sit(staffed, "any")
    desk.after("a", "x")
    assert desk.sign("a", "return")
    assert desk.case.variables["check"]["decision"] == "return"
    assert desk.box("x") == []


def test_a_claim_is_given_back_only_when_nobody_drawn_in_sits_there(staffed: Driver) -> None:
    desk = sit(staffed, "role")
    refused("seat.claim_first", desk.before, "a", "x")
    desk.claim("a")
    refused("task.claimed", desk.before, "b", "x")
    desk.before("a", "x")
    give = lambda who: unclaim_task(desk.actors[who], TaskCommand(desk.task_id, desk.task.version), now=staffed.now)  # noqa: E731
    refused("access.not_holder", give, "x")
    refused("seat.others_asked", give, "a")
    desk.sign("x")
    refused("access.not_holder", give, "x")
    give("a")
    assert (desk.task.is_free, desk.box("a")) == (True, [])
    assert view(desk.actors["x"], desk.task_id).may_act
    db.session.rollback()
    desk.claim("x")
    assert (desk.turn, desk.box("x")) == (["x"], ["todo"])
    assert desk.sign("x")


def test_who_steps_aside_takes_nobody_with_them_but_those_they_asked(staffed: Driver) -> None:
    desk = sit(staffed, "all")
    desk.before("a", "x")
    aside = lambda who: recuse_task(  # noqa: E731
        desk.actors[who], Recuse(desk.task_id, desk.task.version, "亲属"), now=staffed.now
    )
    aside("x")
    assert set(desk.turn) == {"a", "b", "c"}
    refused("seat.recused", desk.before, "b", "x")
    refused("task.not_recusable", aside, "a")
    other = sit(staffed, "role")
    other.claim("a")
    other.before("a", "x", "y")
    recuse_task(other.actors["a"], Recuse(other.task_id, other.task.version, "亲属"), now=staffed.now)
    assert (other.task.is_free, other.turn, other.box("x")) == (True, [], [])


def test_a_task_is_handed_only_to_who_may_hold_it(staffed: Driver) -> None:
    desk = sit(staffed, "role")
    desk.claim("a")
    officers = {"b", "c", "x", "y", "z", "staffing.office"}
    assert found_by(desk, "a", "transfer") == officers
    for who in ("bureau.chief", "s01.principal", "auditor"):
        refused("seat.not_allowed", desk.transfer, "a", who)
    command = SetAbsence(staffed.county.assignments["b"], date(2026, 9, 1), date(2026, 9, 30))
    set_absence(desk.actors["bureau.chief"], command, now=staffed.now)
    assert found_by(desk, "a", "transfer") == officers - {"b"}
    draft = SaveDraft(desk.task_id, {"remark": "半成品"})
    save_draft(desk.actors["a"], draft, now=staffed.now)
    desk.transfer("a", "x")
    assert (desk.turn, desk.box("a"), desk.task.has_draft) == (["x"], ["done"], False)
    refused("access.not_holder", desk.transfer, "a", "y")
    refused("access.not_holder", desk.transfer, "b", "y", "x")
    desk.transfer("bureau.chief", "a", "x")
    assert (desk.turn, desk.box("a"), desk.box("x")) == (["a"], ["todo"], [])


def test_kin_applicants_and_earlier_signers_are_not_drawn_in(staffed: Driver) -> None:
    desk = sit(staffed, "all", recuse="true")
    with transaction() as session:
        kin = {"person_id": desk.person("y"), "relative_id": desk.person("s01.hr"), "relative_name": None}
        session.add(Relation(id=new_id(), kind="spouse", declared_at=staffed.now, declared_by="x", **kin))
    assert "y" not in found_by(desk, "a", "before")
    for who, code in (("y", "seat.recused"), ("s01.hr", "seat.initiator"), ("b", "seat.already_there"),
                      ("s01.teacher", "seat.not_allowed"), ("a", "seat.self")):  # fmt: skip
        for act in (desk.before, desk.after, desk.delegate, desk.transfer):
            refused(code, act, "a", who)
    refused("seat.twice", desk.before, "a", "x", "x")
    refused("seat.nobody", desk.before, "a")


def test_only_who_added_somebody_or_hr_takes_them_away_again(staffed: Driver) -> None:
    desk = sit(staffed, "all")
    desk.before("a", "x")
    refused("access.not_asker", desk.remove, "b", "x")
    desk.transfer("a", "y")
    desk.remove("y", "x")
    assert "y" in desk.turn
    desk.remove("bureau.chief", "y")
    desk.sign("b")
    refused("seat.last", desk.remove, "bureau.chief", "c")


def test_a_member_leaves_a_vote_only_before_the_first_ballot(staffed: Driver) -> None:
    desk = sit(staffed, "vote")
    desk.remove("bureau.chief", "c")
    assert set(desk.turn) == {"a", "b"}
    desk.sign("a", "yes")
    refused("seat.not_with_vote", desk.remove, "bureau.chief", "b")
    with pytest.raises(Forbidden):
        desk.remove("a", "b")


def test_no_more_people_than_the_parameters_allow(staffed: Driver) -> None:
    desk = sit(staffed, "single")
    names = iter(("x", "y", "z"))
    asking = "a"
    for name in names:
        desk.before(asking, name)
        asking = name
    refused("seat.too_deep", desk.before, "z", "b")

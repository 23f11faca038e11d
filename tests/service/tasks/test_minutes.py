"""Collective decisions (集体研究): entered by one, confirmed by another; quorum, stepping aside, corrections."""

import base64
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import update

from service.access.models import Account
from service.access.standing import ROLE
from service.audit import timeline
from service.audit.verify import verify
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid
from service.parameters.registry import PARAMETERS
from service.rotation import rotate
from service.tasks import meetings, queries_boxes
from service.tasks.commands import Recuse, TaskCommand, claim_task, recuse_task, unclaim_task
from service.tasks.commands_minutes import ConfirmMinutes, EnterMinutes, confirm_minutes, enter_minutes
from service.tasks.commands_seats import AddSigners, add_signers
from tests.conftest import KEY
from tests.driver import Case, Driver
from tests.service.tasks import flows, scans
from tests.service.tasks.paperwork import faults, posted, told

MEMBERS = ("bureau.leader", "bureau.chief", "tdc", "auditor", "staffing.office", "hr.bureau")
CHAIR = "bureau.leader"
Given = dict[str, Any]
NEW = base64.b64encode(bytes(range(1, 33))).decode()


def begun(driver: Driver, matter: str = "appointment", by: str = "s01.principal") -> Case:
    step = flows.task("decide", "bureau_hr_officer", decisions="approve,reject", collective=matter)
    driver.deploy(flows.line(step, ids=("decide",)))
    return driver.start("small", by=by, count=3)


def ids(driver: Driver, *names: str) -> tuple[str, ...]:
    return tuple(driver.county.persons[name] for name in names)


def entered(case: Case, by: str = "bureau.hr", *, there: int = 6, **given: Any) -> int:
    """Minutes of a meeting of six, of whom the first `there` were present."""
    driver, task = case.driver, case.task("decide")
    sent: Given = {
        "meeting": "局党组会", "held_on": date(2026, 9, 10), "due": ids(driver, *MEMBERS),
        "present": ids(driver, *MEMBERS[:there]), "chair_id": driver.county.persons[CHAIR], "decision": "approve",
        "version": task.version,
    } | given  # fmt: skip
    sent.setdefault("attachment_id", scans.scan(driver, by))
    return enter_minutes(driver.actor(by), EnterMinutes(task.id, **sent), now=driver.now)


def confirmed(case: Case, version: int | None, by: str = CHAIR, *, no_interest: bool = False) -> Any:
    driver = case.driver
    command = ConfirmMinutes(case.task("decide").id, version, no_interest)
    return confirm_minutes(driver.actor(by), command, now=driver.now)


def todo(driver: Driver, who: str) -> list[str]:
    found = [row.id for row in queries_boxes.page(driver.actor(who), queries_boxes.BoxQuery("todo")).items]
    db.session.rollback()
    return found


def test_a_secretary_enters_and_the_chair_confirms_what_the_meeting_decided(driver: Driver) -> None:
    case = begun(driver)
    task = case.task("decide")
    version = entered(case, opinion="同意聘任")
    assert (case.open(), todo(driver, CHAIR)) == (["decide"], [task.id])
    assert f"person:{driver.county.persons[CHAIR]}" in posted("task.opened")
    done = confirmed(case, version)
    assert (done.outcome, todo(driver, CHAIR)) == ("completed", [])
    result = case.variables["decide"]
    [chair], [secretary] = ids(driver, CHAIR), ids(driver, "bureau.hr")
    assert (result["decision"], result["opinion"], result["by"]) == ("approve", "同意聘任", None)
    meeting = result["meeting"]
    assert (meeting["meeting"], meeting["held_on"]) == ("局党组会", "2026-09-10")
    assert (meeting["chair_id"], meeting["confirmed_by"], meeting["entered_by"]) == (chair, chair, secretary)
    assert [len(meeting[name]) for name in ("due", "present", "recused")] == [6, 6, 0]
    [first], [last] = told(case, "minutes.entered"), told(case, "minutes.confirmed")
    assert (first.actor_id, first.body["quorum"], last.actor_id) == (secretary, "2/3", chair)
    assert told(case, "task.signed") == []
    assert verify(driver.now).ok


def test_nobody_decides_alone_what_a_meeting_decides(quick_driver: Driver) -> None:
    case = begun(quick_driver)
    with pytest.raises(Conflict, match=r"minutes\.needed"):
        case.complete("decide", "bureau.hr", "approve")
    with pytest.raises(Forbidden, match=r"access\.not_own"):
        confirmed(case, 1)
    version = entered(case)
    for who in ("bureau.hr", "bureau.chief", "s01.principal"):
        with pytest.raises(Forbidden, match=r"access\.not_own"):
            confirmed(case, version, who)
    with pytest.raises(Forbidden, match=r"access\.not_holder"):
        entered(case, by="bureau.leader")


QUORUMS = [("appointment", 4, 3, "2/3"), ("ordinary", 3, 2, "1/2")]


@pytest.mark.parametrize(("matter", "enough", "few", "part"), QUORUMS)
def test_too_few_members_decide_nothing(quick_driver: Driver, matter: str, enough: int, few: int, part: str) -> None:
    case = begun(quick_driver, matter)
    with pytest.raises(Conflict) as refused:
        entered(case, there=few)
    expected = {"due": 6, "present": few, "needed": enough, "part": part}
    assert (refused.value.code, refused.value.params) == ("minutes.quorum", expected)
    assert entered(case, there=enough) == 1


def test_secretary_and_chair_are_asked_for_kinship_where_the_step_recuses(quick_driver: Driver) -> None:
    step = flows.task("decide", "bureau_hr_officer", decisions="approve,reject", collective="ordinary", recuse="true")
    quick_driver.deploy(flows.line(step, ids=("decide",)))
    case = quick_driver.start("small", by="s01.principal", count=3)
    with pytest.raises(Invalid, match=r"recusal\.unanswered"):
        entered(case)
    version = entered(case, no_interest=True)
    with pytest.raises(Invalid, match=r"recusal\.unanswered"):
        confirmed(case, version)
    assert confirmed(case, version, no_interest=True).decided


def test_who_stepped_aside_is_due_and_not_present(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    aside = ids(driver, *MEMBERS[4:])
    assert entered(case, there=4, recused=aside) == 1
    with pytest.raises(Conflict, match=r"minutes\.quorum"):
        entered(case, there=3, recused=aside)


def test_minutes_that_do_not_hang_together_are_refused_by_field(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    [stranger, initiator, secretary, last] = ids(driver, "s02.hr", "s01.principal", "bureau.hr", "hr.bureau")
    due = ids(driver, *MEMBERS)
    wrong: list[tuple[Given, tuple[str, str]]] = [
        ({"meeting": " "}, ("meeting", "minutes.meeting")),
        ({"attachment_id": ""}, ("attachment_id", "minutes.attachment")),
        ({"held_on": None}, ("held_on", "outside.day")),
        ({"held_on": date(2026, 9, 11)}, ("held_on", "outside.future")),
        ({"held_on": date(2026, 9, 9)}, ("held_on", "outside.before_opening")),
        ({"due": (*due, due[0])}, ("due", "minutes.members")),
        ({"present": (*due, stranger)}, ("present", "minutes.not_due")),
        ({"recused": (stranger,)}, ("recused", "minutes.not_due")),
        ({"recused": (last,)}, ("recused", "minutes.recused_present")),
        ({"chair_id": stranger}, ("chair_id", "minutes.chair_absent")),
        ({"due": (*due, secretary), "present": (*due, secretary), "chair_id": secretary},
         ("chair_id", "minutes.chair_enters")),
        ({"due": (*due, initiator), "present": (*due, initiator), "chair_id": initiator},
         ("chair_id", "minutes.chair_applicant")),
        ({"due": (*due, "nobody")}, ("due", "minutes.unknown")),
        ({"decision": "maybe"}, ("decision", "decision.unknown")),
    ]  # fmt: skip
    for given, fault in wrong:
        with pytest.raises(Invalid) as refused:
            entered(case, **given)
        assert faults(refused) == [fault], given
    assert told(case, "minutes.entered") == []


def test_only_who_has_an_office_near_is_there_and_can_log_in_chairs_a_meeting(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    roles, accounts, people = driver.county.assignments, driver.county.accounts, driver.county.persons

    def chaired_by(who: str) -> list[tuple[str, str]]:
        due = tuple({*ids(driver, *MEMBERS, who)})
        with pytest.raises(Invalid) as refused:
            entered(case, due=due, present=due, chair_id=people[who])
        return faults(refused)

    unable = [("chair_id", "minutes.chair_unable")]
    assert [chaired_by(who) for who in ("s02.hr", "s02.principal", "auditor", "hr.bureau")] == [unable] * 4
    with transaction() as session:
        session.execute(update(ROLE).where(ROLE.c.id == roles[CHAIR]).values(absent_from=date(2026, 9, 1)))
        closed: Any = update(Account).where(Account.id == accounts["bureau.chief"]).values(closed_at=driver.now)
        session.execute(closed)
    assert [chaired_by(who) for who in (CHAIR, "bureau.chief")] == [unable] * 2
    assert told(case, "minutes.entered") == []


def test_a_secretary_of_another_house_names_no_person_whom_they_may_not_see(quick_driver: Driver) -> None:
    driver = quick_driver
    step = flows.task("decide", "staffing_officer", decisions="approve,reject", collective="ordinary")
    driver.deploy(flows.line(step, ids=("decide",)))
    case = driver.start("small", by="s01.principal", count=3)
    with pytest.raises(Invalid) as refused:
        entered(case, "staffing.office", due=ids(driver, CHAIR, "s02.hr"), present=ids(driver, CHAIR))
    assert faults(refused) == [("due", "minutes.unknown")]
    assert entered(case, "staffing.office", due=ids(driver, CHAIR), present=ids(driver, CHAIR)) == 1


def test_the_secretary_corrects_until_the_chair_confirms_what_was_read(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    first = entered(case)
    second = entered(case, decision="reject", opinion="条件不符", chair_id=driver.county.persons["bureau.chief"])
    assert (first, second, todo(driver, CHAIR)) == (1, 2, [])
    with pytest.raises(Conflict, match=r"minutes\.stale"):
        confirmed(case, first, "bureau.chief")
    confirmed(case, second, "bureau.chief")
    assert case.variables["decide"]["decision"] == "reject"
    assert [event.body["decision"] for event in told(case, "minutes.entered")] == ["approve", "reject"]


def test_a_step_that_no_meeting_decides_takes_no_minutes(quick_driver: Driver) -> None:
    quick_driver.deploy(flows.line(flows.task("decide", "bureau_hr_officer", decisions="approve"), ids=("decide",)))
    case = quick_driver.start("small", by="s01.principal", count=3)
    with pytest.raises(Conflict, match=r"minutes\.not_collective"):
        entered(case)


def test_the_matters_under_the_strict_quorum_are_a_parameter() -> None:
    values = {key: PARAMETERS[key].default for key in PARAMETERS if key.startswith("collective_")}
    found = {
        (matter, strict): meetings.quorum(matter, values | {"collective_strict_matters": strict})
        for matter in ("ordinary", "appointment")
        for strict in ("appointment", "all", "none")
    }
    two, half = Fraction(2, 3), Fraction(1, 2)
    assert [found["ordinary", strict] for strict in ("appointment", "all", "none")] == [half, two, half]
    assert [found["appointment", strict] for strict in ("appointment", "all", "none")] == [two, two, half]


def test_the_chair_keeps_the_minutes_whatever_the_office_does_with_the_task(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    version, officer = entered(case), driver.actor("bureau.hr")
    for act in (claim_task, unclaim_task):
        task = case.task("decide")
        act(officer, TaskCommand(task.id, task.version), now=driver.now)
        assert todo(driver, CHAIR) == [task.id]
    assert confirmed(case, version).decided
    assert (todo(driver, CHAIR), todo(driver, "bureau.hr")) == ([], [])


def test_advice_is_given_on_a_step_that_a_meeting_decides(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    officer, [adviser] = driver.actor("bureau.hr"), ids(driver, CHAIR)
    claim_task(officer, TaskCommand(case.task("decide").id, case.task("decide").version), now=driver.now)
    task = case.task("decide")
    add_signers(officer, AddSigners(task.id, task.version, (adviser,), "before", "请把关"), now=driver.now)
    with pytest.raises(Conflict, match=r"seat\.closed"):
        entered(case)
    assert not case.complete("decide", CHAIR, "approve").decided
    entered(case)
    assert todo(driver, CHAIR) == [task.id]
    assert confirmed(case, 1).decided
    done = queries_boxes.page(driver.actor(CHAIR), queries_boxes.BoxQuery("done")).items
    db.session.rollback()
    assert [row.id for row in done] == [task.id]


def test_who_has_stepped_aside_from_the_step_neither_enters_sits_nor_confirms(quick_driver: Driver) -> None:
    case, driver = begun(quick_driver), quick_driver
    task = case.task("decide")
    recuse_task(driver.actor("bureau.hr"), Recuse(task.id, task.version, "表弟"), now=driver.now)
    with pytest.raises(Forbidden, match=r"task\.recused"):
        entered(case)
    due = ids(driver, *MEMBERS, "bureau.hr")
    with pytest.raises(Invalid) as refused:
        entered(case, "bureau.chief", due=due, present=due)
    assert faults(refused) == [("recused", "minutes.interested")]
    version = entered(case, "bureau.chief", present=ids(driver, *MEMBERS))
    recuse_task(driver.actor("bureau.chief"), Recuse(task.id, case.task("decide").version, "表弟"), now=driver.now)
    assert (version, todo(driver, CHAIR)) == (1, [task.id])


def test_what_is_sealed_in_entered_minutes_opens_after_the_keys_were_rotated(app: Flask, quick_driver: Driver) -> None:
    field = {"type": "textfield", "key": "remark", "label": "备注", "properties": {"sensitive": "true"}}
    form = {"id": "remark", "type": "default", "schemaVersion": 16, "components": [field]}
    step = flows.task("decide", "bureau_hr_officer", form="remark", decisions="approve", collective="ordinary")
    quick_driver.deploy(flows.line(step, ids=("decide",)) | {"remark.form": orjson.dumps(form)})
    case = quick_driver.start("small", by="s01.principal", count=3)
    version = entered(case, values={"remark": "体检"})
    settings = app.extensions["lectern.settings"]
    for keys in ((NEW, KEY), (NEW,)):
        app.extensions["lectern.settings"] = replace(settings, field_keys=keys)
        list(rotate(quick_driver.now))
    confirmed(case, version)
    [event] = timeline.events(db.session(), f"instance:{case.id}", reveal=("minutes.confirmed",))[-3:-2]
    db.session.rollback()
    assert (event.kind, event.sensitive) == ("minutes.confirmed", {"values": {"remark": "体检"}})

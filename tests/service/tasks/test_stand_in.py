"""A role for which nobody stands: the next in line claims its tasks (policy.md §1); a recusal goes upward (§5)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from service.access.commands_roles import EndRole, end_role
from service.access.standing import ROLE
from service.audit import timeline
from service.db import db, transaction
from service.errors import Forbidden, NotFound
from service.incidents.models import Incident
from service.notices.models import OutboxMessage
from service.tasks.commands import Recuse, TaskCommand, claim_task, recuse_task, unclaim_task
from service.tasks.facts import TaskFacts
from service.tasks.reasons import reasons
from tests.driver import Case, Driver
from tests.service.people.county import TODAY
from tests.service.tasks import flows

NEXT = flows.task("next", assignee="=initiator", decisions="approve")


def task(group: str, **properties: str) -> str:
    return flows.task("check", group, decisions="approve", **properties)


def vacate(driver: Driver, *people: str) -> None:
    for who in people:
        with transaction() as session:
            ended = update(ROLE).where(ROLE.c.id == driver.county.assignments[who]).values(valid_until=TODAY)
            session.execute(ended)


def started(driver: Driver, check: str, by: str = "s01.hr", school: str = "s01") -> Case:
    driver.deploy(flows.line(check, NEXT, ids=("check", "next")))
    return driver.start("small", by, school, count=3)


def at(driver: Driver, role: str, place: str) -> str:
    return f"{role}@{driver.county.organisations[place]}"


def school_task(driver: Driver, role: str = "principal", place: str = "s01") -> str:
    return task(f'="{role}@{driver.county.organisations[place]}"')


def test_a_role_of_every_school_without_a_place_is_that_of_the_case_s_school(driver: Driver) -> None:
    for school in ("s01", "s02"):
        case = started(driver, task("principal"), f"{school}.hr", school)
        assert case.task("check").groups == (at(driver, "principal", school),)


def test_a_task_that_names_nobody_lies_with_the_role_of_its_lane(driver: Driver) -> None:
    lane = '<bpmn:lane id="offices"><bpmn:flowNodeRef>check</bpmn:flowNodeRef></bpmn:lane>'
    files = flows.line(flows.task("check", decisions="approve"), NEXT, ids=("check", "next"))
    drawn = files["flow.bpmn"].replace(
        b"<bpmn:startEvent", f'<bpmn:laneSet id="l">{lane}</bpmn:laneSet><bpmn:startEvent'.encode(), 1
    )
    driver.deploy(
        {**files, "flow.bpmn": drawn, "flow.toml": files["flow.toml"] + b'[lanes]\noffices = "staffing_officer"\n'}
    )
    task = driver.start("small", "s01.hr", "s01", count=3).task("check")
    assert task.groups == (at(driver, "staffing_officer", "staffing"),)


def stand_ins(case: Case, who: str) -> list[tuple[str, str]]:
    """(role, for which role) of the reasons that a person reads."""
    found = case.task("check")
    events = timeline.events(db.session(), f"instance:{case.id}")
    db.session.rollback()
    told = reasons(found, case.driver.county.persons[who], events)
    return [(one.params["role"], one.params["for_role"]) for one in told if one.code == "reason.stand_in"]


def recuse(driver: Driver, case: Case, who: str) -> TaskFacts:
    found = case.task("check")
    recuse_task(driver.actor(who), Recuse(found.id, found.version, reason="配偶是考生"), now=driver.now)
    return case.task("check")


def gaps(case: Case) -> list[str]:
    found = list(db.session.scalars(select(Incident.code).where(Incident.instance_id == case.id)))
    db.session.rollback()
    return found


def test_a_role_with_a_holder_keeps_its_tasks_to_itself(driver: Driver) -> None:
    case = started(driver, school_task(driver))
    assert case.task("check").groups == (at(driver, "principal", "s01"),)
    assert stand_ins(case, "s01.principal") == []


def test_the_deputy_claims_and_decides_while_nobody_holds_the_role(driver: Driver) -> None:
    vacate(driver, "s01.principal")
    case = started(driver, school_task(driver))
    both = (at(driver, "principal", "s01"), at(driver, "vice_principal", "s01"))
    assert case.task("check").groups == both
    assert stand_ins(case, "s01.vice") == [("vice_principal", "principal")]
    assert gaps(case) == []
    found = case.task("check")
    claim_task(driver.actor("s01.vice"), TaskCommand(found.id, found.version), now=driver.now)
    unclaim_task(driver.actor("s01.vice"), TaskCommand(found.id, found.version + 1), now=driver.now)
    assert case.task("check").groups == both
    case.complete("check", "s01.vice", "approve")
    assert case.open() == ["next"]


def test_the_stand_in_is_told_as_of_any_other_task(driver: Driver) -> None:
    vacate(driver, "s01.principal")
    case = started(driver, school_task(driver))
    told = db.session.scalars(select(OutboxMessage.holder).where(OutboxMessage.kind == "task.opened")).all()
    db.session.rollback()
    assert set(case.task("check").groups) <= set(told)


def test_a_new_holder_has_the_tasks_that_waited(driver: Driver) -> None:
    """The role's own queue keeps the task beside the stand-in's."""
    vacate(driver, "s01.principal")
    case = started(driver, school_task(driver))
    with transaction() as session:
        session.execute(
            update(ROLE).where(ROLE.c.id == driver.county.assignments["s01.principal"]).values(valid_until=None)
        )
    case.complete("check", "s01.principal", "approve")
    assert case.open() == ["next"]


@pytest.mark.parametrize(
    ("place", "gone", "role", "where"),
    [
        ("point", ["point.principal"], "principal", "district"),
        ("s02", ["s02.principal"], "bureau_hr_chief", "hr"),
        ("s02", ["s02.principal", "bureau.chief"], "bureau_hr_officer", "hr"),
    ],
)
def test_district_then_bureau_hr_stand_in(driver: Driver, place: str, gone: list[str], role: str, where: str) -> None:
    check = school_task(driver, place=place)
    vacate(driver, *gone)
    case = started(driver, check)
    assert case.task("check").groups == (at(driver, "principal", place), at(driver, role, where))


def test_one_held_group_of_two_is_enough(driver: Driver) -> None:
    vacate(driver, "s01.principal")
    school = driver.county.organisations["s01"]
    case = started(driver, task(f'=["principal@{school}", "school_hr@{school}"]'))
    assert case.task("check").groups == (at(driver, "principal", "s01"), at(driver, "school_hr", "s01"))


def test_the_decision_of_another_authority_is_never_taken_by_the_bureau(driver: Driver) -> None:
    vacate(driver, "staffing.office")
    case = started(driver, task("staffing_officer"))
    assert case.task("check").groups == (at(driver, "staffing_officer", "staffing"),)
    assert gaps(case) == ["task.nobody"]


def test_a_vacant_seat_of_a_sequence_is_filled_and_not_skipped(driver: Driver) -> None:
    vacate(driver, "bureau.chief")
    case = started(driver, task("bureau_hr_officer, bureau_hr_chief", signing="sequence"))
    seated = [seat.person_id for seat in case.task("check").seats]
    assert seated == [driver.county.persons[who] for who in ("bureau.hr", "bureau.leader")]
    case.complete("check", "bureau.hr", "approve")
    assert case.open() == ["check"]
    case.complete("check", "bureau.leader", "approve")
    assert case.open() == ["next"]


def test_recusal_of_the_only_holder_goes_to_the_next_level_up_and_never_to_a_subordinate(driver: Driver) -> None:
    case = started(driver, school_task(driver))
    after = recuse(driver, case, "s01.principal")
    assert after.groups == (at(driver, "principal", "s01"), at(driver, "bureau_hr_chief", "hr"))
    assert stand_ins(case, "bureau.chief") == [("bureau_hr_chief", "principal")]
    with pytest.raises((Forbidden, NotFound)):
        case.complete("check", "s01.vice", "approve")
    with pytest.raises(Forbidden):
        case.complete("check", "s01.principal", "approve")
    case.complete("check", "bureau.chief", "approve")
    assert case.open() == ["next"]


def test_recusal_after_claiming_leaves_the_task_to_those_above(driver: Driver) -> None:
    case = started(driver, school_task(driver))
    found = case.task("check")
    claim_task(driver.actor("s01.principal"), TaskCommand(found.id, found.version), now=driver.now)
    after = recuse(driver, case, "s01.principal")
    assert after.claimant_id is None
    assert at(driver, "bureau_hr_chief", "hr") in after.groups


def test_another_holder_of_the_role_is_enough(driver: Driver) -> None:
    """Two officers hold the role: one steps aside, the other has the task."""
    with transaction() as session:
        row = session.execute(select(ROLE).where(ROLE.c.id == driver.county.assignments["bureau.hr"])).one()
        other = {**row._mapping, "id": "second-officer", "person_id": driver.county.persons["tdc"]}
        session.execute(ROLE.insert(), other)
    case = started(driver, task("bureau_hr_officer"))
    assert recuse(driver, case, "bureau.hr").groups == (at(driver, "bureau_hr_officer", "hr"),)
    assert recuse(driver, case, "tdc").groups[1:] == (at(driver, "bureau_hr_chief", "hr"),)


def test_each_recusal_goes_one_level_further_and_ends_in_an_incident(driver: Driver) -> None:
    case = started(driver, task("bureau_hr_officer"))
    recuse(driver, case, "bureau.hr")
    after = recuse(driver, case, "bureau.chief")
    assert after.groups[-1] == at(driver, "bureau_leader", "bureau")
    assert gaps(case) == []
    recuse(driver, case, "bureau.leader")
    assert gaps(case) == ["task.nobody"]
    assert case.open() == ["check"]


def test_the_recusal_names_who_takes_over_and_hides_the_reason(driver: Driver) -> None:
    case = started(driver, school_task(driver))
    recuse(driver, case, "s01.principal")
    event = next(one for one in timeline.events(db.session(), f"instance:{case.id}") if one.kind == "task.recused")
    db.session.rollback()
    assert event.body["stand_ins"] == [
        {"for": at(driver, "principal", "s01"), "by": at(driver, "bureau_hr_chief", "hr")}
    ]
    assert "配偶" not in str(event.body)


def test_role_that_ends_today_is_covered_for_tasks_that_open_tomorrow(driver: Driver) -> None:
    ended = EndRole(driver.county.assignments["s01.principal"], TODAY + timedelta(days=1))
    end_role(driver.actor("bureau.hr"), ended, now=driver.now)
    check = school_task(driver)
    today = started(driver, check)
    assert len(today.task("check").groups) == 1
    driver.clock.advance(timedelta(hours=16))
    tomorrow = driver.start("small", "s01.hr", "s01", count=3)
    assert tomorrow.task("check").groups[1:] == (at(driver, "vice_principal", "s01"),)

"""What a substitute may not do (policy.md §5), each with its code; and that the two sides never act together."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update

from service.access.models import Account
from service.access.standing import ROLE
from service.access.substitutes import SUBSTITUTION
from service.clock import SetClock
from service.db import db, transaction
from service.errors import Forbidden, LecternError
from service.people.commands import DeclareRelation, declare_relation
from service.people.commands_substitutes import NameSubstitute, name_substitute
from service.tasks import queries_boxes
from service.tasks.capacity import capacity_of, obstacle
from service.tasks.commands import Recuse, TaskCommand, claim_task, complete_task, recuse_task
from service.tasks.commands_seats import AddSigners, DelegateTask, add_signers, delegate_task
from service.tasks.extension import owes
from service.tasks.queries_boxes import BoxQuery
from service.tasks.view import view
from service.web.words import texts
from tests.driver import Case, Driver
from tests.service.people import county as counties
from tests.service.people.county import TODAY
from tests.service.tasks import flows, scans
from tests.service.tasks.deputing import UNTIL, check, command_of, following, give, sign, stand_in, started
from workflows.base import new_id

P, S = "bureau.hr", "bureau.chief"


def refusal(work: Callable[[], Any]) -> str:
    with pytest.raises(LecternError) as raised:
        work()
    assert raised.value.code in texts()
    return raised.value.code


def refused(driver: Driver, case: Case, who: str = S, element_id: str = "check") -> str:
    """Why the decision is refused; the page says the same and offers nothing, and neither does a box."""
    task = case.task(element_id)
    code = refusal(lambda: complete_task(driver.actor(who), command_of(case, element_id), now=driver.now))
    shown = view(driver.actor(who), task.id)
    assert not shown.may_act or shown.recused
    assert shown.barred in (code, None)
    db.session.rollback()
    return code


def offered(driver: Driver, who: str = S) -> int:
    found = len(queries_boxes.page(driver.actor(who), BoxQuery("claimable")).items)
    db.session.rollback()
    return found


def relate(driver: Driver, one: str, other: str) -> None:
    persons = driver.county.persons
    asked = DeclareRelation(persons[one], "spouse", persons[other])
    declare_relation(driver.actor("bureau.hr"), asked, now=driver.now)


def test_an_earlier_signer_of_the_case_does_not_sign_for_another(driver: Driver) -> None:
    case = started(driver, check("bureau_hr_chief"), following("bureau_hr_officer"))
    stand_in(driver, P, S)
    assert offered(driver) == 1
    sign(driver, case, S)
    assert offered(driver) == 0
    assert refused(driver, case, element_id="next") == "substitute.signed_before"
    sign(driver, case, P, "next")


def test_who_decided_on_paper_has_signed_too_and_neither_stands_in_nor_is_drawn_in(quick_driver: Driver) -> None:
    driver = quick_driver
    case = started(driver, check("bureau_hr_chief", paper="allowed"), following(recuse="true"))
    stand_in(driver, P, S)
    scans.recorded(case, "check", person_id=driver.county.persons[S])
    assert offered(driver) == 0
    assert refused(driver, case, element_id="next") == "substitute.signed_before"
    officer, task = driver.actor(P), case.task("next")
    claim_task(officer, TaskCommand(task.id, task.version), now=driver.now)
    asked = AddSigners(task.id, task.version + 1, (driver.county.persons[S],), "before", "请把关")
    assert refusal(lambda: add_signers(officer, asked, now=driver.now)) == "seat.signed_before"


def test_advice_is_no_decision_and_keeps_nobody_from_standing_in(quick_driver: Driver) -> None:
    driver = quick_driver
    case = started(driver, check(), following())
    asker, adviser = driver.actor(P), driver.county.persons[S]
    claim_task(asker, TaskCommand(case.task("check").id, case.task("check").version), now=driver.now)
    task = case.task("check")
    add_signers(asker, AddSigners(task.id, task.version, (adviser,), "before", "请把关"), now=driver.now)
    sign(driver, case, S)
    sign(driver, case, P)
    stand_in(driver, P, S)
    assert offered(driver) == 1
    sign(driver, case, S, "next")
    assert case.state == "completed"


def test_what_was_signed_for_the_same_person_is_that_persons_signature(quick_driver: Driver) -> None:
    """The officer would sign both steps; so does whoever represents the officer."""
    case = started(quick_driver, check(), following())
    stand_in(quick_driver, P, S)
    sign(quick_driver, case, S)
    sign(quick_driver, case, S, "next")
    assert case.state == "completed"


@pytest.mark.parametrize(
    ("away", "substitute", "code"),
    [
        ("s01.hr", "s01.principal", "substitute.is_applicant"),
        ("s01.principal", "s01.vice", "substitute.own_application"),
    ],
)
def test_a_case_that_either_of_the_two_started_is_not_decided_by_a_substitute(
    quick_driver: Driver, away: str, substitute: str, code: str
) -> None:
    role = "school_hr" if away == "s01.hr" else "principal"
    group = f'="{role}@{quick_driver.county.organisations["s01"]}"'
    case = started(quick_driver, check(group), following(), by="s01.principal")
    stand_in(quick_driver, away, substitute)
    assert refused(quick_driver, case, substitute) == code


def test_a_correction_that_the_applicant_owes_may_be_made_by_a_substitute(quick_driver: Driver) -> None:
    correction = flows.task("check", assignee="=initiator", decisions="approve")
    case = started(quick_driver, correction, following(), by="s01.principal")
    stand_in(quick_driver, "s01.principal", "s01.vice")
    sign(quick_driver, case, "s01.vice")
    assert case.open() == ["next"]


@pytest.mark.parametrize("related", [P, S])
def test_kinship_of_either_with_the_applicant_keeps_the_substitute_away(quick_driver: Driver, related: str) -> None:
    case = started(quick_driver, check(), following())
    stand_in(quick_driver, P, S)
    relate(quick_driver, related, "s01.hr")
    assert refused(quick_driver, case) == "substitute.kin_of_applicant"


@pytest.mark.parametrize(("who", "code"), [(P, "substitute.represented_recused"), (S, "task.recused")])
def test_recusal_of_either_binds_the_substitute(quick_driver: Driver, who: str, code: str) -> None:
    driver = quick_driver
    case = started(driver, check(), following())
    stand_in(driver, P, S)
    task = case.task("check")
    recuse_task(driver.actor(who), Recuse(task.id, task.version, reason="配偶是考生"), now=driver.now)
    assert refused(driver, case) == code
    if who == S:
        sign(driver, case, P)


def test_nobody_votes_for_another(quick_driver: Driver) -> None:
    """As soon as the step is a vote; and no vote is in the box of a substitute."""
    driver = quick_driver
    case = started(driver, check(), following())
    stand_in(driver, P, S)
    found, actor = replace(case.task("check"), signing="vote"), driver.actor(S)
    assert obstacle(db.session(), found, capacity_of(actor, found)) == "seat.no_proxy"
    db.session.rollback()


def test_a_substitute_gives_nobody_more_time_for_the_task_that_lies_with_them(quick_driver: Driver) -> None:
    case = started(quick_driver, check(), following())
    stand_in(quick_driver, P, S)
    assert owes(quick_driver.actor(S), case.task("check"))


def test_a_substitute_moves_nobodys_seat_on_and_is_told_why(quick_driver: Driver) -> None:
    driver = quick_driver
    case = started(driver, check(), following())
    claim_task(driver.actor(P), TaskCommand(case.task("check").id, case.task("check").version), now=driver.now)
    stand_in(driver, P, S)
    task, actor, other = case.task("check"), driver.actor(S), driver.county.persons["tdc"]
    adding = partial(
        add_signers, actor, AddSigners(task.id, task.version, (other,), "before", "请把关"), now=driver.now
    )
    delegating = partial(delegate_task, actor, DelegateTask(task.id, task.version, other, "请先填"), now=driver.now)
    assert [refusal(adding), refusal(delegating)] == ["seat.not_by_substitute"] * 2
    sign(driver, case, S)


def test_a_substitute_of_a_substitute_represents_only_the_one(quick_driver: Driver) -> None:
    """Naming one is refused; were there one, the tasks of the first would not go on to the third."""
    driver, persons = quick_driver, quick_driver.county.persons
    give(driver, "s02.hr", "bureau_hr_chief", "hr")
    stand_in(driver, P, S)
    row = {"id": new_id(), "represented_id": persons[S], "substitute_id": persons["s02.hr"], "flows": [],
           "valid_from": TODAY, "valid_until": UNTIL, "named_at": driver.now, "named_by": "system"}  # fmt: skip
    with transaction() as session:
        session.execute(insert(SUBSTITUTION), row)
    assert [one.name for one in driver.actor("s02.hr").standing_in] == [S]


@pytest.mark.parametrize("loss", ["role of the represented", "role of the substitute", "account of the represented"])
def test_what_either_loses_ends_it_at_once(quick_driver: Driver, loss: str) -> None:
    driver = quick_driver
    case = started(driver, check(), following())
    stand_in(driver, P, S)
    assert offered(driver) == 1
    whose = S if loss.endswith("substitute") else P
    lost: Any = update(ROLE).where(ROLE.c.id == driver.county.assignments[whose]).values(valid_until=TODAY)
    if loss.startswith("account"):
        lost = update(Account).where(Account.id == driver.county.accounts[P]).values(closed_at=driver.now)
    with transaction() as session:
        session.execute(lost)
    assert driver.actor(S).standing_in == ()
    found = case.task("check")
    assert refusal(lambda: claim_task(driver.actor(S), TaskCommand(found.id, found.version), now=driver.now)) in (
        "access.not_holder", "task.absent",
    )  # fmt: skip


def at_once(app: Flask, *works: Callable[[], Any]) -> list[str]:
    """What each of several threads gets that begin at the same moment: "done", or the code of the refusal."""
    gate = Barrier(len(works))

    def one(work: Callable[[], Any]) -> str:
        with app.app_context():
            gate.wait()
            try:
                work()
            except LecternError as late:
                return late.code
            return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(one, works))


def test_of_those_who_sign_or_name_at_once_one_wins(postgres_app: Flask, clock: SetClock) -> None:
    """Represented and substitute sign; two substitutes are named for one person; two persons name each other."""
    driver = Driver(counties.build(), clock)
    case = started(driver, check(), following())
    persons, actors = driver.county.persons, {who: driver.actor(who) for who in ("s01.principal", "s01.vice", P)}

    def named(of: str, by: str) -> Callable[[], str]:
        command = NameSubstitute(persons[of], persons[by], TODAY, UNTIL)
        return lambda: name_substitute(actors[of], command, now=driver.now)

    stand_in(driver, P, S)
    command, signers = command_of(case), [driver.actor(P), driver.actor(S)]
    signing = [partial(complete_task, actor, command, now=driver.now) for actor in signers]
    assert at_once(postgres_app, *signing) == ["done", "task.closed"]
    assert case.open() == ["next"]
    two = at_once(postgres_app, named("s01.principal", "s01.vice"), named("s01.principal", "s02.principal"))
    assert two == ["done", "substitute.overlap"]
    with transaction() as session:
        session.execute(update(SUBSTITUTION).values(ended_at=driver.now))
    circle = at_once(postgres_app, named("s01.principal", "s01.vice"), named("s01.vice", "s01.principal"))
    assert circle == ["done", "substitute.circle"]


def test_the_order_of_names_makes_no_difference_to_who_is_late(quick_driver: Driver) -> None:
    """Whoever comes second is told that the task is closed, not that it was never theirs."""
    driver = quick_driver
    stand_in(driver, P, S)
    for first, second in ((P, S), (S, P)):
        case = started(driver, check(), following())
        command = command_of(case)
        complete_task(driver.actor(first), command, now=driver.now)
        with pytest.raises(LecternError) as late:
            complete_task(driver.actor(second), command, now=driver.now)
        assert late.value.code == "task.closed"
        assert not isinstance(late.value, Forbidden)


def test_who_sits_at_the_task_too_signs_the_own_seat_alone(quick_driver: Driver) -> None:
    """A countersign of two is signed by two, also when one of them represents the other."""
    driver = quick_driver
    both = check("bureau_hr_officer, bureau_hr_chief", signing="all")
    case = started(driver, both, following())
    stand_in(driver, P, S)
    boxed = [row.holder for row in queries_boxes.page(driver.actor(S), BoxQuery("todo")).items]
    db.session.rollback()
    assert boxed == [f"person:{driver.county.persons[S]}"]
    sign(driver, case, S)
    assert refused(driver, case) == "seat.closed"
    assert case.open() == ["check"]
    sign(driver, case, P)
    assert case.open() == ["next"]

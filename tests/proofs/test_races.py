"""Twenty at once, on PostgreSQL with real threads, through the commands: nobody is counted twice, nobody deadlocks."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.access.actor import Actor
from service.access.days import day_of
from service.attachments.commands import StoreAttachment, store_attachment
from service.audit import timeline
from service.clock import SetClock
from service.db import db, transaction
from service.demo.cases import minutes_pdf
from service.errors import Conflict, Forbidden
from service.instances.commands import Started, StartInstance, start_instance
from service.instances.models import ProcessCase
from service.parameters.registry import PARAMETERS
from service.posts.posting import ACCOUNT, ENTRY
from service.tasks import queries
from service.tasks.commands import CompleteTask, TaskCommand, claim_task, complete_task
from service.tasks.commands_deadlines import UrgeTask, urge_task
from service.tasks.commands_papers import RecordPaper, record_paper
from service.tasks.commands_seats import TransferTask, transfer_task
from service.tasks.models import Seat, Task, Urging
from service.tasks.models_papers import PaperDecision
from tests.driver import Case, Driver
from tests.flows.hiring import acting
from tests.proofs.killing import check_whole
from tests.service.people import county as counties
from tests.service.tasks import flows

THREADS = 20
SIGNERS = [f"officer.{number}" for number in range(THREADS)]


@pytest.fixture
def driver(postgres_app: Flask, clock: SetClock) -> Driver:
    found = acting.county(clock)
    with transaction() as session:
        for number, name in enumerate(SIGNERS, start=500):
            office = found.county.organisations["staffing"]
            counties._write(session, found.county, number, name, "staffing_officer", office)
    return found


def at_once(app: Flask, work: Callable[[int], Any]) -> list[Any]:
    """Run work(0) … work(19) at the same moment; a Conflict is an answer, whatever else one raises fails the test."""
    gate = Barrier(THREADS)

    def one(number: int) -> Any:
        with app.app_context():
            gate.wait()
            try:
                return work(number)
            except Conflict as refused:
                return refused

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def countersigned(driver: Driver, signing: str) -> Case:
    """A task that all these officers sign."""
    names = [driver.county.persons[name] for name in SIGNERS]
    listed = "=[" + ", ".join(f'"{name}"' for name in names) + "]"
    task = flows.d.user(
        "check",
        flows.d.zeebe("assignmentDefinition", candidateUsers=listed),
        flows.d.properties(signing=signing, decisions="approve,return"),
    )
    following = flows.task("next", assignee="=initiator", decisions="approve")
    driver.deploy(flows.line(task, following, ids=("check", "next")))
    return driver.start("small", by="s01.principal", count=3)


def signed(app: Flask, driver: Driver, case: Case, decisions: list[str]) -> list[Any]:
    """All officers sign at once; their answers."""
    task, actors = case.task("check"), [driver.actor(name) for name in SIGNERS]

    def sign(number: int) -> Any:
        command = CompleteTask(task.id, None, decisions[number], "意见", {})
        return complete_task(actors[number], command, now=driver.now)

    return at_once(app, sign)


def kinds(case: Case) -> Counter[str]:
    found = Counter(event.kind for event in timeline.events(db.session(), f"instance:{case.id}"))
    db.session.rollback()
    return found


def seats(case: Case) -> Counter[str]:
    found = select(Seat.state, func.count()).join(Task, Task.id == Seat.task_id).where(Task.element_id == "check")
    rows = db.session.execute(found.where(Task.instance_id == case.id).group_by(Seat.state)).all()
    db.session.rollback()
    return Counter({row[0]: row[1] for row in rows})


def test_twenty_signatures_of_one_task_each_count_once_and_decide_once(postgres_app: Flask, driver: Driver) -> None:
    case = countersigned(driver, "all")
    answers = signed(postgres_app, driver, case, ["approve"] * THREADS)
    assert [answer.decided for answer in answers].count(True) == 1
    assert seats(case) == {"signed": THREADS}
    assert (kinds(case)["task.signed"], kinds(case)["task.completed"]) == (THREADS, 1)
    ballots = case.variables["check"]["ballots"]
    assert sorted(ballot["by"] for ballot in ballots) == sorted(driver.county.persons[name] for name in SIGNERS)
    assert case.open() == ["next"]
    check_whole(driver)


def test_one_refusal_among_twenty_decides_and_those_after_it_are_told(postgres_app: Flask, driver: Driver) -> None:
    case = countersigned(driver, "all")
    answers = signed(postgres_app, driver, case, ["approve"] * 10 + ["return"] + ["approve"] * 9)
    late = [answer for answer in answers if isinstance(answer, Conflict)]
    counted = [answer for answer in answers if not isinstance(answer, Conflict)]
    assert {refused.code for refused in late} <= {"task.closed", "seat.closed"}
    assert [answer.decided for answer in counted].count(True) == 1
    assert case.variables["check"]["decision"] == "return"
    assert seats(case) == Counter({"signed": len(counted), "superseded": len(late)})
    assert kinds(case)["task.signed"] == len(counted)
    check_whole(driver)


def test_one_of_twenty_claims_a_task_of_a_role(postgres_app: Flask, driver: Driver) -> None:
    driver.deploy(flows.line(flows.task("check", "staffing_officer"), ids=("check",)))
    case = driver.start("small", by="s01.principal", count=3)
    task, actors = case.task("check"), [driver.actor(name) for name in SIGNERS]

    def claim(number: int) -> None:
        claim_task(actors[number], TaskCommand(task.id, task.version), now=driver.now)

    answers = at_once(postgres_app, claim)
    assert answers.count(None) == 1
    assert {answer.code for answer in answers if answer} <= {"task.claimed", "task.stale"}
    found = queries.task(actors[answers.index(None)], task.id)
    assert found.claimant_id == driver.county.persons[SIGNERS[answers.index(None)]]
    db.session.rollback()


def handing_over(driver: Driver) -> tuple[Case, Callable[[int], None], Callable[[int], Any]]:
    """A task that lies with the first officer; HR hands it to another one, the officer completes it."""
    driver.deploy(flows.line(flows.task("check", assignee=f'="{driver.county.persons[SIGNERS[0]]}"',
                                        decisions="approve"), flows.task("next", assignee="=initiator"),
                             ids=("check", "next")))  # fmt: skip
    case = driver.start("small", by="s01.principal", count=3)
    task, hr, officer = case.task("check"), driver.actor("bureau.chief"), driver.actor(SIGNERS[0])

    def transfer(number: int) -> None:
        to = driver.county.persons[SIGNERS[1 + number % (THREADS - 1)]]
        command = TransferTask(task.id, task.version, to, "出差", task.seats[0].id)
        transfer_task(hr, command, now=driver.now)

    def complete(_number: int) -> Any:
        try:
            return complete_task(officer, CompleteTask(task.id, task.version, "approve"), now=driver.now)
        except Forbidden as refused:
            return Conflict(refused.code)

    return case, transfer, complete


def test_one_of_twenty_handovers_of_a_task_counts(postgres_app: Flask, driver: Driver) -> None:
    case, transfer, _ = handing_over(driver)
    answers = at_once(postgres_app, transfer)
    assert [answer for answer in answers if answer is None] == [None]
    assert {answer.code for answer in answers if answer} == {"task.stale"}
    assert seats(case) == {"open": 1, "removed": 1}
    assert kinds(case)["task.transferred"] == 1
    check_whole(driver)


def test_a_task_is_completed_or_handed_over_and_never_both(postgres_app: Flask, driver: Driver) -> None:
    case, transfer, complete = handing_over(driver)
    answers = at_once(postgres_app, lambda number: (transfer if number % 2 else complete)(number))
    counted = [answer for answer in answers if not isinstance(answer, Conflict)]
    assert len(counted) == 1
    assert {answer.code for answer in answers if isinstance(answer, Conflict)} <= {
        "task.stale",
        "task.closed",
        "access.not_holder",
    }
    done = counted[0] is not None
    assert case.open() == (["next"] if done else ["check"])
    assert (kinds(case)["task.signed"], kinds(case)["task.transferred"]) == ((1, 0) if done else (0, 1))
    assert seats(case) == ({"signed": 1} if done else {"open": 1, "removed": 1})
    check_whole(driver)


def test_one_of_twenty_requests_gets_the_last_headcount(postgres_app: Flask, driver: Driver) -> None:
    clerk, school = driver.actor("s01.hr"), driver.county.organisations["s01"]
    files = [_minutes(driver, clerk) for _ in range(THREADS)]

    def ask(number: int) -> Started:
        posts = [{"subject": "语文", "stage": "primary", "band": "junior", "count": 4}]
        demand = {
            "posts": posts, "degree": "bachelor", "certificate": "小学语文教师资格证", "need": "退休 2 人",
            "meeting_on": "2026-09-08", "minutes": [files[number]],
        }  # fmt: skip
        return start_instance(clerk, StartInstance("hiring", school, demand), now=driver.now)

    answers = at_once(postgres_app, ask)
    [won] = [answer for answer in answers if isinstance(answer, Started)]
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    account = db.session.scalar(
        select(ACCOUNT.c.id).where(ACCOUNT.c.organisation_id == school, ACCOUNT.c.kind == "headcount")
    )
    assert {(answer.code, answer.params["account_id"]) for answer in refused} == {("ledger.full", account)}
    assert acting.figures(driver, "s01") == (96, 4, 0)
    holders = db.session.scalars(select(ENTRY.c.instance_id).where(ENTRY.c.reserved > 0).distinct()).all()
    assert holders == [won.instance_id]
    assert db.session.scalars(select(ProcessCase.instance_id)).all() == [won.instance_id]
    db.session.rollback()
    check_whole(driver)


def test_twenty_first_cases_of_a_year_have_twenty_numbers(postgres_app: Flask, driver: Driver) -> None:
    driver.deploy(flows.line(flows.task("check", "staffing_officer"), ids=("check",)))
    principal, school = driver.actor("s01.principal"), driver.county.organisations["s01"]

    def start(number: int) -> Started:
        return start_instance(principal, StartInstance("small", school, {"count": 1}), now=driver.now)

    answers = at_once(postgres_app, start)
    assert sorted(answer.business_key for answer in answers) == [f"XL-2026-{n:04}" for n in range(1, THREADS + 1)]


def _minutes(driver: Driver, clerk: Actor) -> str:
    return store_attachment(clerk, StoreAttachment(BytesIO(minutes_pdf()), "纪要.pdf"), now=driver.now)


def test_a_person_urges_no_oftener_a_day_than_the_parameter_says_however_many_cases_at_once(
    postgres_app: Flask, driver: Driver
) -> None:
    driver.deploy(flows.line(flows.task("check", "bureau_hr_officer", decisions="approve"), ids=("check",)))
    tasks = [driver.start("small", by="s01.principal", count=3).task("check") for _ in range(THREADS)]
    who, most = driver.actor("s01.principal"), PARAMETERS["urging_per_day"].default
    assert most < THREADS
    answers = at_once(postgres_app, lambda n: urge_task(who, UrgeTask(tasks[n].id), now=driver.now))
    assert Counter(getattr(answer, "code", "urged") for answer in answers) == {
        "urged": most, "urging.too_soon": THREADS - most,
    }  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Urging)) == most


def test_a_step_is_decided_once_when_it_is_signed_and_recorded_from_paper_at_once(
    postgres_app: Flask, driver: Driver
) -> None:
    """Half sign it, half record the paper of it: one of them decides, and the record tells that one alone."""
    check = flows.task("check", "staffing_officer", decisions="approve,reject", paper="allowed")
    driver.deploy(flows.line(check, ids=("check",)))
    case = driver.start("small", by="s01.principal", count=3)
    task, clerk = case.task("check"), driver.actor("bureau.hr")
    signers, files = [driver.actor(name) for name in SIGNERS], [_minutes(driver, clerk) for _ in range(THREADS)]
    paper = {"decided_by": "编办", "document": "1号", "decided_on": day_of(driver.now), "decision": "approve"}

    def decide(number: int) -> Any:
        if number % 2:
            return complete_task(signers[number], CompleteTask(task.id, task.version, "approve"), now=driver.now)
        sent = RecordPaper(task.id, task.version, **paper, attachment_id=files[number])
        return record_paper(clerk, sent, now=driver.now)

    answers = at_once(postgres_app, decide)
    won = [number for number, answer in enumerate(answers) if not isinstance(answer, Conflict)]
    assert len(won) == 1
    assert {answer.code for answer in answers if isinstance(answer, Conflict)} == {"task.closed"}
    told = [event.kind for event in timeline.events(db.session(), f"instance:{case.id}")]
    kinds = {"task.signed": won[0] % 2, "paper.recorded": 1 - won[0] % 2, "task.completed": 1}
    assert {kind: told.count(kind) for kind in kinds} == kinds
    assert db.session.scalar(select(func.count()).select_from(PaperDecision)) == kinds["paper.recorded"]
    db.session.rollback()
    check_whole(driver)

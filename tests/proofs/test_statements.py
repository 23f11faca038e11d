"""What one completion sends to the database: at most 16 statements and one commit (design §8), on both databases."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from service.access import sessions
from service.calendar import queries as calendar
from service.clock import SetClock
from service.db import transaction
from service.tasks.commands import CompleteTask, TaskCommand, claim_task, complete_task
from tests.driver import Case, Driver
from tests.service.people import county
from tests.service.tasks import flows
from tests.service.tasks.deputing import stand_in
from tests.statements import committed, counted

LIMIT = 16
NAMED = {"assignee": "=initiator"}
ROLE = {"group": '="principal@" + school'}
KNOWN = {
    "process_instance": ["SELECT", "UPDATE"],
    "task": ["SELECT", "UPDATE", "INSERT"],
    "seat": ["UPDATE", "INSERT"],
    "queue_entry": ["UPDATE", "INSERT"],
    "timer": ["DELETE", "INSERT"],
    "variable_change": ["INSERT"],
    "outbox_message": ["INSERT"],
    "undo": ["INSERT"],
    "audit_stream": ["UPDATE"],
    "audit_event": ["INSERT"],
}
"""Every statement of a completion by its table: one seat, one successor, one deadline row, variable history."""


@pytest.fixture
def driver(any_app: Flask, clock: SetClock) -> Driver:
    return Driver(county.build(), clock)


def running(driver: Driver, holder: dict[str, str], steps: int = 6, by: str = "s01.principal") -> Case:
    ids = [f"t{number}" for number in range(steps)]
    tasks = [flows.task(id_, form="small-start", dueIn="5 workdays", result="said", **holder) for id_ in ids]
    driver.deploy(flows.line(*tasks, ids=ids))
    return driver.start("small", by=by, count=3)


def step(driver: Driver, case: Case) -> CompleteTask:
    """The completion of the open task, a minute later, so that every variable that it writes changes."""
    driver.clock.advance(timedelta(minutes=1))
    task = case.task(case.open()[0])
    return CompleteTask(task.id, task.version, "complete", None, {"count": driver.now.minute})


def sent(driver: Driver, case: Case) -> tuple[list[str], int]:
    """Statements and commits of one completion, in a process that has completed before."""
    actor = driver.actor("s01.principal")
    complete_task(actor, step(driver, case), now=driver.now)
    command = step(driver, case)
    calendar.keep_fresh()
    with counted() as statements, committed() as commits:
        done = complete_task(actor, command, now=driver.now)
    assert done.decided and done.outcome is None
    return statements, len(commits)


def table_of(statement: str) -> tuple[str, str]:
    """(table, verb) of a statement; what stands in parentheses (columns, sub queries) is left out."""
    while statement != (outer := re.sub(r"\([^()]*\)", " ", statement)):
        statement = outer
    words = statement.split()
    place = {"SELECT": "FROM", "INSERT": "INTO", "DELETE": "FROM", "UPDATE": "UPDATE"}[words[0]]
    return words[words.index(place) + 1], words[0]


def test_a_completion_sends_exactly_these_statements_and_commits_once(driver: Driver) -> None:
    statements, commits = sent(driver, running(driver, NAMED))
    found: dict[str, list[str]] = {}
    for table, verb in map(table_of, statements):
        found.setdefault(table, []).append(verb)
    assert found == KNOWN
    assert len(statements) == sum(map(len, KNOWN.values())) <= LIMIT
    assert commits == 1


def test_a_task_of_a_role_costs_no_more_than_the_limit(driver: Driver) -> None:
    statements, commits = sent(driver, running(driver, ROLE))
    assert len(statements) <= LIMIT
    assert commits == 1


def test_the_number_of_statements_does_not_grow_with_the_rounds_behind(driver: Driver) -> None:
    case = running(driver, NAMED, steps=12)
    early, _ = sent(driver, case)
    for _ in range(5):
        complete_task(driver.actor("s01.principal"), step(driver, case), now=driver.now)
    late, _ = sent(driver, case)
    assert len(late) == len(early)


def test_a_claim_costs_one_commit_and_fewer_statements_than_a_completion(driver: Driver) -> None:
    task = running(driver, ROLE).task("t0")
    actor = driver.actor("s01.principal")
    with counted() as statements, committed() as commits:
        claim_task(actor, TaskCommand(task.id, task.version), now=driver.now)
    assert len(statements) <= 8
    assert len(commits) == 1


def test_a_substitute_costs_no_statement_more_and_one_to_be_known(driver: Driver) -> None:
    """What stands against it is read along, the second name in the done box goes with the entries of what follows."""
    case = running(driver, ROLE, by="s01.hr")
    stand_in(driver, "s01.principal", "s01.vice")
    own, _ = sent(driver, case)
    substitute, command = driver.actor("s01.vice"), step(driver, case)
    with counted() as statements, committed() as commits:
        complete_task(substitute, command, now=driver.now)
    assert (len(statements), len(commits)) == (len(own), 1)
    assert len(statements) <= LIMIT
    assert [known(driver, who) for who in ("s01.hr", "s01.principal", "s01.vice")] == [1, 1, 2]


def known(driver: Driver, who: str) -> int:
    """Statements by which a request learns who asks, and for whom."""
    with transaction() as session:
        opened = sessions.open_token(session, driver.county.accounts[who], "bearer", timedelta(hours=1), driver.now)
    with counted() as statements:
        sessions.authenticate(opened.token, driver.now)
    return len(statements)

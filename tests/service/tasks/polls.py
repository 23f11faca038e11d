"""Votes for tests: a committee, a flow that goes on by the result, and ballots cast through the command."""

from typing import Any

from sqlalchemy import select

from service.db import db, transaction
from service.tasks.commands import CompleteTask, Recuse, complete_task, recuse_task
from service.tasks.completion import Completed
from service.tasks.models import BoxedBallot
from tests.driver import Case, Driver
from tests.service.people import county as counties
from tests.service.tasks import flows
from tests.workflows import diagrams as d

TERMS = {"signing": "vote", "quorum": "2/3", "ratio": "2/3", "dueIn": "3 workdays"}


def committee(driver: Driver, size: int, first: int = 500) -> list[str]:
    """So many new members, by account."""
    names = [f"member.{number}" for number in range(first, first + size)]
    with transaction() as session:
        for number, name in enumerate(names, start=first):
            office = driver.county.organisations["staffing"]
            counties._write(session, driver.county, number, name, "staffing_officer", office)
    return names


def flow(driver: Driver, members: list[str], role: str | None = None, **terms: str) -> dict[str, bytes]:
    """start → vote → done, again or none, by the result; the vote of these members, or of those of a role."""
    listed = "=[" + ", ".join(f'"{driver.county.persons[name]}"' for name in members) + "]"
    asked = {"candidateGroups": role} if role else {"candidateUsers": listed}
    given = {**TERMS, **terms}
    vote = d.user("vote", d.zeebe("assignmentDefinition", **asked), d.properties(**given))
    ways = {"done": "passed", "again": "failed", "none": "no_quorum"}
    after = [flows.task(name, assignee="=initiator", decisions="approve") for name in ways]
    links = [d.path("start", "vote", "choose"), *(d.path(name, "end") for name in ways)]
    links += [d.flow("choose", name, f'=vote.decision = "{result}"') for name, result in ways.items()]
    return flows.flow((vote, d.gateway("exclusive", "choose"), *after), links)


def begun(driver: Driver, members: list[str], **terms: str) -> Case:
    """A case in which these persons are asked to vote."""
    driver.deploy(flow(driver, members, **terms))
    return driver.start("small", by="s01.principal", count=3)


def cast(case: Case, who: str, choice: str, opinion: str | None = None, **values: Any) -> Completed:
    """One ballot."""
    task = case.task("vote")
    command = CompleteTask(task.id, None, choice, opinion, values)
    return complete_task(case.driver.actor(who), command, now=case.driver.now)


def aside(case: Case, who: str) -> None:
    """A member steps aside."""
    command = Recuse(case.task("vote").id, None, reason="与申报人有亲属关系")
    recuse_task(case.driver.actor(who), command, now=case.driver.now)


def ballots() -> list[Any]:
    """Every ballot that lies in any box."""
    rows = list(db.session.execute(select(BoxedBallot.id, BoxedBallot.choice, BoxedBallot.task_id)).all())
    db.session.rollback()
    return rows

"""What else people do at a step, under every signing policy, inside and outside a parallel branch: allowed, or why not.

Operations on seats, returns and decisions on paper have tables of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from service.errors import LecternError
from service.tasks.bulk import Chosen
from service.tasks.commands import (
    CompleteTask,
    Recuse,
    SaveDraft,
    TaskCommand,
    claim_task,
    complete_task,
    recuse_task,
    save_draft,
    unclaim_task,
)
from service.tasks.commands_bulk import BeginBulk, BulkStep, begin_bulk, complete_row
from tests.driver import Driver
from tests.service.tasks import desk as desks
from tests.service.tasks import held
from tests.service.tasks.desk import Desk
from tests.service.tasks.recalls import recall

POLICIES = ("single", "role", "all", "any", "sequence", "vote")
DONE = "done"


def seen(desk: Desk) -> TaskCommand:
    return TaskCommand(desk.task_id, desk.task.version)


def claim(desk: Desk, who: str = "a") -> None:
    claim_task(desk.actors[who], seen(desk), now=desk.driver.now)


def unclaim(desk: Desk) -> None:
    unclaim_task(desk.actors["a"], seen(desk), now=desk.driver.now)


def aside(desk: Desk) -> None:
    sent = Recuse(desk.task_id, desk.task.version, "亲属")
    recuse_task(desk.actors["a"], sent, now=desk.driver.now)


def draft(desk: Desk) -> None:
    save_draft(desk.actors["a"], SaveDraft(desk.task_id, {"remark": "半成品"}), now=desk.driver.now)


def signed_and_taken_back(desk: Desk) -> None:
    desk.sign("a", "yes" if desk.task.signing == "vote" else "approve")
    recall(desk.case, "a", desk.task_id)


def twice(desk: Desk) -> None:
    """Another signs, and signs again."""
    said, version = "yes" if desk.task.signing == "vote" else "approve", desk.task.version
    for _ in range(2):
        sent = CompleteTask(desk.task_id, version, said, no_interest=True)
        complete_task(desk.actors["b"], sent, now=desk.driver.now)


def bulk(desk: Desk) -> None:
    begun = begin_bulk(desk.actors["a"], BeginBulk([Chosen(desk.task_id, desk.task.version)]), now=desk.driver.now)
    complete_row(desk.actors["a"], BulkStep(begun, 0), now=desk.driver.now)


def minutes(desk: Desk) -> None:
    held.entered(desk.case, "check", "approve", "a", "bureau.chief")


@dataclass(frozen=True)
class Row:
    """An operation, of `a` who has the turn where nothing else is said, and the event by which it is told.

    Then what becomes of it under each of POLICIES: DONE, or the code with which it is refused.
    """

    name: str
    act: Callable[[Desk], None]
    told: str | None
    outcomes: tuple[str, str, str, str, str, str]


NOT_MINE, NAMED = "access.not_holder", "task.not_recusable"
ROWS = [
    Row("claim", claim, "task.claimed", (NOT_MINE, "task.claimed", NOT_MINE, NOT_MINE, NOT_MINE, NOT_MINE)),
    Row("give back", unclaim, "task.unclaimed", ("task.not_claimed", DONE, NOT_MINE, NOT_MINE, NOT_MINE, NOT_MINE)),
    Row("step aside", aside, "task.recused", (NAMED, DONE, NAMED, NAMED, NAMED, DONE)),
    Row("draft", draft, None, (DONE, DONE, DONE, DONE, DONE, "vote.no_draft")),
    Row("sign and take back", signed_and_taken_back, "task.recalled", (DONE, DONE, DONE, DONE, DONE, "recall.vote")),
    Row("another, twice", twice, None,
        ("task.absent", "task.claimed", "seat.closed", "task.closed", "seat.closed", "seat.closed")),
    Row("with many others", bulk, "task.signed", ("bulk.fields", "bulk.fields", DONE, DONE, DONE, "bulk.vote")),
    Row("minutes of a meeting", minutes, None, ("minutes.not_collective",) * 6),
]  # fmt: skip


@pytest.fixture
def table(quick_driver: Driver) -> Driver:
    return desks.staffed(quick_driver)


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "inside a branch"])
def test_each_operation_under_each_policy(table: Driver, inside: bool) -> None:
    actors = desks.acting(table)
    for place, policy in enumerate(POLICIES):
        key = desks.deploy(table, policy, inside=inside)
        for row in ROWS:
            desk = Desk(table, key, actors)
            if policy == "role":
                desk.claim("a")
            before = desk.kinds()
            assert outcome(desk, row) == row.outcomes[place], (policy, row.name)
            new = desk.kinds()[len(before) :]
            if row.outcomes[place] == DONE and row.told:
                assert row.told in new, (policy, row.name)
            elif row.act not in (twice, signed_and_taken_back):
                assert new == [], (policy, row.name)


def outcome(desk: Desk, row: Row) -> str:
    try:
        row.act(desk)
    except LecternError as refused:
        return refused.code
    return DONE

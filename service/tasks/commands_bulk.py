"""Deciding many tasks at once: a bulk is written down, then each of its rows is decided, or refused, by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.errors import Invalid, LecternError
from service.runs.asking import ask
from service.tasks import bulk, completion, queue, recusal
from service.tasks.around import definition_of, surroundings
from service.tasks.bulk import AT_ONCE, MOST, RUN_KIND, Chosen
from service.tasks.capacity import capacity_of
from service.tasks.completion import signer
from workflows.base import new_id


@dataclass(frozen=True)
class BeginBulk:
    """Which tasks, as they were seen, and the opinion with each; without a decision the agreeing one of each step."""

    tasks: Sequence[Chosen]
    decision: str | None = None
    opinion: str | None = None


@dataclass(frozen=True)
class BulkStep:
    """One row of a bulk."""

    bulk_id: str
    position: int


def begin_bulk(actor: Actor, command: BeginBulk, *, now: datetime) -> str:
    """Write down what is to be decided, and ask for a run where it is more than a page; returns its id.

    Invalid("bulk.empty" | "bulk.too_many" | "bulk.twice").
    """
    with transaction() as session:
        policy.require(actor, "task.bulk_complete")
        if not command.tasks:
            raise Invalid("bulk.empty")
        if len(command.tasks) > MOST:
            raise Invalid("bulk.too_many", limit=MOST)
        if len({one.task_id for one in command.tasks}) < len(command.tasks):
            raise Invalid("bulk.twice")
        bulk_id, total, run_id = new_id(), len(command.tasks), None
        if total > AT_ONCE:
            run_id = ask(session, actor, RUN_KIND, {"bulk_id": bulk_id}, now=now, total=total)
        row = {
            "id": bulk_id, "person_id": signer(actor), "decision": command.decision, "opinion": command.opinion,
            "run_id": run_id, "at": now,
        }  # fmt: skip
        bulk.enter(session, row, command.tasks)
        answer(session, bulk_id=bulk_id)
        return bulk_id


def complete_row(actor: Actor, command: BulkStep, *, now: datetime) -> None:
    """Decide one task of a bulk as `complete_task` does, and mark its row, in one transaction.

    Raises what `complete_task` raises, and Conflict("bulk.vote" | "bulk.alone" | "bulk.declaration" | "bulk.fields").
    """
    with transaction() as session:
        row = bulk.waiting(session, actor.person_id, command.bulk_id, command.position)
        locked = queue.lock(session, actor, row.task_id)
        policy.require(actor, "task.complete", locked.task)
        queue.expect(locked, row.version)
        around = surroundings(session, actor, now, locked.task.case.about)
        definition = definition_of(around, locked.task.case.definition_id)
        bulk.refuse_unfit(definition, locked.task)
        recusal.expect_answer(locked.task, no_interest=False)
        said = bulk.agreed(definition, locked.task, row.decision, row.opinion)
        completion.complete(around, locked, capacity_of(actor, locked.task), said)
        bulk.done(session, command.bulk_id, command.position, now)


def refuse_row(actor: Actor, command: BulkStep, error: LecternError, *, now: datetime) -> None:
    """Keep why nothing came of a row, after its own transaction was rolled back."""
    with transaction() as session:
        policy.require(actor, "task.bulk_complete")
        bulk.waiting(session, actor.person_id, command.bulk_id, command.position)
        bulk.refused(session, command.bulk_id, command.position, error, now)

"""Close a task with a decision that no seat made: a count, a deadline, a paper, a meeting. The diagram goes on."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.audit.chain import Head, NewEvent
from service.tasks import advance, ballots, targets
from service.tasks.completion import Completed, completed_event, resting_on
from service.tasks.facts import TaskFacts
from workflows import engine, store
from workflows.surroundings import Surroundings


def settle(
    around: Surroundings,
    held: store.Held,
    task: TaskFacts,
    head: Head | None,
    outcome: Mapping[str, Any],
    events: Sequence[NewEvent],
    *,
    by: str,
    written: Mapping[str, Any] | None = None,
    agrees: bool = False,
) -> Completed:
    """Close the task, take it out of every box and complete its token; `outcome` is the context of its result.

    `written` are variables beside the result, `by` who stands in the record of the completion. What was returned to be
    corrected goes straight back with a decision that `agrees`, where that was asked for.
    """
    decision: str = outcome["decision"]
    ballots.close(around.session, task, decision, around.now)
    ballots.unseat(around.session, task)
    name = task.properties.get("result") or task.element_id
    onward = task.reentry.next if task.reentry and agrees else None
    rests_on = resting_on(around, held, task, decision, written or {})
    step = engine.complete(held, task.token, {**(written or {}), name: dict(outcome)}, around, onward=onward)
    done = completed_event(task, by, decision, step.passed, rests_on)
    back = targets.straight_back(around.session, task) if onward else None
    advance.apply(around, task.case, step, [*events, done], head=head, completed_token=task.token, reentry=back)
    return Completed(task.id, task.instance_id, decided=True, outcome=step.outcome)

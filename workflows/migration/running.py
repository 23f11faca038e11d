"""The move itself: the marking is built on the new version and rows of events follow; people's work stays as it is."""

from collections.abc import Sequence

from workflows import store
from workflows.case import READY, Case
from workflows.catalogue import Definition
from workflows.environment import Sealed
from workflows.errors import Conflict
from workflows.migration.planning import Plan
from workflows.nodes.activities import PersonTask
from workflows.nodes.events import Choice
from workflows.opening import opened_task
from workflows.run import RUNNING, Run
from workflows.step import OpenedTask, Step
from workflows.store import Held
from workflows.surroundings import Surroundings
from workflows.tokens import jump
from workflows.tokens.marking import build


def migrate(held: Held, new: Definition, plan: Plan, surroundings: Surroundings) -> tuple[Step, Sequence[OpenedTask]]:
    """Let a case go on by another version; the step, and its open user tasks as that version describes them.

    Attached events that the new version adds begin to wait now, those that it lacks lose their rows, all others keep
    theirs, under the id that the new version has for what they wait at. An inclusive join that waits for nothing any
    more goes on.
    """
    before = Run(held, surroundings.definitions(held.definition_id), surroundings)
    run = Run(held, new, surroundings, new=True)
    build(run.case, plan.marking)
    run.before = before.before
    run.environment.waiting = [token for token in run.case.tokens() if token.id in run.before.events]
    standing = [token for token in run.case.tokens() if token._state == READY and isinstance(token.node, PersonTask)]
    kept = [opened_task(token) for token in standing]
    waiting = {token.id: token for token in run.environment.waiting}

    def named(token: str, element_id: str) -> str:
        """What an event that waits is called by now; a gateway waits for several."""
        node = waiting[token].node
        return plan.mapping.get(element_id, element_id) if isinstance(node, Choice) else str(node.element.id)

    if held.state == RUNNING:
        run.go()
    step = run.finish()
    store.rename(surroundings.session, held, waiting, named)
    store.repin(surroundings.session, held, new.id)
    return step, [task for task in kept if task.token not in step.closed]


def comes_straight(new: Definition, plan: Plan, token: str, element_id: str) -> bool:
    """Whether a corrected task could still go straight back to an element once the case has moved; nothing is run."""
    case = build(Case(new.spec.main, Sealed(), {}), plan.marking)
    found = case.find(token)
    if found is None:
        return False
    try:
        jump.expect(found, element_id)
    except Conflict:
        return False
    return True

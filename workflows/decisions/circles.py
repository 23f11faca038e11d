"""Decisions that end up requiring themselves are refused."""

from workflows.decisions.decision import Decision
from workflows.decisions.linking import Model
from workflows.decisions.source import children


def refuse_circles(model: Model) -> None:
    """Note a fault for a decision of the model on each circle of requirements; the circle is cut there."""
    done: set[int] = set()
    for element in children(model.source.root, "decision"):
        decision = model.decisions[element.get("id", "")]
        if _in_circle(decision, done):
            model.source.faults.add(element, "decision.circle", table=decision.name)
            decision.requirements = ()


def _in_circle(start: Decision, done: set[int]) -> bool:
    """Depth first without recursion: files may chain thousands of decisions."""
    stack: list[tuple[Decision, bool]] = [(start, False)]
    path: set[int] = set()
    while stack:
        decision, leaving = stack.pop()
        key = id(decision)
        if leaving:
            path.discard(key)
            done.add(key)
        elif key in path:
            done |= path
            return True
        elif key not in done:
            path.add(key)
            stack.append((decision, True))
            stack += [(need.decision, False) for need in decision.requirements if need.decision is not None]
    return False

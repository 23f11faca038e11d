"""Examples: diagrams that stand still, lose a branch, go round for ever, or draw what no case can come to."""

from tests.workflows.checks.drawing import END, START, Example, chain, element, event, flow, process, task, user
from tests.workflows.checks.examples_constructs import LATER, PLAIN, boundary

FORK, JOIN = element("parallelGateway", "f"), element("parallelGateway", "j")
SPLIT, MERGE = element("exclusiveGateway", "x", default="x-b"), element("exclusiveGateway", "m")
ENDING = '<bpmn:endEvent id="e2"/>'


def block(split, join, *ways, ids=("f", "j")):
    """Two user tasks between a split and a join."""
    first, last = ids
    return process(
        START, split, user("a"), user("b"), join, END, chain("s", first), *(ways or (flow(first, "a"),)),
        flow(first, "b"), chain("a", last, "e"), chain("b", last),
    )  # fmt: skip


def half(kind):
    """One of two branches leaves the block for an end of its own."""
    return process(
        START, FORK, user("a"), SPLIT, user("b"), ENDING if kind == "plain" else event("endEvent", "e2", "terminate"),
        JOIN, END, chain("s", "f", "a", "x"), flow("x", "e2", "=c"), flow("x", "b"), chain("b", "j", "e"),
        user("d"), chain("f", "d", "j"),
    )  # fmt: skip


def loop(inner, back=True):
    """A loop around `inner` that a condition leaves, or one that nothing leaves."""
    out = [SPLIT.replace("x-b", "x-e"), flow("x", "m", "=c"), flow("x", "e"), flow("a", "x")]
    never = [element("exclusiveGateway", "x", default="x-e"), flow("x", "e"), flow("x", "m", "=c"), flow("a", "m")]
    return process(START, MERGE, inner, END, *(out if back else never), chain("s", *(("m",) if back else ("x",))),
                   chain("m", "a"))  # fmt: skip


def growing(out):
    """A loop in which a fork makes two tokens of one, or an exclusive gateway leads out."""
    split = FORK if not out else element("exclusiveGateway", "f", default="f-b")
    return process(
        START, MERGE, split, user("a"), user("b"), END, chain("s", "m", "f"), flow("f", "a", "=c" if out else None),
        chain("f", "b", "e" if out else "m"), chain("a", "m"), *([] if out else [flow("f", "e")]),
    )  # fmt: skip


def renewing(endless):
    """A loop that leaves one token behind the fork in every round: one ends, the other never does."""
    fork = FORK if endless else element("exclusiveGateway", "f", default="f-e")
    return process(
        START, MERGE, user("a"), fork, END, chain("s", "m", "a", "f", "e"), flow("f", "m", None if endless else "=c"),
    )  # fmt: skip


SYNCHRONISED = block(FORK, JOIN)
TASK_ERROR = boundary("error")
SIDE = event("boundaryEvent", "t", "timer", LATER, attachedToRef="a", cancelActivity="false")


def beside(merges):
    """What a non-interrupting timer starts: with an end of its own, or led into the main way."""
    return process(
        START, user("a"), SIDE, MERGE, user("b"), END, "" if merges else ENDING, user("r"),
        chain("s", "a", "m", "b", "e"), chain("t", "r", "m" if merges else "e2"),
    )  # fmt: skip


EXAMPLES = [
    Example("sound.deadlock", "j", block(SPLIT, JOIN, flow("x", "a", "=c"), ids=("x", "j")), SYNCHRONISED),
    Example("sound.left_behind", "j", half("plain"), half("terminate")),
    Example("sound.never_reached", "b", TASK_ERROR, PLAIN),
    Example(
        "sound.never_reached",
        "k",
        process(START, task("a"), user("k"), user("l"), END, chain("s", "a", "e"), chain("k", "l", "k")),
        PLAIN,
    ),
    Example("sound.no_way_to_end", "m", loop(user("a"), back=False), loop(user("a"))),
    Example("sound.no_way_to_end", "m", renewing(endless=True), renewing(endless=False)),
    Example("sound.twice", "m", block(FORK, MERGE, ids=("f", "m")), SYNCHRONISED),
    Example("sound.twice", "m", beside(merges=True), beside(merges=False)),
    Example("sound.not_explored", "p", growing(out=False), growing(out=True)),
    Example("sound.loop_without_wait", "m", loop(task("a")), loop(user("a"))),
]

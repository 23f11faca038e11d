"""Examples: sequence flows, gateways, ids, references inside the files."""

from tests.workflows.checks.drawing import END, START, Example, around, chain, element, event, flow, process, task
from tests.workflows.checks.examples_constructs import CATCH, CATCHING, LATER, MESSAGE, PLAIN, TIMED


def gateway(kind="exclusiveGateway", default="g-b", first="=x > 1", second=None, before=""):
    """A gateway with two ways to the end."""
    attributes = {"default": default} if default else {}
    return process(
        START, before, element(kind, "g", **attributes), task("a"), task("b"), END,
        chain("s", "g"), flow("g", "a", first), flow("g", "b", second), chain("a", "e"), chain("b", "e"),
    )  # fmt: skip


CHOICE = gateway()
EVENTS = process(
    START, element("eventBasedGateway", "g"), event("intermediateCatchEvent", "t", "timer", LATER), CATCH, END,
    chain("s", "g", "t", "e"), chain("g", "c", "e"), outside=MESSAGE,
)  # fmt: skip
TO_TASK = process(
    START, element("eventBasedGateway", "g"), task("x"), CATCH, END, chain("s", "g", "x", "e"), chain("g", "c", "e"),
    outside=MESSAGE,
)  # fmt: skip
ONE_EVENT = process(START, element("eventBasedGateway", "g"), CATCH, END, chain("s", "g", "c", "e"), outside=MESSAGE)


def joined(kind, *, loop=False, double=False):
    """A split and a join; `loop` leads from behind the join back before the split."""
    back = [element("exclusiveGateway", "x", default="x-e"), flow("j", "x"), flow("x", "m", "=again"), flow("x", "e")]
    split = [flow("g", "a", "=p" if kind == "inclusiveGateway" else None), flow("g", "b")]
    return process(
        START, element("exclusiveGateway", "m"),
        element(kind, "g", **({"default": "g-b"} if kind == "inclusiveGateway" else {})),
        task("a"), task("b"), element(kind, "j"), END, chain("s", "m", "g"), *split,
        chain("a", "j"), chain("b", "j"), flow("a", "j", name="second") if double else "",
        *(back if loop else [flow("j", "e")]),
    )  # fmt: skip


TWO_JOINS = process(
    START, element("exclusiveGateway", "m"), element("inclusiveGateway", "g", default="g-b"), task("a"), task("b"),
    element("inclusiveGateway", "j"), element("inclusiveGateway", "g2", default="g2-b2"), task("a2"), task("b2"),
    element("inclusiveGateway", "j2"), element("exclusiveGateway", "x", default="x-e"), END, chain("s", "m", "g"),
    flow("g", "a", "=p"), flow("g", "b"), chain("a", "j"), chain("b", "j"), chain("j", "g2"),
    flow("g2", "a2", "=p"), flow("g2", "b2"), chain("a2", "j2"), chain("b2", "j2"), flow("j2", "x"),
    flow("x", "m", "=again"), flow("x", "e"),
)  # fmt: skip
"""Two inclusive joins on one circle."""
DATA = element("dataObject", "d") + '<bpmn:dataObjectReference id="r" dataObjectRef="d"/>'
ASSOCIATED = '<bpmn:dataOutputAssociation id="w"><bpmn:targetRef>{}</bpmn:targetRef></bpmn:dataOutputAssociation>'


def associated(target):
    inner = element("manualTask", "t", ASSOCIATED.format(target))
    body = f'<bpmn:startEvent id="s2"/>{inner}<bpmn:endEvent id="e2"/>{chain("s2", "t", "e2")}'
    return around(DATA, element("subProcess", "sub", body), ids=("sub",))


LANES = '<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:flowNodeRef>{}</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'

EXAMPLES = [
    Example(
        "flow.implicit_split",
        "a",
        process(START, task("a"), END, chain("s", "a", "e"), flow("a", "e", name="f2")),
        PLAIN,
    ),
    Example(
        "flow.condition_ignored", "a-e", process(START, task("a"), END, chain("s", "a"), flow("a", "e", "=x")), PLAIN
    ),
    Example(
        "flow.condition_ignored",
        "g-a",
        process(
            START,
            element("exclusiveGateway", "g"),
            task("a"),
            END,
            chain("s", "g"),
            flow("g", "a", "=x"),
            chain("a", "e"),
        ),
        CHOICE,
    ),
    Example(
        "flow.condition_ignored",
        "g-a",
        gateway("parallelGateway", default=None),
        gateway("parallelGateway", default=None, first=None),
    ),
    Example("flow.no_condition", "g-a", gateway(first=None), CHOICE),
    Example("flow.default_with_condition", "g-b", gateway(second="=x &lt; 2"), CHOICE),
    Example("flow.unknown_default", "g", gateway(default="gone", second="=x"), CHOICE),
    Example("gateway.no_default", "g", gateway(default=None, second="=x &lt; 2"), CHOICE),
    Example("gateway.event_target", "g", TO_TASK, EVENTS, mark="<bpmn:eventBasedGateway"),
    Example("gateway.event_count", "g", ONE_EVENT, EVENTS, mark="<bpmn:eventBasedGateway"),
    Example("flow.double", "second", joined("parallelGateway", double=True), joined("parallelGateway")),
    Example("gateway.inclusive_join_in_loop", "j", TWO_JOINS, joined("inclusiveGateway", loop=True)),
    Example("gateway.inclusive_join_in_loop", "j2", TWO_JOINS, joined("parallelGateway", loop=True)),
    Example(
        "flow.never_reached",
        "x",
        process(START, task("a"), task("x"), END, chain("s", "a", "e"), chain("x", "e")),
        PLAIN,
    ),
    Example(
        "flow.dead_end",
        "a",
        process(
            START,
            element("exclusiveGateway", "g", default="g-e"),
            task("a"),
            END,
            chain("s", "g", "e"),
            flow("g", "a", "=x"),
        ),
        CHOICE,
    ),
    Example("flow.after_end", "e", process(START, task("a"), END, chain("s", "a", "e", "a")), PLAIN),
    Example("flow.before_start", "s", process(START, task("a"), END, chain("s", "a", "e"), flow("a", "s")), PLAIN),
    Example(
        "id.missing",
        "p",
        process(START, "<bpmn:manualTask/>", task("a"), END, chain("s", "a", "e")),
        PLAIN,
        mark="<bpmn:manualTask/>",
    ),
    Example(
        "id.repeated",
        "a",
        process(START, task("a"), END, chain("s", "a", "e"), '<bpmn:textAnnotation id="a" x="2"/>'),
        PLAIN,
        mark='x="2"',
    ),
    *[Example("id.reserved", name, around(task(name), ids=(name,)), PLAIN) for name in ("Start", "End", "Root")],
    Example("id.long", "a" * 201, around(task("a" * 201), ids=("a" * 201,)), around(task("a" * 200), ids=("a" * 200,))),
    Example(
        "id.long",
        "p" * 65,
        process(START, END, flow("s", "e"), name="p" * 65),
        process(START, END, flow("s", "e"), name="p" * 64),
    ),
    Example(
        "reference.sequence_flow",
        "f9",
        process(START, task("a"), END, chain("s", "a", "e"), flow("a", "nowhere", name="f9")),
        PLAIN,
    ),
    Example(
        "reference.sequence_flow",
        "f9",
        process(START, task("a"), END, chain("s", "a", "e"), flow("nowhere", "a", name="f9")),
        PLAIN,
    ),
    Example("reference.dangling", "c", CATCHING.replace(b'messageRef="m"', b'messageRef="gone"'), CATCHING),
    Example(
        "reference.dangling",
        "l",
        around(LANES.format("gone"), task("a"), ids=("a",)),
        around(LANES.format("a"), task("a"), ids=("a",)),
    ),
    Example("reference.wrong_kind", "c", CATCHING.replace(b'messageRef="m"', b'messageRef="p"'), CATCHING),
    Example("reference.data", "w", associated("gone"), associated("r"), mark="dataOutputAssociation"),
    Example("event.boundary_attachment", "b", TIMED.replace(b'attachedToRef="a"', b'attachedToRef="gone"'), TIMED),
]

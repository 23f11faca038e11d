"""Diagrams larger, deeper, wider and more tangled than anybody draws."""

from collections.abc import Iterator
from random import Random

from tests.proofs.odd.drawn import document, flow, process

LARGE = 4_000_000


def task(name: str, kind: str = "manualTask", more: str = "") -> str:
    """An element."""
    return f'<bpmn:{kind} id="{name}" {more}/>'


def chained(names: list[str]) -> str:
    """Flows from each to the next."""
    return "".join(flow(*pair) for pair in zip(["s", *names], [*names, "e"], strict=True))


START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'


def line(count: int, kind: str = "manualTask") -> bytes:
    """Steps in a row."""
    names = [f"t{n}" for n in range(count)]
    return document(process(START, END, *(task(name, kind) for name in names), chained(names)))


def wide(kind: str, count: int, joins: bool = True) -> bytes:
    """A gateway with many branches."""
    names = [f"t{n}" for n in range(count)]
    branches = [flow("g", name) + flow(name, "j" if joins else "e") for name in names]
    ends = task("j", kind) + flow("j", "e") if joins else ""
    return document(process(START, END, task("g", kind), *map(task, names), flow("s", "g"), *branches, ends))


def nested(depth: int) -> bytes:
    """Sub processes in each other."""
    inside = task("t")
    for level in range(depth):
        name, before = f"u{level}", "t" if not level else f"u{level - 1}"
        ends = f'<bpmn:startEvent id="s{level}"/><bpmn:endEvent id="e{level}"/>'
        flows = flow(f"s{level}", before) + flow(before, f"e{level}")
        inside = f'<bpmn:subProcess id="{name}">{ends}{inside}{flows}</bpmn:subProcess>'
    last = f"u{depth - 1}"
    return document(process(START, END, inside, flow("s", last), flow(last, "e")))


def blocks(kind: str, depth: int) -> bytes:
    """Splits in splits: two to the power of `depth` branches."""
    parts, flows = [], []
    for level in range(depth):
        for number in range(2**level):
            gate = f"g{level}_{number}"
            parts += [task(gate, kind), task(f"j{level}_{number}", kind)]
            for side in (0, 1):
                below = f"{level + 1}_{2 * number + side}"
                inner = (f"g{below}", f"j{below}") if level + 1 < depth else (f"t{below}", f"t{below}")
                flows += [flow(gate, inner[0]), flow(inner[1], f"j{level}_{number}")]
                if level + 1 == depth:
                    parts.append(task(f"t{below}", "userTask"))
    return document(process(START, END, *parts, *flows, flow("s", "g0_0"), flow("j0_0", "e")))


def tangle(seed: int, count: int, density: float) -> bytes:
    """Elements of any kind with flows between any of them."""
    random = Random(seed)
    kinds = ("userTask", "manualTask", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
             "intermediateThrowEvent", "subProcess", "receiveTask")  # fmt: skip
    names = [f"t{n}" for n in range(count)]
    flows = [
        flow(
            random.choice(["s", *names]),
            random.choice([*names, "e"]),
        )
        for _ in range(int(count * density))
    ]
    parts = [task(name, random.choice(kinds)) for name in names]
    return document(process(START, END, *parts, *dict.fromkeys(flows)))


def files() -> Iterator[tuple[str, bytes]]:
    """All of them by name."""
    for count in (400, 2_000, 9_000):
        yield f"line{count}.bpmn", line(count)
    yield "line-user.bpmn", line(3_000, "userTask")
    for kind in ("parallelGateway", "inclusiveGateway", "exclusiveGateway", "eventBasedGateway"):
        yield f"wide-{kind}.bpmn", wide(kind, 2_000)
        yield f"wide-{kind}-open.bpmn", wide(kind, 500, joins=False)
    for depth in (50, 120, 250, 2_000):
        yield f"nested{depth}.bpmn", nested(depth)
    for kind in ("parallelGateway", "exclusiveGateway"):
        yield f"blocks-{kind}.bpmn", blocks(kind, 8)
    for seed, count in enumerate((20, 60, 200, 600, 2_000)):
        yield f"tangle{count}.bpmn", tangle(seed, count, 1.6)
        yield f"knot{count}.bpmn", tangle(seed, count, 6)
    yield from floods()
    yield from long_ones()


def floods() -> Iterator[tuple[str, bytes]]:
    """Very many of one thing."""
    names = "".join(task(f"t{n}", more='name="x"') for n in range(35_000))
    yield "many-elements.bpmn", document(process(START, END, names, chained([])))
    yield "many-attributes.bpmn", document(process(START, END, task("a", more=" ".join(f'a{n}="x"' for n in range(60_000))),
                                                   chained(["a"])))  # fmt: skip
    yield "many-namespaces.bpmn", document(process(
        START, END, task("a", more=" ".join(f'xmlns:n{n}="u{n}"' for n in range(20_000))), chained(["a"])
    ))  # fmt: skip
    yield "foreign-flood.bpmn", document(process(START, END, task("a"), chained(["a"]), '<camunda:x y="z"/>' * 90_000))
    yield "tiny-flood.bpmn", document(process(START, END, task("a"), chained(["a"]), "<x/>" * 900_000))
    yield "comment-flood.bpmn", document(process(START, END, task("a"), chained(["a"]), "<!---->" * 500_000))
    yield "finding-flood.bpmn", document(process(START, END, *(task("a", "complexGateway") for _ in range(9_000))))
    yield "attached-flood.bpmn", document(process(
        START, END, task("a", "userTask"), chained(["a"]),
        *(f'<bpmn:boundaryEvent id="b{n}" attachedToRef="a" cancelActivity="false"><bpmn:timerEventDefinition>'
          f"<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>{flow(f'b{n}', 'e')}"
          for n in range(1_500)),
    ))  # fmt: skip
    yield "processes.bpmn", document(*(
        process(f'<bpmn:startEvent id="s{n}"/><bpmn:endEvent id="e{n}"/>', flow(f"s{n}", f"e{n}"), name=f"p{n}")
        for n in range(2_000)
    ))  # fmt: skip
    yield "lanes.bpmn", document(process(
        START, END, task("a", "userTask"), chained(["a"]),
        '<bpmn:laneSet id="ls">' + "".join(f'<bpmn:lane id="l{n}"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
                                           for n in range(9_000)) + "</bpmn:laneSet>",
    ))  # fmt: skip


def long_ones() -> Iterator[tuple[str, bytes]]:
    """One thing that is very long or deep."""
    yield (
        "huge-name.bpmn",
        document(process(START, END, task("a", more=f'name="{"审" * (LARGE // 3)}"'), chained(["a"]))),
    )
    yield "huge-text.bpmn", document(process(START, END, task("a"), chained(["a"]),
                                             f"<bpmn:documentation>{'x' * LARGE}</bpmn:documentation>"))  # fmt: skip
    yield "huge-comment.bpmn", document(process(START, END, f"<!--{'x' * LARGE}-->", task("a"), chained(["a"])))
    yield "huge-expression.bpmn", document(process(
        START, END, task("a", "exclusiveGateway", 'default="a-e"'), chained(["a"]),
        f'<bpmn:sequenceFlow id="c" sourceRef="a" targetRef="a"><bpmn:conditionExpression>={"x+" * 900_000}1'
        "</bpmn:conditionExpression></bpmn:sequenceFlow>",
    ))  # fmt: skip
    yield "deep-extension.bpmn", document(process(START, END, task("a"), chained(["a"]), "<x>" * 250 + "</x>" * 250))
    yield "deep-beyond.bpmn", document(process(START, END, task("a"), chained(["a"]), "<x>" * 9_000 + "</x>" * 9_000))

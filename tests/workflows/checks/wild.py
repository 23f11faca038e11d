"""Random small diagrams that may be unsound in any way: gateways of any kind wired at random, the same for a seed.

Some steps are sub processes, drawn in the same way, with events for their errors, escalations or a time.
"""

from random import Random

from tests.workflows import diagrams as d
from tests.workflows.conditions import condition

GATEWAYS = ("exclusive", "exclusive", "parallel", "parallel", "inclusive")
EVENTS = ("", "", "", "", "interrupting", "beside")
CODES = {"error": "A", "escalation": "B"}
LAST = (("", ""), ("", ""), ("terminate", d.tag("bpmn:terminateEventDefinition")))
INNER = (*LAST[1:], *((kind, d.on(kind, code)) for kind, code in CODES.items()), ("error", d.on("error", "A")))


def draw(seed: int, *, nested: bool) -> bytes:
    """The diagram of a seed, with sub processes or without."""
    return Drawing(seed, nested=nested).xml


class Drawing:
    """What is drawn for one seed."""

    def __init__(self, seed: int, *, nested: bool) -> None:
        self.random = Random(seed)
        self.nested = nested
        inside = self.scope("", self.random.randint(3, 4 if nested else 8))[0]
        self.xml = d.document(d.error("A"), d.escalation("B"), d.process(inside))

    def scope(self, prefix: str, size: int) -> tuple[str, frozenset[str]]:
        """`size` steps between start and end, each with a flow in and a flow out; and what it throws uncaught."""
        random = self.random
        names = [f"{prefix}n{number}" for number in range(size)]
        start, end, end2 = f"{prefix}start", f"{prefix}end", f"{prefix}end2"
        edges = wired(random, names, (start, end, end2))
        parts, thrown = [d.start(start), d.end(end)], frozenset[str]()
        for name in names:
            out = [edge for edge in edges if edge[0] == name]
            if len(out) < 2 and sum(target == name for _, target in edges) < 2:
                inside, free = self.activity(name)
                events, caught = self.events(name, free, last=not prefix)
                parts += [inside, *events.values(), *(d.flow(*edge) for edge in out)]
                parts += [d.flow(event, random.choice([end, end2, *names])) for event in events]
                thrown |= free - caught
            else:
                parts += self.gateway(name, out)
        parts.append(d.flow(start, names[0]))
        if any(f'targetRef="{end2}"' in part for part in parts):
            kind, definition = random.choice(INNER if prefix else LAST)
            parts.append(d.end(end2, definition))
            thrown |= {kind} & {"error", "escalation"}
        return "".join(parts), thrown

    def activity(self, name: str) -> tuple[str, frozenset[str]]:
        """A step of a person, or a sub process; and what it throws."""
        if self.nested and name.count("n") < 3 and self.random.random() < 0.5:
            inside, thrown = self.scope(name, self.random.randint(1, 3))
            return d.sub(name, inside), thrown
        return d.user(name, d.zeebe("assignmentDefinition", candidateGroups="hr")), frozenset()

    def events(self, name: str, thrown: frozenset[str], *, last: bool) -> tuple[dict[str, str], frozenset[str]]:
        """The events attached to a step by id: a time, and what catches what its inside throws; which that is."""
        kind, found, caught = self.random.choice(EVENTS), {}, set()
        if kind:
            trigger = d.timer("Duration", "PT1H")
            found[f"b_{name}"] = d.boundary(f"b_{name}", name, trigger, interrupting=kind == "interrupting")
        for code in sorted(thrown):
            if last or self.random.random() < 0.8:
                interrupts = code == "error" or self.random.random() < 0.5
                trigger = d.on(code, CODES[code])
                found[f"{code}_{name}"] = d.boundary(f"{code}_{name}", name, trigger, interrupting=interrupts)
                caught.add(code)
        return found, frozenset(caught)

    def gateway(self, name: str, out: list[tuple[str, str]]) -> list[str]:
        """A gateway of any kind; conditions stand where it chooses."""
        kind = self.random.choice(GATEWAYS)
        chooses = kind != "parallel" and len(out) > 1
        ways = [(edge, f"={condition(self.random).text}" if chooses and edge != out[-1] else None) for edge in out]
        return [d.gateway(kind, name, "_".join(out[-1]) if chooses else None), *(d.flow(*e, c) for e, c in ways)]


def wired(random: Random, names: list[str], ends: tuple[str, str, str]) -> list[tuple[str, str]]:
    """Flows without doubles: mostly forward, some back, everything with a way in and a way out."""
    start, end, end2 = ends
    edges = {(start, names[0])}
    for position, name in enumerate(names):
        later = [*names[position + 1 :], end]
        for _ in range(random.choice((1, 1, 2, 2, 3))):
            back = random.random() < 0.12
            edges.add((name, random.choice((names[1:] or names) if back else [*later[:3], end2 if back else later[0]])))
    for position, name in enumerate(names[1:], 1):
        if not any(target == name for _, target in edges):
            edges.add((random.choice(names[:position]), name))
    if not any(target == end for _, target in edges):
        edges.add((names[-1], end))
    return sorted(edges)

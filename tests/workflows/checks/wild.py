"""Random small diagrams that may be unsound in any way: gateways of any kind wired at random, the same for a seed."""

from random import Random

from tests.workflows import diagrams as d

GATEWAYS = ("exclusive", "exclusive", "parallel", "parallel", "inclusive")
EVENTS = ("", "", "", "", "interrupting", "beside")


def draw(seed: int) -> bytes:
    """A diagram of three to eight steps between start and end; every step has a flow in and a flow out."""
    random = Random(seed)
    names = [f"n{number}" for number in range(random.randint(3, 8))]
    edges = wired(random, names)
    events = {name: random.choice(EVENTS) for name in names}
    parts = []
    for name in names:
        ways_in = sum(1 for _, target in edges if target == name)
        ways_out = [(s, t) for s, t in edges if s == name]
        if ways_in < 2 and len(ways_out) < 2:
            parts.append(d.user(name, d.zeebe("assignmentDefinition", candidateGroups="hr")))
            if events[name]:
                target = random.choice(["end", "end2", *names])
                parts.append(d.boundary(f"b_{name}", name, d.timer("Duration", "PT1H"),
                                        interrupting=events[name] == "interrupting"))  # fmt: skip
                edges = [*edges, (f"b_{name}", target)]
    drawn = {part.split('id="')[1].split('"')[0] for part in parts}
    for name in names:
        if name not in drawn:
            ways_out = [edge for edge in edges if edge[0] == name]
            kind = random.choice(GATEWAYS)
            chooses = kind != "parallel" and len(ways_out) > 1
            default = "_".join(ways_out[-1]) if chooses else None
            parts.append(d.gateway(kind, name, default))
            parts += [d.flow(*edge, "=x" if chooses and edge != ways_out[-1] else None) for edge in ways_out]
        else:
            parts += [d.flow(*edge) for edge in edges if edge[0] == name]
    parts += [d.flow(*edge) for edge in edges if edge[0].startswith(("start", "b_"))]
    last = d.end("end2", random.choice(("", "", d.tag("bpmn:terminateEventDefinition"))))
    return d.diagram(*parts, last if any(t == "end2" for _, t in edges) else "")


def wired(random: Random, names: list[str]) -> list[tuple[str, str]]:
    """Flows without doubles: mostly forward, some back, everything with a way in and a way out."""
    edges = {("start", names[0])}
    for position, name in enumerate(names):
        later = [*names[position + 1 :], "end"]
        for _ in range(random.choice((1, 1, 2, 2, 3))):
            back = random.random() < 0.12
            edges.add((name, random.choice(names[1:] if back else [*later[:3], "end2" if back else later[0]])))
    for position, name in enumerate(names[1:], 1):
        if not any(target == name for _, target in edges):
            edges.add((random.choice(names[:position]), name))
    if not any(target == "end" for _, target in edges):
        edges.add((names[-1], "end"))
    return sorted(edges)

"""Random diagrams made of nested blocks, each of them sound; the same seed gives the same diagram.

Gateways are decided by random conditions over the data of `conditions`. `c` guards what would go on for ever: with 0
no loop is gone round again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import ClassVar

from tests.workflows import diagrams as d
from tests.workflows.conditions import Condition, condition

SIMPLE = ("task", "task", "sequence", "parallel", "choice", "loop", "sub", "each", "each_sub")
EVENTS = (
    "boundary", "boundary_sub", "boundary_each", "event_gateway", "error_sub", "escalation_sub", "terminate_sub",
    "call", "inclusive", "catch",
)  # fmt: skip
KINDS = SIMPLE + EVENTS
ITEMS = "=[1, 2]"


@dataclass
class Drawing:
    """A diagram under construction: what lies in the current scope, and what the document needs around it."""

    random: Random
    numbers: count[int] = field(default_factory=count)
    around: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    in_loop: bool = False
    meanings: dict[str, Condition] = field(default_factory=dict)
    kinds: ClassVar[tuple[str, ...]] = KINDS

    def name(self, prefix: str) -> str:
        return f"{prefix}{next(self.numbers)}"

    def add(self, *parts: str) -> None:
        self.inside.extend(parts)

    def task(self, inside: str = "") -> str:
        name = self.name("task")
        self.add(d.user(name, inside=inside))
        return name

    def when(self, c: int | None = None) -> str:
        """The text of a new condition, `meanings` has what it means; with `c` it holds for that value only."""
        drawn = condition(self.random)
        if c is not None:
            always = self.random.random() < 0.5
            drawn = Condition(f"c = {c}" if always else f"c = {c} and ({drawn.text})",
                              lambda data, of=drawn.meaning: data["c"] == c and (always or of(data)))  # fmt: skip
        self.meanings[f"={drawn.text}"] = drawn
        return f"={drawn.text}"

    def nested(self, depth: int) -> str:
        """A block between a start and an end event, as the content of a sub process or called process."""
        outer, self.inside = self.inside, []
        first, last = self.block(depth)
        start, end = self.name("start"), self.name("end")
        self.add(d.start(start), d.end(end), d.flow(start, first), d.flow(last, end))
        content, self.inside = "".join(self.inside), outer
        return content

    def trigger(self, *, timer_only: bool = False) -> str:
        if timer_only or self.random.random() < 0.5:
            return d.timer("Duration", "PT1H")
        name = self.name("message")
        self.around.append(d.message(name, '="key"'))
        return d.on("message", name)

    def each(self) -> str:
        loop = d.each(ITEMS, sequential=self.random.random() < 0.5)
        # SpiffWorkflow's own parser, used by the reference, knows cardinalities only
        return loop.replace("</bpmn:multi", f"{d.tag('bpmn:loopCardinality', '2')}</bpmn:multi")

    def block(self, depth: int) -> tuple[str, str]:
        """Draw one block; returns its first and last element."""
        kind = self.random.choice(self.kinds) if depth > 0 else "task"
        if kind == "inclusive" and self.in_loop:
            kind = "parallel"
        drawn: tuple[str, str] = getattr(self, f"_{kind}")(depth - 1)
        return drawn

    def _task(self, depth: int) -> tuple[str, str]:
        name = self.task()
        return name, name

    def _sequence(self, depth: int) -> tuple[str, str]:
        first, middle = self.block(depth)
        next_, last = self.block(depth)
        self.add(d.flow(middle, next_))
        return first, last

    def _parallel(self, depth: int) -> tuple[str, str]:
        fork, join = self.name("fork"), self.name("join")
        self.add(d.gateway("parallel", fork), d.gateway("parallel", join))
        for _ in range(self.random.choice((2, 2, 3))):
            first, last = self.block(depth)
            self.add(d.flow(fork, first), d.flow(last, join))
        return fork, join

    def _choice(self, depth: int) -> tuple[str, str]:
        split, merge = self.name("split"), self.name("merge")
        self.add(d.gateway("exclusive", split, default=f"default_{split}"), d.gateway("exclusive", merge))
        for when, name in ((self.when(), None), (None, f"default_{split}")):
            first, last = self.block(depth)
            self.add(d.flow(split, first, when, name), d.flow(last, merge))
        return split, merge

    def _loop(self, depth: int) -> tuple[str, str]:
        enter, again = self.name("enter"), self.name("again")
        self.add(d.gateway("exclusive", enter), d.gateway("exclusive", again, default=f"default_{again}"))
        outer, self.in_loop = self.in_loop, True
        first, last = self.block(depth)
        self.in_loop = outer
        after = self.task()
        self.add(
            d.flow(enter, first),
            d.flow(last, again),
            d.flow(again, enter, self.when(c=1)),
            d.flow(again, after, None, f"default_{again}"),
        )
        return enter, after

    def _sub(self, depth: int) -> tuple[str, str]:
        name = self.name("sub")
        self.add(d.sub(name, self.nested(depth)))
        return name, name

    def _each(self, depth: int) -> tuple[str, str]:
        name = self.task(self.each())
        return name, name

    def _each_sub(self, depth: int) -> tuple[str, str]:
        name = self.name("sub")
        self.add(d.sub(name, self.nested(depth), self.each()))
        return name, name

    def _boundary(self, depth: int) -> tuple[str, str]:
        return self._attach(self.task(), depth)

    def _boundary_sub(self, depth: int) -> tuple[str, str]:
        return self._attach(self._sub(depth)[0], depth)

    def _boundary_each(self, depth: int) -> tuple[str, str]:
        return self._attach(self.task(self.each()), depth)

    def _attach(self, host: str, depth: int) -> tuple[str, str]:
        merge = self.name("merge")
        self.add(d.gateway("exclusive", merge), d.flow(host, merge))
        for _ in range(self.random.choice((1, 1, 2))):
            name, interrupting = self.name("event"), self.random.random() < 0.5
            trigger = self.trigger(timer_only=not interrupting)
            self.add(d.boundary(name, host, trigger, interrupting=interrupting))
            first, last = self.block(depth)
            self.add(d.flow(name, first))
            if interrupting:
                self.add(d.flow(last, merge))
            else:
                end = self.name("end")
                self.add(d.end(end), d.flow(last, end))
        return host, merge

    def _event_gateway(self, depth: int) -> tuple[str, str]:
        gateway, merge = self.name("events"), self.name("merge")
        self.add(d.gateway("eventBased", gateway), d.gateway("exclusive", merge))
        for number in range(self.random.choice((2, 2, 3))):
            name = self.name("catch")
            first, last = self.block(depth)
            # one timer at most: the reference keeps one due time for the whole gateway
            trigger = d.timer("Duration", "PT1H") if not number else self._message()
            self.add(d.catch(name, trigger), d.flow(gateway, name), d.flow(name, first), d.flow(last, merge))
        return gateway, merge

    def _message(self) -> str:
        name = self.name("message")
        self.around.append(d.message(name, '="key"'))
        return d.on("message", name)

    def _error_sub(self, depth: int) -> tuple[str, str]:
        name, event, merge, code = self.name("sub"), self.name("event"), self.name("merge"), self.name("code")
        split, bad = self.name("split"), self.name("end")
        self.around.append(d.error(code))
        outer, self.inside = self.inside, []
        first, last = self.block(depth)
        start, end = self.name("start"), self.name("end")
        self.add(
            d.start(start), d.end(end), d.end(bad, d.on("error", code)),
            d.gateway("exclusive", split, default=f"default_{split}"), d.flow(start, first), d.flow(last, split),
            d.flow(split, bad, self.when(c=2)), d.flow(split, end, None, f"default_{split}"),
        )  # fmt: skip
        content, self.inside = "".join(self.inside), outer
        first, last = self.block(depth)
        self.add(
            d.sub(name, content), d.boundary(event, name, d.on("error", code)), d.gateway("exclusive", merge),
            d.flow(name, merge), d.flow(event, first), d.flow(last, merge),
        )  # fmt: skip
        return name, merge

    def _escalation_sub(self, depth: int) -> tuple[str, str]:
        """A sub process that tells of something on its way, or at an end of its own, and an event that hears it."""
        name, event, merge, code = self.name("sub"), self.name("event"), self.name("merge"), self.name("code")
        told, end, start = self.name("told"), self.name("end"), self.name("start")
        self.around.append(d.escalation(code))
        outer, self.inside = self.inside, []
        first, last = self.block(depth)
        self.add(d.start(start), d.flow(start, first), d.flow(last, told))
        if self.random.random() < 0.5:
            self.add(d.end(told, d.on("escalation", code)))
        else:
            self.add(d.node("intermediateThrowEvent", told, d.on("escalation", code)), d.end(end))
            after = self.task()
            self.add(d.path(told, after, end))
        content, self.inside = "".join(self.inside), outer
        interrupting = self.random.random() < 0.5
        first, last = self.block(depth)
        self.add(
            d.sub(name, content), d.boundary(event, name, d.on("escalation", code), interrupting=interrupting),
            d.gateway("exclusive", merge), d.flow(name, merge), d.flow(event, first),
        )  # fmt: skip
        aside = self.name("end")
        self.add(d.flow(last, merge) if interrupting else d.end(aside) + d.flow(last, aside))
        return name, merge

    def _terminate_sub(self, depth: int) -> tuple[str, str]:
        """A sub process of two branches, of which one ends them both."""
        name, fork, start, plain, stop = (self.name(one) for one in ("sub", "fork", "start", "end", "end"))
        outer, self.inside = self.inside, []
        self.add(d.start(start), d.gateway("parallel", fork), d.flow(start, fork))
        self.add(d.end(plain), d.end(stop, d.tag("bpmn:terminateEventDefinition")))
        for end in (plain, stop):
            first, last = self.block(depth)
            self.add(d.flow(fork, first), d.flow(last, end))
        content, self.inside = "".join(self.inside), outer
        self.add(d.sub(name, content))
        return name, name

    def _call(self, depth: int) -> tuple[str, str]:
        name, called = self.name("call"), self.name("called")
        outer, self.in_loop = self.in_loop, self.in_loop
        self.around.append(d.process(self.nested(depth), id_=called))
        self.in_loop = outer
        self.add(d.call(name, called).replace(f'id="{name}"', f'id="{name}" calledElement="{called}"', 1))
        return name, name

    def _inclusive(self, depth: int) -> tuple[str, str]:
        split, join = self.name("split"), self.name("join")
        self.add(d.gateway("inclusive", split, default=f"default_{split}"), d.gateway("inclusive", join))
        for when, name in ((self.when(), None), (self.when(), None), (None, f"default_{split}")):
            first, last = self.block(depth)
            self.add(d.flow(split, first, when, name), d.flow(last, join))
        return split, join

    def _catch(self, depth: int) -> tuple[str, str]:
        name = self.name("catch")
        self.add(d.catch(name, self.trigger()))
        return name, name


def drawn(seed: int, depth: int = 3) -> tuple[bytes, Mapping[str, Condition]]:
    """The random diagram of a seed, and by their text what its conditions mean.

    A last task follows the block, so that the end is always seen.
    """
    drawing = Drawing(Random(seed))
    first, last = drawing.block(depth)
    after = drawing.task()
    drawing.add(d.flow("start", first), d.flow(last, after), d.flow(after, "end"))
    return d.diagram(*drawing.inside, around=drawing.around), drawing.meanings


def draw(seed: int) -> bytes:
    """The random diagram of a seed."""
    return drawn(seed)[0]

"""Random changes of random diagrams, block by block: what lies outside of the changed block keeps its ids."""

from itertools import count
from random import Random

from tests.workflows import diagrams as d
from tests.workflows.blocks import KINDS, Drawing

CHANGES = ("replace", "before", "after", "beside", "drop", "swap")
"""Draw another block in its place, or before, behind or beside it; a plain step in its place; its halves in turn."""


class Redrawing(Drawing):
    """A drawing with service tasks in which one block, `at` in the order of drawing, is changed (None: none is)."""

    kinds = (*KINDS, *["sequence", "service"] * 4)

    def change(self, at: int | None, how: str, seed: int) -> None:
        """Say what is to be changed, before anything is drawn."""
        self.at, self.how, self.other = at, how, Random(seed)
        self.drawn = 0
        self.swaps = False
        self.sequences: list[int] = []

    def block(self, depth: int) -> tuple[str, str]:
        number, self.drawn = self.drawn, self.drawn + 1
        if number != self.at:
            return super().block(depth)
        if self.how == "swap":
            self.swaps = True
            return super().block(depth)
        kept, self.inside = self.inside, []
        old = super().block(depth)
        inside, self.inside = self.inside, kept
        if self.how not in ("replace", "drop"):
            self.add(*inside)
        return self._changed(old, depth)

    def _changed(self, old: tuple[str, str], depth: int) -> tuple[str, str]:
        """The block and what is new about it; names and random numbers of the rest go on as if nothing was drawn."""
        random, numbers, drawn = self.random, self.numbers, self.drawn
        self.random, self.numbers = self.other, count(1000)
        new = super().block(0 if self.how == "drop" else max(depth, 1))
        if self.how == "beside":
            fork, join = self.name("fork"), self.name("join")
            self.add(d.gateway("parallel", fork), d.gateway("parallel", join))
            self.add(*(d.flow(fork, first) + d.flow(last, join) for first, last in (old, new)))
            new = fork, join
        self.random, self.numbers, self.drawn = random, numbers, drawn
        if self.how == "before":
            self.add(d.flow(new[1], old[0]))
            return new[0], old[1]
        if self.how == "after":
            self.add(d.flow(old[1], new[0]))
            return old[0], new[1]
        return new

    def _sequence(self, depth: int) -> tuple[str, str]:
        self.sequences.append(self.drawn - 1)
        swaps, self.swaps = self.swaps, False
        first, middle = self.block(depth)
        next_, last = self.block(depth)
        self.add(d.flow(last, first) if swaps else d.flow(middle, next_))
        return (next_, middle) if swaps else (first, last)

    def _service(self, depth: int) -> tuple[str, str]:
        name = self.name("service")
        self.add(d.service(name, f"op.{name}"))
        return name, name


def both(seed: int, random: Random) -> tuple[bytes, bytes]:
    """The diagram of a seed, and the same with one block changed."""
    drawn, drawing = _draw(seed, None, "", 0)
    how, other = random.choice(CHANGES), random.randrange(1_000_000)
    at = random.choice(drawing.sequences) if how == "swap" and drawing.sequences else random.randrange(drawing.drawn)
    return drawn, _draw(seed, at, how, other)[0]


def _draw(seed: int, at: int | None, how: str, other: int) -> tuple[bytes, Redrawing]:
    drawing = Redrawing(Random(seed))
    drawing.change(at, how, other)
    first, last = drawing.block(3)
    after = drawing.task()
    drawing.add(d.flow("start", first), d.flow(last, after), d.flow(after, "end"))
    return d.diagram(*drawing.inside, around=drawing.around), drawing

"""The variables as far as they are known somewhere ahead: what steps on the way will write is not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workflows.diagram.values import Literal, Value
from workflows.feel import Expression, FeelError, Scope, plain
from workflows.feel.builtins import BUILT_INS
from workflows.feel.partial import Verdict, judge, paths


@dataclass(frozen=True)
class Known:
    """`variables` with `laid` over them; `unknown` will have been written on the way, nobody knows with what.

    `assumed` are results of steps of which only the decision is taken for granted; `ways` conditions that this branch
    takes for granted, so that the same question is answered the same way again.
    """

    variables: Mapping[str, Any]
    laid: Mapping[str, Any] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()
    ways: Mapping[str, bool] = field(default_factory=dict)

    def without(self, names: Iterable[str]) -> "Known":
        """After something that writes these names; questions that read them are open again."""
        lost = frozenset(names)
        if not lost:
            return self
        kept = {text: way for text, way in self.ways.items() if not lost & paths(text).keys()}
        laid = {name: value for name, value in self.laid.items() if name not in lost}
        return replace(self, laid=laid, unknown=self.unknown | lost, assumed=self.assumed - lost, ways=kept)

    def with_value(self, name: str, value: Any, *, assumed: bool = False) -> "Known":
        """With one variable written; `assumed` when it is only the decision of a step."""
        found = self.without((name,))
        marked = found.assumed | {name} if assumed else found.assumed
        return replace(found, laid={**found.laid, name: value}, unknown=found.unknown - {name}, assumed=marked)

    def going(self, text: str, way: bool) -> "Known":
        """With a condition taken for granted."""
        return replace(self, ways={**self.ways, text: way})

    def judged(self, condition: Value, scope: Scope) -> Verdict:
        """Whether a condition of a flow holds."""
        if not isinstance(condition, Expression):
            return Verdict(False)
        way = self.ways.get(condition.text)
        if way is not None:
            return Verdict(way)
        return judge(condition.text, Eyes(self), scope, self.unknown | self.half_read(condition.text))

    def value(self, value: Value, scope: Scope) -> tuple[Any, bool]:
        """A value of the diagram as JSON, and whether it is certain."""
        if isinstance(value, Literal):
            return value.value, True
        eyes = Eyes(self)
        try:
            found = plain(value.evaluate(eyes, scope))
        except FeelError:
            return None, False
        half = isinstance(value, Expression) and self.half_read(value.text)
        return (None, False) if eyes.missed or half else (found, True)

    def half_read(self, text: str) -> frozenset[str]:
        """Assumed results of which a text reads more than the decision."""
        if not self.assumed:
            return frozenset()
        read = paths(text)
        return frozenset(n for n in self.assumed & read.keys() if any(path != f"{n}.decision" for path in read[n]))


class Eyes(Mapping[str, Any]):
    """Reads what is known, and notes what was `asked` for, and what is `missed`."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.missed: set[str] = set()
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        known = self._known
        self.asked.add(name)
        if name in known.laid:
            return known.laid[name]
        if name in known.unknown or name not in known.variables:
            if name != "parameters" and name not in BUILT_INS:
                self.missed.add(name)
            raise KeyError(name)
        return known.variables[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in {**self._known.variables, **self._known.laid} if name not in self._known.unknown)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        known = self._known
        return name in known.laid or (name not in known.unknown and name in known.variables)

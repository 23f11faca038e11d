"""Texts of a diagram as values: `=…` is FEEL, compiled while the diagram is parsed; anything else means itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from workflows.diagram.elements import Element
from workflows.diagram.faults import fault
from workflows.errors import Fault
from workflows.feel import FeelSyntaxError, compile_expression


class Value(Protocol):
    """Something that has a value where variables are known."""

    def evaluate(self, variables: Mapping[str, Any], scope: Any = None) -> Any: ...


@dataclass(frozen=True)
class Literal:
    """A text without a leading =."""

    value: Any

    def evaluate(self, variables: Mapping[str, Any], scope: Any = None) -> Any:
        """The text itself, whatever the variables."""
        return self.value


NOTHING = Literal(None)


class Texts:
    """Turns the texts of elements into values and collects what is wrong with them."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def value(self, element: Element, text: str | None) -> Value:
        """`=…` compiled, any other text as it is, None as null."""
        if text is None:
            return NOTHING
        stripped = text.strip()
        return self.expression(element, stripped) if stripped.startswith("=") else Literal(text)

    def expression(self, element: Element, text: str | None) -> Value:
        """FEEL with or without the leading =, where only FEEL makes sense."""
        source = (text or "").strip().removeprefix("=").strip()
        try:
            return compile_expression(source)
        except FeelSyntaxError as error:
            reason = error.text("zh")
            self.faults.append(fault("diagram.expression", element, text=text or "", reason=reason))
            return NOTHING

    def condition(self, element: Element, text: str) -> Value:
        """The condition of a flow; without = it would be a text, never true."""
        if not text.startswith("="):
            self.faults.append(fault("diagram.literal_condition", element, text=text))
            return NOTHING
        return self.expression(element, text)

    def mapping(self, element: Element, pairs: list[tuple[str, str]]) -> tuple[tuple[str, Value], ...]:
        """An input or output mapping: target names (dots build contexts) and their values, in order."""
        for target, _ in pairs:
            self.name(element, target)
        return tuple((target, self.value(element, source)) for target, source in pairs)

    def name(self, element: Element, name: str) -> str:
        """A variable name, at most 200 characters."""
        if not name or len(name) > 200 or any(not part for part in name.split(".")):
            self.faults.append(fault("diagram.variable_name", element, name=name[:40]))
        return name

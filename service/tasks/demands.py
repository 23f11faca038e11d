"""What a form asks for only in some cases: a field whose `requiredWhen` (FEEL) is true may not be left empty, nor one
that is required and shown under a condition (`conditional.hide`) while it is shown.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from service.errors import Fault, Invalid
from service.tasks import forms
from workflows.feel import Scope, compile_expression
from workflows.surroundings import Surroundings

PROPERTY = "requiredWhen"


def expect(
    around: Surroundings,
    form: Mapping[str, Any] | None,
    allowed: Mapping[str, str],
    values: Mapping[str, Any],
    seen: Callable[[], Mapping[str, Any]],
) -> None:
    """Ask for what these values make necessary; Invalid("form.invalid") with "field.required" for each empty field.

    A condition reads the variables of `seen`, with the values laid over them; forms without one cost nothing.
    """
    empty = [
        one for one in forms.components(form or {}) if _may_fill(one, allowed) and _is_empty(values.get(one["key"]))
    ]
    asked = [(one["key"], text, holds) for one in empty for text, holds in _conditions(one, allowed[one["key"]])]
    if not asked:
        return
    variables = {**seen(), **values}
    found = dict.fromkeys(name for name, text, holds in asked if _holds(around, text, variables) is holds)
    if found:
        raise Invalid("form.invalid", faults=tuple(Fault(f"values.{name}", "field.required") for name in found))


def _may_fill(component: Mapping[str, Any], allowed: Mapping[str, str]) -> bool:
    return allowed.get(component["key"]) in ("write", "required")


def _conditions(component: Mapping[str, Any], right: str) -> Iterator[tuple[str, bool]]:
    """(Condition, what it must come to) under which the field may not be left empty."""
    if when := (component.get("properties") or {}).get(PROPERTY):
        yield when, True
    hidden = forms.hidden_when(component)
    needed = right == "required" or (component.get("validate") or {}).get("required")
    if hidden is not None and needed:
        yield hidden, False


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _holds(around: Surroundings, text: str, variables: Mapping[str, Any]) -> bool:
    scope = Scope(around.now, around.working_days, around.parameters, [], around.zone)
    return compile_expression(text.strip().removeprefix("="), tuple(variables)).evaluate(variables, scope) is True

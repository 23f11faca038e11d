"""What a form asks for only in some cases: a field whose `requiredWhen` (FEEL) is true may not be left empty."""

from collections.abc import Callable, Mapping
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
    asked = [
        (component["key"], component["properties"][PROPERTY])
        for component in forms.components(form or {})
        if component.get("properties", {}).get(PROPERTY)
        and allowed.get(component["key"]) in ("write", "required")
        and _is_empty(values.get(component["key"]))
    ]
    if not asked:
        return
    variables = {**seen(), **values}
    faults = tuple(Fault(f"values.{name}", "field.required") for name, text in asked if _holds(around, text, variables))
    if faults:
        raise Invalid("form.invalid", faults=faults)


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _holds(around: Surroundings, text: str, variables: Mapping[str, Any]) -> bool:
    scope = Scope(around.now, around.working_days, around.parameters, [], around.zone)
    return compile_expression(text.strip().removeprefix("="), tuple(variables)).evaluate(variables, scope) is True

"""Context functions."""

from typing import Any

from workflows.feel.builtins.registry import builtin
from workflows.feel.frame import Frame
from workflows.feel.values import is_context, kind_of, touch


@builtin("get value", "m: context, key: string")
def get_value(_: Frame, context: dict[str, Any], key: str) -> Any:
    """The value of a key; null when there is none."""
    return touch(context.get(key))


@builtin("get value", "m: context, keys: only list")
def get_value_deep(frame: Frame, context: dict[str, Any], keys: list[Any]) -> Any:
    """The value down a path of keys; null when there is none, or for an empty path."""
    found: Any = context if keys else None
    for key in keys:
        frame.meter.charge(1)
        if not is_context(found) or type(key) is not str:
            return None
        found = touch(found.get(key))
    return found


@builtin("get entries", "m: context")
def get_entries(_: Frame, context: dict[str, Any]) -> list[Any]:
    """A list of {key, value} for all entries."""
    return [{"key": key, "value": touch(value)} for key, value in context.items()]


@builtin("context", "entries: list")
def make_context(frame: Frame, entries: list[Any]) -> Any:
    """The context of a list of {key, value}; null for a repeated key or an entry without one."""
    made: dict[str, Any] = {}
    for entry in entries:
        key = touch(entry.get("key")) if is_context(entry) and "value" in entry else None
        if type(key) is not str or key in made:
            return frame.warn("feel.warning.value", function="context", value=key)
        made[key] = touch(entry["value"])
    return made


@builtin("context put", "context: context, key: string, value: any?")
def context_put(_: Frame, context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The context with one entry added or changed."""
    return {**context, key: value}


@builtin("context put", "context: context, keys: only list, value: any?")
def context_put_deep(frame: Frame, context: dict[str, Any], keys: list[Any], value: Any) -> Any:
    """The context with one entry changed down a path of keys."""
    if not keys or any(type(key) is not str for key in keys):
        return frame.warn("feel.warning.value", function="context put", value="keys")
    first, rest = keys[0], keys[1:]
    if not rest:
        return {**context, first: value}
    inner = touch(context.get(first))
    if inner is not None and not is_context(inner):
        return frame.warn("feel.warning.type", expected="context", found=kind_of(inner))
    frame.meter.enter()
    changed = context_put_deep(frame, dict(inner or {}), rest, value)
    frame.meter.leave()
    return None if changed is None else {**context, first: changed}


@builtin("context merge", "contexts: list")
def context_merge(frame: Frame, contexts: list[Any]) -> Any:
    """The entries of all contexts; later ones win."""
    if not all(is_context(context) for context in contexts):
        return frame.warn("feel.warning.type", expected="context", found="list")
    frame.meter.charge(sum(len(context) for context in contexts))
    return {key: value for context in contexts for key, value in context.items()}

"""Boolean functions: not, and all and any over lists."""

from typing import Any

from workflows.feel.builtins.registry import builtin
from workflows.feel.frame import Frame
from workflows.feel.operators import equal


@builtin("not", "negand: any")
def negate(_: Frame, negand: Any) -> bool | None:
    """Three-valued negation; null for anything that is no boolean."""
    return not negand if isinstance(negand, bool) else None


@builtin("all", "list: list")
@builtin("all", "b...: any?")
def all_true(_: Frame, items: list[Any]) -> bool | None:
    """False if any item is false, else true if all are true, else null."""
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


@builtin("any", "list: list")
@builtin("any", "b...: any?")
def any_true(_: Frame, items: list[Any]) -> bool | None:
    """True if any item is true, else false if all are false, else null."""
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@builtin("is", "value1: any?, value2: any?")
def is_same(frame: Frame, first: Any, second: Any) -> bool:
    """Whether two values are the same element of FEEL's domain: same kind, same value, same zone."""
    if type(first) is not type(second):
        return False
    zones = getattr(first, "tzinfo", None), getattr(second, "tzinfo", None)
    return equal(frame, first, second) is True and str(zones[0]) == str(zones[1])

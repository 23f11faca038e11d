"""The standard's built-in functions and our own additions, by name; importing the modules registers them."""

from workflows.feel.builtins import (
    booleans,
    calendar,
    contexts,
    conversion,
    dates,
    lists,
    numbers,
    ranges,
    statistics,
    strings,
)
from workflows.feel.builtins.registry import BUILT_INS, call, spaced_names

__all__ = [
    "BUILT_INS",
    "booleans",
    "calendar",
    "call",
    "contexts",
    "conversion",
    "dates",
    "lists",
    "numbers",
    "ranges",
    "spaced_names",
    "statistics",
    "strings",
]

"""What `lectern doctor` finds: a level, a code whose words say what to do, and parameters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["ok", "warning", "error"]
EXIT: dict[Level, int] = {"ok": 0, "warning": 1, "error": 2}
"""Level → exit code of the command whose worst finding it is."""


@dataclass(frozen=True)
class Found:
    """One thing that was looked at; the words of `code` are those of every other code."""

    check: str
    level: Level
    code: str
    params: dict[str, Any] = field(default_factory=dict)


Check = Callable[[], Iterator[Found]]
"""Looks at one thing; yields at least one finding, "ok" when all is well."""

"""What a translation tells: one note for each thing that was changed, left out, or kept for a person to finish."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CHANGED, DROPPED, OPEN = "changed", "dropped", "open"


@dataclass(frozen=True)
class Note:
    """One thing at an element; `code` is that of its words, `params` fill them.

    `state` is changed (the same in our dialect) | dropped (has no effect here) | open (somebody has to finish it).
    """

    state: str
    code: str
    file: str
    line: int
    element_id: str
    params: Mapping[str, Any] = field(default_factory=dict)

"""How a task came to be open again: returned to be corrected, or straight back to who returned it. A frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Reentry:
    """`kind` is returned (to be corrected) or back (to who had returned it), by the task `task_id`.

    `since` is the version of the case after the return: what has been changed since then the returner is shown.
    `onward` are the elements to which it goes straight back once it is done, the last one first to come.
    `element_id` is the step that opens, `former` who had it before and is offered it first; both are not stored.
    """

    kind: str
    task_id: str
    since: int
    onward: tuple[str, ...] = ()
    element_id: str = ""
    former: str | None = None

    @property
    def next(self) -> str | None:
        """Where the case goes when the task is done as asked; None: along the diagram."""
        return self.onward[-1] if self.onward else None

    def renamed(self, mapping: Mapping[str, str]) -> "Reentry":
        """The same in another version of the flow, where other elements stand in the place of some."""
        return replace(self, onward=tuple(mapping.get(name, name) for name in self.onward))

    def record(self) -> dict[str, Any]:
        """As JSON, in the task's row."""
        return {"kind": self.kind, "task": self.task_id, "since": self.since, "onward": list(self.onward)}

    @classmethod
    def of(cls, record: Mapping[str, Any] | None) -> "Reentry | None":
        """What a row holds; None for a task that was reached along the diagram."""
        if record is None:
            return None
        return cls(record["kind"], record["task"], record["since"], tuple(record["onward"]))

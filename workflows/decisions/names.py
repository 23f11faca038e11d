"""Names over names: what a boxed expression, a function or a decision sees, without copying what lies around it."""

from collections.abc import Iterator, Mapping
from typing import Any


class Names(Mapping[str, Any]):
    """The names of `own` hide those of `outer`; `own` may still grow while the names are in use."""

    __slots__ = ("outer", "own")

    def __init__(self, own: Mapping[str, Any], outer: Mapping[str, Any]) -> None:
        self.own = own
        self.outer = outer

    def __getitem__(self, name: str) -> Any:
        return self.own[name] if name in self.own else self.outer[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, else the default."""
        return self.own[name] if name in self.own else self.outer.get(name, default)

    def __contains__(self, name: object) -> bool:
        return name in self.own or name in self.outer

    def __iter__(self) -> Iterator[str]:
        yield from self.own
        yield from (name for name in self.outer if name not in self.own)

    def __len__(self) -> int:
        return sum(1 for _ in self)

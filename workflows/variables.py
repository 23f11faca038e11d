"""Variables as scopes that lie over one another; values are JSON and never changed in place."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


class View(Mapping[str, Any]):
    """Several scopes read as one, the first that has a name wins."""

    __slots__ = ("_chain",)

    def __init__(self, chain: Sequence[Mapping[str, Any]]) -> None:
        self._chain = chain

    def __getitem__(self, name: str) -> Any:
        for scope in self._chain:
            if name in scope:
                return scope[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in scope for scope in self._chain)

    def __iter__(self) -> Iterator[str]:
        return iter({name: None for scope in self._chain for name in scope})

    def __len__(self) -> int:
        return len({name for scope in self._chain for name in scope})


def put(scope: dict[str, Any], name: str, value: Any) -> None:
    """Set `a` or, for `a.b.c`, the entry of a context inside; contexts on the way are copied, not changed."""
    head, _, rest = name.partition(".")
    if not rest:
        scope[head] = value
        return
    old = scope.get(head)
    inner = dict(old) if isinstance(old, dict) else {}
    put(inner, rest, value)
    scope[head] = inner

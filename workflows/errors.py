"""The four kinds of error that a caller can act on; each carries a code and its parameters."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in an input: where, what, in words.

    `path` is a JSON pointer-like path ("values.count"), `code` a dotted code, `params` fill the text of the code.
    """

    path: str
    code: str
    message: str = ""
    params: dict[str, Any] = field(default_factory=dict)


class LecternError(Exception):
    """Base of the four kinds; `code` is dotted and stable ("ledger.full"), `params` fill its text."""

    def __init__(self, code: str, *, faults: tuple[Fault, ...] = (), **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.faults = faults
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({details})" + "".join(f"; {f.path}: {f.code} {f.message}" for f in self.faults)


class NotFound(LecternError):
    """Absent, or not visible to this actor: the two are never told apart."""


class Forbidden(LecternError):
    """Visible, but this actor may not do this."""


class Conflict(LecternError):
    """The state has moved on: stale version, closed seat, full ledger."""


class Invalid(LecternError):
    """The input is wrong; `faults` say where."""

"""How a noun declares what can be done in the background: a kind of run, and the function that carries it out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.clock import Clock
from service.runs.models import Run
from workflows.base import table_of

SHORT, LONG, QUIET = "short", "long", "quiet"
"""Lanes: what takes minutes goes the long one, so that it holds up nothing that takes seconds; what nobody waits for
the quiet one, which rests after each run so that people feel nothing of it."""
_RUN = table_of(Run)


class Stopped(Exception):
    """Leaves a runner at its next progress; what it has committed stays."""


class Lost(Stopped):
    """Somebody else has taken the run over, because this process said nothing for too long."""


@dataclass(frozen=True)
class Running:
    """A run as its runner sees it: `actor` is who asked, with the rights of today; `attempt` counts from 1."""

    id: str
    actor: Actor
    arguments: Mapping[str, Any]
    attempt: int
    holder: str
    organisation_id: str | None = None

    def hold(self, session: Session) -> None:
        """Lock the run inside a command's transaction: what is written there is written by its one holder.

        Raises Lost when another process has taken it over.
        """
        mine = select(_RUN.c.id).where(_RUN.c.id == self.id, _RUN.c.holder == self.holder).with_for_update()
        if session.execute(mine).first() is None:
            raise Lost(self.id)


class Progress(Protocol):
    """Says how far a run is, outside of any transaction; call it at least every second, as often as wanted.

    Raises Stopped when it was cancelled, taken over, or the process is to end: let it through.
    """

    def __call__(self, done: int, total: int | None = None) -> None: ...


Runner = Callable[[Running, Progress, Clock], Mapping[str, Any]]
"""(run, progress, clock) → the result: plain values that may be shown to whoever sees the run.

Works by commands, each a short transaction (on SQLite 100 ms at most), and asks the clock for the moment of each. A
LecternError ends the run as failed with its words. A runner that declares `again` is called anew after its process was
killed, and must go on from what is already there.
"""


@dataclass(frozen=True)
class Kind:
    """A kind of run: its name in both languages, and what is said of its result (names of the result in braces)."""

    name: str
    run: Runner
    zh: str
    en: str
    said_zh: str = ""
    said_en: str = ""
    lane: str = SHORT
    again: bool = True

    def said(self, result: Mapping[str, Any], locale: str) -> str:
        """One sentence of what came out, "" where there is nothing to say."""
        return (self.said_zh if locale == "zh" else self.said_en).format_map(result)


KINDS: dict[str, Kind] = {}
"""Every declared kind by its name; a run of a kind that this process does not know waits for one that does."""


def runner(
    name: str, zh: str, en: str, *, said: tuple[str, str] = ("", ""), lane: str = SHORT, again: bool = True
) -> Callable[[Runner], Runner]:
    """Declare the decorated function as what carries out runs of the kind `name`; ValueError when it is taken."""

    def declare(run: Runner) -> Runner:
        if name in KINDS and KINDS[name].run is not run:
            raise ValueError(f"kind of run {name} is declared twice")
        KINDS[name] = Kind(name, run, zh, en, *said, lane=lane, again=again)
        return run

    return declare

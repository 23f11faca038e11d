"""Plays the moves of a rehearsal from the start, every time anew: what was not written down did not happen."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from workflows import deadlines
from workflows.case import READY, WAITING, Case, Token
from workflows.environment import visible
from workflows.errors import Conflict, LecternError
from workflows.failures import EngineFault
from workflows.journal import Journal
from workflows.nodes.activities import PersonTask
from workflows.nodes.base import Node
from workflows.nodes.events import MESSAGE, TIMER, Boundary, Choice, Waiting
from workflows.opening import opened_task
from workflows.rehearsal.answering import Answering, Unanswered
from workflows.rehearsal.budget import Budget
from workflows.rehearsal.moves import COMPLETE, START, Asking, Move, Open, Rehearsal, Turn, Wait
from workflows.surroundings import Definition, Surroundings

COMPLETED = "completed"


def rehearse(
    definition: Definition,
    moves: Sequence[Move],
    around: Surroundings,
    writes: Mapping[str, Sequence[str]],
    budget: Budget | None = None,
) -> Rehearsal:
    """Where a case of a definition stands after these moves; the first one starts it.

    `around` needs no session: nothing is read or written. `writes` says of each operation what it sets. A move that is
    not possible (any more) is `fault`, and those after it are not made; so is what goes beyond the budget.
    """
    play = _Play(definition, around, writes, budget or Budget())
    for move in moves:
        if not play.make(move):
            break
    return play.result()


class _Tried(Case):
    """A case of which every element that is run counts."""

    environment: Answering

    def enqueue(self, token: Token) -> None:
        self.environment.budget.spend(token.node.element.id)
        super().enqueue(token)


class _Play:
    def __init__(
        self, definition: Definition, around: Surroundings, writes: Mapping[str, Sequence[str]], budget: Budget
    ) -> None:
        self.environment = Answering(definition, around, writes, budget)
        self.case = _Tried(definition.spec.main, self.environment, {})
        self.turns: list[Turn] = []
        self.since: dict[str, datetime] = {}
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.asking: Asking | None = None
        self.fault: LecternError | None = None

    @property
    def now(self) -> datetime:
        return self.environment.surroundings.now

    def make(self, move: Move) -> bool:
        """Make one move; whether the case came to rest after it."""
        self.environment.journal = Journal()
        self.environment.answers = list(move.answers)
        try:
            self._run(move)
        except Unanswered as found:
            self.asking = found.asking
        except LecternError as error:
            self.fault = error
        self._note(move)
        return self.asking is None and self.fault is None

    def _run(self, move: Move) -> None:
        try:
            self._begin(move) if move.kind == START else self._bring(move)
            self.case.run()
            self._settle()
        except LecternError:
            raise
        except Exception as error:  # the edge between the engine and a diagram that is still being drawn
            current = self.case.current
            raise EngineFault("engine.fault", current.node.element.id if current else "", error) from error

    def _begin(self, move: Move) -> None:
        self.case.begin()
        (token,) = self.case.top()
        for name, value in move.values.items():
            self.environment.assign(token, name, value)

    def _bring(self, move: Move) -> None:
        token = self._at(move)
        if move.kind == COMPLETE:
            self.case.current = token
            self.environment.receive(token, move.values)
            self.case.enqueue(token)
        else:
            self._fire(token, move)

    def _at(self, move: Move) -> Token:
        """The nth token that waits on an element, in the order of their arrival. Raises Conflict `trial.gone`."""
        kind: type[Node] = PersonTask if move.kind == COMPLETE else Waiting
        waiting = (token for token in self.case.tokens() if isinstance(token.node, kind))
        found = [token for token in waiting if move.element_id in _awaits(token)]
        if not 0 <= move.nth < len(found):
            raise Conflict("trial.gone", element_id=move.element_id)
        return found[move.nth]

    def _fire(self, token: Token, move: Move) -> None:
        node, row = token.node, self.rows.get((token.id, move.element_id))
        again = None
        if row is not None and "due_at" in row:
            self.environment.turn_clock(max(self.now, row["due_at"]))
            cyclic = isinstance(node, Boundary) and node.is_cycle and not node.cancel_activity
            again = deadlines.next_round(SimpleNamespace(**row), self.environment.surroundings) if cyclic else None
        if isinstance(node, Choice):
            node.choose(token, move.element_id, dict(move.values))
        elif isinstance(node, Waiting):
            node.fire(token, dict(move.values), again=again is not None)
        if again is not None and row is not None:
            row.update(again)

    def _settle(self) -> None:
        """Note since when steps are open, and when the timers that began to wait fall due."""
        for token in self.case.tokens():
            self.since.setdefault(token.id, self.now)
            if token._state != WAITING or not isinstance(token.node, Waiting):
                continue
            place = token.parent if isinstance(token.node, Boundary) else token
            for event in token.node.waits():
                if (token.id, event.element.id) not in self.rows:
                    self.rows[token.id, event.element.id] = self._row(token, event, place)

    def _row(self, token: Token, event: Waiting, place: Token) -> dict[str, Any]:
        if event.trigger == TIMER:
            return deadlines.timer_row("rehearsal", token, event, place, self.environment.surroundings)
        if event.trigger == MESSAGE:
            return deadlines.subscription_row("rehearsal", token, event, place)
        return {}

    def _note(self, move: Move) -> None:
        journal = self.environment.journal
        changed = {name: (write.old, write.new) for scope, name, write in journal.changes() if not scope}
        self.turns.append(
            Turn(
                move,
                self.now,
                tuple(journal.passed),
                tuple(journal.performed),
                tuple(journal.decisions),
                tuple(journal.thrown),
                changed,
            )
        )

    def result(self) -> Rehearsal:
        """Where the case stands now."""
        case = self.case
        ended = bool(self.turns) and case.completed and self.asking is None and self.fault is None
        at_rest = bool(self.turns) and not ended and self.asking is None
        return Rehearsal(
            turns=tuple(self.turns),
            open=tuple(self._open()) if at_rest else (),
            waits=tuple(self._waits()) if at_rest else (),
            variables=dict(case.variables),
            now=self.now,
            asking=self.asking,
            fault=self.fault,
            outcome=(case.outcome or COMPLETED) if ended else None,
        )

    def _open(self) -> Iterator[Open]:
        for token, nth in _numbered(t for t in self.case.tokens() if t._state == READY and _is_task(t)):
            try:
                opened = opened_task(token)
            except LecternError as error:
                self.fault = self.fault or error
                continue
            since = self.since.get(token.id, self.now)
            yield Open(token.node.element.id, nth, since, opened, dict(visible(self.case, token)))

    def _waits(self) -> Iterator[Wait]:
        for token, nth in _numbered(
            t for t in self.case.tokens() if t._state == WAITING and isinstance(t.node, Waiting)
        ):
            for event in token.node.waits():  # type: ignore[attr-defined]
                row = self.rows.get((token.id, event.element.id)) or {}
                if event.trigger in (TIMER, MESSAGE):
                    yield Wait(
                        event.element.id,
                        nth,
                        event.element.name,
                        event.trigger,
                        row.get("due_at"),
                        row.get("name", ""),
                        row.get("correlation_key", ""),
                    )


def _awaits(token: Token) -> set[str]:
    """The elements for which a token waits: its own, behind an event gateway those of the events."""
    node = token.node
    return {event.element.id for event in node.waits()} if isinstance(node, Waiting) else {node.element.id}


def _is_task(token: Token) -> bool:
    return isinstance(token.node, PersonTask)


def _numbered(tokens: Iterator[Token]) -> Iterator[tuple[Token, int]]:
    """Tokens in the order of their arrival, each with its number among those on the same element."""
    counted: dict[str, int] = {}
    for token in tokens:
        element_id = token.node.element.id
        counted[element_id] = counted.get(element_id, -1) + 1
        yield token, counted[element_id]

"""One run of one instance: load it, let it move, turn the difference into rows and a Step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows import deadlines, store
from workflows.case import READY, WAITING, Case, Token
from workflows.environment import Environment
from workflows.errors import LecternError
from workflows.failures import EngineFault
from workflows.journal import Write
from workflows.nodes.activities import PersonTask
from workflows.nodes.events import MESSAGE, TIMER, Boundary, Waiting
from workflows.opening import opened_task
from workflows.step import OpenedTask, ScheduledTimer, Step
from workflows.store import Held
from workflows.surroundings import Definition, Surroundings
from workflows.tokens.marking import dump, load

RUNNING, COMPLETED = "running", "completed"


@dataclass(frozen=True)
class Rest:
    """What was open before a run: user tasks and waiting events, by token."""

    tasks: frozenset[str]
    events: Mapping[str, Waiting]


class Run:
    """A case in memory between load and save. When anything raises it is thrown away, never saved."""

    def __init__(self, held: Held, definition: Definition, surroundings: Surroundings, *, new: bool = False) -> None:
        self.held = held
        self.surroundings = surroundings
        self.environment = Environment(definition, surroundings, held.id)
        self.case = Case(definition.spec.main, self.environment, dict(held.variables))
        self.before = Rest(frozenset(), {})
        if not new:
            load(self.case, held.tokens)
            self.before = self._rest()
            if self.before.events:
                self.environment.waiting = [token for token in self.case.tokens() if token.id in self.before.events]

    def _rest(self) -> Rest:
        tasks, events = set(), {}
        for token in self.case.tokens():
            if token._state == WAITING and isinstance(token.task_spec, Waiting):
                events[token.id] = token.task_spec
            elif token._state == READY and isinstance(token.task_spec, PersonTask):
                tasks.add(token.id)
        return Rest(frozenset(tasks), events)

    def go(self) -> None:
        """Run all that needs nobody. Raises LecternErrors as they are, anything else as EngineFault."""
        try:
            self.case.run()
        except LecternError:
            raise
        except Exception as error:  # the edge between the engine and operations that others wrote
            current = self.case.current
            raise EngineFault("engine.fault", current.node.element.id if current else "", error) from error

    def finish(self, ended_as: str | None = None) -> Step:
        """Save, and say what happened. `ended_as` ends the case whatever its tokens do."""
        held, surroundings = self.held, self.surroundings
        after = self._rest()
        outcome = ended_as or (self.case.outcome or COMPLETED if self.case.completed else None)
        opened = self._opened(after)
        fresh = [token for token in after.events if token not in self.before.events]
        scheduled, timers, subscriptions = self._rows(fresh)
        changes = list(self.environment.journal.changes())
        self._save(outcome, any(not scope for scope, _, _ in changes))
        dropped = tuple(token for token in self.before.events if token not in after.events)
        store.add(surroundings.session, self._history(changes), timers, subscriptions)
        gone_timers, gone_subscriptions = self._clear(outcome, dropped)
        journal = self.environment.journal
        return Step(
            instance_id=held.id,
            version=held.version,
            outcome=outcome,
            opened=opened,
            closed=tuple(sorted(self.before.tasks - after.tasks)),
            scheduled=scheduled,
            dropped=dropped,
            timers=gone_timers,
            subscriptions=gone_subscriptions,
            created=tuple(name for scope, name, write in changes if not scope and not write.existed),
            thrown=tuple(journal.thrown),
            decisions=tuple(journal.decisions),
            performed=tuple(journal.performed),
            passed=tuple(journal.passed),
            weighed=tuple(sorted(journal.weighed)),
            changed={name: (write.old, write.new) for scope, name, write in changes if not scope},
        )

    def _opened(self, after: Rest) -> tuple[OpenedTask, ...]:
        fresh = after.tasks - self.before.tasks
        return tuple(opened_task(token) for token in self.case.tokens() if token.id in fresh) if fresh else ()

    def _rows(self, fresh: list[str]) -> tuple[tuple[ScheduledTimer, ...], list[Any], list[Any]]:
        scheduled, timers, subscriptions = [], [], []
        for token, event in self._awaited(fresh):
            if event.trigger == TIMER:
                row = deadlines.timer_row(self.held.id, token, event, self._place(token), self.surroundings)
                timers.append(row)
                scheduled.append(ScheduledTimer(row["id"], token.id, row["element_id"], row["due_at"]))
            elif event.trigger == MESSAGE:
                subscriptions.append(deadlines.subscription_row(self.held.id, token, event, self._place(token)))
        return tuple(scheduled), timers, subscriptions

    def _awaited(self, fresh: list[str]) -> Iterator[tuple[Token, Waiting]]:
        for token_id in fresh:
            token = self.case.find(token_id)
            assert token is not None
            for event in token.task_spec.waits():
                yield token, event

    def _place(self, token: Token) -> Token:
        """Where the texts of an event are evaluated: an attached one sees what its activity sees."""
        return token.parent if isinstance(token.task_spec, Boundary) else token

    def _save(self, outcome: str | None, changed: bool) -> None:
        held = self.held
        values: dict[str, Any] = {
            "tokens": dump(self.case) if outcome is None else b"",
            "state": outcome or held.state,
            "ended_at": None if outcome is None else self.surroundings.now,
        }
        if changed:
            values["variables"] = self.case.variables
        if held.version:
            store.save(self.surroundings.session, held, values)
            return
        held.version = 1
        for name, value in {"variables": self.case.variables, **values}.items():
            setattr(held, name, value)
        store.create(self.surroundings.session, held)

    def _history(self, changes: list[tuple[str, str, Write]]) -> list[dict[str, Any]]:
        held, now = self.held, self.surroundings.now
        return [
            {
                "instance_id": held.id,
                "version": held.version,
                "scope": scope,
                "name": name,
                "element_id": write.element_id,
                "old": write.old,
                "new": write.new,
                "at": now,
            }
            for scope, name, write in changes
        ]

    def _clear(self, outcome: str | None, dropped: tuple[str, ...]) -> tuple[store.Rows, store.Rows]:
        """Delete the rows of events that wait no more; what they were, but for those of a case that has ended."""
        session = self.surroundings.session
        if outcome is not None:
            store.clear(session, self.held.id)
            return (), ()
        kinds = {event.trigger for token in dropped for event in self.before.events[token].waits()}
        timers = store.drop_timers(session, self.held.id, dropped) if TIMER in kinds else ()
        return timers, store.drop_subscriptions(session, self.held.id, dropped) if MESSAGE in kinds else ()

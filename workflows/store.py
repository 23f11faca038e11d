"""Lock, load and save one instance with Core statements that are built once; no ORM unit of work."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from workflows.errors import Conflict, NotFound
from workflows.models import MessageSubscription, ProcessInstance, Timer, VariableChange
from workflows.writing import write

Rows = tuple[Mapping[str, Any], ...]
OPEN = frozenset({"running", "suspended", "failed"})

_INSTANCE: Any = ProcessInstance.__table__
_TIMER: Any = Timer.__table__
_SUBSCRIPTION: Any = MessageSubscription.__table__
_CHANGE: Any = VariableChange.__table__


@dataclass
class Held:
    """One locked instance: its row, kept in step with what the engine saves; valid inside its transaction only."""

    id: str
    definition_id: str
    state: str
    version: int
    tokens: bytes
    variables: dict[str, Any]
    started_at: datetime
    ended_at: datetime | None


_COLUMNS = tuple(_INSTANCE.c[name] for name in Held.__dataclass_fields__)
_ROW = select(*_COLUMNS)
_READ = _ROW.where(_INSTANCE.c.id == bindparam("b_id"))
_LOCK = _ROW.where(_INSTANCE.c.id == bindparam("b_id")).with_for_update()
_TRY = _ROW.where(_INSTANCE.c.id == bindparam("b_id")).with_for_update(skip_locked=True)
_GUARD = update(_INSTANCE).where(_INSTANCE.c.id == bindparam("b_id"), _INSTANCE.c.version == bindparam("b_version"))
_SAVE = _GUARD.values({name: bindparam(name) for name in ("version", "state", "tokens", "ended_at")})
_SAVE_ALL = _SAVE.values(variables=bindparam("variables"))
_STATE = _GUARD.values(version=bindparam("version"), state=bindparam("state"), ended_at=bindparam("ended_at"))
_REPIN = update(_INSTANCE).where(_INSTANCE.c.id == bindparam("b_id")).values(definition_id=bindparam("definition_id"))
_NEW = insert(_INSTANCE)
_CHANGES = insert(VariableChange)
_CHANGED = select(*_CHANGE.c).where(
    _CHANGE.c.instance_id == bindparam("b_id"), _CHANGE.c.version == bindparam("b_version")
)
_NEW_TIMERS = insert(_TIMER)
_NEW_SUBSCRIPTIONS = insert(_SUBSCRIPTION)
_TOKENS: Any = bindparam("b_tokens", expanding=True)
_DROP_TIMERS = (
    delete(_TIMER)
    .where(_TIMER.c.instance_id == bindparam("b_id"), _TIMER.c.kind == "event", _TIMER.c.token.in_(_TOKENS))
    .returning(*_TIMER.c)
)
_DROP_SUBSCRIPTIONS = (
    delete(_SUBSCRIPTION)
    .where(_SUBSCRIPTION.c.instance_id == bindparam("b_id"), _SUBSCRIPTION.c.token.in_(_TOKENS))
    .returning(*_SUBSCRIPTION.c)
)
_DROP_TIMER = delete(_TIMER).where(_TIMER.c.id == bindparam("b_id"))
_CLEAR_TIMERS = delete(_TIMER).where(_TIMER.c.instance_id == bindparam("b_id"))
_CLEAR_SUBSCRIPTIONS = delete(_SUBSCRIPTION).where(_SUBSCRIPTION.c.instance_id == bindparam("b_id"))
_MOVE_TIMER = (
    update(_TIMER)
    .where(_TIMER.c.id == bindparam("b_id"))
    .values(
        {
            name: bindparam(name)
            for name in ("due_at", "rule", "start_day", "start_at", "remaining", "calendar_revision")
        }
    )
    .values(used=0, attempts=0, last_error=None, retry_at=None)
)
_REST_TIMERS = update(_TIMER).where(_TIMER.c.instance_id == bindparam("b_id")).values(retry_at=bindparam("retry_at"))
_WHOSE_TIMER = select(_TIMER.c.instance_id).where(_TIMER.c.id == bindparam("b_id"))
_ONE_TIMER = select(*_TIMER.c).where(_TIMER.c.id == bindparam("b_id"))
_TIMERS = select(*_TIMER.c).where(_TIMER.c.instance_id == bindparam("b_id")).order_by(_TIMER.c.due_at, _TIMER.c.id)
_SUBSCRIPTIONS = (
    select(*_SUBSCRIPTION.c).where(_SUBSCRIPTION.c.instance_id == bindparam("b_id")).order_by(_SUBSCRIPTION.c.id)
)


def locking(instance_id: ScalarSelect[str]) -> Select[Any]:
    """The statement by which `lock_found` reads and locks the instance that a subquery finds; build it once."""
    return _ROW.where(_INSTANCE.c.id == instance_id).with_for_update(of=_INSTANCE)


def lock(session: Session, instance_id: str) -> Held:
    """Read and lock an instance with one statement. Raises NotFound `instance.absent`.

    SQLite is locked by its transaction (BEGIN IMMEDIATE).
    """
    return lock_found(session, _LOCK, {"b_id": instance_id})


def lock_found(session: Session, statement: Select[Any], values: Mapping[str, Any]) -> Held:
    """Like `lock`, with a statement of `locking` and the values of its parameters."""
    row = session.connection().execute(statement, values).first()
    if row is None:
        raise NotFound("instance.absent")
    return Held(*row)


def read(session: Session, instance_id: str) -> Held:
    """Read an instance without locking it, only to look at it. Raises NotFound `instance.absent`."""
    row = session.connection().execute(_READ, {"b_id": instance_id}).first()
    if row is None:
        raise NotFound("instance.absent")
    return Held(*row)


def try_lock(session: Session, instance_id: str) -> Held | None:
    """Like `lock`, but None when the instance is absent or held by another transaction (SKIP LOCKED)."""
    row = session.connection().execute(_TRY, {"b_id": instance_id}).first()
    return None if row is None else Held(*row)


def set_state(session: Session, held: Held, state: str, now: datetime) -> None:
    """Suspend, resume or mark as failed: one guarded UPDATE; any other state ends the case at `now`.

    Raises Conflict `instance.stale`.
    """
    values = {"state": state, "version": held.version + 1, "ended_at": None if state in OPEN else now}
    _guarded(session, _STATE, held, values)
    for name, value in values.items():
        setattr(held, name, value)


def create(session: Session, held: Held) -> None:
    """Insert a new instance."""
    write(session, _NEW, {name: getattr(held, name) for name in Held.__dataclass_fields__})


def save(session: Session, held: Held, values: Mapping[str, Any]) -> None:
    """Write what a run changed: `tokens`, `state`, `ended_at` and, only when they changed, `variables`.

    One UPDATE guarded by the version, which rises by one; `held` follows. Raises Conflict `instance.stale`.
    """
    row = {**values, "version": held.version + 1}
    _guarded(session, _SAVE_ALL if "variables" in row else _SAVE, held, row)
    for name, value in row.items():
        setattr(held, name, value)


def _guarded(session: Session, statement: Any, held: Held, values: Mapping[str, Any]) -> None:
    stale = Conflict("instance.stale", instance_id=held.id, version=held.version)
    write(session, statement, {**values, "b_id": held.id, "b_version": held.version}, stale)


def repin(session: Session, held: Held, definition_id: str) -> None:
    """Let an instance run by another definition from now on; what it stands on was saved for that one before."""
    write(session, _REPIN, {"b_id": held.id, "definition_id": definition_id})
    held.definition_id = definition_id


def rename(session: Session, held: Held, tokens: Iterable[str], named: Callable[[str, str], str]) -> None:
    """Let the rows of tokens that wait name the events for which they wait by now: `named` of token and element id."""
    for table in (_TIMER, _SUBSCRIPTION):
        of = (table.c.instance_id == held.id, table.c.token.in_(list(tokens)))
        for row in session.execute(select(table.c.id, table.c.token, table.c.element_id).where(*of)).all():
            name = named(row.token, row.element_id)
            if row.element_id != name:
                session.execute(update(table).where(table.c.id == row.id).values(element_id=name))


def add(
    session: Session,
    changes: Sequence[Mapping[str, Any]],
    timers: Sequence[Mapping[str, Any]],
    subscriptions: Sequence[Mapping[str, Any]],
) -> None:
    """Insert variable history, timers and subscriptions, in bulk; a statement only for what there is."""
    write(session, _CHANGES, changes)
    write(session, _NEW_TIMERS, timers)
    write(session, _NEW_SUBSCRIPTIONS, subscriptions)


def drop_timers(session: Session, instance_id: str, tokens: Iterable[str]) -> Rows:
    """Delete the timer rows of waiting events that are gone; what they were."""
    return _gone(session, _DROP_TIMERS, instance_id, tokens)


def drop_subscriptions(session: Session, instance_id: str, tokens: Iterable[str]) -> Rows:
    """Delete the message subscriptions of waiting events that are gone; what they were."""
    return _gone(session, _DROP_SUBSCRIPTIONS, instance_id, tokens)


def _gone(session: Session, statement: Any, instance_id: str, tokens: Iterable[str]) -> Rows:
    found = session.connection().execute(statement, {"b_id": instance_id, "b_tokens": list(tokens)})
    return tuple(dict(row) for row in found.mappings())


def clear(session: Session, instance_id: str) -> None:
    """Delete every timer (deadlines of tasks too) and subscription of a case that has ended."""
    write(session, _CLEAR_TIMERS, {"b_id": instance_id})
    write(session, _CLEAR_SUBSCRIPTIONS, {"b_id": instance_id})


def drop_timer(session: Session, timer_id: str) -> None:
    """Delete one timer row."""
    write(session, _DROP_TIMER, {"b_id": timer_id})


def move_timer(session: Session, timer_id: str, values: Mapping[str, Any]) -> None:
    """Give a timer row its next due time and what it is counted from; its failures are forgotten."""
    write(session, _MOVE_TIMER, {**values, "b_id": timer_id})


def rest_timers(session: Session, instance_id: str, retry_at: datetime | None) -> None:
    """Keep the scheduler from every timer of a case until `retry_at`; None: they fire when they fall due."""
    session.connection().execute(_REST_TIMERS, {"b_id": instance_id, "retry_at": retry_at})


def changes_of(session: Session, instance_id: str, version: int) -> Sequence[Row[Any]]:
    """What the step that made a version did to variables."""
    return session.connection().execute(_CHANGED, {"b_id": instance_id, "b_version": version}).all()


def instance_of(session: Session, timer_id: str) -> str | None:
    """The instance of a timer row, read without a lock; None when the row is gone."""
    return session.connection().execute(_WHOSE_TIMER, {"b_id": timer_id}).scalar()


def timer(session: Session, timer_id: str) -> Row[Any] | None:
    """One timer row, None when it is gone."""
    return session.connection().execute(_ONE_TIMER, {"b_id": timer_id}).first()


def timers(session: Session, instance_id: str) -> Sequence[Row[Any]]:
    """All timer rows of an instance, the next due first."""
    return session.connection().execute(_TIMERS, {"b_id": instance_id}).all()


def subscriptions(session: Session, instance_id: str) -> Sequence[Row[Any]]:
    """All message subscriptions of an instance."""
    return session.connection().execute(_SUBSCRIPTIONS, {"b_id": instance_id}).all()

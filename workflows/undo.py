"""Takes the last step of a case back: tokens, variables, timers and subscriptions stand as before it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, delete
from sqlalchemy.orm import Session

from workflows import store
from workflows.base import table_of
from workflows.models import MessageSubscription, Timer
from workflows.store import Held
from workflows.writing import write

_TOKENS: Any = bindparam("b_tokens", expanding=True)
_TIMER, _SUBSCRIPTION = table_of(Timer), table_of(MessageSubscription)
_STRAY_TIMERS = delete(_TIMER).where(
    _TIMER.c.instance_id == bindparam("b_id"), _TIMER.c.kind == "event", _TIMER.c.token.not_in(_TOKENS)
)
_STRAY_SUBSCRIPTIONS = delete(_SUBSCRIPTION).where(
    _SUBSCRIPTION.c.instance_id == bindparam("b_id"), _SUBSCRIPTION.c.token.not_in(_TOKENS)
)


@dataclass(frozen=True)
class Before:
    """A case before its last step: its saved `tokens`; `created` are root variables that the step made.

    `timers` and `subscriptions` are rows that the step deleted. What variables were, their history says.
    """

    tokens: bytes
    created: Collection[str]
    timers: Sequence[Mapping[str, Any]] = ()
    subscriptions: Sequence[Mapping[str, Any]] = ()


def undo(session: Session, held: Held, before: Before, now: datetime) -> None:
    """Put a locked case that runs back to where it stood before its last step; the history keeps both.

    The caller knows that nothing has happened since: the version of the case is that of the step.
    """
    changed = store.changes_of(session, held.id, held.version)
    values: dict[str, Any] = {"tokens": before.tokens, "state": held.state, "ended_at": None}
    if any(not row.scope for row in changed):
        values["variables"] = _restored(held.variables, changed, before.created)
    store.save(session, held, values)
    live = list(_ids(orjson.loads(before.tokens)["tokens"]))
    write(session, _STRAY_TIMERS, {"b_id": held.id, "b_tokens": live})
    write(session, _STRAY_SUBSCRIPTIONS, {"b_id": held.id, "b_tokens": live})
    history = [_reversed(held, row, now) for row in changed]
    store.add(session, history, before.timers, before.subscriptions)


def _restored(variables: Mapping[str, Any], changed: Sequence[Row[Any]], created: Collection[str]) -> dict[str, Any]:
    old = {row.name: row.old for row in changed if not row.scope}
    return {name: value for name, value in {**variables, **old}.items() if name not in created}


def _reversed(held: Held, row: Row[Any], now: datetime) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in ("instance_id", "scope", "name", "element_id")}
    return {**kept, "version": held.version, "old": row.new, "new": row.old, "at": now}


def _ids(tokens: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Every token of a marking, those inside others too."""
    for token in tokens:
        yield token["id"]
        for group in ("events", "instances", "tokens"):
            yield from _ids(token.get(group, ()))

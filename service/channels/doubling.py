"""Who represents somebody is told too (代理): a notice of a task that lies with the other becomes one of their own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import column, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.access.actor import Represented
from service.access.days import day_of
from service.access.substitutes import SUBSTITUTION, held_by, standing_in, stands
from service.notices.queries import NOTICE

_task = table("task", column("id"), column("definition_key"), column("initiator_id"))
_ONCE = {
    "sqlite": sqlite.insert(NOTICE).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(NOTICE).on_conflict_do_nothing(),
}


class Notice(Protocol):
    """A notice that is being delivered."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def holder(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any]: ...
    @property
    def created_at(self) -> datetime: ...


@dataclass(frozen=True)
class Doubled:
    """The same for the substitute; its id follows from both, so that it is written once however often it comes."""

    id: str
    kind: str
    holder: str
    body: Mapping[str, Any]
    created_at: datetime


def double(session: Session, notices: Iterable[Notice], now: datetime) -> list[Doubled]:
    """Write the notices of those who stand in today for whom a notice of a task is; one statement when nobody does."""
    told = [notice for notice in notices if notice.body.get("task_id")]
    today = day_of(now)
    substitutes = session.scalars(select(SUBSTITUTION.c.substitute_id).where(stands(SUBSTITUTION.c, today)).distinct())
    represented = {one: _represented(session, one, today) for one in substitutes.all()} if told else {}
    if not any(represented.values()):
        return []
    ids = {notice.body["task_id"] for notice in told}
    tasks = {row.id: row for row in session.execute(select(_task).where(_task.c.id.in_(ids)))}
    doubled = [
        _doubled(notice, substitute_id, one)
        for notice in told
        for substitute_id, (own, able) in represented.items()
        for one in able
        if notice.holder in one.holders and notice.holder not in own
        if (task := tasks.get(notice.body["task_id"])) and one.covers(task.definition_key)
        if task.initiator_id != substitute_id
    ]
    if doubled:
        session.execute(_ONCE[session.get_bind().dialect.name], [_row(notice) for notice in doubled])
    return doubled


def _represented(session: Session, person_id: str, day: date) -> tuple[set[str], tuple[Represented, ...]]:
    """The person's own queue holders, and whom they represent."""
    held = held_by(session, person_id, day)
    return {f"{row.role}@{row.organisation_id}" for row in held}, standing_in(session, person_id, held, day)


def _doubled(notice: Notice, substitute_id: str, one: Represented) -> Doubled:
    own_id = str(uuid5(NAMESPACE_URL, f"lectern:substitute:{notice.id}:{substitute_id}"))
    body = {**notice.body, "on_behalf_of": one.person_id, "represented": one.name}
    return Doubled(own_id, notice.kind, f"person:{substitute_id}", body, notice.created_at)


def _row(notice: Doubled) -> dict[str, Any]:
    return {
        "id": notice.id,
        "holder": notice.holder,
        "kind": notice.kind,
        "params": dict(notice.body),
        "instance_id": notice.body.get("instance_id"),
        "task_id": notice.body.get("task_id"),
        "at": notice.created_at,
    }

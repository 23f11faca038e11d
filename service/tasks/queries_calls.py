"""Whom HR rings up when nothing else reaches people: what is due soon and what they have not read, by school."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Select, func, literal_column, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.access.models import Account
from service.calendar import queries as calendars
from service.channels import recipients
from service.db import db
from service.notices.queries import NOTICE, READ
from service.people.members import PERSON
from service.people.persons import PHONE
from service.people.rules import masked_phone
from service.tasks.models import WAITING, QueueEntry, Task
from workflows.base import table_of

RECENT = timedelta(days=14)
MOST = 2000
_ENTRY, _TASK, _ACCOUNT = table_of(QueueEntry), table_of(Task), table_of(Account)


@dataclass(frozen=True)
class Due:
    """An open task that is late, or due by the end of the next working day."""

    task_id: str
    definition_id: str
    element_id: str
    name: str
    business_key: str
    due_at: datetime


@dataclass
class Call:
    """Somebody to ring up; the phone is masked, `unread` counts the notices of the last RECENT days."""

    person_id: str
    name: str
    phone: str | None
    organisation_id: str | None
    unread: int = 0
    due: list[Due] = field(default_factory=list)


@dataclass(frozen=True)
class CallList:
    """Everybody, who has the most urgent task first; `complete` is false when more than MOST entries are due."""

    calls: Sequence[Call]
    until: datetime
    complete: bool


def call_list(actor: Actor, now: datetime) -> CallList:
    """Everybody behind a task that is due by the end of the next working day, with what they have not read."""
    policy.require(actor, "notice.call")
    session, today = db.session(), day_of(now)
    until = _until(today)
    due = _due(session, until)
    unread_of = _unread(session, now - RECENT)
    behind = recipients.persons_of(session, due.keys() | unread_of[0].keys(), today)
    calls = _people(session, set().union(*behind.values()))
    for holder, persons in behind.items():
        for call in (calls[person] for person in persons if person in calls):
            call.due.extend(due.get(holder, ()))
            call.unread += max(0, unread_of[0].get(holder, 0) - unread_of[1].get((holder, call.person_id), 0))
    listed = [call for call in calls.values() if call.due or call.unread]
    for call in listed:
        call.due.sort(key=lambda one: (one.due_at, one.task_id))
    listed.sort(key=lambda call: (call.due[0].due_at if call.due else until, call.name, call.person_id))
    return CallList(listed, until, sum(map(len, due.values())) < MOST)


def _until(today: date) -> datetime:
    """The end of the next working day."""
    day = today + timedelta(days=1)
    while not calendars.installed().is_working(day):
        day += timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time.min, current_app.extensions["lectern.settings"].zone)


def _due(session: Session, until: datetime) -> Mapping[str, list[Due]]:
    columns = (_ENTRY.c.holder, _TASK.c.id, _TASK.c.definition_id, _TASK.c.element_id, _TASK.c.name)
    found = (
        select(*columns, _TASK.c.business_key, _ENTRY.c.due_at)
        .join(_TASK, _TASK.c.id == _ENTRY.c.task_id)
        .where(_ENTRY.c.box.in_(WAITING), _ENTRY.c.due_at < until)
        .order_by(_ENTRY.c.due_at, _ENTRY.c.id)
        .limit(MOST)
    )
    due = defaultdict(list)
    for holder, *told in session.execute(found):
        due[holder].append(Due(*told))
    return due


def recent_notices(since: datetime) -> Select[Any]:
    """Holder and number of the notices since a moment.

    The empty text keeps SQLite from walking all notices by holder, which would spare it sorting the recent ones.
    """
    holder = NOTICE.c.holder.op("||")(literal_column("''"))
    return select(holder, func.count()).where(NOTICE.c.at >= since).group_by(holder)


def _unread(session: Session, since: datetime) -> tuple[Mapping[str, int], Mapping[tuple[str, str], int]]:
    """Holder → recent notices; (holder, person) → how many of them that person has read."""
    posted = recent_notices(since)
    read = (
        select(NOTICE.c.holder, READ.c.person_id, func.count())
        .join(READ, READ.c.notice_id == NOTICE.c.id)
        .where(NOTICE.c.at >= since)
        .group_by(NOTICE.c.holder, READ.c.person_id)
    )
    known = {row[0]: int(row[1]) for row in session.execute(posted)}
    return known, {(row[0], row[1]): int(row[2]) for row in session.execute(read)}


def _people(session: Session, person_ids: Iterable[str]) -> dict[str, Call]:
    found = (
        select(PERSON.c.id, PERSON.c.name, PERSON.c.phone, _ACCOUNT.c.organisation_id)
        .outerjoin(_ACCOUNT, _ACCOUNT.c.person_id == PERSON.c.id)
        .where(PERSON.c.id.in_(sorted(person_ids)))
    )
    rows = session.execute(found)
    return {row.id: Call(row.id, row.name, _masked(row.id, row.phone), row.organisation_id) for row in rows}


def _masked(person_id: str, sealed: bytes | None) -> str | None:
    return masked_phone(PHONE.unseal(person_id, sealed)) if sealed else None

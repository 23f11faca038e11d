"""What else becomes of a notice that is being delivered to the pages: messages by the channels that people chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

from flask import current_app
from sqlalchemy import Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.calendar import queries as calendars
from service.channels import recipients, rules
from service.channels.doubling import Notice, double
from service.channels.models import NoticeDigestItem
from service.channels.recipients import Wanted
from service.channels.rules import MAIL
from service.notices import outbox
from service.notices.outbox import OUTBOX, Message
from service.parameters import queries as parameters
from service.parameters.scopes import COUNTY

ITEM = cast("Table", NoticeDigestItem.__table__)
PASSED_ON = ("instance_id", "task_id", "business_key", "due_at", "outcome")
"""What a message outside may know of a notice: no title, no name, no words that somebody typed."""
CLOSING = timedelta(minutes=5)
"""So long after its hour a digest leaves: a delivery that began before the hour has ended by then, and is in it."""
Notices = Sequence[Notice]


@dataclass
class _Rows:
    """What one call writes, gathered so that each table takes one statement."""

    now: datetime
    messages: list[dict[str, Any]]
    digests: dict[str, dict[str, Any]]
    items: list[dict[str, str]]


def fan_out(session: Session, notices: Notices, now: datetime) -> None:
    """Write the notices of substitutes, and post what leaves the house, each message due when it may disturb."""
    told = [*notices, *double(session, notices, now)]
    settings = current_app.extensions["lectern.settings"]
    channels = recipients.declared(session)
    if not channels and not settings.offers_mail:
        return
    rows = _Rows(now, [], {}, [])
    for channel in channels.values():
        if channel.recipient == "none":
            _to_system(rows, channel, notices)
    _to_people(session, rows, {key for key, row in channels.items() if row.recipient != "none"}, told)
    outbox.insert_rows(session, rows.messages)
    _write_digests(session, rows)


def _to_system(rows: _Rows, channel: Row[Any], notices: Notices) -> None:
    for notice in notices:
        if not channel.kinds or notice.kind in channel.kinds:
            rows.messages.append(_row(notice, channel.key, recipients.HOUSE, rows.now))


def _to_people(session: Session, rows: _Rows, personal: set[str], notices: Notices) -> None:
    mail = current_app.extensions["lectern.settings"].offers_mail
    open_channels = personal | ({MAIL} if mail else set())
    if not open_channels:
        return
    behind = recipients.persons_of(session, {notice.holder for notice in notices}, day_of(rows.now))
    wishes = recipients.wishes(session, set().union(*behind.values()))
    if not wishes:
        return
    values = parameters.in_force(session, day_of(rows.now), COUNTY)
    for notice in notices:
        for wanted in (wishes[person] for person in sorted(behind[notice.holder]) if person in wishes):
            for channel in wanted.channels(rules.group_of(notice.kind)):
                if channel in open_channels:
                    _to_person(rows, notice, wanted, channel, values)


def _to_person(rows: _Rows, notice: Notice, wanted: Wanted, channel: str, values: Mapping[str, Any]) -> None:
    zone = current_app.extensions["lectern.settings"].zone
    if channel == MAIL and wanted.digest != "none":
        hour = int(values["digest_hour"].value)
        at = rules.next_digest(rows.now, wanted.digest, hour, zone, calendars.installed().is_working)
        _into_digest(rows, notice, wanted, at)
        return
    preset = (values["quiet_from_hour"].value, values["quiet_until_hour"].value)
    begin, end = (int(own if own is not None else house) for own, house in zip(wanted.quiet, preset, strict=True))
    at = rules.loud_from(rows.now, (begin, end), zone)
    rows.messages.append(_row(notice, channel, f"person:{wanted.person_id}", rows.now, at))


def _into_digest(rows: _Rows, notice: Notice, wanted: Wanted, at: datetime) -> None:
    """One message a person and moment, whoever posts first: its id follows from both."""
    digest_id = str(uuid5(NAMESPACE_URL, f"lectern:digest:{wanted.person_id}:{at.isoformat()}"))
    message = Message(rules.DIGEST, f"person:{wanted.person_id}")
    rows.digests[digest_id] = outbox.row_of(message, MAIL, rows.now, at + CLOSING - rows.now) | {"id": digest_id}
    rows.items.append({"digest_id": digest_id, "notice_id": notice.id})


def _row(notice: Notice, channel: str, holder: str, now: datetime, at: datetime | None = None) -> dict[str, Any]:
    body = {name: notice.body[name] for name in PASSED_ON if notice.body.get(name) is not None}
    message = Message(notice.kind, holder, body | {"notice_id": notice.id})
    return outbox.row_of(message, channel, now, (at or now) - now)


def _write_digests(session: Session, rows: _Rows) -> None:
    if not rows.digests:
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(insert(OUTBOX).on_conflict_do_nothing(), list(rows.digests.values()))
    session.execute(insert(ITEM).on_conflict_do_nothing(), rows.items)

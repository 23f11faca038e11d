"""The approval sheet (审批单): what was asked, who decided what, and the hash of the record that proves it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.audit.chain import EVENT
from service.audit.timeline import Event
from service.db import db
from service.errors import Forbidden, Invalid
from service.instances import queries
from service.instances.correcting import MADE
from service.tasks.advance import stream_of
from service.tasks.discretion import DECIDED, WHOLE, Sight, confidential, events_of, kept_for_hr
from service.tasks.standing import unrecalled
from workflows.catalogue import Definition

ENDED, STARTED, FROZEN, SCANNED = "instance.ended", "instance.started", "sheet.frozen", "sheet.scanned"
DIGITS = 32
"""Hexadecimal digits of the hash on paper: 128 bits."""
_CODE = re.compile(rf"LECTERN1 (\S{{1,80}}) ([1-9]\d{{0,8}}) ([0-9a-f]{{{DIGITS}}})")


@dataclass(frozen=True)
class Code:
    """What the QR code says: the case, the event that the sheet ends with, and the hash of the record up to it."""

    business_key: str
    seq: int
    hash: str

    @classmethod
    def read(cls, text: str) -> "Code":
        """Read a code as scanned or typed; Invalid("sheet.code")."""
        found = _CODE.fullmatch(" ".join(text.split()))
        if found is None:
            raise Invalid("sheet.code")
        return cls(found[1], int(found[2]), found[3])

    def __str__(self) -> str:
        return f"LECTERN1 {self.business_key} {self.seq} {self.hash}"


@dataclass(frozen=True)
class Sheet:
    """A case on paper. `signed` are those events of DECIDED that stand; `ended` is None while the case runs.

    `corrected` are the corrections of its outcome, oldest first: each makes another sheet, which ends with it.
    """

    row: Row[Any]
    definition: Definition
    asked: Mapping[str, Any]
    signed: Sequence[Event]
    ended: Event | None
    corrected: Sequence[Event]
    code: Code


def sheet(actor: Actor, instance_id: str) -> Sheet:
    """The sheet of a case; NotFound("instance.absent"), Forbidden("case.contents_hidden")."""
    row = queries.case(actor, instance_id)
    sight = queries.sight(actor, instance_id)
    if not sight.contents:
        raise Forbidden("case.contents_hidden", instance_id=instance_id)
    return _sheet(row, sight)


def common(actor: Actor, instance_id: str) -> Sheet:
    """The sheet that is the same for everybody who may have one: without what is confidential, whoever asks first.

    NotFound("instance.absent"), Forbidden("case.contents_hidden").
    """
    found = sheet(actor, instance_id)
    known = found.definition
    sight = Sight(known, True, {}, frozenset(confidential(known)), private=kept_for_hr(known))
    return _sheet(found.row, sight)


def _sheet(row: Row[Any], sight: Sight) -> Sheet:
    stream = stream_of(row.instance_id)
    events = events_of(db.session(), row.instance_id, sight, limit=WHOLE)
    ended = next((event for event in events if event.kind == ENDED), None)
    corrected = [event for event in events if event.kind == MADE]
    last = max((event for event in (ended, *corrected) if event), key=_number) if ended else events[-1]
    told = [event for event in events if event.seq <= last.seq]
    begun = next(event for event in told if event.kind == STARTED)
    asked = sight.shown((begun.body or {}).get("variables", {}))
    signed = [event for event in unrecalled(told) if event.kind in DECIDED]
    code = Code(row.business_key, last.seq, _hash_at(stream, last.seq))
    return Sheet(row, sight.definition, asked, signed, ended, corrected, code)


def _number(event: Event) -> int:
    return event.seq


def _hash_at(stream: str, seq: int) -> str:
    found = select(EVENT.c.hash).where(EVENT.c.stream == stream, EVENT.c.seq == seq)
    digest: bytes = db.session.execute(found).scalar_one()
    return digest.hex()[:DIGITS]


def scans(instance_id: str) -> list[tuple[datetime, str]]:
    """When which scan of the sealed sheet was put beside it, the oldest first; of a case that the caller may read."""
    here = (EVENT.c.stream == stream_of(instance_id), EVENT.c.kind == SCANNED)
    rows = db.session.execute(select(EVENT.c.at, EVENT.c.body).where(*here).order_by(EVENT.c.seq))
    return [(row.at, str(orjson.loads(row.body)["attachment_id"])) for row in rows]


def frozen(instance_id: str, locale: str) -> str | None:
    """The attachment that holds the frozen PDF of an ended case in a language; None before there is one.

    A correction makes the sheet another one, to be frozen anew; those before it stay (`earlier`).
    """
    return frozen_in(db.session(), instance_id, locale)


def frozen_in(session: Session, instance_id: str, locale: str) -> str | None:
    """The same inside a transaction."""
    found = [one for _at, one, stands in _frozen(session, instance_id, locale) if stands]
    return found[0] if found else None


def earlier(instance_id: str, locale: str) -> list[tuple[datetime, str]]:
    """When which sheet was frozen that a correction has replaced since, the oldest first."""
    return [(at, one) for at, one, stands in _frozen(db.session(), instance_id, locale) if not stands]


def _frozen(session: Session, instance_id: str, locale: str) -> list[tuple[datetime, str, bool]]:
    """(When, attachment, whether no correction came after it) of the first sheet of each edition."""
    here = (EVENT.c.stream == stream_of(instance_id), EVENT.c.kind.in_((FROZEN, MADE)))
    editions: list[list[tuple[datetime, str]]] = [[]]
    for row in session.execute(select(EVENT.c.kind, EVENT.c.at, EVENT.c.body).where(*here).order_by(EVENT.c.seq)):
        if row.kind == MADE:
            editions.append([])
            continue
        body = orjson.loads(row.body)
        if body["locale"] == locale:
            editions[-1].append((row.at, str(body["attachment_id"])))
    return [(*one[0], number == len(editions)) for number, one in enumerate(editions, start=1) if one]

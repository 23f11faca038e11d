"""An objection on its way into a case, whoever brings it: the page, a letter, a telephone call, a visitor."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.access.days import day_of
from service.attachments.models import Attachment
from service.audit import chain
from service.audit.chain import Head, NewEvent
from service.db import answer
from service.errors import Fault, NotFound
from service.flows.publicity import queries, running, sources
from service.flows.publicity.declaring import PUBLISHED, Line
from service.flows.publicity.periods import PUBLICITY
from service.flows.publicity.queries import OBJECTION
from service.flows.publicity.sources import WAITS, Source
from service.instances import facts
from service.notices import outbox
from service.notices.outbox import Message
from service.numbering.taking import take
from service.tasks import advance, objected
from service.tasks.around import surroundings
from service.tasks.facts import SYSTEM
from workflows import store
from workflows.base import new_id
from workflows.store import Held

SERIES = "objection"
PAGE, CHANNELS = "page", ("phone", "letter", "visit")
KEPT_FOR = "objection"
AGAIN, TOLD = "publicity.again", "role:bureau_hr_officer"
LONGEST, LONGEST_NAME = 2000, 100


@dataclass(frozen=True)
class Said:
    """What was objected to which line (the only one if it is not named), and by whom as far as that was told."""

    text: str
    line: str = ""
    name: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Brought:
    """How it came: on the page, from the address `sender`; or to the clerk `by` on a day, with the letter if any."""

    channel: str = PAGE
    by: str | None = None
    received_on: date | None = None
    letter: Attachment | None = None
    sender: str = ""


@dataclass(frozen=True)
class Receipt:
    """What was taken, and the number that the objector is given; `reached`: its period stands still."""

    objection_id: str
    number: str
    reached: bool


def locked(session: Session, publicity_id: str, on: date, *, inside: bool) -> tuple[Row[Any], Held, bool]:
    """The period and its case, locked, and whether it runs: read again then, because it may have ended meanwhile.

    NotFound("publicity.absent") for a period that never was.
    """
    known = session.scalar(select(PUBLICITY.c.instance_id).where(PUBLICITY.c.id == publicity_id))
    if known is None:
        raise NotFound("publicity.absent", publicity_id=publicity_id)
    held = store.lock(session, known)
    row = session.execute(running.running(on, inside=inside).where(PUBLICITY.c.id == publicity_id)).first()
    if row is not None:
        return row, held, True
    return session.execute(select(PUBLICITY).where(PUBLICITY.c.id == publicity_id)).one(), held, False


def meant(session: Session, row: Row[Any], line: str) -> Line | None:
    """The published line that is objected to; None where it is none of them."""
    lines = PUBLISHED[row.flow].lines_of(session, row.instance_id, row.subject, "zh")
    wanted = line or (lines[0].key if len(lines) == 1 else "")
    return next((one for one in lines if one.key == wanted), None)


def faults(said: Said, line: Line | None, now: datetime) -> list[Fault]:
    """What is wrong with an objection, field by field."""
    named_only = queries.named_only(day_of(now))
    looked_at = (
        (line is None, Fault("line", "publicity.line")),
        (not said.text.strip() or len(said.text) > LONGEST, Fault("text", "publicity.text")),
        (len(said.name) > LONGEST_NAME or (named_only and not said.name.strip()), Fault("name", "publicity.name")),
        (len(said.contact) > LONGEST_NAME, Fault("contact", "publicity.contact")),
    )
    return [fault for is_wrong, fault in looked_at if is_wrong]


def put(
    session: Session, row: Row[Any], held: Held, line: Line, said: Said, brought: Brought, now: datetime, *, runs: bool
) -> Receipt:
    """Write it down sealed, number it, and let the case hear of it while its period `runs`.

    From the page an address and a name stop a period of the case once each: then bureau HR is told and decides. Where
    the flow keeps what its inquiry has to answer, it waits there.
    """
    objection_id, named = new_id(), bool(said.name.strip())
    event = _event(objection_id, line, said, brought)
    head = chain.append(session, advance.stream_of(held.id), [event], at=now)
    claimed = brought.channel == PAGE
    source = sources.source(held.id, brought.sender, said.name) if claimed else Source()
    again = runs and not row.suspended and claimed and sources.is_known(session, held.id, source)
    waits = again and PUBLISHED[row.flow].receive is None
    if runs:
        _reach(session, row, held, line, said.text.strip(), head, now, stops=not again)
    if again:
        outbox.post(session, [Message(AGAIN, TOLD, {})], now)
    year = day_of(now).year
    number = f"YY-{year}-{take(session, SERIES, year):04}"
    values = {
        "id": objection_id, "publicity_id": row.id, "about": line.name, "named": named, "event_seq": head.seq,
        "at": now, "number": number, "channel": brought.channel, "received_on": brought.received_on,
        "registered_by": brought.by, "attachment_id": brought.letter.id if brought.letter else None,
        "reached": runs and not again, "hearing": WAITS if waits else None, **source.columns,
    }  # fmt: skip
    session.execute(insert(OBJECTION), values)
    answer(session, objection_id=objection_id)
    return Receipt(objection_id, number, runs and not again)


def _event(objection_id: str, line: Line, said: Said, brought: Brought) -> NewEvent:
    body: dict[str, Any] = {"objection_id": objection_id, "line": line.key, "named": bool(said.name.strip())}
    if brought.by is not None:
        assert brought.received_on is not None
        body |= {"channel": brought.channel, "received_on": brought.received_on.isoformat()}
    if brought.letter is not None:
        body |= {"checksum": brought.letter.checksum, "size": brought.letter.size}
    sealed = {"text": said.text.strip(), "name": said.name.strip(), "contact": said.contact.strip()}
    return NewEvent("publicity.objected", brought.by or SYSTEM, element_id=running.STEP, body=body, sensitive=sealed)


def _reach(
    session: Session, row: Row[Any], held: Held, line: Line, text: str, head: Head, now: datetime, *, stops: bool
) -> None:
    """The case hears of it: its period stops by the message of its flow, and where the flow keeps what its inquiry has
    to answer, it does.

    While an inquiry runs it is one more for the same inquiry. A case of an older version may wait for no message: it
    looks for what was kept when its period is over. What is published again after a correction has
    no case that waits: bureau HR is told, and what is wrong is corrected once more.
    """
    found = PUBLISHED[row.flow]
    if row.correction_id is not None:
        outbox.post(session, [Message("publicity.objected", TOLD, {"instance_id": held.id})], now)
        return
    if found.receive is not None:
        found.receive(session, line.key, text, now)
    if row.suspended or not stops:
        return
    case = facts.read(session, held)
    objected.stop(surroundings(session, Actor.system(), now, case.about), held, case, row, head)

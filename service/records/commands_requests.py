"""Commands of what persons ask to have corrected in their files, and the answers (policy.md §7)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.audit import chain
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.notices import outbox
from service.notices.outbox import Message
from service.people import persons
from service.records import writing
from service.records.reading import ANSWER, ASKED, REQUEST
from workflows.base import new_id

HR = "role:bureau_hr_officer"


@dataclass(frozen=True)
class AskCorrection:
    """What a person says is wrong in the own file; `record_id` where it is about one record."""

    person_id: str
    text: str
    record_id: str | None = None


@dataclass(frozen=True)
class AnswerCorrection:
    """What HR did about it."""

    request_id: str
    answer: str


def ask_correction(actor: Actor, command: AskCorrection, *, now: datetime) -> str:
    """The id of the request; bureau HR is told. NotFound("person.absent" | "record.absent"), Invalid("reason.missing").

    Only the person asks, in the own file.
    """
    _expect_text(command.text, "text")
    with transaction() as session:
        facts = persons.lock(session, command.person_id, day_of(now))
        policy.require(actor, "file.ask_correction", facts)
        if command.record_id and writing.lock(session, command.record_id).person_id != facts.person_id:
            raise NotFound("record.absent")
        request_id = new_id()
        row = {
            "id": request_id, "person_id": facts.person_id, "record_id": command.record_id,
            "sealed": ASKED.seal(request_id, command.text.strip()), "asked_at": now,
            "answered_at": None, "answered_by": None, "answer": None,
        }  # fmt: skip
        session.execute(insert(REQUEST), row)
        event = chain.NewEvent("record.correction_asked", actor.account_id, body={"id": request_id})
        chain.append(session, f"person:{facts.person_id}", [event], at=now)
        outbox.post(session, [Message("record.correction_asked", HR, {"person_id": facts.person_id})], now)
        answer(session, request_id=request_id)
        return request_id


def answer_correction(actor: Actor, command: AnswerCorrection, *, now: datetime) -> str:
    """Tell the person what was done; the id of the person.

    NotFound("correction.absent"), Conflict("correction.answered").
    """
    _expect_text(command.answer, "answer")
    with transaction() as session:
        found = select(REQUEST).where(REQUEST.c.id == command.request_id).with_for_update()
        row = session.execute(found).first()
        if row is None:
            raise NotFound("correction.absent")
        policy.require(actor, "correction.answer", policy.Target(id=row.person_id, person_id=row.person_id))
        if row.answered_at is not None:
            raise Conflict("correction.answered")
        told = {"answered_at": now, "answered_by": actor.account_id, "answer": ANSWER.seal(row.id, command.answer)}
        session.execute(update(REQUEST).where(REQUEST.c.id == row.id).values(told))
        event = chain.NewEvent("record.correction_answered", actor.account_id, body={"id": row.id})
        chain.append(session, f"person:{row.person_id}", [event], at=now)
        mine = Message("record.correction_answered", f"person:{row.person_id}", {"person_id": row.person_id})
        outbox.post(session, [mine], now)
        return str(row.person_id)


def _expect_text(text: str, name: str) -> None:
    if not text.strip():
        raise Invalid("reason.missing", faults=(Fault(name, "reason.missing"),))

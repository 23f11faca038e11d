"""Checks a printed sheet against the record: the code names the event that it ends with and the hash up to there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.audit.chain import EVENT
from service.audit.findings import Report
from service.audit.stored import EVENT_COLUMNS
from service.audit.verify_stream import StreamCheck
from service.db import db
from service.errors import NotFound
from service.evidence.sheet import DIGITS, Code
from service.instances.correcting import MADE
from service.instances.models import ProcessCase
from service.people import queries as people
from service.tasks.advance import stream_of
from service.tasks.discretion import CONFIRMED, DECIDED, RECORDED
from service.tasks.signing import ADVISER, DELEGATE

COUNTS = ("yes", "no", "abstain", "present", "members", "recused")
"""What a line tells of a vote: numbers, never who."""


@dataclass(frozen=True)
class Checked:
    """The result: what is wrong, and the signatures as the sheet must show them (time, person, decision, opinion).

    `corrections` are those that the sheet must show, and those since, by which another sheet has replaced it.
    """

    problems: tuple[str, ...]
    signatures: tuple[str, ...]
    corrections: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems

    def text(self) -> str:
        """The result for a terminal."""
        lines = [
            *self.signatures,
            *self.corrections,
            *self.problems,
            "ok: compare these lines with the paper" if self.ok else "NOT OK",
        ]
        return "\n".join(lines)


def check_sheet(code: Code, *, now: datetime) -> Checked:
    """Check the code of a sheet; NotFound("instance.absent") for a case number that is not known."""
    session = db.session()
    where = select(ProcessCase.instance_id).where(ProcessCase.business_key == code.business_key)
    instance_id = session.execute(where).scalar()
    if instance_id is None:
        raise NotFound("instance.absent", business_key=code.business_key)
    rows = _events(session, stream_of(instance_id), code.seq)
    problems = _chain_problems(stream_of(instance_id), rows, now)
    if len(rows) < code.seq:
        problems.append(f"the record has only {len(rows)} events, the sheet was made after event {code.seq}")
    elif bytes(rows[-1].hash).hex()[:DIGITS] != code.hash:
        problems.append("the record up to this sheet is another one: the code or the record was changed")
    corrections = _corrections(stream_of(instance_id), code.seq)
    session.rollback()
    return Checked(tuple(problems), _signatures(rows), corrections)


def _corrections(stream: str, upto: int) -> tuple[str, ...]:
    here = (EVENT.c.stream == stream, EVENT.c.kind == MADE, EVENT.c.redacted_at.is_(None))
    rows = db.session.execute(select(EVENT.c.seq, EVENT.c.at, EVENT.c.body).where(*here).order_by(EVENT.c.seq))
    told = [(row, orjson.loads(row.body)) for row in rows]
    said = [
        (row.seq, f"{str(row.at)[:16]} {body['what']}: {body['reason']} ({body['document']}, {body['decided_on']})")
        for row, body in told
    ]
    return tuple(
        f"corrected (更正) {text}" if seq <= upto else f"REPLACED since by a corrected sheet: {text}"
        for seq, text in said
    )


def _events(session: Session, stream: str, upto: int) -> list[Row[Any]]:
    found = select(*EVENT_COLUMNS).select_from(EVENT).where(EVENT.c.stream == stream, EVENT.c.seq <= upto)
    return list(session.execute(found.order_by(EVENT.c.seq)).all())


def _chain_problems(stream: str, rows: list[Row[Any]], now: datetime) -> list[str]:
    report = Report(now)
    check = StreamCheck(report, stream, {})
    for row in rows:
        check.take(row)
    return [f"{found.code} event {found.seq} {found.detail}".rstrip() for found in report.findings]


def _signatures(rows: list[Row[Any]]) -> tuple[str, ...]:
    signed = [(row, orjson.loads(row.body)) for row in rows if row.kind in DECIDED and isinstance(row.body, str)]
    spoken_of = [body[name] for _, body in signed for name in ("for", "from", "to", "seat_of") if name in body]
    names = people.names([*(row.actor_id for row, _ in signed), *spoken_of])
    return tuple(_line(row, body, names) for row, body in signed)


def _line(row: Row[Any], body: dict[str, Any], names: dict[str, str]) -> str:
    counts = [f"{name}={body[name]}" for name in COUNTS] if "present" in body else []
    if row.kind == RECORDED:
        counts.append(_on_paper(body, names))
    if row.kind == CONFIRMED:
        met = body["meeting"]
        counts.append(f"(decided collectively: {met['meeting']}, {met['held_on']}; confirmed by the above)")
    told = (str(row.at)[:16], names.get(row.actor_id, row.actor_id), body.get("name"), body.get("decision"))
    said = body.get("opinion") or body.get("reason") or ""
    return " ".join(str(part) for part in (*told, said, *_parties(body, names), *counts) if part)


def _on_paper(body: dict[str, Any], names: dict[str, str]) -> str:
    paper, whose = body["paper"], body.get("seat_of")
    seat = "" if whose in (None, paper["person_id"]) else f" for the seat of {names.get(whose, whose)}"
    return f"(decided by {paper['decided_by']}{seat} on paper, {paper['document']}, {paper['decided_on']}; recorded)"


def _parties(body: dict[str, Any], names: dict[str, str]) -> list[str]:
    """To whom advice was given, or who handed the step over to whom."""
    given = [f"advice to {names.get(body['for'])}"] if body.get("kind") in (ADVISER, DELEGATE) else []
    return given + ([f"{names.get(body['from'])} → {names.get(body['to'])}"] if "to" in body else [])

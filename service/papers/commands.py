"""Papers are issued, drawn, and joined by the scan that bears the seal; an issued one is never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.attachments import links
from service.attachments.models import Attachment
from service.attachments.queries import folder
from service.audit import chain
from service.audit.chain import Head, NewEvent
from service.db import answer, transaction
from service.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from service.evidence.commands import LARGEST
from service.evidence.sheet import DIGITS, Code
from service.flows.registry import interest_of
from service.instances import facts
from service.numbering.taking import take
from service.papers import composing, package, templates
from service.papers.composing import Composed, Wanted
from service.papers.models import OfficialPaper
from service.parameters import queries as parameters
from service.parameters.scopes import COUNTY
from service.people import recording
from service.people.locking import lock_persons
from service.runs.asking import ask
from service.sheets import XLSX
from service.tasks.advance import stream_of
from workflows.base import new_id, table_of

PAPER = table_of(OfficialPaper)
ISSUED, DRAWN, SCANNED = "paper.issued", "paper.drawn", "paper.scanned"
KEPT_FOR = "paper"
DRAWING = "paper.draw"
"""The run that draws the PDF where nobody waits for it."""
REASON_LIMIT = 500


@dataclass(frozen=True)
class IssuePaper:
    """A paper of a case, of a kind, about `subject` (of several persons), with what was typed.

    `blanks`: whoever issues it has seen that fields stay empty. `replaces_id` is the paper in whose place it comes, for
    `reason`. `decisions` as `composing.Wanted`.
    """

    instance_id: str
    kind: str
    given: Mapping[str, str] = field(default_factory=dict)
    subject: str = ""
    blanks: bool = False
    replaces_id: str | None = None
    reason: str = ""
    decisions: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True)
class Issued:
    """The paper with its number."""

    paper_id: str
    number: str


def issue_paper(actor: Actor, command: IssuePaper, *, now: datetime) -> Issued:
    """Number a paper, fill it and keep it for ever: the next one of its year, without a gap.

    NotFound("instance.absent" | "paper.kind" | "paper.absent"), Forbidden (also "paper.interest"),
    Conflict("paper.blank") with the places that would stay empty, Conflict("paper.replaced"), and what
    `composing.compose` raises.
    """
    kind = templates.kind_of(command.kind)
    wanted = Wanted(kind, command.instance_id, command.subject, command.given, command.decisions)
    with folder().held(), transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.issue_paper", locked.case)
        _expect_no_interest(session, actor, locked.case)
        replaced = _replaced(session, command)
        template = templates.in_use(session, kind, now)
        persons = [one.person_id for one in composing.whom(session, wanted) if one.person_id]
        lock_persons(session, persons)
        seq, number = _number(session, kind.code, now)
        before = {"number": number, "replaces": replaced.number if replaced else "", "reason": command.reason.strip()}
        composed = composing.compose(session, wanted, template.content, before, now, opens=True)
        if composed.blanks and not command.blanks:
            raise Conflict("paper.blank", places="、".join(dict.fromkeys(composed.blanks)))
        paper_id = new_id()
        _tell_persons(session, actor, composed, paper_id, number, now)
        row = _row(command, composed, paper_id, template, (seq, number), actor, now)
        head = chain.append(session, stream_of(command.instance_id), [_event(actor, row, template, composed)], at=now)
        row |= _files(session, composed, row, _code(locked.case.business_key, head), before["replaces"])
        session.execute(insert(PAPER), row)
        ask(session, Actor.system(), DRAWING, {"paper_id": paper_id}, now=now)
        answer(session, paper_id=paper_id)
        return Issued(paper_id, number)


@dataclass(frozen=True)
class DrawPaper:
    """The PDF of an issued paper, drawn from its file."""

    paper_id: str
    content: bytes


def draw_paper(actor: Actor, command: DrawPaper, *, now: datetime) -> str:
    """Keep the PDF for ever; the first one stands: its attachment. NotFound("paper.absent")."""
    with folder().held(), transaction() as session:
        row = _locked(session, command.paper_id)
        policy.require(actor, "paper.draw")
        if row.pdf_id is not None:
            return str(row.pdf_id)
        name = composing.file_name(templates.kind_of(row.kind), row.number, "pdf")
        kept = _keep(session, row._mapping, name, "application/pdf", command.content, now)
        session.execute(update(PAPER).where(PAPER.c.id == row.id).values(pdf_id=kept.id))
        body = {"paper_id": row.id, "number": row.number, "attachment_id": kept.id, "checksum": kept.checksum}
        chain.append(session, stream_of(row.instance_id), [NewEvent(DRAWN, "system", body=body)], at=now)
        return kept.id


@dataclass(frozen=True)
class AttachPaperScan:
    """The scan of a printed paper with seal and signature, uploaded before."""

    paper_id: str
    attachment_id: str


def attach_paper_scan(actor: Actor, command: AttachPaperScan, *, now: datetime) -> None:
    """Put the sealed scan beside the paper: both stay, and a later scan replaces none.

    NotFound("paper.absent"), Invalid("sheet.scan" | "attachment.unknown").
    """
    with transaction() as session:
        row = _locked(session, command.paper_id)
        policy.require(actor, "paper.attach_scan", row)
        if not command.attachment_id:
            raise Invalid("sheet.scan", faults=(Fault("attachment_id", "sheet.scan"),))
        kept = links.keep(session, actor, command.attachment_id, row.instance_id, KEPT_FOR if row.personal else None)
        body = {"paper_id": row.id, "number": row.number, "attachment_id": kept.id, "checksum": kept.checksum}
        event = NewEvent(SCANNED, actor.person_id or actor.account_id, body=body)
        chain.append(session, stream_of(row.instance_id), [event], at=now)


def _locked(session: Session, paper_id: str) -> Row[Any]:
    """A paper, its case locked; NotFound("paper.absent")."""
    found = select(PAPER).where(PAPER.c.id == paper_id)
    row = session.execute(found).first()
    if row is None:
        raise NotFound("paper.absent", paper_id=paper_id)
    facts.lock(session, row.instance_id)
    return session.execute(found).one()


def _expect_no_interest(session: Session, actor: Actor, case: Any) -> None:
    if actor.person_id and interest_of(session, case.definition_key, case.instance_id, actor.person_id):
        raise Forbidden("paper.interest")


def _replaced(session: Session, command: IssuePaper) -> Row[Any] | None:
    """The paper in whose place this one comes: of this case and kind, and the last of its line."""
    if command.replaces_id is None:
        return None
    mine = (PAPER.c.id == command.replaces_id, PAPER.c.instance_id == command.instance_id, PAPER.c.kind == command.kind)
    row = session.execute(select(PAPER).where(*mine)).first()
    if row is None:
        raise NotFound("paper.absent", paper_id=command.replaces_id)
    if session.scalar(select(PAPER.c.id).where(PAPER.c.replaces_id == row.id)):
        raise Conflict("paper.replaced", number=row.number)
    if not command.reason.strip() or len(command.reason) > REASON_LIMIT:
        raise Invalid("paper.issue", faults=(Fault("reason", "paper.note", params={"limit": REASON_LIMIT}),))
    return row


def _number(session: Session, kind: str, now: datetime) -> tuple[int, str]:
    """The next number of the prefix in this year; kinds that share a prefix count together."""
    on = day_of(now)
    prefix = str(parameters.current(session, f"paper_prefix_{kind}", on, COUNTY).value).strip()
    seq = take(session, f"paper:{prefix}", on.year)
    return seq, f"{prefix}〔{on.year}〕{seq}号"


def _tell_persons(
    session: Session, actor: Actor, composed: Composed, paper_id: str, number: str, now: datetime
) -> None:
    """Whose ID number or phone was opened has that in the own record, as after every unmasking (policy §7)."""
    persons = [one.person_id for one in composed.subjects if one.person_id]
    for person_id in persons:
        for name in sorted(composed.opened):
            body = {"field": name, "reason": number, "paper_id": paper_id}
            recording.person_event(session, person_id, "person.unmasked", actor.account_id, now, body)


def _row(
    command: IssuePaper, composed: Composed, paper_id: str, template: Row[Any], numbered: tuple[int, str], actor: Actor,
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": paper_id, "kind": command.kind, "instance_id": command.instance_id, "template_id": template.id,
        "year": day_of(now).year, "seq": numbered[0], "number": numbered[1], "about": composed.about,
        "digest": composed.digest, "personal": bool(composed.opened), "replaces_id": command.replaces_id,
        "reason": command.reason.strip(), "pdf_id": None, "issued_by": actor.person_id or actor.account_id, "at": now,
    }  # fmt: skip


def _event(actor: Actor, row: Mapping[str, Any], template: Row[Any], composed: Composed) -> NewEvent:
    body = {name: row[name] for name in ("kind", "number", "digest", "personal", "replaces_id", "reason")}
    told = {"paper_id": row["id"], "template_version": template.version, "template_checksum": template.checksum}
    opened = {"opened": sorted(composed.opened)} if composed.opened else {}
    return NewEvent(ISSUED, actor.person_id or actor.account_id, body={**body, **told, **opened})


def _code(business_key: str, head: Head) -> str:
    """What is printed: the hash of the event in which the paper's number and text are recorded."""
    return str(Code(business_key, head.seq, head.hash.hex()[:DIGITS]))


def _files(session: Session, composed: Composed, row: Mapping[str, Any], code: str, replaces: str) -> dict[str, Any]:
    kind, now = templates.kind_of(row["kind"]), row["at"]
    listed = composing.roster(composed) if kind.roster else None
    content = composing.finish(composed, code, replaces)
    name = composing.file_name(kind, row["number"], "docx")
    docx = _keep(session, row, name, package.DOCX, content, now)
    found: dict[str, Any] = {"code": code, "docx_id": docx.id, "roster_id": None}
    if listed is not None:
        named = composing.file_name(kind, row["number"], "xlsx")
        found["roster_id"] = _keep(session, row, named, XLSX, listed, now).id
    return found


def _keep(
    session: Session, row: Mapping[Any, Any], name: str, media_type: str, content: bytes, now: datetime
) -> Attachment:
    """A file of the paper; one with personal data is handed out by this room alone."""
    files = folder()
    with files.receiving(BytesIO(content), LARGEST) as received:
        kept = Attachment(
            id=new_id(), checksum=received.checksum, name=name, size=received.size, media_type=media_type,
            organisation_id=None, instance_id=row["instance_id"], uploaded_by="system", at=now,
            kept_for=KEPT_FOR if row["personal"] else None,
        )  # fmt: skip
        files.keep(received)
    session.add(kept)
    session.flush()
    return kept

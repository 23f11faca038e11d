"""Reads of papers and templates for an actor; looks at a paper before it is issued, which keep and number nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import segno
from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.attachments import queries as attachments
from service.attachments.queries import StoredFile
from service.audit.chain import EVENT
from service.db import db
from service.errors import Forbidden, NotFound
from service.flows.papered import Subject
from service.instances import queries as cases
from service.instances.models import ProcessCase
from service.papers import checking, composing, drawing, gathering, package, places, shipped, templates
from service.papers.commands import PAPER, SCANNED
from service.papers.composing import Wanted
from service.papers.filling import Filling, fill
from service.papers.kinds import KINDS, Kind
from service.papers.templates import TEMPLATE
from service.people.members import PERSON
from service.tasks.advance import stream_of
from workflows.base import table_of

CASE = table_of(ProcessCase)
REGISTER = 200
TRIAL, BEFOREHAND = "样稿", "预览"
FILES = {"docx": "docx_id", "pdf": "pdf_id", "xlsx": "roster_id"}


@dataclass(frozen=True)
class PaperView:
    """A paper with its case, who issued it, the version of its template, what took its place, and its sealed scans."""

    row: Row[Any]
    kind: Kind
    scans: Sequence[tuple[datetime, str]]

    @property
    def files(self) -> list[str]:
        """Which files it has: docx, xlsx where it has a list of names, pdf whether drawn already or not."""
        return ["pdf", "docx", *(["xlsx"] if self.row.roster_id else [])]


@dataclass(frozen=True)
class Issuable:
    """What may be issued for a case now: kinds, and the persons among whom one is chosen."""

    kinds: Sequence[Kind]
    subjects: Sequence[Subject]


def paper(actor: Actor, paper_id: str) -> PaperView:
    """One paper; NotFound("paper.absent")."""
    found = _papers(actor).where(PAPER.c.id == paper_id)
    row = db.session.execute(found).first()
    if row is None:
        raise NotFound("paper.absent", paper_id=paper_id)
    return PaperView(row, KINDS[row.kind], _scans(row))


def of_case(actor: Actor, instance_id: str) -> Sequence[PaperView]:
    """The papers of a case that the actor may see, the oldest first."""
    rows = db.session.execute(_papers(actor).where(PAPER.c.instance_id == instance_id).order_by(PAPER.c.id)).all()
    return [PaperView(row, KINDS[row.kind], ()) for row in rows]


def register(actor: Actor, year: int, kind: str = "") -> Sequence[PaperView]:
    """The papers of a year, the latest first, at most REGISTER: the register of what was issued."""
    found = _papers(actor).where(PAPER.c.year == year)
    if kind:
        found = found.where(PAPER.c.kind == kind)
    rows = db.session.execute(found.order_by(PAPER.c.id.desc()).limit(REGISTER)).all()
    return [PaperView(row, KINDS[row.kind], ()) for row in rows]


def file(actor: Actor, paper_id: str, ending: str) -> StoredFile | None:
    """A file of a paper; None for a PDF that is not drawn yet. NotFound("paper.absent" | "paper.no_file")."""
    row = paper(actor, paper_id).row
    found = getattr(row, FILES[ending]) if ending in FILES else None
    if found is None and ending != "pdf":
        raise NotFound("paper.no_file", paper_id=paper_id)
    return None if found is None else attachments.read(found)


def scan(actor: Actor, paper_id: str, attachment_id: str) -> StoredFile:
    """A sealed scan of a paper; NotFound("paper.absent" | "attachment.absent")."""
    if attachment_id not in [one for _, one in paper(actor, paper_id).scans]:
        raise NotFound("attachment.absent")
    return attachments.read(attachment_id)


def page_of(paper_id: str) -> str:
    """The page from which the PDF of an issued paper is drawn: its own file, and the code with its QR."""
    row = db.session.execute(select(PAPER).where(PAPER.c.id == paper_id)).one()
    content = attachments.read(row.docx_id).path.read_bytes()
    return drawing.page(composing.unproved(content, row.code), row.code, _picture(row.code))


def issuable(actor: Actor, instance_id: str) -> Issuable:
    """What the actor may issue for a case; nothing for who may not. NotFound("instance.absent")."""
    row = cases.case(actor, instance_id)
    if not policy.allows(actor, "instance.issue_paper", row):
        return Issuable((), ())
    kinds = [kind for kind in KINDS.values() if row.definition_key in kind.flows]
    return Issuable(kinds, gathering.subjects(db.session(), row.definition_key, instance_id) if kinds else ())


def may_issue(actor: Actor, row: Any) -> bool:
    """Whether the actor may issue papers of a case and its flow has any."""
    has = any(row.definition_key in kind.flows for kind in KINDS.values())
    return has and policy.allows(actor, "instance.issue_paper", row)


def beforehand(actor: Actor, wanted: Wanted, now: datetime) -> tuple[str, Sequence[str]]:
    """The page of a paper as it would be issued now, without a number, and the places that would stay empty.

    Nothing that is on record when it is opened is opened: those fields read as empty. NotFound, Forbidden, and what
    `composing.compose` raises.
    """
    row = cases.case(actor, wanted.instance_id)
    policy.require(actor, "instance.issue_paper", row)
    session = db.session()
    template = templates.newest(session, wanted.kind.code)
    content = template.content if template is not None else shipped.content(wanted.kind.code)
    composed = composing.compose(session, wanted, content, {"number": "〔待编号〕"}, now, opens=False)
    return drawing.page(composed.document, "", "", mark=BEFOREHAND), composed.blanks


def versions(actor: Actor, kind: str) -> Sequence[Row[Any]]:
    """The versions of a kind's template, the newest first, with the names of who did what."""
    _expect_reader(actor)
    names = {which: PERSON.alias(which) for which in ("maker", "publisher", "retirer")}
    found = select(
        *(column for column in TEMPLATE.c if column.name != "content"),
        *(table.c.name.label(which) for which, table in names.items()),
    )
    joined = TEMPLATE
    for which, column in (("maker", "made_by"), ("publisher", "published_by"), ("retirer", "retired_by")):
        joined = joined.outerjoin(names[which], names[which].c.id == TEMPLATE.c[column])  # type: ignore[assignment]
    mine = found.select_from(joined).where(TEMPLATE.c.kind == templates.kind_of(kind).code)
    return db.session.execute(mine.order_by(TEMPLATE.c.version.desc())).all()


def content_of(actor: Actor, kind: str, version: int) -> bytes:
    """The .docx of a version; 0 is the one that comes with the house. NotFound("paper_template.absent")."""
    _expect_reader(actor)
    if version == 0:
        return shipped.content(templates.kind_of(kind).code)
    mine = (TEMPLATE.c.kind == kind, TEMPLATE.c.version == version)
    found: bytes | None = db.session.scalar(select(TEMPLATE.c.content).where(*mine))
    if found is None:
        raise NotFound("paper_template.absent", kind=kind, version=version)
    return found


def trial(actor: Actor, kind: Kind, content: bytes) -> str:
    """The page of a template filled with an invented case; Invalid("paper.template") as when it is brought."""
    _expect_reader(actor)
    checking.check(kind, content)
    document = package.opened(content)
    places.flatten(document)
    fill(document, Filling(kind.example(), checking.EXAMPLE_AT))
    return drawing.page(document, "", "", mark=TRIAL)


def _expect_reader(actor: Actor) -> None:
    if not policy.allows(actor, "paper_template.read"):
        raise Forbidden("access.role_missing", action="paper_template.read")


def _papers(actor: Actor) -> Any:
    later = PAPER.alias("later")
    return (
        select(
            PAPER, TEMPLATE.c.version.label("template_version"), TEMPLATE.c.checksum.label("template_checksum"),
            CASE.c.business_key, PERSON.c.name.label("issuer"), later.c.id.label("replaced_by"),
            later.c.number.label("replaced_by_number"),
        )
        .join(TEMPLATE, TEMPLATE.c.id == PAPER.c.template_id)
        .join(CASE, CASE.c.instance_id == PAPER.c.instance_id)
        .outerjoin(PERSON, PERSON.c.id == PAPER.c.issued_by)
        .outerjoin(later, later.c.replaces_id == PAPER.c.id)
        .where(policy.visible(actor, "official_paper"))
    )  # fmt: skip


def _scans(row: Row[Any]) -> list[tuple[datetime, str]]:
    here = (EVENT.c.stream == stream_of(row.instance_id), EVENT.c.kind == SCANNED)
    found = db.session.execute(select(EVENT.c.at, EVENT.c.body).where(*here).order_by(EVENT.c.seq))
    told: list[tuple[datetime, Mapping[str, Any]]] = [(one.at, orjson.loads(one.body)) for one in found]
    return [(at, str(body["attachment_id"])) for at, body in told if body["paper_id"] == row.id]


def _picture(code: str) -> str:
    return str(segno.make(code, error="m").png_data_uri(scale=10, border=1))

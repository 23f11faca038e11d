"""The templates of a kind: which one is in use, and the one that came with the house where there is none yet."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select
from sqlalchemy.orm import Session

from service.audit import chain
from service.audit.chain import NewEvent
from service.errors import Conflict, NotFound
from service.papers import shipped
from service.papers.kinds import KINDS, Kind
from service.papers.models import PaperTemplate
from workflows.base import new_id, table_of

TEMPLATE = table_of(PaperTemplate)
DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"
SYSTEM = "system"
SHIPPED_NOTE = "随系统提供的范本"


def kind_of(code: str) -> Kind:
    """A kind by its code; NotFound("paper.kind")."""
    if code not in KINDS:
        raise NotFound("paper.kind", kind=code)
    return KINDS[code]


def stream(kind: str) -> str:
    """The audit stream of the templates of a kind."""
    return f"paper_template:{kind}"


def in_use(session: Session, kind: Kind, now: datetime) -> Row[Any]:
    """The template by which a paper is issued now; the house's own is written down the first time it is used.

    Conflict("paper.no_template") once all have been retired.
    """
    found = newest(session, kind.code)
    if found is not None:
        return found
    chain.lock(session, stream(kind.code))
    if session.scalar(select(func.count()).select_from(TEMPLATE).where(TEMPLATE.c.kind == kind.code)):
        found = newest(session, kind.code)
        if found is None:
            raise Conflict("paper.no_template", kind=kind.code)
        return found
    adopted = {"state": PUBLISHED, "published_by": SYSTEM, "published_at": now}
    template_id = write(session, kind.code, shipped.content(kind.code), SYSTEM, SHIPPED_NOTE, now, **adopted)
    return session.execute(select(TEMPLATE).where(TEMPLATE.c.id == template_id)).one()


def newest(session: Session, kind: str) -> Row[Any] | None:
    """The published template with the highest version; None before there is one, and when all are retired."""
    mine = (TEMPLATE.c.kind == kind, TEMPLATE.c.state == PUBLISHED)
    return session.execute(select(TEMPLATE).where(*mine).order_by(TEMPLATE.c.version.desc()).limit(1)).first()


def write(session: Session, kind: str, content: bytes, by: str, note: str, now: datetime, **more: Any) -> str:
    """Write the next version of a kind down, as a draft unless `more` says otherwise; its id. Locks the kind."""
    chain.lock(session, stream(kind))
    last = session.scalar(select(func.max(TEMPLATE.c.version)).where(TEMPLATE.c.kind == kind)) or 0
    empty = dict.fromkeys(column.name for column in TEMPLATE.c)
    row = {
        **empty, "id": new_id(), "kind": kind, "version": last + 1, "state": DRAFT, "content": content,
        "checksum": hashlib.sha256(content).hexdigest(), "note": note, "made_by": by, "made_at": now, **more,
    }  # fmt: skip
    session.execute(insert(TEMPLATE), row)
    body = {"template_id": row["id"], "version": row["version"], "checksum": row["checksum"], "note": note}
    chain.append(
        session, stream(kind), [NewEvent("paper_template.added", by, body={**body, "state": row["state"]})], at=now
    )
    return str(row["id"])


def lock(session: Session, template_id: str) -> Row[Any]:
    """A version, its kind locked; NotFound("paper_template.absent")."""
    kind = session.scalar(select(TEMPLATE.c.kind).where(TEMPLATE.c.id == template_id))
    if kind is None:
        raise NotFound("paper_template.absent", template_id=template_id)
    chain.lock(session, stream(kind))
    return session.execute(select(TEMPLATE).where(TEMPLATE.c.id == template_id)).one()

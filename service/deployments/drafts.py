"""Rows of drafts inside a command's transaction: one open draft a key, one editor at a time by its version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.calendar.queries import zone_of
from service.deployments import contents
from service.deployments.models import DefinitionDraft, DraftFile
from service.errors import Conflict, Invalid, NotFound
from service.people.members import names
from workflows.base import new_id, table_of

DRAFT, FILE = table_of(DefinitionDraft), table_of(DraftFile)
EDITING, ASKED, PUBLISHED, DISCARDED = "editing", "asked", "published", "discarded"
OPEN = (EDITING, ASKED)


def who(actor: Actor) -> str:
    """The actor as events and drafts name them: the person, else the account."""
    return actor.person_id or actor.account_id


def stream(key: str) -> str:
    """The audit stream of a flow or library."""
    return f"definition:{key}"


def open_of(session: Session, key: str) -> Row[Any] | None:
    """The open draft of a key."""
    return session.execute(select(DRAFT).where(DRAFT.c.key == key, DRAFT.c.state.in_(OPEN))).first()


def read(session: Session, draft_id: str) -> Row[Any]:
    """A draft without its files; NotFound("draft.absent")."""
    row = session.execute(select(DRAFT).where(DRAFT.c.id == draft_id)).first()
    if row is None:
        raise NotFound("draft.absent")
    return row


def lock(session: Session, draft_id: str, version: int | None, *states: str) -> Row[Any]:
    """Lock a draft that is as the caller saw it and in one of `states`.

    Invalid("version.missing"), NotFound("draft.absent"), Conflict("draft.stale") with who saved it when,
    Conflict("draft.asked" | "draft.not_asked" | "draft.closed") for one in another state.
    """
    if version is None:
        raise Invalid("version.missing")
    row = session.execute(select(DRAFT).where(DRAFT.c.id == draft_id).with_for_update()).first()
    if row is None:
        raise NotFound("draft.absent")
    if row.state not in OPEN:
        raise Conflict("draft.closed", state=row.state)
    if version != row.version:
        raise Conflict("draft.stale", version=row.version, seen=version, **_saved(session, row))
    if row.state not in states and row.state == ASKED:
        raise Conflict("draft.asked")
    if row.state not in states:
        raise Conflict("draft.not_asked")
    return row


@dataclass(frozen=True)
class Source:
    """What a draft begins with: key, name, the version that it is a copy of, files, and what an import has to say."""

    key: str
    name: str
    base_id: str | None
    files: Mapping[str, str]
    report: Sequence[Mapping[str, Any]] = ()


def insert_draft(session: Session, actor: Actor, source: Source, now: datetime) -> str:
    """Write a draft with its files and tell that it was begun; Conflict("draft.open") when the key has one."""
    contents.expect(source.files)
    key = source.key
    chain.lock(session, stream(key))
    known = open_of(session, key)
    if known is not None:
        raise Conflict("draft.open", draft_id=known.id, **_saved(session, known))
    draft_id, me = new_id(), who(actor)
    row = {"id": draft_id, "key": key, "name": source.name[:200], "state": EDITING, "version": 1,
           "base_id": source.base_id, "created_by": me, "created_at": now, "saved_by": me, "saved_at": now,
           "authors": [me], "report": list(source.report)}  # fmt: skip
    session.execute(insert(DRAFT), row)
    _insert_files(session, draft_id, source.files)
    tell(session, actor, key, "draft.begun", {"draft_id": draft_id, "base_id": source.base_id}, now)
    return draft_id


def change(session: Session, row: Row[Any], values: Mapping[str, Any]) -> int:
    """Write columns of a locked draft; its version rises, and is returned."""
    version = int(row.version) + 1
    session.execute(update(DRAFT).where(DRAFT.c.id == row.id).values(version=version, **values))
    return version


def write_files(session: Session, draft_id: str, texts: Mapping[str, str], removed: Iterable[str]) -> None:
    """Replace or add files and take `removed` away; the others stay."""
    gone = sorted({*texts, *removed})
    session.execute(delete(FILE).where(FILE.c.draft_id == draft_id, FILE.c.name.in_(gone)))
    _insert_files(session, draft_id, texts)


def files_of(session: Session, draft_id: str) -> dict[str, str]:
    """The files of a draft by name."""
    found = select(FILE.c.name, FILE.c.content).where(FILE.c.draft_id == draft_id).order_by(FILE.c.name)
    return {row.name: row.content for row in session.execute(found)}


def tell(session: Session, actor: Actor, key: str, kind: str, body: Mapping[str, Any], now: datetime) -> None:
    """Record an act in the stream of the flow."""
    chain.append(session, stream(key), [NewEvent(kind, who(actor), body=body)], at=now)


def _saved(session: Session, row: Row[Any]) -> dict[str, Any]:
    """Who saved a draft last, and when by the clock of the bureau."""
    name, at = names([row.saved_by]).get(row.saved_by, row.saved_by), row.saved_at.astimezone(zone_of(session))
    return {"by": row.saved_by, "by_name": name, "at": f"{at:%Y-%m-%d %H:%M:%S}"}


def _insert_files(session: Session, draft_id: str, texts: Mapping[str, str]) -> None:
    rows = [{"draft_id": draft_id, "name": name, "content": text, "checksum": contents.checksum(text)}
            for name, text in sorted(texts.items())]  # fmt: skip
    if rows:
        session.execute(insert(FILE), rows)

"""The second person: what is asked for stays as it is until somebody else has approved or refused it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.audit import timeline
from service.deployments import contents, drafts, releasing
from service.deployments.drafts import ASKED, Source
from service.deployments.releasing import Origin
from service.errors import Conflict, Fault, Forbidden, Invalid
from workflows import catalogue
from workflows.models import ProcessDefinition


def submit(
    session: Session, actor: Actor, files: Mapping[str, bytes], library: bool, reason: str, now: datetime
) -> tuple[str, str]:
    """Files from outside as a draft that waits for a second person; its id and key."""
    key = catalogue.key_of(files, library=library)
    newest = catalogue.newest_row(session, key)
    name, base = (newest.name, newest.id) if newest else (key, None)
    draft_id = drafts.insert_draft(session, actor, Source(key, name, base, contents.texts_of(files)), now)
    ask(session, actor, drafts.read(session, draft_id), reason or "API", now)
    return draft_id, key


def ask(session: Session, actor: Actor, row: Row[Any], reason: str, now: datetime) -> int:
    """Let a locked draft wait for a second person; its version. Invalid("reason.missing")."""
    if not reason.strip():
        raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
    values = {"state": ASKED, "asked_by": drafts.who(actor), "asked_at": now, "reason": reason.strip()}
    version = drafts.change(session, row, {**values, "answered_by": None, "answered_at": None, "answer": None})
    texts = drafts.files_of(session, row.id)
    body = {"draft_id": row.id, "reason": reason.strip(), "authors": row.authors, "files": contents.sums_of(texts),
            "pinned": pinned(session, row, contents.bytes_of(texts))}  # fmt: skip
    drafts.tell(session, actor, row.key, "draft.asked", body, now)
    return version


def expect_key(row: Row[Any], files: Mapping[str, bytes]) -> None:
    """The files are still of the flow that the draft is about; Invalid("draft.other_key")."""
    found = catalogue.key_of(files, library=is_library(row.key))
    if found != row.key:
        raise Invalid("draft.other_key", key=catalogue.shown_key(row.key), found=catalogue.shown_key(found))


def expect_same(session: Session, row: Row[Any], files: Mapping[str, bytes]) -> None:
    """The files that the gate has looked at are those of the locked draft, and where it waits those that were asked
    for; Conflict("draft.other_files")."""
    kept = drafts.files_of(session, row.id)
    if contents.bytes_of(kept) != files or (
        row.state == ASKED and contents.sums_of(kept) != _asked(session, row, "files")
    ):
        raise Conflict("draft.other_files", draft_id=row.id)


def expect_same_library(session: Session, row: Row[Any], files: Mapping[str, bytes]) -> None:
    """What the version would be pinned to is still what was asked for; Conflict("draft.other_library") with the names
    of shared files that were published, or withdrawn, since."""
    asked = _asked(session, row, "pinned") or {}
    now = pinned(session, row, files)
    if changed := sorted(name for name in {*asked, *now} if asked.get(name) != now.get(name)):
        raise Conflict("draft.other_library", files=changed)


def expect_something_new(session: Session, row: Row[Any], files: Mapping[str, bytes]) -> None:
    """There is something to publish; Conflict("draft.nothing_new") for the files of the newest version."""
    same = catalogue.stored(session, files, library=is_library(row.key))
    if same is not None:
        raise Conflict("draft.nothing_new", version=same.version)


def pinned(session: Session, row: Row[Any], files: Mapping[str, bytes]) -> dict[str, str]:
    """The shared files that a draft would be pinned to now, with their checksums."""
    found = {} if is_library(row.key) else catalogue.pinned(session, files)
    return {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}


def _asked(session: Session, row: Row[Any], what: str) -> Any:
    """The checksums that the record has of what was asked for: of its `files`, of what they are `pinned` to."""
    told = timeline.latest(session, drafts.stream(row.key))
    bodies = (event.body or {} for event in told if event.kind == "draft.asked")
    return next((body.get(what) for body in bodies if body.get("draft_id") == row.id), None)


def expect_newest(session: Session, row: Row[Any]) -> None:
    """Nothing was published since the draft began; Conflict("draft.behind")."""
    newest = catalogue.newest_row(session, row.key)
    if newest is not None and newest.id != row.base_id:
        raise Conflict("draft.behind", version=newest.version)


def barred(session: Session, actor: Actor, row: Row[Any], now: datetime) -> str | None:
    """Why this actor may not approve a draft: a code; None when they may."""
    return releasing.barred(session, actor, [*row.authors, row.asked_by], "draft.own_work", now)


def approve(
    session: Session, actor: Actor, row: Row[Any], files: Mapping[str, bytes], opinion: str, now: datetime
) -> ProcessDefinition:
    """Publish a locked draft that waits. Forbidden("draft.own_work" | "approval.dependent"),
    Conflict("draft.other_files" | "draft.other_library"), and what `release` raises."""
    if code := barred(session, actor, row, now):
        raise Forbidden(code)
    expect_same(session, row, files)
    expect_key(row, files)
    expect_newest(session, row)
    expect_same_library(session, row, files)
    origin = Origin(row.authors, row.reason or "", drafts.who(actor))
    version = releasing.release(session, actor, files, origin, now, library=row.key == catalogue.LIBRARY)
    drafts.change(session, row, {
        "state": drafts.PUBLISHED, "answered_by": drafts.who(actor), "answered_at": now, "answer": opinion or None,
        "definition_id": version.id,
    })  # fmt: skip
    return version


def is_library(key: str) -> bool:
    """Whether a draft is of the shared library."""
    return key == catalogue.LIBRARY

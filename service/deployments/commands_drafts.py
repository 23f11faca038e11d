"""Commands of drafts: begin one, save, take the newest version as its base, discard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.deployments import beginning_draft, contents, drafts
from service.deployments.drafts import ASKED, EDITING
from service.errors import Invalid
from workflows import catalogue


@dataclass(frozen=True)
class BeginDraft:
    """From a published version, from `files`, or a new flow by key and name."""

    definition_id: str | None = None
    key: str | None = None
    name: str | None = None
    files: Mapping[str, str] | None = None


@dataclass(frozen=True)
class SaveDraft:
    """Files to add or replace and names to take away; every other file stays. `version` is what the editor saw."""

    draft_id: str
    version: int
    files: Mapping[str, str]
    removed: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class DraftStep:
    """A draft, and the version of it that was seen."""

    draft_id: str
    version: int | None


def begin_draft(actor: Actor, command: BeginDraft, *, now: datetime) -> str:
    """Begin a draft; its id. What is wrong with files is no reason to refuse them: the gate says it afterwards.

    NotFound("definition.absent"), Conflict("draft.open") when the flow has one, Invalid("draft.key" | "draft.source" |
    "deployment.file").
    """
    with transaction() as session:
        policy.require(actor, "draft.begin")
        source = beginning_draft.source(session, command.definition_id, command.key, command.name, command.files)
        draft_id = drafts.insert_draft(session, actor, source, now)
        answer(session, draft_id=draft_id)
        return draft_id


def save_files(actor: Actor, command: SaveDraft, *, now: datetime) -> int:
    """Keep what was edited, with faults too; the new version.

    NotFound("draft.absent"), Conflict("draft.stale") with who saved in between and when, Conflict("draft.asked") while
    it waits for a second person, Invalid("deployment.file").
    """
    with transaction() as session:
        policy.require(actor, "draft.save")
        row = drafts.lock(session, command.draft_id, command.version, EDITING)
        kept = {name: text for name, text in drafts.files_of(session, row.id).items() if name not in command.removed}
        contents.expect({**kept, **command.files})
        drafts.write_files(session, row.id, command.files, command.removed)
        me = drafts.who(actor)
        authors = [*row.authors, *([] if me in row.authors else [me])]
        return drafts.change(session, row, {"saved_by": me, "saved_at": now, "authors": authors})


def rebase_draft(actor: Actor, command: DraftStep, *, now: datetime) -> int:
    """Say that the newest version was looked at: it is the base now, what the draft holds stays. The new version."""
    with transaction() as session:
        policy.require(actor, "draft.save")
        row = drafts.lock(session, command.draft_id, command.version, EDITING)
        newest = catalogue.newest_row(session, row.key)
        if newest is None:
            raise Invalid("draft.nothing_newer")
        body = {"draft_id": row.id, "base_id": newest.id, "version": newest.version}
        drafts.tell(session, actor, row.key, "draft.rebased", body, now)
        return drafts.change(session, row, {"base_id": newest.id})


def discard_draft(actor: Actor, command: DraftStep, *, now: datetime) -> None:
    """Give a draft up; its files are kept and can be read and exported."""
    with transaction() as session:
        policy.require(actor, "draft.discard")
        row = drafts.lock(session, command.draft_id, command.version, EDITING, ASKED)
        drafts.change(session, row, {"state": drafts.DISCARDED})
        drafts.tell(session, actor, row.key, "draft.discarded", {"draft_id": row.id}, now)

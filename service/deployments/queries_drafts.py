"""Reads of drafts: lists, one with its files, what the gate finds in it; and of releases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.deployments import approving, contents, drafts, gate, releasing, retiring
from service.deployments.drafts import DRAFT, FILE, OPEN
from service.deployments.releasing import RELEASE
from service.deployments.retiring import REQUEST
from service.deployments.seconds import Second, seconds
from service.errors import NotFound
from workflows import catalogue, checks
from workflows.base import table_of
from workflows.models import ProcessDefinition
from workflows.references import kind_of

DEFINITION = table_of(ProcessDefinition)


@dataclass(frozen=True)
class DraftView:
    """A draft: its row, the version it began from and the newest one (rows with `id` and `version`), its files
    (`name`, `checksum`, `size`), why the actor may not approve it (a code, None), and what the actor may do."""

    row: Row[Any]
    base: Any
    newest: Any
    files: Sequence[Mapping[str, Any]]
    barred: str | None
    may: frozenset[str]

    @property
    def behind(self) -> bool:
        """Whether something was published since it began."""
        return self.newest is not None and (self.base is None or self.base.id != self.newest.id)


def listed(actor: Actor, key: str | None = None, state: str | None = None) -> Sequence[Row[Any]]:
    """Drafts, those saved last first; without a state the open ones."""
    policy.require(actor, "draft.read")
    wanted = select(DRAFT).where(DRAFT.c.state == state if state else DRAFT.c.state.in_(OPEN))
    if key is not None:
        wanted = wanted.where(DRAFT.c.key == key)
    return db.session.execute(wanted.order_by(DRAFT.c.saved_at.desc(), DRAFT.c.id)).all()


def draft(actor: Actor, draft_id: str, now: datetime) -> DraftView:
    """One draft; NotFound("draft.absent")."""
    policy.require(actor, "draft.read")
    return view_of(actor, drafts.read(db.session(), draft_id), now)


def view_of(actor: Actor, row: Row[Any], now: datetime) -> DraftView:
    """A row of drafts with what stands around it, for who may read drafts."""
    policy.require(actor, "draft.read")
    session = db.session()
    columns = (DEFINITION.c.id, DEFINITION.c.version, DEFINITION.c.state)
    versions = session.execute(
        select(*columns).where(DEFINITION.c.key == row.key).order_by(DEFINITION.c.version.desc())
    ).all()
    found = select(FILE.c.name, FILE.c.content, FILE.c.checksum).where(FILE.c.draft_id == row.id)
    files = [
        {"name": file.name, "kind": kind_of(file.name), "size": len(file.content.encode()), "checksum": file.checksum}
        for file in session.execute(found.order_by(FILE.c.name))
    ]
    barred = approving.barred(session, actor, row, now)
    base = next((version for version in versions if version.id == row.base_id), None)
    return DraftView(row, base, versions[0] if versions else None, files, barred, _may(actor, row.state, barred))


def approvers(actor: Actor, draft_id: str, now: datetime) -> Sequence[Second] | None:
    """Who may approve a draft now or later; None where nobody has to. NotFound("draft.absent")."""
    policy.require(actor, "draft.read")
    session = db.session()
    row = drafts.read(session, draft_id)
    if not releasing.needs_second(session, actor, now):
        return None
    return seconds(session, [one for one in (*row.authors, row.asked_by) if one], now)


def files(actor: Actor, draft_id: str) -> Mapping[str, str]:
    """The files of a draft by name; NotFound("draft.absent")."""
    policy.require(actor, "draft.read")
    session = db.session()
    return drafts.files_of(session, drafts.read(session, draft_id).id)


def findings(actor: Actor, draft_id: str) -> Sequence[checks.Finding]:
    """What the gate finds in a draft as it was saved last; NotFound("draft.absent")."""
    return gate.findings(db.session(), contents.bytes_of(files(actor, draft_id)))


def release(actor: Actor, definition_id: str) -> Row[Any] | None:
    """Who brought a version and why; None for one that is older than this record."""
    found = select(RELEASE).join(DEFINITION, DEFINITION.c.id == RELEASE.c.definition_id)
    return db.session.execute(
        found.where(DEFINITION.c.id == definition_id, policy.visible(actor, "definition"))
    ).first()


def retirements(actor: Actor, key: str | None = None, state: str | None = None) -> Sequence[Row[Any]]:
    """Requests to take a flow out of use, the newest first; of one flow and in one state where these are given."""
    policy.require(actor, "draft.read")
    wanted = select(REQUEST).order_by(REQUEST.c.id.desc())
    if key is not None:
        wanted = wanted.where(REQUEST.c.key == key)
    if state is not None:
        wanted = wanted.where(REQUEST.c.state == state)
    return db.session.execute(wanted).all()


def retirement(actor: Actor, request_id: str) -> Row[Any]:
    """One request; NotFound("retirement.absent")."""
    found = next((row for row in retirements(actor) if row.id == request_id), None)
    if found is None:
        raise NotFound("retirement.absent")
    return found


def retirement_barred(actor: Actor, row: Row[Any], now: datetime) -> str | None:
    """Why the actor may not approve a request: a code, None when they may."""
    policy.require(actor, "draft.read")
    return retiring.barred(db.session(), actor, row, now)


def own_files(actor: Actor, definition_id: str) -> Mapping[str, bytes]:
    """A version's own files, of a library too; NotFound("definition.absent")."""
    policy.require(actor, "definition.read")
    return releasing.own_files(db.session(), definition_id)


def every_version(actor: Actor, key: str | None = None) -> Sequence[Row[Any]]:
    """Versions of flows and libraries, retired ones too, with who brought them why; the newest of each key first."""
    columns = [column for column in DEFINITION.c if column.name != "manifest"]
    told = (RELEASE.c.authors, RELEASE.c.approved_by, RELEASE.c.reason, RELEASE.c.retired_at, RELEASE.c.retirement)
    wanted = select(*columns, *told).join(RELEASE, RELEASE.c.definition_id == DEFINITION.c.id, isouter=True)
    wanted = wanted.where(policy.visible(actor, "definition"))
    if key is not None:
        wanted = wanted.where(DEFINITION.c.key == key)
    found: Any = wanted.order_by(DEFINITION.c.key, DEFINITION.c.version.desc())
    return db.session.execute(found).all()


def version_row(actor: Actor, definition_id: str) -> Row[Any]:
    """One version of a flow or library as `every_version` lists it; NotFound("definition.absent")."""
    policy.require(actor, "definition.read")
    row = catalogue.row_of(db.session(), definition_id)
    return next(found for found in every_version(actor, row.key) if found.id == definition_id)


def _may(actor: Actor, state: str, barred: str | None) -> frozenset[str]:
    asked = state == drafts.ASKED
    possible = {
        "save": ("draft.save", state == drafts.EDITING),
        "ask": ("deployment.publish", state == drafts.EDITING),
        "withdraw": ("draft.save", asked),
        "approve": ("deployment.approve", asked and barred is None),
        "refuse": ("deployment.approve", asked),
        "discard": ("draft.discard", state in OPEN),
    }
    return frozenset(act for act, (action, fits) in possible.items() if fits and policy.allows(actor, action))

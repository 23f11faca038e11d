"""Commands between the author of a draft and the second person: ask, take back, approve, refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.db import answer, db, transaction
from service.deployments import approving, contents, drafts, gate
from service.deployments.commands import Published
from service.deployments.drafts import ASKED, EDITING
from service.errors import Fault, Invalid
from workflows import checks


@dataclass(frozen=True)
class Reasoned:
    """A draft, the version of it that was seen, and why."""

    draft_id: str
    version: int | None
    reason: str = ""


def ask_approval(actor: Actor, command: Reasoned, *, now: datetime) -> int:
    """Ask a second person to publish what is saved; it stays as it is until they answer. The new version.

    Invalid("deployment.refused") with the gate's errors, Invalid("reason.missing" | "draft.other_key"),
    Conflict("draft.behind") when a newer version than its base was published meanwhile, Conflict("draft.other_files")
    when it was saved while the gate looked at it, Conflict("draft.nothing_new") when it is the newest version
    unchanged, Invalid("version.missing").
    """
    files, found = _checked(actor, command.draft_id)
    with transaction() as session:
        policy.require(actor, "deployment.publish")
        row = drafts.lock(session, command.draft_id, command.version, EDITING)
        gate.refuse(found)
        approving.expect_same(session, row, files)
        approving.expect_key(row, files)
        approving.expect_newest(session, row)
        approving.expect_something_new(session, row, files)
        return approving.ask(session, actor, row, command.reason, now)


def withdraw_request(actor: Actor, command: Reasoned, *, now: datetime) -> int:
    """Go on editing what waits for a second person; the new version."""
    with transaction() as session:
        policy.require(actor, "draft.save")
        row = drafts.lock(session, command.draft_id, command.version, ASKED)
        drafts.tell(session, actor, row.key, "draft.withdrawn", {"draft_id": row.id}, now)
        return drafts.change(session, row, {"state": EDITING, "asked_by": None, "asked_at": None, "reason": None})


def approve_draft(actor: Actor, command: Reasoned, *, now: datetime) -> Published:
    """Publish what somebody else has written and asked for.

    Forbidden("draft.own_work") for everybody who has saved it, Forbidden("approval.dependent") for whose account or
    role came from them lately, Conflict("draft.not_asked" | "draft.behind" | "draft.other_files" |
    "draft.other_library"), Invalid("deployment.refused") when the gate has an error by now, Invalid("version.missing").
    """
    files, found = _checked(actor, command.draft_id)
    with transaction() as session:
        policy.require(actor, "deployment.approve")
        row = drafts.lock(session, command.draft_id, command.version, ASKED)
        gate.refuse(found)
        version = approving.approve(session, actor, row, files, command.reason.strip(), now)
        answer(session, definition_id=version.id)
        return Published(version.id, version.key, version.version, found)


def refuse_draft(actor: Actor, command: Reasoned, *, now: datetime) -> int:
    """Give a draft back to its authors with a reason; the new version."""
    with transaction() as session:
        policy.require(actor, "deployment.approve")
        if not command.reason.strip():
            raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
        row = drafts.lock(session, command.draft_id, command.version, ASKED)
        told = {"draft_id": row.id, "reason": command.reason.strip()}
        drafts.tell(session, actor, row.key, "draft.refused", told, now)
        answered = {"answered_by": drafts.who(actor), "answered_at": now, "answer": command.reason.strip()}
        return drafts.change(session, row, {"state": EDITING, **answered})


def _checked(actor: Actor, draft_id: str) -> tuple[Mapping[str, bytes], Sequence[checks.Finding]]:
    """The files and what the gate finds, before the transaction: their version is looked at under the lock."""
    if not policy.allows(actor, "deployment.publish"):
        return {}, ()
    files = contents.bytes_of(drafts.files_of(db.session(), draft_id))
    return files, gate.findings(db.session(), files)

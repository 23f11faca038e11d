"""Drafts and releases as JSON, for API and pages alike."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.access.actor import SYSTEM
from service.deployments import queries_drafts
from service.deployments.approving import is_library
from service.deployments.drafts import ASKED
from service.deployments.queries_diff import Difference
from service.deployments.queries_drafts import DraftView
from service.people.members import names as names_of
from service.web import edge, findingwords
from service.web.words import words
from workflows.catalogue import shown_key

ACTS = ("save", "ask", "withdraw", "approve", "refuse", "discard")


def draft_of(draft_id: str) -> dict[str, Any]:
    """One draft without the contents of its files."""
    return shaped(queries_drafts.draft(edge.actor(), draft_id, edge.now()))


def shaped(found: DraftView) -> dict[str, Any]:
    """A draft as it is answered: who, when, what of it may be done by the caller."""
    row = found.row
    named = namer([row.created_by, row.saved_by, row.asked_by, row.answered_by, *row.authors])
    return {
        "id": row.id, "key": row.key, "name": row.name, "shown_key": shown_key(row.key), "state": row.state,
        "version": row.version, "shared": is_library(row.key), "base": _version(found.base),
        "newest": _version(found.newest), "behind": found.behind, "files": list(found.files),
        "created_by": named(row.created_by), "created_at": row.created_at,
        "saved_by": named(row.saved_by), "saved_at": row.saved_at,
        "authors": [named(author) for author in row.authors],
        "asked": _said(named, row.asked_by, row.asked_at, row.reason) if row.state == ASKED else None,
        "answer": _said(named, row.answered_by, row.answered_at, row.answer) if row.answer else None,
        "may": {act: act in found.may for act in ACTS},
        "why_not_approve": found.barred, "definition_id": row.definition_id, "report": report_of(row.report),
    }  # fmt: skip


def report_of(notes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What an import has changed and left open, in the caller's language: what is open first."""
    order = ("open", "changed", "dropped")
    told = [
        {**{name: note[name] for name in ("state", "file", "line", "element_id")},
         "message": words(note["code"], note["params"], edge.locale())}
        for note in notes
    ]  # fmt: skip
    return sorted(told, key=lambda note: order.index(note["state"]))


def contents_of(draft_id: str) -> dict[str, Any]:
    """One draft with the contents of its files."""
    return {**draft_of(draft_id), "contents": dict(queries_drafts.files(edge.actor(), draft_id))}


def findings_of(draft_id: str) -> list[dict[str, Any]]:
    """What the gate finds in a draft, in the caller's language."""
    return said(queries_drafts.findings(edge.actor(), draft_id))


def said(findings: Sequence[Any]) -> list[dict[str, Any]]:
    """Findings in the caller's language."""
    return [findingwords.in_words(finding).as_json(edge.locale()) for finding in findings]


def difference_of(found: Difference) -> dict[str, Any]:
    """What differs, as it is answered."""
    own, shared = (
        [{**vars(change), "details": [vars(detail) for detail in change.details]} for change in changes]
        for changes in (found.changes, found.shared)
    )
    versions = {"old": _version(found.old), "new": _version(found.new)}
    return {**versions, "changes": own, "shared": shared, "pinned": list(found.pinned)}


def release_of(definition_id: str) -> dict[str, Any] | None:
    """Who brought a version, why, and who approved it."""
    row = queries_drafts.release(edge.actor(), definition_id)
    if row is None:
        return None
    named = namer([row.approved_by, row.retired_by, *row.authors])
    return {
        "authors": [named(author) for author in row.authors],
        "approved_by": named(row.approved_by) if row.approved_by else None,
        "reason": row.reason,
        "retired": _said(named, row.retired_by, row.retired_at, row.retirement) if row.retired_at else None,
    }


def retirement_of(row: Any) -> dict[str, Any]:
    """A request to take a flow out of use, as it is answered."""
    named = namer([row.asked_by, row.answered_by])
    barred = queries_drafts.retirement_barred(edge.actor(), row, edge.now()) if row.state == "open" else None
    answered = _said(named, row.answered_by, row.answered_at, row.answer) if row.answered_by else None
    return {
        **{name: getattr(row, name) for name in ("id", "key", "definition_id", "state")},
        "asked": _said(named, row.asked_by, row.asked_at, row.reason), "answer": answered, "why_not_approve": barred,
    }  # fmt: skip


def namer(ids: Iterable[str | None]) -> Any:
    """Names ids of persons as answers have them; `system` and accounts of nobody too."""
    wanted = {one for one in ids if one}
    names: Mapping[str, str] = names_of([*wanted])
    house = words("actor.system", {}, edge.locale())
    return lambda one: {"id": one, "name": house if one == SYSTEM else names.get(one, "")}


def _said(named: Any, by: str, at: Any, reason: str | None) -> dict[str, Any]:
    return {"by": named(by), "at": at, "reason": reason or ""}


def _version(row: Any) -> dict[str, Any] | None:
    return None if row is None else {"id": row.id, "version": row.version}

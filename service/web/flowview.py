"""Flows, their versions and what differs between two of them, as the pages show it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from service.access import policy
from service.deployments import queries as definitions
from service.deployments import queries_drafts
from service.deployments.queries_diff import Difference
from service.instances import queries_monitor
from service.web import edge
from service.web.draftview import namer
from service.web.naming import flow_name
from service.web.words import words
from workflows.catalogue import LIBRARY, SHARED, shown_key
from workflows.comparing import Change

KINDS = ("bpmn", "dmn", "form", "toml")


def flows() -> list[dict[str, Any]]:
    """Every flow and library: its newest version, how many cases run by which, its open draft."""
    actor = edge.actor()
    running = queries_monitor.running(actor)
    open_drafts = {row.key: row for row in queries_drafts.listed(actor)} if policy.allows(actor, "draft.read") else {}
    found: dict[str, dict[str, Any]] = {}
    for row in queries_drafts.every_version(actor):
        flow = found.setdefault(row.key, _flow(row, open_drafts.pop(row.key, None)))
        flow["cases"] += sum(running.get(row.id, {}).values())
        flow["failed"] += running.get(row.id, {}).get("failed", 0)
    for flow in found.values():
        flow["name"] = name_of(flow["state"], flow["id"], flow["name"])
    new = [
        {**_draft_of(row), "name": row.name, "key": row.key, "shown_key": shown_key(row.key)}
        for row in open_drafts.values()
    ]
    return [*found.values(), *({"id": None, **one} for one in new)]


def _flow(row: Any, draft: Any) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("id", "key", "name", "version", "state", "deployed_at")}
    return {**told, "shown_key": shown_key(row.key), "cases": 0, "failed": 0, **_draft_of(draft)}


def _draft_of(row: Any) -> dict[str, Any]:
    if row is None:
        return {"draft": None}
    return {"draft": {"id": row.id, "state": row.state, "saved_at": row.saved_at}}


def name_of(state: str, definition_id: str, name: str) -> str:
    """The name of a flow in the caller's language; a library has the one that it is stored under."""
    if state == SHARED:
        return _("Shared parts") if name == LIBRARY else name
    return flow_name(definitions.definition(edge.actor(), definition_id))


def versions(key: str) -> list[dict[str, Any]]:
    """The versions of a flow or library, the newest first: who brought each why, how many cases run by it."""
    actor = edge.actor()
    rows, running = queries_drafts.every_version(actor, key), queries_monitor.running(actor, key)
    named = namer(name for row in rows for name in (*(row.authors or ()), row.approved_by))
    return [
        {
            **{name: getattr(row, name) for name in ("id", "version", "state", "deployed_at", "reason", "retirement")},
            "authors": [named(author)["name"] for author in row.authors or ()],
            "approved_by": named(row.approved_by)["name"] if row.approved_by else None,
            "cases": sum(running.get(row.id, {}).values()),
        }
        for row in rows
    ]


def difference(found: Difference) -> dict[str, Any]:
    """What differs, file kind by file kind, and the marks that the diagram gets."""
    own, shared = (_by_kind(changes) for changes in (found.changes, found.shared))
    marks = {one.part: one.state for one in found.changes if one.kind == "bpmn" and one.state != "removed"}
    told = {"old": found.old and found.old.version, "groups": own, "marks": marks, "total": len(found.changes)}
    return {**told, "shared": {"groups": shared, "total": len(found.shared)}, "pinned": list(found.pinned)}


def _by_kind(changes: Sequence[Change]) -> list[dict[str, Any]]:
    found = {kind: [vars(one) for one in changes if one.kind == kind] for kind in KINDS}
    return [{"kind": kind, "changes": ones} for kind, ones in found.items() if ones]


def findings(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Findings with how many of them keep a draft from being published, and the marks that the diagram gets."""
    errors = [one for one in found if one["severity"] == "error"]
    marks = {one["element_id"]: one["severity"] for one in reversed(found) if one["element_id"]}
    return {"items": found, "errors": len(errors), "warnings": len(found) - len(errors), "marks": marks}


def refused(code: str, params: Mapping[str, Any]) -> str:
    """Why something was refused, in words."""
    return words(code, params, edge.locale())


def names(items: Iterable[Mapping[str, Any]]) -> str:
    """Persons in a row."""
    return ("、" if edge.locale() == "zh" else ", ").join(str(one["name"] or one["id"]) for one in items)

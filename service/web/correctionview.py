"""Corrections in words: both versions side by side, and what one does to ledger, persons and records."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from service.access.days import day_of
from service.flows.corrections.declaring import CORRECTABLE, Field
from service.people import persons
from service.people import queries as people
from service.web import edge
from service.web.formchoices import MOST
from service.web.naming import label
from service.web.words import words

MOVED = ("approved", "occupied", "reserved", "lent", "excess")


def kind_name(name: str) -> str:
    """What a kind of correction is called."""
    found = CORRECTABLE.get(name)
    return label({"zh": found.zh, "en": found.en}) if found else name


def both(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """The values that become others: {label, before, after}, in the order in which they are asked for."""
    found = CORRECTABLE.get(kind)
    changed = [one for one in found.fields if before.get(one.name) != after.get(one.name)] if found else []
    names = _names(changed, [before, after])
    return [
        {"label": label({"zh": one.zh, "en": one.en}), "before": value(one, before.get(one.name), names),
         "after": value(one, after.get(one.name), names)}
        for one in changed
    ]  # fmt: skip


def value(field: Field, held: Any, names: Mapping[str, str]) -> str:
    """A value as people read it."""
    if held in (None, ""):
        return "–"
    if field.entered == "choice":
        chosen = {choice[0]: {"zh": choice[1], "en": choice[2]} for choice in field.choices}
        return label(chosen[held]) if held in chosen else str(held)
    return names.get(str(held), str(held)) if field.entered in ("person", "school") else str(held)


def _names(fields: Iterable[Field], versions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    wanted = {kind: {str(held[one.name]) for one in fields if one.entered == kind for held in versions
                     if held.get(one.name)} for kind in ("person", "school")}  # fmt: skip
    return {**people.names(sorted(wanted["person"])), **people.organisation_names(wanted["school"], edge.locale())}


def effects(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a correction does: movements of the ledger, the rest in words, whether a list is published again."""
    entries = found.get("ledger") or []
    places = people.organisation_names({one["organisation_id"] for one in entries}, edge.locale())
    return {
        "ledger": [_movement(one, places) for one in entries],
        "told": [words(one["code"], one["params"], edge.locale()) for one in found.get("told") or []],
        "published": bool(found.get("published")),
    }


def _movement(entry: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    moved = [(name, entry[name]) for name in MOVED if entry[name]]
    return {
        "place": places.get(entry["organisation_id"], ""),
        "account": words(f"account.{entry['band'] or entry['kind']}", {}, edge.locale()),
        "pool": entry["pool"],
        "event": entry["event"],
        "moved": [{"what": name, "by": f"{by:+d}"} for name, by in moved],
    }


def shown(row: Any, *, ledger: bool = False) -> dict[str, Any]:
    """One correction for its page and the page of its case; movements of the `ledger` for who may read it."""
    names = people.names([one for one in (row.proposed_by, row.decided_by) if one])
    return {
        "id": row.id, "kind": kind_name(row.kind), "about": row.about, "both": both(row.kind, row.before, row.after),
        "effects": effects(row.effects if ledger else {**row.effects, "ledger": []}), "reason": row.reason,
        "document": row.document, "decided_on": row.decided_on, "attachment_id": row.attachment_id, "state": row.state,
        "state_words": words(f"correction_state.{row.state}", {}, edge.locale()),
        "proposed_by": names.get(row.proposed_by, ""), "proposed_at": row.proposed_at,
        "decided_by": names.get(row.decided_by or "", ""), "decided_at": row.decided_at, "answer": row.answer,
        "case": {"id": row.instance_id, "business_key": row.business_key, "title": row.title},
    }  # fmt: skip


def on_paper(body: Mapping[str, Any], confirmed_by: str, at: Any) -> dict[str, Any]:
    """One correction as the sheet tells it, from the event that records it."""
    names = people.names([body["proposed_by"], confirmed_by])
    told = {"proposer": names.get(body["proposed_by"], ""), "confirmer": names.get(confirmed_by, "")}
    return {
        "kind": kind_name(body["kind"]), "about": body["what"], "at": at, "reason": body["reason"],
        "both": both(body["kind"], body["before"], body["after"]), "document": body["document"],
        "decided_on": body["decided_on"],
        "by": _("proposed by %(proposer)s, confirmed by %(confirmer)s", **told),
    }  # fmt: skip


def choices(field: Field, school_id: str, held: Any) -> list[dict[str, str]]:
    """What may be chosen for a value: its words, the staff of the school, the schools; the one that stands is there."""
    today = day_of(edge.now())
    if field.choices:
        return [{"value": one[0], "label": label({"zh": one[1], "en": one[2]})} for one in field.choices]
    if field.entered == "school":
        return [{"value": one[0], "label": label({"zh": one[1], "en": one[2]})} for one in people.school_names(today)]
    if field.entered != "person":
        return []
    staff = {one.id: one.name for one in persons.people_of(edge.actor(), school_id, today, limit=MOST)}
    known = {**people.names([str(held)]), **staff} if held else staff
    return [{"value": one, "label": name} for one, name in known.items()]

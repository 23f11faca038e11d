"""Corrections of what cases have brought about: proposed by one person of bureau HR, confirmed by another."""

from collections.abc import Callable
from typing import Any

from service.access import policy
from service.flows.corrections import queries
from service.instances import commands_corrections as commands
from service.instances.commands_corrections import DecideCorrection, ProposeCorrection
from service.web import correctionview, edge
from service.web.api import api
from service.web.api.schemas import corrections as shapes
from service.web.naming import label
from service.web.words import words

CORRECTIONS = ["Corrections"]


@api.get("/process-instances/<instance_id>/correctable")
@api.output(shapes.CorrectableList)
@api.doc(tags=CORRECTIONS)
def list_correctable(instance_id: str) -> Any:
    """What of a case can be corrected now, with its values as they stand."""
    possible, way = queries.correctable_of(edge.actor(), instance_id), queries.way_for(edge.actor(), instance_id)
    return {
        "elsewhere": words(f"elsewhere.{way}", {}, edge.locale()),
        "items": [
            {"kind": kind.name, "item": item.key, "label": label({"zh": kind.zh, "en": kind.en}), "about": item.about,
             "asked": [_field(one, item.values) for one in item.fields]}
            for kind, item in possible
        ]
    }  # fmt: skip


def _field(field: Any, values: Any) -> dict[str, Any]:
    return {
        "name": field.name, "label": label({"zh": field.zh, "en": field.en}), "entered": field.entered,
        "required": field.required, "value": values.get(field.name), "choices": [one[0] for one in field.choices],
    }  # fmt: skip


@api.post("/process-instances/<instance_id>/corrections")
@api.input(shapes.CaseCorrectionIn, arg_name="body")
@api.output(shapes.CaseCorrectionOut, status_code=201)
@api.doc(tags=CORRECTIONS)
def propose_case_correction(instance_id: str, body: dict[str, Any]) -> Any:
    """Propose a correction (HR): answered with what it would do; 409 names the account that would be overdrawn."""
    wanted = ProposeCorrection(instance_id, **body)
    found = edge.repeatable(
        body,
        201,
        lambda: commands.propose_correction(edge.actor(), wanted, now=edge.now()),
        lambda ids: str(ids["correction_id"]),
    )
    return _shown(queries.correction(edge.actor(), found))


@api.get("/corrections")
@api.input(shapes.CaseCorrectionQuery, location="query", arg_name="query")
@api.output(shapes.CaseCorrectionList)
@api.doc(tags=CORRECTIONS)
def list_case_corrections(query: dict[str, Any]) -> Any:
    """Corrections of cases that I may read; those that wait, and those refused, for bureau HR and the auditor."""
    limit = query["limit"]
    asked = {"state": query["state"], "instance_id": query["process_instance_id"], "after": query["after"]}
    rows = queries.corrections(edge.actor(), **asked, limit=limit)
    return {"items": [_shown(row) for row in rows], "next": rows[-1].id if len(rows) == limit else None}


@api.get("/corrections/<correction_id>")
@api.output(shapes.CaseCorrectionOut)
@api.doc(tags=CORRECTIONS)
def get_case_correction(correction_id: str) -> Any:
    """A correction with both versions."""
    return _shown(queries.correction(edge.actor(), correction_id))


@api.post("/corrections/<correction_id>/confirm")
@api.input(shapes.CaseCorrectionAnswerIn, arg_name="body")
@api.output(shapes.CaseCorrectionOut)
@api.doc(tags=CORRECTIONS)
def confirm_case_correction(correction_id: str, body: dict[str, Any]) -> Any:
    """Carry out what somebody else has proposed: ledger, persons, records, sheet, list and record at once (HR)."""
    return _decided(body, correction_id, commands.confirm_correction)


@api.post("/corrections/<correction_id>/refuse")
@api.input(shapes.CaseCorrectionAnswerIn, arg_name="body")
@api.output(shapes.CaseCorrectionOut)
@api.doc(tags=CORRECTIONS)
def refuse_case_correction(correction_id: str, body: dict[str, Any]) -> Any:
    """Refuse a correction with a reason (HR); whoever proposed it takes it back so."""
    return _decided(body, correction_id, commands.refuse_correction)


def _decided(body: dict[str, Any], correction_id: str, command: Callable[..., None]) -> Any:
    answer = DecideCorrection(correction_id, body["reason"] or "")
    edge.repeatable(body, 200, lambda: command(edge.actor(), answer, now=edge.now()), lambda _ids: None)
    return _shown(queries.correction(edge.actor(), correction_id))


def _shown(row: Any) -> dict[str, Any]:
    told = correctionview.effects(row.effects)
    ledger = row.effects["ledger"] if policy.allows(edge.actor(), "ledger.read", row) else []
    return {**row._mapping, "ledger": ledger, "effects": told["told"], "published": told["published"]}

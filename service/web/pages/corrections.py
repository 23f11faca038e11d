"""Corrections 更正: proposed from the page of a case, looked at with both versions, confirmed by a second person."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.errors import Conflict, Invalid
from service.flows.corrections import queries
from service.instances import commands_corrections as commands
from service.instances import queries as cases
from service.instances.commands_corrections import DecideCorrection, ProposeCorrection
from service.web import correctionview, edge
from service.web.api.schemas.base import Text
from service.web.naming import label
from service.web.pages import pages, sent
from service.web.problems import status_of
from service.web.words import words


class ListQuery(sent.Query):
    """Which corrections, and the next page."""

    state = fields.String(load_default="")
    after = fields.String(load_default=None)


class WhichQuery(sent.Query):
    """What of a case is to be corrected."""

    kind = fields.String(load_default="")
    item = fields.String(load_default="")


class ProposalIn(sent.Form):
    """The right values, why, and the paper."""

    kind = Text(most=40, required=True)
    item = Text(most=36, load_default="")
    values = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    reason = Text(most=500, load_default="")
    document = Text(most=200, load_default="")
    decided_on = fields.Date(required=True)
    paper = fields.List(Text(most=64), load_default=list)


class AnswerIn(sent.Form):
    """Why a correction is refused or taken back."""

    reason = Text(most=500, load_default="")


@pages.get("/corrections")
def corrections() -> str:
    """What waits for a second person, and what was decided."""
    asked = sent.query(ListQuery)
    state = asked["state"] if asked["state"] in queries.STATES else queries.OPEN
    rows = queries.corrections(edge.actor(), state=state, after=asked["after"])
    more = rows[-1].id if len(rows) == queries.MOST else None
    items = [_shown(row) for row in rows]
    return render_template("corrections/index.html", items=items, state=state, states=queries.STATES, more=more)


@pages.get("/corrections/<correction_id>")
def correction(correction_id: str) -> str:
    """One correction: both versions side by side, what it does, who and why."""
    return render_template("corrections/show.html", item=_shown(queries.correction(edge.actor(), correction_id)))


@pages.get("/cases/<case_id>/correct")
def correct_case(case_id: str) -> str:
    """What of a case can be corrected, and the form for one of it."""
    asked = sent.query(WhichQuery)
    return _page(case_id, asked["kind"], asked["item"], {}, {})


@pages.post("/cases/<case_id>/correct")
def propose_correction(case_id: str) -> Response | tuple[str, int]:
    """Propose it; a refusal says why and loses nothing."""
    typed: Mapping[str, Any] = sent.typed(ProposalIn)
    try:
        given = sent.form(ProposalIn)
        wanted = ProposeCorrection(
            case_id, given["kind"], given["item"], given["values"], given["reason"], given["document"],
            given["decided_on"], (given["paper"] or [""])[0],
        )  # fmt: skip
        found = commands.propose_correction(edge.actor(), wanted, now=edge.now())
    except (Conflict, Invalid) as refused:
        told = sent.beside(refused)
        return _page(case_id, str(typed.get("kind")), str(typed.get("item", "")), typed, told), status_of(refused)
    flash(_("Proposed. Nothing is changed before a second person has confirmed it."))
    return redirect(url_for("pages.correction", correction_id=found))


@pages.post("/corrections/<correction_id>/confirm")
def confirm_correction(correction_id: str) -> Response:
    """Carry out what somebody else has proposed."""
    commands.confirm_correction(edge.actor(), DecideCorrection(correction_id), now=edge.now())
    flash(_("Corrected: both versions stay, and the sheet is issued anew."))
    return redirect(url_for("pages.correction", correction_id=correction_id))


@pages.post("/corrections/<correction_id>/refuse")
def refuse_correction(correction_id: str) -> Response:
    """Refuse it, or take one's own back."""
    answer = DecideCorrection(correction_id, sent.form(AnswerIn)["reason"])
    commands.refuse_correction(edge.actor(), answer, now=edge.now())
    flash(_("Done, and kept in the record of the case."))
    return redirect(url_for("pages.correction", correction_id=correction_id))


def _shown(row: Any) -> dict[str, Any]:
    actor, is_open = edge.actor(), row.state == queries.OPEN
    own = row.proposed_by in (actor.person_id, actor.account_id)
    may = policy.allows(actor, "case_correction.confirm", row)
    return {
        **correctionview.shown(row, ledger=policy.allows(actor, "ledger.read", row)), "own": own,
        "may_confirm": is_open and not own and may, "may_refuse": is_open and may,
    }  # fmt: skip


def _page(case_id: str, kind: str, item: str, typed: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    actor, row = edge.actor(), cases.case(edge.actor(), case_id)
    possible, way = queries.correctable_of(actor, case_id), queries.way_for(actor, case_id)
    chosen = [pair for pair in possible if (pair[0].name, pair[1].key) == (kind, item)] or possible[:1]
    return render_template(
        "corrections/propose.html",
        case={"id": case_id, "business_key": row.business_key, "title": row.title, "flow": row.definition_key},
        kinds=[
            {"name": one.name, "item": what.key, "label": label({"zh": one.zh, "en": one.en}), "about": what.about,
             "chosen": (one, what) in chosen}
            for one, what in possible
        ],
        form=_form(*chosen[0], row, typed) if chosen else None,
        elsewhere=words(f"elsewhere.{way}", {}, edge.locale()),
        typed=typed,
        errors=errors,
        general=errors.get("", ""),
        may=policy.allows(actor, "instance.propose_correction", row),
    )  # fmt: skip


def _form(kind: Any, item: Any, row: Any, typed: Mapping[str, Any]) -> dict[str, Any]:
    given = typed.get("values") or {}
    asked = [
        {
            "name": one.name, "entered": one.entered, "label": label({"zh": one.zh, "en": one.en}),
            "required": one.required, "value": given.get(one.name, item.values.get(one.name)),
            "choices": correctionview.choices(one, row.organisation_id, item.values.get(one.name)),
        }
        for one in item.fields
    ]  # fmt: skip
    return {"kind": kind.name, "item": item.key, "about": item.about, "fields": asked}

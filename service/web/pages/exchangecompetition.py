"""Marks of a panel in an open competition, as the receiving school enters them."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.errors import Conflict, Invalid
from service.flows.exchange import queries_openings
from service.flows.exchange.assessing import Assessed, Member
from service.flows.exchange.commands_competitions import Assess, assess
from service.web import edge
from service.web.api.schemas.base import Text, reference
from service.web.downloads import saved
from service.web.pages import pages, sent
from service.web.pages.exchangeround import opening_of, opening_page
from service.web.pages.files import loose_files
from service.web.problems import status_of
from service.web.words import words


class Seated(sent.Form):
    """Somebody of the panel; a row without a name is none."""

    name = Text(most=50, load_default="")
    unit = Text(most=100, load_default="")


class Marked(sent.Form):
    """One applicant's marks by the members, the place among equals, or why the person is declined."""

    id = reference(required=True)
    marks = fields.List(Text(most=8), load_default=list)
    place = Text(most=4, load_default="")
    declined = fields.Boolean(load_default=False)
    reason = Text(most=300, load_default="")


class AssessmentForm(sent.Form):
    """The panel of a competition and what it gave."""

    panel = fields.List(fields.Nested(Seated), load_default=list)
    rows = fields.List(fields.Nested(Marked), load_default=list)
    tie_reason = Text(most=500, load_default="")
    no_interest = fields.Boolean(load_default=False)
    sheet = fields.List(Text(most=64), load_default=list)


@pages.post("/exchange/openings/<opening_id>/assess")
def assess_exchange_opening(opening_id: str) -> Response | tuple[str, int]:
    """Keep the marks of a panel; what is refused comes back as it was typed, with what is wrong beside it."""
    opening_of(edge.actor(), opening_id)
    form = sent.form(AssessmentForm)
    try:
        sheet = next(iter(form["sheet"]), "")
        assess(edge.actor(), Assess(opening_id, _assessed(form), form["no_interest"], sheet), now=edge.now())
    except (Invalid, Conflict) as refused:
        problem = words(refused.code, refused.params, edge.locale())
        typed = {row["id"]: row for row in form["rows"]}
        panel = {"panel": form["panel"], "tie_reason": form["tie_reason"], "sent_sheet": loose_files(form["sheet"])}
        return opening_page(opening_id, problem, typed, panel, sent.beside(refused)), status_of(refused)
    flash(_("Saved."))
    return redirect(url_for("pages.exchange_opening", opening_id=opening_id))


@pages.get("/exchange/openings/<opening_id>/score-sheet")
def exchange_score_sheet(opening_id: str) -> Response:
    """The sheet that the panel has signed."""
    return saved(queries_openings.score_sheet(edge.actor(), opening_id))


def _assessed(form: Mapping[str, Any]) -> Assessed:
    """What was sent, without the rows of the panel that name nobody; a row that came short is filled up."""
    seats = [number for number, one in enumerate(form["panel"]) if one["name"].strip()]
    panel = [Member(**form["panel"][number]) for number in seats]
    judged = [row for row in form["rows"] if not row["declined"]]
    marks = {row["id"]: [dict(enumerate(row["marks"])).get(number, "") for number in seats] for row in judged}
    placed = [row for row in judged if row["place"].strip().isdecimal()]
    order = [row["id"] for row in sorted(placed, key=lambda row: int(row["place"]))]
    declined = {row["id"]: row["reason"] for row in form["rows"] if row["declined"]}
    return Assessed(panel, marks, declined, order, form["tie_reason"])

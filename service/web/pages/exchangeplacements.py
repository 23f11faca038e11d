"""The placements of a plan: how far each is, by receiving school, what is overdue, and the same as a sheet."""

from typing import Any

from flask import Response as Answer
from flask import render_template
from flask_babel import gettext as _
from marshmallow import fields

from service import sheets
from service.flows.exchange import queries, queries_placements
from service.flows.exchange.queries_placements import Placement, PlacementQuery
from service.sheets import Heading
from service.web import edge
from service.web.api.schemas.base import reference
from service.web.pages import pages, sent
from service.web.pages.exchange import head_of, said


class Which(sent.Query):
    """From or to a school, or only what is overdue."""

    school = reference(load_default=None)
    overdue = fields.Boolean(load_default=False)


@pages.get("/exchange/<plan_id>/placements")
def exchange_placements(plan_id: str) -> str:
    """Who goes where and how far it is: for the bureau, for both schools, and for the person."""
    asked = sent.query(Which)
    whole = queries_placements.placements(edge.actor(), plan_id, edge.now(), locale=edge.locale())
    return render_template(
        "exchange/placements.html",
        plan=head_of(queries.plan(edge.actor(), plan_id)),
        schools=[vars(one) for one in queries_placements.by_school(whole)],
        items=[_row(one) for one in _found(plan_id, asked)],
        asked=asked,
    )


@pages.get("/exchange/<plan_id>/placements.xlsx")
def exchange_placements_sheet(plan_id: str) -> Answer:
    """The same as a workbook."""
    year = queries.plan(edge.actor(), plan_id).year
    headings = [Heading(text, width) for text, width in (
        (_("Placed at"), 24), (_("Name"), 12), (_("Subject"), 10), (_("School of origin"), 24), (_("How"), 16),
        (_("State"), 14), (_("Arrived on"), 12), (_("Step"), 16), (_("Due"), 12), (_("overdue"), 8),
    )]  # fmt: skip
    rows = (
        (one["target"], one["name"], one["subject"], one["source"], one["manner_words"], one["state_words"],
         one["arrived_on"], one["step_words"], None if one["due_at"] is None else one["due_at"].date(),
         _("yes") if one["overdue"] else "")
        for one in map(_row, _found(plan_id, sent.query(Which)))
    )  # fmt: skip
    content = sheets.workbook(_("Placements"), headings, rows)
    named = {"Content-Disposition": f'attachment; filename="placements-{year}.xlsx"'}
    return Answer(content, mimetype=sheets.XLSX, headers=named)


def _found(plan_id: str, asked: dict[str, Any]) -> list[Placement]:
    query = PlacementQuery(asked["school"], asked["overdue"])
    return list(queries_placements.placements(edge.actor(), plan_id, edge.now(), query, locale=edge.locale()))


def _row(one: Placement) -> dict[str, Any]:
    return {
        **vars(one),
        "manner_words": said("manner", one.manner),
        "state_words": said("placement", one.state),
        "step_words": said("step", one.step),
    }

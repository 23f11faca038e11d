"""The steps of a case on paper that is told by hand, each as its paper says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import INCLUDE, Schema, fields
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response

from service.errors import Conflict, Invalid, LecternError
from service.instances import queries_told
from service.instances.queries_told import PaperCaseView
from service.instances.told import ToldCase, ToldStep, print_of, with_part
from service.tasks.papers import Tally
from service.web import edge, toldview
from service.web.api.schemas.base import Text
from service.web.formview import typed
from service.web.pages import pages, sent
from service.web.pages.toldcases import change, draft_of, item_of, way_of, whole
from workflows.catalogue import Definition

OWN = frozenset({"paper", "tally", "rows", "seen"})


class PaperIn(sent.Form):
    """What stands on the paper of a step."""

    decided_on = fields.Date(load_default=None, allow_none=True)
    decision = Text(most=64, load_default="complete")
    decided_by = Text(most=200, load_default="")
    document = Text(most=100, load_default="")
    scan = fields.List(Text(most=64), load_default=list)
    opinion = Text(most=4000, load_default="")
    about = Text(most=64, load_default="")


class TallyIn(sent.Form):
    """The count of a vote."""

    yes = sent.whole(load_default=0)
    no = sent.whole(load_default=0)
    abstain = sent.whole(load_default=0)
    present = sent.whole(load_default=0)
    members = sent.whole(load_default=None, allow_none=True)
    aside = sent.whole(load_default=0)


class StepIn(Schema):
    """A step: its paper, the count of a vote, rows, and beside them the fields of its own form."""

    class Meta:
        unknown = INCLUDE

    paper = fields.Nested(PaperIn, load_default=dict)
    tally = fields.Nested(TallyIn, load_default=None)
    rows = fields.List(fields.Dict(keys=fields.String()), load_default=list)
    seen = Text(most=64, load_default="")


class RemoveIn(sent.Form):
    """The print of the step that is taken out."""

    seen = Text(most=64, load_default="")


class AskedStep(sent.Query):
    """Which step is told next."""

    element = Text(most=200, load_default="")


@pages.get("/opening/paper-case/<paper_case_id>/steps/<int:position>")
def told_step(paper_case_id: str, position: int) -> str:
    """One step to be filled in from its paper."""
    view, told, definition = draft_of(paper_case_id)
    return _step(view, told, definition, position, _at(told, definition, position))


@pages.post("/opening/paper-case/<paper_case_id>/steps/<int:position>")
def keep_told_step(paper_case_id: str, position: int) -> Response | tuple[str, int]:
    """Keep the step as it is; what is wrong with it is shown at once."""
    view, told, definition = draft_of(paper_case_id)
    given = sent.form(StepIn)
    step = _filled(definition, _at(told, definition, position), given)
    told = with_part(told, str(position), step)
    try:
        change(view.id, str(position), step, given["seen"])
    except Conflict as stale:
        return _step(view, told, definition, position, step, stale, kept=False), 409
    refused = way_of(replace(told, steps=told.steps[: position + 1]))[1]
    if isinstance(refused, Invalid | Conflict) and any(f.path.startswith(f"steps.{position}.") for f in refused.faults):
        return _step(view, told, definition, position, step, refused), 422
    return redirect(url_for("pages.told_case", paper_case_id=view.id))


@pages.post("/opening/paper-case/<paper_case_id>/steps/<int:position>/draft")
def save_told_step(paper_case_id: str, position: int) -> Response:
    """Keep what is typed so far of a step; the print by which the page knows it again."""
    view, told, definition = draft_of(paper_case_id)
    given = sent.form(StepIn)
    step = _filled(definition, _at(told, definition, position), given)
    return jsonify({"seen": change(view.id, str(position), step, given["seen"])})


@pages.post("/opening/paper-case/<paper_case_id>/steps/<int:position>/remove")
def remove_told_step(paper_case_id: str, position: int) -> Response | tuple[str, int]:
    """Take the step that the page showed out again; another one that stands there by now stays."""
    view, told, _definition = draft_of(paper_case_id)
    if position >= len(told.steps):
        raise NoPage
    try:
        change(view.id, str(position), None, sent.form(RemoveIn)["seen"])
    except Conflict as stale:
        if stale.code != "paper_case.changed":
            raise
        return whole(
            view.id, str(_("It was changed in another window and is not taken out: see how it stands now."))
        ), 409
    return redirect(url_for("pages.told_case", paper_case_id=view.id))


def _at(told: ToldCase, definition: Definition, number: int) -> ToldStep:
    """The step that is there, or a new one of the element that is asked for, with the paper of the step before."""
    if number < len(told.steps):
        return told.steps[number]
    element_id = sent.query(AskedStep)["element"]
    if number != len(told.steps) or definition.spec.element(element_id) is None:
        raise NoPage
    before = told.steps[-1] if told.steps else ToldStep(element_id, None, "")
    return ToldStep(element_id, None, "", before.decided_by, before.document, before.attachment_id)


def _step(
    view: PaperCaseView, told: ToldCase, definition: Definition, number: int, step: ToldStep,
    refused: LecternError | None = None, *, kept: bool = True,
) -> str:  # fmt: skip
    way = way_of(replace(told, steps=told.steps[:number]))[0]
    shown = toldview.step_form(definition, told, number, way, step)
    wrong = toldview.wrong_with(refused, number)
    for part in ("form", "rows"):
        if shown[part] is not None:
            shown[part] = {**shown[part], "errors": wrong}
    stored = queries_told.one(edge.actor(), view.id).told or told
    return render_template(
        "paper/step.html", item=item_of(view, told, definition), step=shown, wrong=wrong,
        private=toldview.private(shown["form"]["schema"]), seen=print_of(stored, str(number)), kept=kept,
    )  # fmt: skip


def _filled(definition: Definition, step: ToldStep, given: Mapping[str, Any]) -> ToldStep:
    """The step as it was sent."""
    paper, element = given["paper"], definition.spec.element(step.element_id)
    form = definition.forms.get(element.form_id or "") if element is not None else None
    values = typed(form, {name: value for name, value in given.items() if name not in OWN})
    paper = {**PaperIn().load({}), **paper}
    return ToldStep(
        step.element_id, paper["decided_on"], paper["decision"], paper["decided_by"].strip() or None,
        paper["document"], (paper["scan"] or [""])[0], None, paper["opinion"].strip() or None,
        {name: value for name, value in values.items() if value not in ("", [], None)},
        Tally(**given["tally"]) if given["tally"] else None,
        toldview.rows_of(definition.key, step.element_id, given["rows"]), about=paper["about"] or None,
    )  # fmt: skip

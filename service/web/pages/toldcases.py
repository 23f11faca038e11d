"""One case on paper told by hand: its head, its application, all of it together, and then a second person."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import INCLUDE, Schema, fields
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response

from service.access import policy
from service.deployments import queries as definitions
from service.errors import Conflict, Fault, Forbidden, Invalid, LecternError
from service.instances import commands_paper_draft, commands_told, queries_paper_import, queries_told, starting
from service.instances.commands_paper_draft import ChangeDraft
from service.instances.queries_told import PaperCaseView
from service.instances.telling import Way
from service.instances.told import APPLICATION, HEAD, ToldCase, part_of, print_of
from service.people import queries as people
from service.web import edge, toldview
from service.web.api.schemas.base import Text
from service.web.formview import typed
from service.web.naming import apart, flow_name
from service.web.pages import pages, sent
from service.web.papercaseview import hold_words, rest_of
from service.web.words import words
from workflows.catalogue import Definition


class HeadIn(sent.Form):
    """Who asked when, of which school, and where the case stands."""

    organisation_id = Text(most=64, load_default="")
    initiator = Text(most=64, load_default="")
    requested_on = fields.Date(load_default=None, allow_none=True)
    element_id = Text(most=200, load_default="")
    business_key = Text(most=64, load_default="")
    hold = Text(most=100, load_default="")
    seen = Text(most=64, load_default="")


class ApplicationIn(Schema):
    """The fields of the flow's start form, and the print of how it stood."""

    class Meta:
        unknown = INCLUDE

    seen = Text(most=64, load_default="")


@pages.get("/opening/paper-cases/<key>/new")
def new_told_case(key: str) -> str:
    """The head of a case that is to be told."""
    return _head(_flow(key), {})


@pages.post("/opening/paper-cases/<key>/new")
def begin_told_case(key: str) -> Response | tuple[str, int]:
    """Keep the head, and go on with the application."""
    return _keep_head(_flow(key), None)


@pages.get("/opening/paper-case/<paper_case_id>/head")
def told_head(paper_case_id: str) -> str:
    """The head again, to be changed."""
    view, told, definition = draft_of(paper_case_id)
    return _head(definition, toldview.head_values(told), view=view)


@pages.post("/opening/paper-case/<paper_case_id>/head")
def change_told_head(paper_case_id: str) -> Response | tuple[str, int]:
    """Keep the changed head."""
    view, _told, definition = draft_of(paper_case_id)
    return _keep_head(definition, view)


@pages.get("/opening/paper-case/<paper_case_id>/application")
def told_application(paper_case_id: str) -> str:
    """The start form, as it was filled in on paper."""
    view, told, definition = draft_of(paper_case_id)
    refused = way_of(replace(told, steps=()))[1]
    return _application(view, told, definition, refused.faults if refused and told.variables else ())


@pages.post("/opening/paper-case/<paper_case_id>/application")
def keep_told_application(paper_case_id: str) -> Response | tuple[str, int]:
    """Keep it; what is wrong with it is shown at once."""
    view, told, definition = draft_of(paper_case_id)
    told, seen = _filled(told, definition)
    try:
        change(view.id, APPLICATION, told.variables, seen)
    except Conflict as stale:
        if stale.code != "paper_case.changed":
            raise
        return _application(view, told, definition, (Fault("", "paper_case.changed"),), kept=False), 409
    refused = way_of(replace(told, steps=()))[1]
    if isinstance(refused, Invalid) and refused.faults and not _of_head(refused):
        return _application(view, told, definition, refused.faults), 422
    return redirect(url_for("pages.told_case", paper_case_id=view.id))


@pages.post("/opening/paper-case/<paper_case_id>/application/draft")
def save_told_application(paper_case_id: str) -> Response:
    """Keep what is typed so far; the print by which the page knows it again."""
    view, told, definition = draft_of(paper_case_id)
    told, seen = _filled(told, definition)
    return jsonify({"seen": change(view.id, APPLICATION, told.variables, seen)})


def _filled(told: ToldCase, definition: Definition) -> tuple[ToldCase, str]:
    given = sent.form(ApplicationIn)
    seen = given.pop("seen")
    return replace(told, variables=typed(starting.start_form(definition), given)), seen


@pages.get("/opening/paper-case/<paper_case_id>")
def told_case(paper_case_id: str) -> str:
    """All that is told so far: how far the case has come by it, and what is next; for a second person to be checked."""
    return whole(paper_case_id)


@pages.post("/opening/paper-case/<paper_case_id>/hand-over")
def hand_over_told_case(paper_case_id: str) -> Response:
    """A second person decides about it from now on."""
    commands_paper_draft.hand_over_draft(edge.actor(), paper_case_id, now=edge.now())
    flash(_("It waits for a second person to confirm it."))
    return redirect(url_for("pages.told_case", paper_case_id=paper_case_id))


@pages.post("/opening/paper-case/<paper_case_id>/drop")
def drop_told_case(paper_case_id: str) -> Response:
    """Throw it away."""
    commands_paper_draft.drop_draft(edge.actor(), paper_case_id, now=edge.now())
    flash(_("Nothing of it is kept."))
    return redirect(url_for("pages.paper_cases"))


def _flow(key: str) -> Any:
    found = next((one for one in definitions.newest() if one.key == key), None)
    if found is None:
        raise NoPage
    return found


def draft_of(paper_case_id: str) -> tuple[PaperCaseView, ToldCase, Definition]:
    """One that is not handed over yet, what is told of it, and its flow."""
    view = queries_told.one(edge.actor(), paper_case_id)
    if view.told is None or view.state != "draft":
        raise NoPage
    return view, view.told, _flow(view.definition_key)


def change(draft_id: str, part: str, value: Any, seen: str) -> str:
    """Keep one part of what is told; its new print. Conflict("paper_case.changed")."""
    return commands_paper_draft.change_draft(edge.actor(), ChangeDraft(draft_id, part, value, seen), now=edge.now())


def way_of(told: ToldCase) -> tuple[Way | None, LecternError | None]:
    """How far it has come, or what stops it."""
    try:
        return commands_told.rehearse_way(edge.actor(), told, now=edge.now()), None
    except (Conflict, Forbidden, Invalid) as refused:
        return None, refused


def _of_head(refused: Invalid) -> bool:
    return refused.code.startswith("told.")


def _head(definition: Definition, values: Mapping[str, Any], faults: tuple[Fault, ...] = (), view: Any = None) -> str:
    places = queries_told.places(edge.actor(), definition.key)
    return render_template(
        "paper/head.html",
        flow={"key": definition.key, "name": flow_name(definition)},
        form=toldview.head_form(definition, places, values, faults),
        item_id=view.id if view else None,
        seen=print_of(view.told, HEAD) if view else "",
        nowhere=all(one.code for one in places),
    )


def _keep_head(definition: Definition, view: PaperCaseView | None) -> Response | tuple[str, int]:
    given = sent.form(HeadIn)
    person, hold, faults = _meant(definition, given)
    if not faults:
        told = view.told if view is not None and view.told is not None else _nothing(definition)
        told = replace(
            told, organisation_id=given["organisation_id"], initiator_id=person, requested_on=given["requested_on"],
            element_id=given["element_id"], business_key=given["business_key"] or None, hold_id=hold,
        )  # fmt: skip
        if view is None:
            kept = commands_paper_draft.begin_draft(edge.actor(), told, now=edge.now())
            return redirect(url_for("pages.told_application", paper_case_id=kept))
        try:
            change(view.id, HEAD, part_of(told, HEAD), given["seen"])
        except Conflict as stale:
            if stale.code != "paper_case.changed":
                raise
            return _head(definition, sent.typed(HeadIn), (Fault("", "paper_case.changed"),), view), 409
        return redirect(url_for("pages.told_case", paper_case_id=view.id))
    return _head(definition, sent.typed(HeadIn), tuple(faults), view), 422


def _nothing(definition: Definition) -> ToldCase:
    return ToldCase(definition.key, "", "", date.min, "")


def _meant(definition: Definition, given: Mapping[str, Any]) -> tuple[str, str | None, list[Fault]]:
    """Whom and which hold the head names, and what is wrong with it."""
    faults = [Fault(name, "field.required") for name in ("organisation_id", "requested_on", "element_id")
              if not given[name]]  # fmt: skip
    if not given["organisation_id"]:
        return "", None, faults
    asked = (edge.actor(), definition.key, given["organisation_id"])
    person = queries_paper_import.applicant(*asked, given["initiator"].strip(), edge.now())
    hold = queries_paper_import.hold_named(edge.actor(), given["organisation_id"], given["hold"].strip())
    if not person:
        faults.append(Fault("initiator", "told.applicant"))
    if given["hold"].strip() and hold is None:
        faults.append(Fault("hold", "told.no_hold"))
    return person or "", hold, faults


def _application(
    view: PaperCaseView, told: ToldCase, definition: Definition, faults: tuple[Fault, ...] = (), *, kept: bool = True
) -> str:
    return render_template(
        "paper/application.html", item=item_of(view, told, definition),
        form=toldview.application(definition, told, faults), private=toldview.private(starting.start_form(definition)),
        seen=print_of(queries_told.one(edge.actor(), view.id).told or told, APPLICATION), kept=kept,
    )  # fmt: skip


def item_of(view: PaperCaseView, told: ToldCase, definition: Definition) -> dict[str, Any]:
    """Who asked when, where it stands, who tells it."""
    names = people.organisation_names({told.organisation_id}, edge.locale())
    element = definition.spec.element(told.element_id)
    return {
        "id": view.id,
        "flow": flow_name(definition),
        "organisation": names.get(told.organisation_id, ""),
        "applicant": people.names([told.initiator_id]).get(told.initiator_id, ""),
        "requested_on": told.requested_on,
        "stands": apart(definition, told.element_id, element.name if element else ""),
        "business_key": told.business_key or "",
        "hold": hold_words(told.hold_id),
        "state": view.state,
        "told_by": people.names([view.proposed_by]).get(view.proposed_by, ""),
        "own": view.proposed_by == edge.actor().person_id,
        "reason": view.reason,
        "instance_id": view.instance_id,
    }


def whole(paper_case_id: str, problem: str | None = None) -> str:
    """The page of one case that is told."""
    view = queries_told.one(edge.actor(), paper_case_id)
    definition = _flow(view.definition_key)
    if view.told is None:
        return render_template("paper/told.html", item=_gone(view, definition), told=None, problem=problem)
    way, refused = way_of(view.told) if policy.allows(edge.actor(), "paper_case.rehearse") else (None, None)
    faults = refused.faults if refused else ()
    shown = toldview.application(definition, view.told)
    steps = toldview.steps_of(definition, view.told, faults)
    item = item_of(view, view.told, definition)
    told = {
        "application": {**shown, "rights": {n: "read" for n, r in shown["rights"].items() if r != "hidden"}},
        "steps": steps,
        "next": [{"id": i, "name": apart(definition, i, name)} for i, name in (way.open if way else {}).items()],
        "rest": rest_of(way.rest) if way and way.rest else None,
        "wrong": words(refused.code, refused.params, edge.locale()) if refused else None,
        "wrong_application": bool(refused) and not any(one["problems"] for one in steps),
        "empty": not view.told.variables,
    }
    own = item["own"] and view.import_id is None
    return render_template(
        "paper/told.html", item=item, told=told, problem=problem,
        may_change=own and view.state == "draft",
        may_confirm=view.state == "open" and policy.allows(edge.actor(), "paper_case.confirm"),
    )  # fmt: skip


def _gone(view: PaperCaseView, definition: Definition) -> dict[str, Any]:
    """One that was decided: what was told is the case's now, or nobody's."""
    told = ToldCase(view.definition_key, view.organisation_id, view.initiator_id, view.requested_on, view.element_id)
    return item_of(view, told, definition)

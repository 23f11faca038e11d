"""One candidate: entered, corrected, taken out, and a masked number told."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.errors import Conflict, Invalid
from service.flows.hiring import commands, queries, queries_desk
from service.flows.hiring.commands import EditCandidate, RegisterCandidate, RemoveCandidate, UnmaskCandidate
from service.flows.hiring.entry_rules import DEGREES
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.casetitles import case_title
from service.web.pages import importview, pages, sent
from service.web.pages.candidates import desk_of, post_words

KEPT = ("id_number", "phone")
"""Fields that a page never shows in full: left empty they stay as they are."""


class CandidateIn(sent.Form):
    """An applicant as typed; what is wrong with a field the rules say beside it."""

    line = sent.whole(load_default=None, allow_none=True)
    name = Text(most=400, load_default="")
    id_number = Text(most=60, load_default=None, allow_none=True)
    phone = Text(most=60, load_default=None, allow_none=True)
    degree = Text(most=24, load_default=None, allow_none=True)
    graduated_from = Text(most=400, load_default="")
    certificate = Text(most=400, load_default="")
    another = fields.Boolean(load_default=False)


class EditIn(CandidateIn):
    """The same with the version that was shown."""

    version = sent.whole(required=True)


class RemoveIn(sent.Form):
    """Why the entry was wrong."""

    version = sent.whole(required=True)
    reason = Text(most=500, load_default="")


class RevealIn(sent.Form):
    """Why somebody looks; without a reason it is asked for first."""

    reason = Text(most=500, load_default="")


@pages.get("/cases/<case_id>/candidates/new")
def new_candidate(case_id: str) -> str:
    """An empty form while registration is open."""
    return _form(case_id, {})


@pages.post("/cases/<case_id>/candidates/new")
def add_candidate(case_id: str) -> Response | tuple[str, int]:
    """Enter an applicant."""
    entered = sent.form(CandidateIn)
    another = entered.pop("another")
    try:
        commands.register_candidate(edge.actor(), RegisterCandidate(case_id, entered), now=edge.now())
    except Invalid as refused:
        return _form(case_id, entered, refused=refused), 422
    flash(_("%(name)s is entered", name=entered["name"]))
    return redirect(url_for("pages.new_candidate" if another else "pages.candidates", case_id=case_id))


def _form(case_id: str, values: Mapping[str, Any], *, candidate: Any = None, refused: Invalid | None = None) -> str:
    row, desk = desk_of(case_id)
    if not desk.registers:
        raise Conflict("candidate.not_now", fields="")
    faults = refused.faults if refused else ()
    return render_template(
        "candidates/edit.html",
        case={"id": case_id, "business_key": row.business_key, "title": case_title(case_id, row.title)},
        candidate=candidate,
        values=values,
        posts=[{"line": post["line"], "words": post_words(post, post["line"])} for post in desk.posts if post["count"]],
        degrees=DEGREES,
        errors={fault.path: importview.fault_words(fault) for fault in faults},
    )


@pages.get("/candidates/<candidate_id>/edit")
def edit_candidate(candidate_id: str) -> str:
    """The form of somebody who is entered."""
    found = queries.candidate(edge.actor(), candidate_id)
    case_id = queries_desk.case_of(edge.actor(), candidate_id)
    shown = {name: getattr(found, name) for name in CandidateIn().fields if name not in (*KEPT, "another")}
    return _form(case_id, shown, candidate=found)


@pages.post("/candidates/<candidate_id>/edit")
def save_candidate(candidate_id: str) -> Response | tuple[str, int]:
    """Write what was changed of an entry."""
    found, entered = queries.candidate(edge.actor(), candidate_id), sent.form(EditIn)
    case_id = queries_desk.case_of(edge.actor(), candidate_id)
    changed = _changed(found, entered)
    if changed:
        try:
            command = EditCandidate(candidate_id, entered["version"], changed)
            commands.edit_candidate(edge.actor(), command, now=edge.now())
        except Invalid as refused:
            return _form(case_id, entered, candidate=found, refused=refused), 422
        flash(_("%(name)s is corrected", name=entered["name"]))
    return redirect(url_for("pages.candidates", case_id=case_id))


def _changed(found: Any, entered: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that differ from what stands; a number left empty is kept."""
    own = {name: value for name, value in entered.items() if name not in ("version", "another")}
    kept = {name for name in KEPT if own[name] is None}
    return {n: value for n, value in own.items() if n not in kept and (n in KEPT or value != getattr(found, n))}


@pages.post("/candidates/<candidate_id>/remove")
def remove_candidate(candidate_id: str) -> Response:
    """Take out what was entered wrongly."""
    entered = sent.form(RemoveIn)
    case_id = queries_desk.case_of(edge.actor(), candidate_id)
    command = RemoveCandidate(candidate_id, entered["version"], entered["reason"])
    commands.remove_candidate(edge.actor(), command, now=edge.now())
    flash(_("The entry is removed"))
    return redirect(url_for("pages.candidates", case_id=case_id))


@pages.post("/candidates/<candidate_id>/reveal/<field>")
def reveal_candidate(candidate_id: str, field: str) -> str:
    """Ask why, then tell the number; the look is recorded in the case first."""
    reason = sent.form(RevealIn)["reason"]
    address = url_for("pages.reveal_candidate", candidate_id=candidate_id, field=field)
    if not reason:
        return render_template("components/reveal_reason.html", reveal_url=address, key=candidate_id)
    command = UnmaskCandidate(candidate_id, field, reason)
    return render_template(
        "components/revealed.html", value=commands.unmask_candidate(edge.actor(), command, now=edge.now())
    )

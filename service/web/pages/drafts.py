"""A draft between its authors and the second person: what it changes, what the gate finds, asking and answering."""

from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from service.deployments import commands_approval, commands_drafts, contents, packing, queries_diff, queries_drafts
from service.deployments.commands_approval import Reasoned
from service.deployments.commands_drafts import DraftStep
from service.deployments.drafts import OPEN
from service.errors import Conflict, Forbidden, Invalid, LecternError, NotFound
from service.people import queries as people
from service.web import draftview, edge, flowview
from service.web.api.definitions import ZIP, download
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from workflows.references import kind_of


class ActIn(sent.Form):
    """The version of the draft that was shown, and why."""

    version = sent.whole(required=True)
    reason = Text(most=500, load_default="")


ACTS = {
    "ask": (commands_approval.ask_approval, Reasoned),
    "withdraw": (commands_approval.withdraw_request, Reasoned),
    "approve": (commands_approval.approve_draft, Reasoned),
    "refuse": (commands_approval.refuse_draft, Reasoned),
    "rebase": (commands_drafts.rebase_draft, DraftStep),
    "discard": (commands_drafts.discard_draft, DraftStep),
}


@pages.get("/drafts/<draft_id>")
def draft(draft_id: str) -> str:
    """The draft with its differences and findings."""
    return _page(draft_id)


def _page(draft_id: str, problem: str | None = None, reason: str = "") -> str:
    found = draftview.draft_of(draft_id)
    files = queries_drafts.files(edge.actor(), draft_id)
    barred = found["why_not_approve"] if found["state"] == "asked" else None
    return render_template(
        "definitions/draft.html",
        draft={**found, "author_names": flowview.names(found["authors"])},
        has_diagram=any(kind_of(name) == "bpmn" for name in files),
        findings=flowview.findings(draftview.findings_of(draft_id)),
        difference=flowview.difference(queries_diff.of_draft(edge.actor(), draft_id)),
        approvers=_approvers(draft_id) if found["state"] in OPEN else None,
        barred=flowview.refused(barred, {}) if barred else None,
        problem=problem, reason=reason,
    )  # fmt: skip


def _approvers(draft_id: str) -> dict[str, Any] | None:
    """The names of who may approve today, and of who will with the day; None where no second person is needed."""
    found = queries_drafts.approvers(edge.actor(), draft_id, edge.now())
    if found is None:
        return None
    names = people.names([one.person_id for one in found])
    later = [{"name": names[one.person_id], "since": one.since} for one in found if one.since]
    return {"now": [names[one.person_id] for one in found if not one.since], "later": later}


@pages.get("/drafts/<draft_id>/diagram.bpmn")
def draft_diagram(draft_id: str) -> Answer:
    """The diagram's XML, for the viewer; the file that lies least deep."""
    files = queries_drafts.files(edge.actor(), draft_id)
    names = sorted((n for n in files if kind_of(n) == "bpmn"), key=lambda n: (n.count("/"), n != "flow.bpmn", n))
    if not names:
        raise NotFound("http.404", path=draft_id)
    return Answer(files[names[0]], mimetype="application/xml")


@pages.get("/drafts/<draft_id>/export")
def export_draft_files(draft_id: str) -> Answer:
    """The files of a draft as a ZIP."""
    found = queries_drafts.files(edge.actor(), draft_id)
    return download(packing.pack(contents.bytes_of(found)), "draft.zip", ZIP)


@pages.post("/drafts/<draft_id>/<act>")
def act_on_draft(draft_id: str, act: str) -> Response | tuple[str, int]:
    """Ask, take back, approve, refuse, rebase or discard; else the page again with what stands against it."""
    if act not in ACTS:
        raise NotFound("http.404", path=act)
    given = sent.form(ActIn)
    try:
        done = _done(act, draft_id, given)
    except (Conflict, Forbidden, Invalid) as refused:
        status = {Conflict: 409, Forbidden: 403, Invalid: 422}[type(refused)]
        return _page(draft_id, _why(refused), given["reason"]), status
    flash(_said(act))
    if act == "approve":
        return redirect(url_for("pages.definition", definition_id=done.definition_id))
    leads = {"discard": "pages.definitions"}.get(act)
    return redirect(url_for(leads) if leads else url_for("pages.draft", draft_id=draft_id))


def _done(act: str, draft_id: str, given: dict[str, Any]) -> Any:
    command, sort = ACTS[act]
    fields = (draft_id, given["version"]) + ((given["reason"],) if sort is Reasoned else ())
    run: Any = command
    return run(edge.actor(), sort(*fields), now=edge.now())


def _why(refused: LecternError) -> str:
    return flowview.refused(refused.code, refused.params)


def _said(act: str) -> str:
    said: dict[str, str] = {
        "ask": _("Asked: another admin can approve it now."),
        "withdraw": _("Taken back: you can go on editing."),
        "approve": _("Published. Running cases go on by their own version."),
        "refuse": _("Given back to its authors."),
        "rebase": _("The newest version is its base now."),
        "discard": _("Discarded. Its files are kept and can be exported."),
    }
    return said[act]

"""A committee's sitting: list, draw, marks, opening the votes; and the ballots of a member, one for each candidate."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from service.flows.title import commands_sessions, commands_sitting, queries, queries_sessions
from service.flows.title.commands_sessions import Draw, Excuse, ListCandidates, PlanSession
from service.flows.title.commands_sitting import EnterMarks, OpenVote
from service.tasks import voting
from service.tasks.commands import CompleteTask, complete_task
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.pages.titles import VersionIn
from service.web.words import words


class PlanIn(sent.Form):
    """A sitting to be planned."""

    organisation_id = Text(most=64, required=True)
    name = Text(most=200, load_default="")
    level = Text(most=16, required=True)
    kind = Text(most=16, required=True)
    subject = Text(most=40, load_default=None, allow_none=True)
    seats = sent.whole(1, 99, required=True)
    filing = Text(most=300, load_default="")
    meets_on = fields.Date(required=True)
    vote_until = fields.Date(required=True)


class ListIn(VersionIn):
    """The cases on the list."""

    cases = fields.List(fields.String(), load_default=list)


class MarkIn(sent.Form):
    """The marks of one candidate, as they were typed."""

    id = Text(most=64, required=True)
    demonstration = Text(most=20, load_default=None, allow_none=True)
    interview = Text(most=20, load_default=None, allow_none=True)


class MarksIn(sent.Form):
    """The marks of the list."""

    rows = fields.List(fields.Nested(MarkIn), load_default=list)


class ExcuseIn(VersionIn):
    """Who cannot come, and why."""

    person_id = Text(most=64, required=True)
    reason = Text(most=200, load_default="")


class BallotIn(sent.Form):
    """One ballot paper: the vote, and the choice where one was made."""

    id = Text(most=64, required=True)
    version = sent.whole(required=True)
    decision = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(voting.CHOICES))


class BallotsIn(sent.Form):
    """The papers of a page, and that no interest stands against those that were filled in."""

    rows = fields.List(fields.Nested(BallotIn), load_default=list)
    no_interest = fields.Boolean(load_default=False)


PAPERS = 20
"""Ballot papers on a page."""


@pages.post("/title-batches/<batch_id>/sessions")
def plan_title_session(batch_id: str) -> Response:
    """Plan a sitting; what is wrong is said and nothing is kept."""
    found = sent.form(PlanIn)
    try:
        planned = PlanSession(batch_id=batch_id, **found)
        session_id = commands_sessions.plan_session(edge.actor(), planned, now=edge.now())
    except Invalid as refused:
        flash(" ".join(_said(fault) for fault in refused.faults), "error")
        return redirect(url_for("pages.title_batch", batch_id=batch_id, _anchor="plan"))
    return redirect(url_for("pages.title_session", session_id=session_id))


def _said(fault: Fault) -> str:
    return words(fault.code, fault.params, edge.locale())


@pages.get("/title-sessions/<session_id>")
def title_session(session_id: str) -> str:
    """The sitting as who convenes it sees it."""
    return _page(session_id)


def _page(session_id: str, *, entered: Mapping[str, Any] | None = None, errors: Mapping[str, Any] | None = None) -> str:
    actor, row = edge.actor(), queries_sessions.session(edge.actor(), session_id)
    convenes = policy.allows(actor, "title.convene", row)
    if not convenes and not actor.has("auditor", "bureau_leader"):
        raise Forbidden("access.role_missing", action="title.convene")
    found = queries_sessions.candidates(actor, session_id)
    members = queries_sessions.members(actor, session_id)
    return render_template(
        "titles/session.html",
        session=row,
        batch=queries.batch(actor, row.batch_id),
        convenes=convenes,
        candidates=[{**vars(one), "entered": (entered or {}).get(one.instance_id)} for one in found],
        waiting=_waiting(row, found),
        members=members,
        pool=queries_sessions.pool_size(actor, session_id) if row.state == "planned" else None,
        reproducible=queries_sessions.is_reproducible(actor, session_id) if row.seed else None,
        counts=_counts(found),
        unmarked=sum(one.demonstration is None or one.interview is None for one in found),
        errors=errors or {},
        today=day_of(edge.now()),
    )


def _waiting(row: Any, found: Sequence[Any]) -> int:
    """How many more wait for a sitting like this one."""
    if row.state == "voting":
        return 0
    return len(queries_sessions.waiting(edge.actor(), row.id)) - len(found)


def _counts(found: Sequence[Any]) -> dict[str, int]:
    states = ("waiting", "open", "passed", "failed", "no_quorum")
    return {state: sum(one.state == state for one in found) for state in states}


@pages.post("/title-sessions/<session_id>/list")
def list_title_candidates(session_id: str) -> Response:
    """Put everybody who waits on the list, or only those that are ticked."""
    found = sent.form(ListIn)
    cases = tuple(found["cases"]) or None
    count = commands_sessions.list_candidates(
        edge.actor(), ListCandidates(session_id, found["version"], cases), now=edge.now()
    )
    flash(_("%(n)s candidates on the list", n=count))
    return redirect(url_for("pages.title_session", session_id=session_id))


@pages.post("/title-sessions/<session_id>/draw")
def draw_title_members(session_id: str) -> Response:
    """Draw the members, once."""
    version = sent.form(VersionIn)["version"]
    drawn = commands_sessions.draw(edge.actor(), Draw(session_id, version), now=edge.now())
    flash(_("%(n)s members were drawn", n=len(drawn)))
    return redirect(url_for("pages.title_session", session_id=session_id))


@pages.post("/title-sessions/<session_id>/excuse")
def excuse_title_member(session_id: str) -> Response:
    """A member cannot come: the next one sits."""
    commands_sessions.excuse(edge.actor(), Excuse(session_id, **sent.form(ExcuseIn)), now=edge.now())
    flash(_("The next in the order of the draw sits instead"))
    return redirect(url_for("pages.title_session", session_id=session_id))


@pages.post("/title-sessions/<session_id>/marks")
def mark_title_candidates(session_id: str) -> Response | tuple[str, int]:
    """Take the marks of the list: all of them, or none with each fault beside its field."""
    rows = {row["id"]: {name: row[name] for name in commands_sitting.MARKS} for row in sent.form(MarksIn)["rows"]}
    try:
        changed = commands_sitting.enter_marks(edge.actor(), EnterMarks(session_id, rows), now=edge.now())
    except Invalid as refused:
        return _page(session_id, entered=rows, errors={fault.path: _said(fault) for fault in refused.faults}), 422
    flash(_("Saved: %(n)s candidates changed", n=changed))
    return redirect(url_for("pages.title_session", session_id=session_id))


@pages.post("/title-sessions/<session_id>/vote")
def open_title_vote(session_id: str) -> Response:
    """Let the members vote on everybody on the list."""
    version = sent.form(VersionIn)["version"]
    count = commands_sitting.open_vote(edge.actor(), OpenVote(session_id, version), now=edge.now())
    flash(_("The votes on %(n)s candidates are being opened", n=count))
    return redirect(url_for("pages.title_session", session_id=session_id))


@pages.get("/title-sessions/<session_id>/ballots")
def title_ballots(session_id: str) -> str:
    """The ballots of a member: a candidate a row, each with a vote of its own."""
    return _papers(session_id, {})


def _papers(session_id: str, refused: Mapping[str, str]) -> str:
    """At most PAPERS at once: what is cast makes room for the next ones, and no answer takes long."""
    actor, row = edge.actor(), queries_sessions.session(edge.actor(), session_id)
    found = [one for one in queries_sessions.candidates(actor, session_id) if one.mine is not None]
    left = [one for one in found if (one.mine, one.state) == ("open", "open")]
    return render_template(
        "titles/ballots.html",
        session=row,
        papers=left[:PAPERS],
        done=[one for one in found if (one.mine, one.state) != ("open", "open")],
        left=len(left),
        total=len(found),
        refused=refused,
    )


@pages.post("/title-sessions/<session_id>/ballots")
def cast_title_ballots(session_id: str) -> Response | tuple[str, int]:
    """Cast the ballots that were filled in, each by itself: one that is refused takes no other with it."""
    found = sent.form(BallotsIn)
    queries_sessions.session(edge.actor(), session_id)
    refused, cast = {}, 0
    for paper in (row for row in found["rows"] if row["decision"] is not None):
        ballot = CompleteTask(paper["id"], paper["version"], paper["decision"], no_interest=found["no_interest"])
        try:
            complete_task(edge.actor(), ballot, now=edge.now())
            cast += 1
        except (Conflict, Forbidden, Invalid, NotFound) as why:
            refused[paper["id"]] = words(why.code, why.params, edge.locale())
    if cast:
        flash(ngettext("%(num)s ballot was cast", "%(num)s ballots were cast", cast))
    if refused:
        return _papers(session_id, refused), 409
    return redirect(url_for("pages.title_ballots", session_id=session_id))

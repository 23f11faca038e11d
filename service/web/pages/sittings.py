"""A committee's sitting: planned, its list, draw, marks, opening the votes, cancelled."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.errors import Conflict, Forbidden, Invalid
from service.flows.title import commands_drawing, commands_sessions, commands_sitting, queries, queries_sessions
from service.flows.title.commands_drawing import Draw, Excuse
from service.flows.title.commands_sessions import CancelSession, ListCandidates, PlanSession
from service.flows.title.commands_sitting import EnterMarks, OpenVote
from service.flows.title.rules import MARKS
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.pages.titlebatches import VersionIn, batch_page
from service.web.problems import status_of

CHANGING = ("planned", "drawn")
"""States of a sitting in which its list, members and marks change."""


class PlanIn(sent.Form):
    """A sitting to be planned."""

    organisation_id = Text(most=64, required=True)
    name = Text(most=200, load_default="")
    level = Text(most=16, required=True)
    kind = Text(most=16, required=True)
    subject = Text(most=40, load_default=None, allow_none=True)
    seats = sent.whole(1, 99, required=True)
    filing = Text(most=300, load_default="")
    filed_on = fields.Date(required=True)
    meets_on = fields.Date(required=True)
    vote_until = fields.Date(required=True)


class ListIn(VersionIn):
    """The cases on the list that were ticked, or everybody who waits."""

    cases = fields.List(fields.String(), load_default=list)
    everybody = fields.Boolean(load_default=False)
    no_interest = fields.Boolean(load_default=False)


class CancelIn(VersionIn):
    """Why the committee does not sit."""

    reason = Text(most=200, load_default="")


class DrawIn(CancelIn):
    """Why it is drawn once more."""

    no_interest = fields.Boolean(load_default=False)


class VoteIn(VersionIn):
    """The sitting whose votes are opened."""

    no_interest = fields.Boolean(load_default=False)


class MarkIn(sent.Form):
    """The marks of one candidate, as they were typed, and as the page showed them."""

    id = Text(most=64, required=True)
    demonstration = Text(most=20, load_default=None, allow_none=True)
    interview = Text(most=20, load_default=None, allow_none=True)
    was_demonstration = Text(most=20, load_default=None, allow_none=True)
    was_interview = Text(most=20, load_default=None, allow_none=True)


class MarksIn(VersionIn):
    """The marks of the list."""

    no_interest = fields.Boolean(load_default=False)
    rows = fields.List(fields.Nested(MarkIn), load_default=list)


class ExcuseIn(VersionIn):
    """Who cannot come, and why."""

    person_id = Text(most=64, required=True)
    reason = Text(most=200, load_default="")
    no_interest = fields.Boolean(load_default=False)


@pages.post("/title-batches/<batch_id>/sessions")
def plan_title_session(batch_id: str) -> Response | tuple[str, int]:
    """Plan a sitting; what is refused stands in the form again."""
    try:
        planned = PlanSession(batch_id=batch_id, **sent.form(PlanIn))
        session_id = commands_sessions.plan_session(edge.actor(), planned, now=edge.now())
    except (Invalid, Conflict) as refused:
        return batch_page(batch_id, {"plan": sent.typed(PlanIn)}, sent.beside(refused)), status_of(refused)
    return redirect(url_for("pages.title_session", session_id=session_id))


@pages.get("/title-sessions/<session_id>")
def title_session(session_id: str) -> str:
    """The sitting as who convenes it sees it."""
    return _page(session_id)


def _page(session_id: str, *, entered: Mapping[str, Any] | None = None, errors: Mapping[str, Any] | None = None) -> str:
    """`entered`: case → the marks that were typed for it, under "" what else was; `errors`: field → what is wrong."""
    actor, locale = edge.actor(), edge.locale()
    row = queries_sessions.session(actor, session_id, locale=locale)
    convenes = policy.allows(actor, "title.convene", row)
    if not convenes and not actor.has("auditor", "bureau_leader"):
        raise Forbidden("access.role_missing", action="title.convene")
    found, typed = queries_sessions.candidates(actor, session_id, locale=locale), entered or {}
    changes = convenes and row.state in CHANGING
    return render_template(
        "titles/session.html",
        session=row,
        batch=queries.batch(actor, row.batch_id),
        editable=changes,
        candidates=[{**vars(one), "entered": typed.get(one.instance_id)} for one in found],
        choosable=(
            queries_sessions.choosable(actor, session_id, locale=locale) if changes and row.state == "planned" else []
        ),
        typed=typed.get("", {}),
        members=queries_sessions.members(actor, session_id),
        pool=queries_sessions.pool_size(actor, session_id) if row.state == "planned" else None,
        drawn_before=queries_sessions.drawn_before(actor, session_id) if row.state == "planned" else 0,
        reproducible=queries_sessions.is_reproducible(actor, session_id) if row.seed else None,
        counts=_counts(found),
        unmarked=sum(one.demonstration is None or one.interview is None for one in found),
        errors=errors or {},
    )


def _counts(found: Sequence[Any]) -> dict[str, int]:
    states = ("waiting", "open", "closed", "passed", "failed", "no_quorum")
    return {state: sum(one.state == state for one in found) for state in states}


@pages.post("/title-sessions/<session_id>/list")
def list_title_candidates(session_id: str) -> Response | tuple[str, int]:
    """Put those on the list that are ticked, also nobody; or everybody who waits."""
    found = sent.form(ListIn)
    chosen = None if found["everybody"] else tuple(found["cases"])
    listing = ListCandidates(session_id, found["version"], chosen, found["no_interest"])
    try:
        count = commands_sessions.list_candidates(edge.actor(), listing, now=edge.now())
    except (Invalid, Conflict) as refused:
        return _page(session_id, entered={"": found}, errors=sent.beside(refused)), status_of(refused)
    flash(_("%(n)s candidates on the list", n=count))
    return _there(session_id)


def _there(session_id: str) -> Response:
    return redirect(url_for("pages.title_session", session_id=session_id))


@pages.post("/title-sessions/<session_id>/draw")
def draw_title_members(session_id: str) -> Response | tuple[str, int]:
    """Draw the members, once."""
    found = sent.form(DrawIn)
    try:
        drawn = commands_drawing.draw(edge.actor(), Draw(session_id, **found), now=edge.now())
    except (Invalid, Conflict) as refused:
        return _page(session_id, entered={"": {"draw": found}}, errors=sent.beside(refused)), status_of(refused)
    flash(_("%(n)s members were drawn", n=len(drawn)))
    return _there(session_id)


@pages.post("/title-sessions/<session_id>/excuse")
def excuse_title_member(session_id: str) -> Response | tuple[str, int]:
    """A member cannot come: the next one sits."""
    found = sent.form(ExcuseIn)
    try:
        commands_drawing.excuse(edge.actor(), Excuse(session_id, **found), now=edge.now())
    except (Invalid, Conflict) as refused:
        return _page(session_id, entered={"": {"excuse": found}}, errors=sent.beside(refused)), status_of(refused)
    flash(_("The next in the order of the draw sits instead"))
    return _there(session_id)


@pages.post("/title-sessions/<session_id>/marks")
def mark_title_candidates(session_id: str) -> Response | tuple[str, int]:
    """Take the marks that were changed: all of them, or none; then everything typed stands in the form again."""
    found = sent.form(MarksIn)
    typed = {row["id"]: {name: row[name] for name in MARKS} for row in found["rows"]}
    changed = {row["id"]: _changed(row) for row in found["rows"] if _changed(row)}
    entering = EnterMarks(session_id, found["version"], changed, found["no_interest"])
    try:
        count = commands_sitting.enter_marks(edge.actor(), entering, now=edge.now())
    except (Invalid, Conflict) as refused:
        kept = {one: typed[one] for one in changed}
        return _page(session_id, entered=kept, errors=sent.beside(refused)), status_of(refused)
    flash(_("Saved: %(n)s candidates changed", n=count))
    return _there(session_id)


def _changed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The marks that are not what the page showed: what another clerk enters meanwhile is not typed over."""
    return {name: row[name] for name in MARKS if (row[name] or "") != (row[f"was_{name}"] or "")}


@pages.post("/title-sessions/<session_id>/vote")
def open_title_vote(session_id: str) -> Response | tuple[str, int]:
    """Let the members vote on everybody on the list."""
    found = sent.form(VoteIn)
    try:
        count = commands_sitting.open_vote(edge.actor(), OpenVote(session_id, **found), now=edge.now())
    except (Invalid, Conflict) as refused:
        return _page(session_id, entered={"": {"vote": found}}, errors=sent.beside(refused)), status_of(refused)
    flash(_("The votes on %(n)s candidates are being opened", n=count))
    return _there(session_id)


@pages.post("/title-sessions/<session_id>/cancel")
def cancel_title_session(session_id: str) -> Response | tuple[str, int]:
    """The committee does not sit; its candidates wait for another one."""
    try:
        cancelled = CancelSession(session_id, **sent.form(CancelIn))
        commands_sessions.cancel_session(edge.actor(), cancelled, now=edge.now())
    except (Invalid, Conflict) as refused:
        return _page(session_id, errors=sent.beside(refused)), status_of(refused)
    flash(_("The sitting is cancelled; its candidates wait for another one"))
    return _there(session_id)

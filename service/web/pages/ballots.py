"""The ballots of a committee's member: a candidate a row, each with a vote of its own."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import ngettext
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.flows.title import queries_sessions
from service.tasks import voting
from service.tasks.commands import CompleteTask, complete_task
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.words import words


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


@pages.get("/title-sessions/<session_id>/ballots")
def title_ballots(session_id: str) -> str:
    """The ballots of a member: a candidate a row, each with a vote of its own."""
    return _papers(session_id, {}, {})


def _papers(session_id: str, refused: Mapping[str, str], chosen: Mapping[str, str], *, unanswered: bool = False) -> str:
    """At most PAPERS at once: what is cast makes room for the next ones, and no answer takes long.

    `chosen` goes back to the browser that sent it and is kept nowhere.
    """
    actor, locale = edge.actor(), edge.locale()
    row = queries_sessions.session(actor, session_id, locale=locale)
    listed = queries_sessions.candidates(actor, session_id, locale=locale)
    found = [one for one in listed if one.mine is not None]
    left = [one for one in found if (one.mine, one.state) == ("open", "open")]
    return render_template(
        "titles/ballots.html",
        session=row,
        papers=left[:PAPERS],
        done=[one for one in found if (one.mine, one.state) != ("open", "open")],
        left=len(left),
        total=len(found),
        refused=refused,
        chosen=chosen,
        unanswered=unanswered,
    )


@pages.post("/title-sessions/<session_id>/ballots")
def cast_title_ballots(session_id: str) -> Response | tuple[str, int]:
    """Cast the ballots that were filled in, each by itself: one that is refused takes no other with it."""
    found = sent.form(BallotsIn)
    queries_sessions.session(edge.actor(), session_id)
    filled = {row["id"]: row for row in found["rows"] if row["decision"] is not None}
    chosen = {task_id: row["decision"] for task_id, row in filled.items()}
    if filled and not found["no_interest"]:
        return _papers(session_id, {}, chosen, unanswered=True), 422
    refused = {task_id: why for task_id, row in filled.items() if (why := _cast(row)) is not None}
    if len(refused) < len(filled):
        cast = len(filled) - len(refused)
        flash(ngettext("%(num)s ballot was cast", "%(num)s ballots were cast", cast))
    if refused:
        return _papers(session_id, refused, chosen), 409
    return redirect(url_for("pages.title_ballots", session_id=session_id))


def _cast(paper: Mapping[str, Any]) -> str | None:
    """Cast one ballot; why it was refused, in words."""
    ballot = CompleteTask(paper["id"], paper["version"], paper["decision"], no_interest=True)
    try:
        complete_task(edge.actor(), ballot, now=edge.now())
    except (Conflict, Forbidden, Invalid, NotFound) as why:
        return words(why.code, why.params, edge.locale())
    return None

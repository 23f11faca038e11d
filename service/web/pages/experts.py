"""The pool of experts: who may be drawn for a committee, of which titles and subjects, in which term."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.errors import Invalid
from service.flows.title import commands_experts, queries_sessions, rules
from service.flows.title.commands_experts import EndTerm, EnterExpert
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.pages.titles import places
from service.web.words import words


class ExpertIn(sent.Form):
    """A term in a pool."""

    organisation_id = Text(most=64, required=True)
    person_id = Text(most=64, required=True)
    highest = Text(most=16, required=True)
    subject = Text(most=40, load_default=None, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True)
    document = Text(most=300, load_default="")


class EndIn(sent.Form):
    """The first day without the term."""

    on = fields.Date(required=True)


@pages.get("/title-experts")
def title_experts() -> str:
    """The terms that last, and a form for another one."""
    return _page({}, {})


def _page(entered: dict[str, Any], errors: dict[str, str]) -> str:
    actor, today = edge.actor(), day_of(edge.now())
    policy.require(actor, "title.enter_expert", policy.Target(organisation_id=actor.organisation_id))
    found = queries_sessions.experts(actor, today)
    return render_template(
        "titles/experts.html", experts=found, places=places("title.enter_expert"), levels=rules.LEVELS, entered=entered,
        errors=errors, people=queries_sessions.possible_experts(actor, today),
    )  # fmt: skip


@pages.post("/title-experts")
def enter_title_expert() -> Response | tuple[str, int]:
    """Enter a term; what is wrong stands beside its field."""
    found = sent.form(ExpertIn)
    try:
        commands_experts.enter_expert(edge.actor(), EnterExpert(**found), now=edge.now())
    except Invalid as refused:
        return _page(found, {one.path: words(one.code, one.params, edge.locale()) for one in refused.faults}), 422
    flash(_("Entered in the pool"))
    return redirect(url_for("pages.title_experts"))


@pages.post("/title-experts/<expert_id>/end")
def end_title_expert(expert_id: str) -> Response:
    """End a term early."""
    commands_experts.end_term(edge.actor(), EndTerm(expert_id, sent.form(EndIn)["on"]), now=edge.now())
    flash(_("The term ends earlier now"))
    return redirect(url_for("pages.title_experts"))

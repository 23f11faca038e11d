"""The pool of experts: who may be drawn for a committee, of which titles and subjects, in which term."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.errors import Conflict, Invalid
from service.flows.title import commands_experts, queries_sessions, rules
from service.flows.title.commands_experts import EndTerm, EnterExpert
from service.flows.title.queries_sessions import MOST
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.pages.titles import places
from service.web.problems import status_of


class ExpertIn(sent.Form):
    """A term in a pool; `who` are the words by which the person was looked for."""

    who = Text(most=40, load_default="")
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


class ExpertQuery(sent.Query):
    """Words of the names in the pool and of who may be entered, and the last term of the page before."""

    name = Text(most=40, load_default="")
    who = Text(most=40, load_default="")
    cursor = fields.String(load_default=None)


@pages.get("/title-experts")
def title_experts() -> str:
    """The terms that last, by the page and by name, and a form for another one."""
    return _page({}, {})


def _page(entered: dict[str, Any], errors: dict[str, str]) -> str:
    actor, today, asked = edge.actor(), day_of(edge.now()), sent.query(ExpertQuery)
    policy.require(actor, "title.enter_expert", policy.Target(organisation_id=actor.organisation_id))
    locale = edge.locale()
    found = queries_sessions.experts(actor, today, name=asked["name"], after=asked["cursor"], limit=MOST, locale=locale)
    who = entered.get("who") or asked["who"]
    return render_template(
        "titles/experts.html", experts=found, places=places("title.enter_expert"), levels=rules.LEVELS, entered=entered,
        errors=errors, people=queries_sessions.possible_experts(actor, today, name=who, locale=locale), most=MOST,
        asked=asked,
        who=who, next=found[-1].id if len(found) == MOST else None,
    )  # fmt: skip


@pages.post("/title-experts")
def enter_title_expert() -> Response | tuple[str, int]:
    """Enter a term; what is wrong stands beside its field and nothing typed is lost."""
    try:
        found = sent.form(ExpertIn)
        term = EnterExpert(**{name: value for name, value in found.items() if name != "who"})
        commands_experts.enter_expert(edge.actor(), term, now=edge.now())
    except (Invalid, Conflict) as refused:
        return _page(sent.typed(ExpertIn), sent.beside(refused)), status_of(refused)
    flash(_("Entered in the pool"))
    return redirect(url_for("pages.title_experts"))


@pages.post("/title-experts/<expert_id>/end")
def end_title_expert(expert_id: str) -> Response:
    """End a term early."""
    commands_experts.end_term(edge.actor(), EndTerm(expert_id, sent.form(EndIn)["on"]), now=edge.now())
    flash(_("The term ends earlier now"))
    return redirect(url_for("pages.title_experts"))

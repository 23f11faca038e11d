"""One person of a plan: how they stand, and what they, their school and the bureau may do about it now."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access import policy
from service.errors import Conflict, Invalid
from service.flows.exchange import (
    casework,
    commands,
    commands_applications,
    queries,
    queries_list,
    queries_openings,
    queries_rounds,
)
from service.flows.exchange.models import RESULTS
from service.flows.exchange.queries import PlanView
from service.flows.exchange.queries_list import EntryView
from service.flows.exchange.rules import MAY_APPLY
from service.web import edge
from service.web.api.schemas.base import Text, reference
from service.web.pages import pages, sent
from service.web.pages.exchange import entry_row, head_of, opening_row, plan_page, said
from service.web.problems import status_of
from service.web.words import words

WISHES = 5
Act = Callable[[str, Mapping[str, Any]], Any]
WINDOWS = {
    "apply": "apply", "withdraw": "apply", "correct": "correct", "appeal": "appeal", "ask_exception": "ask_exception",
    "decide_exception": "decide_exception", "nominate": "nominate", "opine": "opine", "settle": "settle",
}  # fmt: skip
"""What can be done here → the window of the plan that opens it; the permission has the same name."""


class ActIn(sent.Form):
    """One of the forms of the page: `act` says which; the others are empty."""

    act = fields.String(required=True, validate=validate.OneOf(list(WINDOWS)))
    text = Text(most=2000, load_default="")
    wanted = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(RESULTS))
    result = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(RESULTS))
    opinion = Text(most=8, load_default="")
    granted = fields.Boolean(load_default=False)
    wishes = fields.List(Text(most=64), load_default=list)
    anywhere = fields.Boolean(load_default=False)
    version = sent.whole(load_default=0)


class AnswerForm(sent.Form):
    """What the bureau found."""

    outcome = fields.String(
        required=True, validate=validate.OneOf(["accepted", "declined", "cleared", "rematch", "strike"])
    )
    text = Text(most=2000, load_default="")
    result = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(RESULTS))
    plan_id = reference(required=True)


@pages.get("/exchange/entries/<entry_id>")
def exchange_entry(entry_id: str) -> str:
    """How the person stands, and the forms that are open."""
    return _page(entry_id)


def _page(entry_id: str, problem: str = "", entered: Mapping[str, Any] | None = None) -> str:
    actor = edge.actor()
    found = queries_list.entry(actor, entry_id, locale=edge.locale())
    plan = queries.plan(actor, found.instance_id)
    may = [name for name, window in WINDOWS.items() if _opens(plan, found, window) and _allows(name, found)]
    own = [one for kind in ("correction", "appeal")
           for one in queries_list.objections(actor, found.instance_id, kind, entry_id)]  # fmt: skip
    return render_template(
        "exchange/entry.html",
        plan=head_of(plan),
        entry=entry_row(found),
        may=may,
        openings=[opening_row(one) for one in queries_openings.fitting(actor, found, locale=edge.locale())]
        if "apply" in may
        else [],
        objections=[{**vars(one), "outcome": said("outcome", one.outcome)} for one in own],
        why=_why(entry_id),
        results=[(code, said("result", code)) for code in RESULTS],
        most=WISHES,
        problem=problem,
        entered=entered or {},
    )


def _opens(plan: PlanView, found: EntryView, window: str) -> bool:
    """A school's window is closed by its own step; what the person does for oneself is not the school's."""
    actor = edge.actor()
    if found.person_id == actor.person_id:
        return window in plan.open
    return casework.opens_at(plan.at, window, actor, found.organisation_id)


def _allows(name: str, found: EntryView) -> bool:
    actor = edge.actor()
    action = "apply" if name == "withdraw" else name
    fits = {
        "withdraw": found.state == "applied",
        "nominate": found.state == "listed" and found.result == "REQUIRED",
        "opine": found.state in ("applied", "nominated"),
        "ask_exception": found.result == "INELIGIBLE" and found.exception is None,
        "decide_exception": found.exception is not None,
        "apply": found.result in MAY_APPLY and found.state in ("listed", "applied", "nominated"),
    }
    return fits.get(name, True) and policy.allows(actor, f"exchange_entry.{action}", found)


def _why(entry_id: str) -> dict[str, Any] | None:
    """The explanation in words: the wish that was granted, and each that was not with its reason."""
    found = queries_rounds.explanation(edge.actor(), entry_id, locale=edge.locale())
    if found is None:
        return None
    missed = [{**vars(one), "words": words(f"exchange.missed.{one.reason}", vars(one), edge.locale())}
              for one in found.missed]  # fmt: skip
    return {**vars(found), "words": said("why", found.reason), "missed": missed}


@pages.post("/exchange/entries/<entry_id>")
def act_on_exchange_entry(entry_id: str) -> Response | tuple[str, int]:
    """Do what one of the forms asks; what is refused comes back with what was typed."""
    form = sent.form(ActIn)
    try:
        ACTS[form["act"]](entry_id, form)
    except (Invalid, Conflict) as refused:
        return _page(entry_id, told(refused), form), status_of(refused)
    flash(_("Saved."))
    return redirect(url_for("pages.exchange_entry", entry_id=entry_id))


def told(refused: Invalid | Conflict) -> str:
    """What was refused and why, with each fault after it."""
    said_ = [words(refused.code, refused.params, edge.locale())]
    faults = getattr(refused, "faults", ())
    said_ += [words(fault.code, fault.params or {}, edge.locale()) for fault in faults]
    return " ".join(dict.fromkeys(said_))


def _apply(entry_id: str, form: Mapping[str, Any]) -> None:
    wishes = tuple(wish for wish in form["wishes"] if wish)
    command = commands_applications.Apply(entry_id, wishes, form["anywhere"], form["text"][:500])
    commands_applications.apply(edge.actor(), command, now=edge.now())


def _withdraw(entry_id: str, _form: Mapping[str, Any]) -> None:
    command = commands_applications.EntryCommand(entry_id)
    commands_applications.withdraw_application(edge.actor(), command, now=edge.now())


def _correct(entry_id: str, form: Mapping[str, Any]) -> None:
    command = commands.Object(entry_id, form["text"], form["wanted"])
    commands.correct_entry(edge.actor(), command, now=edge.now())


def _appeal(entry_id: str, form: Mapping[str, Any]) -> None:
    commands.appeal(edge.actor(), commands.Object(entry_id, form["text"]), now=edge.now())


def _ask_exception(entry_id: str, form: Mapping[str, Any]) -> None:
    commands.ask_exception(edge.actor(), commands.AskException(entry_id, form["text"]), now=edge.now())


def _decide_exception(entry_id: str, form: Mapping[str, Any]) -> None:
    command = commands.DecideException(entry_id, form["granted"], form["text"])
    commands.decide_exception(edge.actor(), command, now=edge.now())


def _nominate(entry_id: str, form: Mapping[str, Any]) -> None:
    command = commands_applications.EntryCommand(entry_id, form["text"])
    commands_applications.nominate(edge.actor(), command, now=edge.now())


def _opine(entry_id: str, form: Mapping[str, Any]) -> None:
    command = commands_applications.GiveOpinion(entry_id, form["opinion"], form["text"])
    commands_applications.give_opinion(edge.actor(), command, now=edge.now())


def _settle(entry_id: str, form: Mapping[str, Any]) -> None:
    command = commands.SettleEntry(entry_id, form["version"], form["result"] or "", form["text"])
    commands.settle_entry(edge.actor(), command, now=edge.now())


ACTS: dict[str, Act] = {
    "apply": _apply, "withdraw": _withdraw, "correct": _correct, "appeal": _appeal, "ask_exception": _ask_exception,
    "decide_exception": _decide_exception, "nominate": _nominate, "opine": _opine, "settle": _settle,
}  # fmt: skip


@pages.post("/exchange/objections/<objection_id>")
def answer_exchange_objection(objection_id: str) -> Response | tuple[str, int]:
    """Answer a correction or an appeal; back to the plan, and what is refused with what was typed."""
    form = sent.form(AnswerForm)
    command = commands.AnswerObjection(objection_id, form["outcome"], form["text"], form["result"])
    try:
        commands.answer_objection(edge.actor(), command, now=edge.now())
    except (Invalid, Conflict) as refused:
        return plan_page(form["plan_id"], told(refused), {"id": objection_id, **form}), status_of(refused)
    flash(_("Saved."))
    return redirect(url_for("pages.exchange_plan", plan_id=form["plan_id"]))

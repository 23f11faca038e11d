"""Openings with who wishes to come, and matching rounds with their result."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from flask import Response as FileResponse
from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.access.actor import Actor
from service.errors import Conflict, Invalid, NotFound
from service.flows.exchange import (
    assessing,
    casework,
    commands_openings,
    commands_rounds,
    queries,
    queries_openings,
    queries_rounds,
)  # fmt: skip
from service.flows.exchange.queries_openings import Applicant, OpeningView, least_members
from service.runs import queries as runs
from service.web import edge
from service.web.api.schemas.base import Text, reference
from service.web.pages import pages, sent
from service.web.pages.exchange import head_of, opening_row, plan_page, said, school_page
from service.web.pages.exchangeentry import told
from service.web.pages.runs import part_of
from service.web.problems import status_of
from service.web.words import words

JSON = "application/json"


class OfferForm(sent.Form):
    """What a school offers."""

    organisation_id = reference(required=True)
    subject = Text(most=40, load_default="")
    stage = Text(most=16, load_default="")
    band = Text(most=16, load_default="")
    count = sent.whole(load_default=0, most=1000)
    manner = Text(most=8, load_default="")
    competition = fields.Boolean(load_default=False)
    note = Text(most=300, load_default="")


class Placing(sent.Form):
    """One applicant's place in the ranking, or that they are declined, with the reason."""

    id = reference(required=True)
    rank = Text(most=4, load_default="")
    declined = fields.Boolean(load_default=False)
    reason = Text(most=300, load_default="")


class RankingForm(sent.Form):
    """All applicants of an opening."""

    rows = fields.List(fields.Nested(Placing), load_default=list)


class SeedForm(sent.Form):
    """The seed of a round; empty: it is drawn."""

    seed = sent.whole(load_default=None, allow_none=True)


@pages.post("/exchange/<plan_id>/openings")
def offer_exchange_opening(plan_id: str) -> Response | tuple[str, int]:
    """Enter an opening of a school; what is refused comes back with what was typed."""
    form = sent.form(OfferForm)
    school_id = form["organisation_id"]
    try:
        commands_openings.offer(edge.actor(), commands_openings.Offer(plan_id, **form), now=edge.now())
    except (Invalid, Conflict) as refused:
        return school_page(plan_id, school_id, problem=told(refused), entered=form), status_of(refused)
    flash(_("Saved."))
    return redirect(url_for("pages.exchange_school", plan_id=plan_id, organisation_id=school_id))


@pages.get("/exchange/openings/<opening_id>")
def exchange_opening(opening_id: str) -> str:
    """Who wishes to come, as the school ranks them, and where they went."""
    return opening_page(opening_id)


def opening_page(
    opening_id: str,
    problem: str = "",
    entered: Mapping[str, Mapping[str, Any]] | None = None,
    panel: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    """The page of an opening; what was refused, with what was typed for each applicant by id, and for the panel.

    `errors`: what is wrong, by applicant or by field of the panel.
    """
    actor, found = edge.actor(), opening_of(edge.actor(), opening_id)
    plan = queries.plan(actor, found.instance_id)
    sent_ = queries_rounds.sent(actor, opening_id)
    typed = [_typed(one, (entered or {}).get(one.entry_id, {})) for one in found.applicants]
    return render_template(
        "exchange/opening.html",
        plan=head_of(plan),
        problem=problem,
        opening={**opening_row(found), "applicants": typed, **(panel or {})},
        errors=errors or {},
        least=least_members(edge.now()),
        ranks=casework.opens_at(plan.at, "rank", actor, found.organisation_id),
        offers=casework.opens_at(plan.at, "offer", actor, found.organisation_id),
        sent=[{**one, "words": said("sent", one["outcome"])} for one in sent_],
    )


def _typed(one: Applicant, given: Mapping[str, Any]) -> dict[str, Any]:
    shown = {**vars(one), **given}
    return shown | {"total": assessing.total(shown["marks"])}


def opening_of(actor: Actor, opening_id: str) -> OpeningView:
    """An opening of one's own school, or any for bureau HR; NotFound("exchange_opening.absent")."""
    found = queries_openings.opening(actor, opening_id, locale=edge.locale())
    if not policy.allows(actor, "exchange_opening.rank", found):
        raise NotFound("exchange_opening.absent")
    return found


@pages.post("/exchange/openings/<opening_id>/take-back")
def take_back_exchange_opening(opening_id: str) -> Response:
    """Take an opening out again."""
    found = opening_of(edge.actor(), opening_id)
    place = url_for("pages.exchange_school", plan_id=found.instance_id, organisation_id=found.organisation_id)
    return _tried(lambda: commands_openings.take_back_offer(edge.actor(), opening_id, now=edge.now()), place)


@pages.post("/exchange/openings/<opening_id>/rank")
def rank_exchange_opening(opening_id: str) -> Response | tuple[str, int]:
    """Keep the ranking: numbers as they were typed, smallest first; what is refused comes back as it was typed."""
    opening_of(edge.actor(), opening_id)
    rows = sent.form(RankingForm)["rows"]
    typed = {row["id"]: row for row in rows}
    if any(row["rank"].strip() and not row["rank"].strip().isdecimal() and not row["declined"] for row in rows):
        return opening_page(opening_id, words("exchange.rank_number", {}, edge.locale()), typed), 422
    numbered = [row for row in rows if row["rank"].strip().isdecimal() and not row["declined"]]
    ranked = [row["id"] for row in sorted(numbered, key=lambda row: int(row["rank"]))]
    declined = {row["id"]: row["reason"] for row in rows if row["declined"]}
    command = commands_openings.Rank(opening_id, ranked, declined)
    try:
        commands_openings.rank(edge.actor(), command, now=edge.now())
    except (Invalid, Conflict) as refused:
        return opening_page(opening_id, told(refused), typed), status_of(refused)
    flash(_("Saved."))
    return redirect(url_for("pages.exchange_opening", opening_id=opening_id))


@pages.post("/exchange/<plan_id>/rounds")
def ask_exchange_round(plan_id: str) -> Response | tuple[str, int]:
    """Ask for a round; its page tells how far it is. What is refused comes back with the seed."""
    form = sent.form(SeedForm)
    command = commands_rounds.AskRound(plan_id, form["seed"])
    try:
        matching_id = commands_rounds.ask_round(edge.actor(), command, now=edge.now())
    except (Invalid, Conflict) as refused:
        return plan_page(plan_id, told(refused), form), status_of(refused)
    return redirect(url_for("pages.matching_round", matching_id=matching_id))


@pages.get("/exchange/rounds/<matching_id>")
def matching_round(matching_id: str) -> str:
    """A round: inputs and seed, figures, who was placed where and why; while it runs, how far it is."""
    actor, found = edge.actor(), queries_rounds.round_of(edge.actor(), matching_id)
    done = found.done_at is not None
    placed = queries_rounds.result(actor, matching_id, locale=edge.locale()) if done else ()
    return render_template(
        "exchange/round.html",
        plan=head_of(queries.plan(actor, found.instance_id)),
        round=vars(found),
        goals=_goals(found.quality),
        placed=[{**vars(one), "words": said("why", one.reason)} for one in placed],
        replays=done and policy.allows(actor, "exchange_round.ask"),
        run=None if done else _run(actor, found.run_id),
    )


@pages.get("/exchange/rounds/<matching_id>/inputs.json")
def matching_round_inputs(matching_id: str) -> FileResponse:
    """The recorded inputs as a file: whoever has it and the seed can solve the round again."""
    number, content = queries_rounds.recorded(edge.actor(), matching_id)
    return send_file(BytesIO(content), mimetype=JSON, as_attachment=True, download_name=f"round-{number}.json")


def _goals(quality: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    return [
        {"words": said("goal", name), "reached": reached, "needed": needed, "met": reached >= needed}
        for name, (reached, needed) in (quality or {}).get("goals", {}).items()
    ]


def _run(actor: Actor, run_id: str | None) -> dict[str, Any] | None:
    try:
        return part_of(runs.run_of(actor, run_id or ""))
    except NotFound:
        return None


@pages.post("/exchange/rounds/<matching_id>/replay")
def replay_exchange_round(matching_id: str) -> Response:
    """Solve the same inputs and seed once more."""
    command = commands_rounds.Replay(matching_id)
    try:
        again = commands_rounds.replay_round(edge.actor(), command, now=edge.now())
    except Conflict as refused:
        flash(told(refused), "error")
        again = matching_id
    return redirect(url_for("pages.matching_round", matching_id=again))


@pages.post("/exchange/<plan_id>/begin")
def begin_exchange_placements(plan_id: str) -> Response:
    """Ask once more for the placements to be begun."""
    place = url_for("pages.exchange_plan", plan_id=plan_id)
    return _tried(lambda: commands_rounds.begin_again(edge.actor(), plan_id, now=edge.now()), place)


def _tried(act: Callable[[], Any], place: str) -> Response:
    """Do it and go there; what is refused is said there."""
    try:
        act()
    except (Invalid, Conflict) as refused:
        flash(told(refused), "error")
    else:
        flash(_("Saved."))
    return redirect(place)

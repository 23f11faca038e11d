"""Reserved posts: the rounds, one round with pool, progress and ranking, and who holds which lent post."""

from typing import Any

from flask import Response, render_template, url_for
from marshmallow import fields, validate

from service.access import policy
from service.access.days import day_of
from service.deployments import queries as definitions
from service.flows.reserved import export, queries, ranking_view
from service.flows.reserved.queries import ApplicationView, Progress, RoundView
from service.posts import queries_loans
from service.posts.queries_loans import LoanView
from service.sheets import XLSX
from service.web import edge
from service.web.pages import pages, sent
from service.web.words import words

ROUND_FLOW, POST_FLOW = "reserved_round", "reserved_post"
TAKING = "open"


class LoanQuery(sent.Query):
    """Those that are lent now, those of them that end soon, or all that ever were."""

    show = fields.String(load_default="", validate=validate.OneOf(("", "due", "all")))


@pages.get("/reserved-posts")
def reserved() -> str:
    """Rounds of every year; the pool for those who decide on them; one's own applications for the others."""
    actor = edge.actor()
    reads = policy.allows(actor, "reserved_round.read")
    rounds = queries.round_list(actor)
    keys = {flow.key for flow in definitions.startable(actor)}
    taking = any(one.state == TAKING for one in rounds)
    own = () if reads else queries.of_every_round(actor, now=edge.now())
    return render_template(
        "reserved/index.html",
        rounds=[_round(one, reads) for one in rounds],
        pools=ranking_view.pool_now(edge.now()) if reads else [],
        own=[_application(one) for one in own],
        may_start=ROUND_FLOW in keys,
        may_apply=POST_FLOW in keys and taking,
    )


def _round(found: RoundView, reads: bool) -> dict[str, Any]:
    return {
        "year": found.year,
        "state": found.state,
        "state_words": _words("reserved_round", found.state),
        "offered": found.offered,
        "closes_at": found.closes_at,
        "applications": found.applications,
        "granted": found.granted,
        "business_key": found.business_key,
        "url": url_for("pages.reserved_round", round_id=found.id) if reads else None,
        "case_url": url_for("pages.case", case_id=found.id) if reads else None,
        "export_url": url_for("pages.export_reserved_round", round_id=found.id),
    }


def _application(found: ApplicationView) -> dict[str, Any]:
    return {
        "business_key": found.business_key,
        "url": url_for("pages.case", case_id=found.instance_id),
        "name": found.name,
        "school": _school(found),
        "band": found.band,
        "rank": found.rank,
        "granted": found.granted,
        "overdue": found.overdue,
        "why": ranking_view.why(found, edge.locale()),
        "state_words": _words("reserved_application", found.state),
    }


def _school(found: ApplicationView | Progress | LoanView) -> str:
    return found.school_name_en if edge.locale() == "en" and found.school_name_en else found.school_name


def _words(noun: str, code: str) -> str:
    return words(f"{noun}.{code}", {}, edge.locale())


@pages.get("/reserved-posts/rounds/<round_id>")
def reserved_round(round_id: str) -> str:
    """One round: the pool now, the progress of each school, everybody by rank with the reason."""
    found = ranking_view.of_round(edge.actor(), round_id, now=edge.now())
    counted = [{**vars(one), "school": _school(one)} for one in found.progress]
    return render_template(
        "reserved/round.html",
        round=_round(found.round, True),
        pools=found.pool,
        progress=counted,
        applications=[_application(one) for one in found.applications],
    )


@pages.get("/reserved-posts/rounds/<round_id>.xlsx")
def export_reserved_round(round_id: str) -> Response:
    """Ranking and progress as a workbook."""
    found = ranking_view.of_round(edge.actor(), round_id, now=edge.now())
    reply = Response(export.workbook(found.round, found.applications, edge.locale()), mimetype=XLSX)
    reply.headers["Content-Disposition"] = f"attachment; filename=reserved-{found.round.year}.xlsx"
    return reply


@pages.get("/reserved-posts/loans")
def reserved_loans() -> str:
    """Lent posts with their terms, those that end first before the others."""
    asked = sent.query(LoanQuery)
    soon = queries_loans.noticed_until(day_of(edge.now())) if asked["show"] == "due" else None
    found = queries_loans.loans(edge.actor(), open_only=asked["show"] != "all", until=soon)
    return render_template("reserved/loans.html", items=[_loan(one) for one in found], shown=asked["show"])


def _loan(found: LoanView) -> dict[str, Any]:
    today = day_of(edge.now())
    return {
        "name": found.name,
        "school": _school(found),
        "band": found.band,
        "from_on": found.from_on,
        "until": found.until,
        "appointed_on": found.appointed_on,
        "ended_on": found.ended_on,
        "because": _words("loan_ended", found.ended_because) if found.ended_because else None,
        "past": found.ended_on is None and found.until < today,
        "business_key": found.business_key,
        "url": url_for("pages.case", case_id=found.instance_id) if found.instance_id else None,
    }

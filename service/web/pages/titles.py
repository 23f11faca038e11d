"""Title evaluation: what concerns the reader, and opening the evaluation of a year."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.deployments import queries as definitions
from service.errors import Conflict, Invalid
from service.flows.title import commands, queries, queries_sessions, rules
from service.flows.title.commands import OpenBatch
from service.flows.title.queries import Application
from service.people import queries as people
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.problems import status_of

FLOW = "title"


class BatchIn(sent.Form):
    """A year's evaluation; `levels` are those that are open, `outside` those that a committee above decides."""

    year = sent.whole(2000, 2200, required=True)
    name = Text(most=200, load_default="")
    levels = fields.List(fields.String(), load_default=list)
    outside = fields.List(fields.String(), load_default=list)
    opens_on = fields.Date(required=True)
    closes_on = fields.Date(required=True)
    criteria = Text(most=400, load_default="")


class BatchQuery(sent.Query):
    """What an address proposes for a new evaluation, as text: nothing is opened by it."""

    year = Text(most=4)
    name = Text(most=200)
    levels = Text(most=200)
    outside = Text(most=200)
    opens_on = Text(most=10)
    closes_on = Text(most=10)
    criteria = Text(most=400)


@pages.get("/titles")
def titles() -> str:
    """My applications, the sittings that I belong to, the batches, and what my records say."""
    proposed = sent.query(BatchQuery)
    chosen = {name: proposed.get(name, "").split() for name in ("levels", "outside")}
    return _home({**proposed, **chosen} if proposed else {})


def _home(entered: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> str:
    actor = edge.actor()
    person_id, locale = actor.person_id, edge.locale()
    mine = queries.applications(actor, person_id=person_id, locale=locale) if person_id else []
    return render_template(
        "titles/home.html",
        mine=[application_item(one) for one in mine],
        certificates=queries.certificates(actor, person_id=person_id, locale=locale) if person_id else [],
        facts=queries.own_facts(actor, day_of(edge.now())) if actor.has("teacher") else None,
        sittings=[sitting_item(row) for row in queries_sessions.sessions(actor, locale=locale)[:20]],
        batches=queries.batches(actor),
        figures=queries.figures(actor),
        may_apply=any(flow.key == FLOW for flow in definitions.startable(actor)),
        may_open=policy.allows(actor, "title.open_batch"),
        may_enter_experts=bool(places("title.enter_expert")),
        levels=rules.LEVELS,
        entered=entered or {},
        errors=errors or {},
    )


def application_item(one: Application) -> dict[str, Any]:
    """An application as the lists show it."""
    return {**vars(one), "url": url_for("pages.case", case_id=one.instance_id)}


def sitting_item(row: Any) -> dict[str, Any]:
    """A sitting as the lists show it: who convenes it goes to its page, a member to the ballots."""
    convenes = policy.allows(edge.actor(), "title.convene", row) or edge.actor().has("auditor", "bureau_leader")
    page = "pages.title_session" if convenes else "pages.title_ballots"
    return {
        "id": row.id,
        "name": row.name,
        "level": row.level,
        "organisation": row.organisation_name,
        "meets_on": row.meets_on,
        "vote_until": row.vote_until,
        "state": row.state,
        "listed": row.listed or 0,
        "seats": row.seats,
        "url": url_for(page, session_id=row.id),
    }


@pages.post("/titles/batches")
def open_title_batch() -> Response | tuple[str, int]:
    """Open the evaluation of a year; what is refused stands in the form again."""
    try:
        found = sent.form(BatchIn)
        levels = {level: level in found["outside"] for level in found["levels"]}
        given = {name: found[name] for name in ("year", "name", "opens_on", "closes_on", "criteria")}
        batch_id = commands.open_batch(edge.actor(), OpenBatch(**given, levels=levels), now=edge.now())
    except (Invalid, Conflict) as refused:
        return _home(sent.typed(BatchIn), sent.beside(refused)), status_of(refused)
    flash(_("The evaluation of %(year)s is open", year=found["year"]))
    return redirect(url_for("pages.title_batch", batch_id=batch_id))


def places(action: str) -> list[dict[str, str]]:
    """The organisations for which the reader may do something."""
    actor = edge.actor()
    own = list(dict.fromkeys(held.organisation_id for held in actor.acting_roles))
    able = [one for one in own if policy.allows(actor, action, policy.Target(organisation_id=one))]
    names = people.organisation_names(able, edge.locale())
    return [{"id": one, "name": names.get(one, "")} for one in able]

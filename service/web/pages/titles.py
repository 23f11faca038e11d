"""Title evaluation: what concerns the reader, the batch of a year with its progress, opening and closing it."""

from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service import sheets
from service.access import policy
from service.access.days import day_of
from service.deployments import queries as definitions
from service.errors import Invalid
from service.flows.title import commands, queries, queries_progress, queries_sessions, rules
from service.flows.title.commands import ChangeBatch, CloseBatch, OpenBatch
from service.flows.title.queries import Application
from service.flows.title.queries_progress import STAGES
from service.people import queries as people
from service.sheets import XLSX, Heading
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.words import words

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


class DayIn(sent.Form):
    """Another last day."""

    version = sent.whole(required=True)
    closes_on = fields.Date(required=True)


class VersionIn(sent.Form):
    """The version that the page showed."""

    version = sent.whole(required=True)


class SchoolQuery(sent.Query):
    """The school whose applications are listed, and the last one of the page before."""

    school = fields.String(load_default=None)
    after = fields.String(load_default=None)


@pages.get("/titles")
def titles() -> str:
    """My applications, the sittings that I belong to, the batches, and what my records say."""
    return _home()


def _home(entered: dict[str, Any] | None = None, errors: dict[str, str] | None = None) -> str:
    actor = edge.actor()
    mine = queries.applications(actor, person_id=actor.person_id) if actor.person_id else []
    return render_template(
        "titles/home.html",
        mine=[application_item(one) for one in mine],
        certificates=queries.certificates(actor, person_id=actor.person_id) if actor.person_id else [],
        facts=queries.own_facts(actor, day_of(edge.now())) if actor.has("teacher") else None,
        sittings=[sitting_item(row) for row in queries_sessions.sessions(actor)[:20]],
        batches=queries.batches(actor),
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
    """Open the evaluation of a year."""
    found = sent.form(BatchIn)
    levels = {level: level in found["outside"] for level in found["levels"]}
    given = {name: found[name] for name in ("year", "name", "opens_on", "closes_on", "criteria")}
    try:
        batch_id = commands.open_batch(edge.actor(), OpenBatch(**given, levels=levels), now=edge.now())
    except Invalid as refused:
        return _home(
            found, {fault.path: words(fault.code, fault.params, edge.locale()) for fault in refused.faults}
        ), 422
    flash(_("The evaluation of %(year)s is open", year=found["year"]))
    return redirect(url_for("pages.title_batch", batch_id=batch_id))


@pages.get("/title-batches/<batch_id>")
def title_batch(batch_id: str) -> str:
    """How far a batch is, school by school, with its sittings; of one school every application by its score."""
    actor, asked = edge.actor(), sent.query(SchoolQuery)
    row = queries.batch(actor, batch_id)
    schools = queries_progress.progress(actor, batch_id, edge.now())
    school = asked["school"] or (schools[0].organisation_id if len(schools) == 1 else None)
    listed = (
        queries.applications(actor, batch_id=batch_id, organisation_id=school, after=asked["after"]) if school else []
    )
    return render_template(
        "titles/batch.html",
        batch=row,
        schools=schools,
        stages=STAGES,
        totals={stage: sum(one.stages[stage] for one in schools) for stage in STAGES},
        school=next((one for one in schools if one.organisation_id == school), None),
        applications=sorted(map(application_item, listed), key=lambda one: -(one["school_score"] or -1)),
        next=listed[-1].instance_id if len(listed) == queries.MOST else None,
        sittings=[sitting_item(one) for one in queries_sessions.sessions(actor, batch_id=batch_id)],
        may_open=policy.allows(actor, "title.open_batch"),
        places=places("title.convene"),
        levels=[level["level"] for level in row.levels],
        today=day_of(edge.now()),
    )


def places(action: str) -> list[dict[str, str]]:
    """The organisations for which the reader may do something."""
    actor = edge.actor()
    own = list(dict.fromkeys(held.organisation_id for held in actor.acting_roles))
    able = [one for one in own if policy.allows(actor, action, policy.Target(organisation_id=one))]
    names = people.organisation_names(able, edge.locale())
    return [{"id": one, "name": names.get(one, "")} for one in able]


@pages.post("/title-batches/<batch_id>/days")
def change_title_batch(batch_id: str) -> Response:
    """Let applications close on another day."""
    found = sent.form(DayIn)
    commands.change_batch(edge.actor(), ChangeBatch(batch_id, found["version"], found["closes_on"]), now=edge.now())
    flash(_("Applications close on another day now"))
    return redirect(url_for("pages.title_batch", batch_id=batch_id))


@pages.post("/title-batches/<batch_id>/close")
def close_title_batch(batch_id: str) -> Response:
    """Take no more applications; those under way go on."""
    found = sent.form(VersionIn)
    commands.close_batch(edge.actor(), CloseBatch(batch_id, found["version"]), now=edge.now())
    flash(_("No more applications are taken"))
    return redirect(url_for("pages.title_batch", batch_id=batch_id))


@pages.get("/title-batches/<batch_id>.xlsx")
def export_title_batch(batch_id: str) -> Answer:
    """Every application of a batch that the reader sees, as a workbook."""
    row = queries.batch(edge.actor(), batch_id)
    headings = [Heading(str(text)) for text in (
        _("Case"), _("Name"), _("School or office"), _("Title applied for"), _("Subject"), _("Present title"),
        _("State"), _("Score of the school"), _("Place in the queue"), _("Appointed on"),
    )]  # fmt: skip
    names = (
        "business_key", "person_name", "organisation_name", "target", "subject", "from_title", "state", "school_score",
        "place", "appointed_on",
    )  # fmt: skip
    found = queries.applications(edge.actor(), batch_id=batch_id, limit=sheets.MAX_ROWS)
    rows = ([_cell(name, getattr(one, name)) for name in names] for one in found)
    reply = Answer(sheets.workbook(row.name[:31], headings, rows), mimetype=XLSX)
    reply.headers["Content-Disposition"] = f"attachment; filename=titles-{row.year}.xlsx"
    return reply


def _cell(name: str, value: Any) -> str:
    if name == "state":
        return words(f"state.{value}", {}, edge.locale())
    return "" if value is None else str(value)

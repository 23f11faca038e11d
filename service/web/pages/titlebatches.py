"""The evaluation of a year: how far each school is, its sittings, another last day, closing, the workbook."""

from collections.abc import Sequence
from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service import sheets
from service.access import policy
from service.access.days import day_of
from service.errors import Conflict, Invalid
from service.flows.title import commands, queries, queries_progress, queries_sessions
from service.flows.title.commands import ChangeBatch, CloseBatch
from service.flows.title.queries_progress import STAGES, Progress
from service.sheets import XLSX, Heading
from service.web import edge
from service.web.pages import pages, sent
from service.web.pages.titles import application_item, places, sitting_item
from service.web.problems import status_of
from service.web.words import words


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


@pages.get("/title-batches/<batch_id>")
def title_batch(batch_id: str) -> str:
    """How far a batch is, school by school, with its sittings; of one school every application by its score."""
    return batch_page(batch_id, {}, {})


def batch_page(batch_id: str, entered: dict[str, Any], errors: dict[str, str]) -> str:
    """The page of a batch; `entered` is what was typed in its forms, `errors` what is wrong with it."""
    actor, asked = edge.actor(), sent.query(SchoolQuery)
    row = queries.batch(actor, batch_id)
    schools = queries_progress.progress(actor, batch_id, edge.now(), locale=edge.locale())
    school = asked["school"] or (schools[0].organisation_id if len(schools) == 1 else None)
    listed = (
        queries.applications(
            actor, batch_id=batch_id, organisation_id=school, after=asked["after"], locale=edge.locale()
        )
        if school
        else []
    )
    return render_template(
        "titles/batch.html",
        batch=row,
        schools=schools,
        stages={stage: stage_words(stage) for stage in STAGES},
        totals={stage: sum(one.stages[stage] for one in schools) for stage in STAGES},
        school=next((one for one in schools if one.organisation_id == school), None),
        applications=sorted(map(application_item, listed), key=lambda one: -(one["school_score"] or -1)),
        next=listed[-1].instance_id if len(listed) == queries.MOST else None,
        sittings=[
            sitting_item(one) for one in queries_sessions.sessions(actor, batch_id=batch_id, locale=edge.locale())
        ],
        may_open=policy.allows(actor, "title.open_batch"),
        places=places("title.convene"),
        levels=[level["level"] for level in row.levels],
        today=day_of(edge.now()),
        entered=entered,
        errors=errors,
    )


@pages.post("/title-batches/<batch_id>/days")
def change_title_batch(batch_id: str) -> Response | tuple[str, int]:
    """Let applications close on another day."""
    try:
        found = sent.form(DayIn)
        change = ChangeBatch(batch_id, found["version"], found["closes_on"])
        commands.change_batch(edge.actor(), change, now=edge.now())
    except (Invalid, Conflict) as refused:
        return batch_page(batch_id, sent.typed(DayIn), sent.beside(refused)), status_of(refused)
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
    """Progress and every application of a batch that the reader sees, as a workbook of two sheets."""
    actor, row = edge.actor(), queries.batch(edge.actor(), batch_id)
    found = queries.applications(actor, batch_id=batch_id, limit=sheets.MAX_ROWS, locale=edge.locale())
    where = queries_progress.standing(actor, batch_id, edge.now())
    beside = {str(_("Applications")): [_headings(), *(_line(one, where) for one in found)]}
    schools = queries_progress.progress(actor, batch_id, edge.now(), locale=edge.locale())
    first = [Heading(text) for text in (_("School"), _("All"), _("Overdue"), *map(stage_words, STAGES))]
    book = sheets.workbook(row.name[:31], first, map(_school_line, schools), beside)
    reply = Answer(book, mimetype=XLSX)
    reply.headers["Content-Disposition"] = f"attachment; filename=titles-{row.year}.xlsx"
    return reply


def stage_words(stage: str) -> str:
    """A stage of an application in words."""
    return words(f"title_stage.{stage}", {}, edge.locale())


def _school_line(school: Progress) -> Sequence[str]:
    return [school.name, str(school.total), str(school.overdue), *(str(school.stages[stage]) for stage in STAGES)]


NAMES = ("business_key", "person_name", "organisation_name", "target", "subject", "from_title", "state")
FIGURES = ("school_score", "place", "appointed_on")


def _headings() -> list[str]:
    return [str(text) for text in (
        _("Case"), _("Name"), _("School or office"), _("Title applied for"), _("Subject"), _("Present title"),
        _("State"), _("Where it stands"), _("Overdue"), _("Score of the school"), _("Place in the queue"),
        _("Appointed on"),
    )]  # fmt: skip


def _line(one: Any, where: dict[str, tuple[str, bool]]) -> Sequence[str]:
    stage, late = where.get(one.instance_id, (None, False))
    told = [stage_words(stage) if stage else "", str(_("yes")) if late else ""]
    return [*(_cell(name, getattr(one, name)) for name in NAMES), *told, *(_cell(n, getattr(one, n)) for n in FIGURES)]


def _cell(name: str, value: Any) -> str:
    if name == "state":
        return words(f"state.{value}", {}, edge.locale())
    return "" if value is None else str(value)

"""The opening day: template and upload, what headings mean, wrong cells, the load and its being taken back, export."""

from collections.abc import Mapping
from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.errors import Conflict, Invalid, LecternError
from service.opening import commands, commands_export, commands_runs, queries, workbook
from service.opening.commands import CHECK, LOAD, REVOKE, BeginImport, ConfirmMapping, RevokeImport
from service.opening.commands_export import Export
from service.opening.mapping import GUESSED, HeadingMap, SheetMap, short
from service.opening.shapes import assessment, year_of
from service.opening.staging import Staged
from service.opening.templates import TABLES
from service.opening.templates_people import STAFF
from service.runs import queries as runs
from service.sheets import XLSX
from service.web import edge, runview
from service.web.api.schemas.base import Text
from service.web.openingview import wrong_cell
from service.web.pages import pages, sent
from service.web.pages.runs import part_of
from service.web.words import words

SHOWN = 200
"""Wrong cells on the page; the rest are counted."""


class WorkbookIn(sent.Form):
    """The workbook."""

    sheet = fields.Raw(required=True)


class ReasonIn(sent.Form):
    """Why."""

    text = Text(most=400, load_default="")


class ColumnIn(sent.Form):
    """What one heading stands for."""

    column = Text(most=40, load_default=None, allow_none=True)


class SheetIn(sent.Form):
    """What one sheet is, and its headings in the order of the file."""

    table = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(TABLES)))
    was = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(list(TABLES)))
    headings = fields.List(fields.Nested(ColumnIn), load_default=list)


class MappingIn(sent.Form):
    """What every sheet is, in the order of the file; one that was shown as another table is only proposed for anew."""

    sheets = fields.List(fields.Nested(SheetIn), load_default=list)


@pages.get("/opening")
def opening() -> str:
    """What was handed in and loaded; the template, an upload, the export."""
    return _index()


@pages.get("/opening/template.xlsx")
def opening_template() -> Answer:
    """The workbook to fill in; the organisations that there are stand in it."""
    rows = {"organisations": queries.organisation_rows(edge.actor(), edge.locale())}
    return _saved(workbook.blank(edge.locale(), day_of(edge.now()).year, rows), "opening.xlsx")


@pages.post("/opening")
def upload_opening() -> Response | tuple[str, int]:
    """Keep the workbook; its page shows how the check goes on, or asks what the headings mean."""
    file = sent.form(WorkbookIn)["sheet"]
    try:
        command = BeginImport(file.stream.read(), file.filename or "")
        import_id = commands.begin_import(edge.actor(), command, now=edge.now())
    except Invalid as refused:
        return _index(problem=words(refused.code, refused.params, edge.locale())), 422
    return redirect(url_for("pages.opening_import", load_id=import_id))


@pages.post("/opening/export")
def export_opening() -> Answer | tuple[str, int]:
    """Everything in the sheets of the template; recorded with its reason."""
    try:
        command = Export(sent.form(ReasonIn)["text"], edge.locale())
        made = commands_export.export_books(edge.actor(), command, now=edge.now())
    except Invalid as refused:
        return _index(problem=words(refused.code, refused.params, edge.locale())), 422
    return _saved(workbook.filled(edge.locale(), made.years, made.rows), "opening-export.xlsx")


@pages.get("/opening/imports/<load_id>")
def opening_import(load_id: str) -> str:
    """One workbook: where it stands, what is wrong, what can be done."""
    return _show(load_id)


@pages.post("/opening/imports/<load_id>/mapping")
def map_opening(load_id: str) -> Response | tuple[str, int]:
    """Take the mapping of the page, and check the workbook by it."""
    found = queries.staged_of(edge.actor(), load_id)
    chosen = sent.form(MappingIn)["sheets"]
    maps = tuple(_chosen(one, told) for one, told in zip(found.mapping, chosen, strict=False))
    if any(told["table"] != told["was"] for told in chosen):
        return _show(load_id, mapping=maps), 200
    try:
        commands.confirm_mapping(edge.actor(), ConfirmMapping(load_id, maps), now=edge.now())
    except (Invalid, Conflict) as refused:
        return _show(load_id, problem=_told(refused), mapping=maps), 422
    return redirect(url_for("pages.opening_import", load_id=load_id))


@pages.post("/opening/imports/<load_id>/<act>")
def act_on_opening(load_id: str, act: str) -> Response | tuple[str, int]:
    """load, revoke (with a reason), release what hangs, discard."""
    reason = sent.form(ReasonIn)["text"]
    try:
        if act == "load":
            commands.load_import(edge.actor(), load_id, now=edge.now())
        elif act == "revoke":
            commands.revoke_import(edge.actor(), RevokeImport(load_id, reason), now=edge.now())
        elif act == "release":
            commands_runs.release_stuck(edge.actor(), load_id, now=edge.now())
        else:
            commands.discard_import(edge.actor(), load_id, now=edge.now())
            flash(_("The workbook was dropped."))
            return redirect(url_for("pages.opening"))
    except (Invalid, Conflict) as refused:
        return _show(load_id, problem=_told(refused)), 422 if isinstance(refused, Invalid) else 409
    return redirect(url_for("pages.opening_import", load_id=load_id))


@runview.leads(CHECK)
@runview.leads(LOAD)
@runview.leads(REVOKE)
def to_opening(run: Any) -> str:
    """The page of the workbook."""
    return url_for("pages.opening_import", load_id=run.result["import_id"])


def _told(refused: LecternError) -> str:
    said = [words(fault.code, fault.params, edge.locale()) for fault in refused.faults]
    return " ".join(dict.fromkeys(said)) or words(refused.code, refused.params, edge.locale())


def _saved(content: bytes, name: str) -> Answer:
    reply = Answer(content, mimetype=XLSX)
    reply.headers["Content-Disposition"] = f"attachment; filename={name}"
    return reply


def _index(problem: str | None = None) -> str:
    actor = edge.actor()
    return render_template(
        "opening/index.html",
        problem=problem,
        items=[_item(one) for one in queries.imports(actor)],
        may_export=policy.allows(actor, "opening.export"),
        may_read=policy.allows(actor, "opening.read"),
        may_read_papers=policy.allows(actor, "paper_case.read"),
    )


def _item(one: Staged) -> dict[str, Any]:
    names = ("id", "name", "state", "total", "wrong", "at", "loaded_at", "revoked_at", "reason")
    return {name: getattr(one, name) for name in names}


def _show(load_id: str, problem: str | None = None, mapping: tuple[SheetMap, ...] | None = None) -> str:
    found = queries.staged_of(edge.actor(), load_id)
    run = runs.find(edge.actor(), found.run_id) if found.run_id else None
    under_way = run is not None and run.ended_at is None
    shown = run is not None and found.state in ("checking", "loading", "revoking")
    return render_template(
        "opening/import.html",
        item=_item(found),
        problem=problem,
        run=part_of(run) if run is not None and (shown or run.state == "failed") else None,
        stuck=found.state in ("checking", "loading", "revoking") and not under_way,
        errors=[wrong_cell(fault) for fault in found.faults[:SHOWN]],
        more=max(0, len(found.faults) - SHOWN),
        counts=[{"sheet": _table(key), **found.counts[key]} for key in TABLES if key in found.counts],
        sheets=[_sheet(one) for one in (mapping or found.mapping)] if found.state in ("mapping", "checked") else [],
        tables=[{"key": key, "name": _table(key)} for key in TABLES],
    )


def _table(key: str) -> str:
    return TABLES[key].en if edge.locale() == "en" else TABLES[key].zh


def _sheet(one: SheetMap) -> dict[str, Any]:
    """A sheet with the columns that its headings may stand for."""
    columns = [] if one.table is None else [(c.name, c.zh, c.en) for c in TABLES[one.table].columns]
    if one.table == STAFF.key:
        years = {year for heading in one.headings if (year := year_of(short(heading.heading)))}
        columns += [(c.name, c.zh, c.en) for c in map(assessment, sorted(years))]
    chinese = edge.locale() != "en"
    return {
        "name": one.sheet,
        "table": one.table,
        "headings": [vars(heading) for heading in one.headings],
        "columns": [{"name": name, "text": zh if chinese else en} for name, zh, en in columns],
        "guessed": sum(heading.how == GUESSED for heading in one.headings),
    }


def _chosen(one: SheetMap, told: Mapping[str, Any]) -> SheetMap:
    """A sheet as the page says it is; as another table than was shown its headings are proposed anew."""
    table = told["table"]
    if table != told["was"]:
        return queries.proposed(edge.actor(), one, table)
    columns = [heading["column"] or None for heading in told["headings"]]
    headings = tuple(
        HeadingMap(heading.heading, column, heading.how if column == heading.column else GUESSED)
        for heading, column in zip(one.headings, columns, strict=False)
    )
    return SheetMap(one.sheet, table, headings)

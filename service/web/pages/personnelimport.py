"""Many personnel changes from a sheet: checked row by row before anything begins, then each a case of its own."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Response as Answer
from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from service import sheets
from service.attachments.commands import StoreAttachment, store_attachment
from service.errors import Conflict, Fault, Invalid, NotFound
from service.flows.personnel import queries_import
from service.flows.personnel.columns import COLUMNS
from service.instances import queries_batches
from service.instances.commands_batches import RUN_KIND, StartMany, start_many
from service.runs import queries as runs
from service.sheets import XLSX, Heading, Sheet
from service.web import edge, runview
from service.web.api.schemas.base import reference
from service.web.pages import pages, sent
from service.web.pages.personnel import FLOW, flow, own_school, own_schools
from service.web.pages.runs import part_of
from service.web.words import words


class SheetIn(sent.Form):
    """The sheet, the paper that its rows rest on, and the school."""

    organisation_id = reference(required=True)
    sheet = fields.Raw(required=True)
    scan = fields.Raw(required=True)


@pages.get("/personnel/import")
def import_changes() -> str:
    """Where a sheet is handed in, and the template to fill in."""
    return _page()


@pages.get("/personnel/template.xlsx")
def change_template() -> Answer:
    """An empty sheet with every column; a second one lists the words of cells with fixed values."""
    chinese = edge.locale() != "en"
    headings = [Heading(one.zh if chinese else one.en, one.width, one.required) for one in COLUMNS]
    listed = [[one.zh if chinese else one.en, *_options(one.words, chinese)] for one in COLUMNS if one.words]
    beside = {str(_("Words")): listed}
    reply = Answer(sheets.workbook(str(_("Personnel changes")), headings, (), beside), mimetype=XLSX)
    reply.headers["Content-Disposition"] = "attachment; filename=personnel-template.xlsx"
    return reply


def _options(found: Mapping[str, str], chinese: bool) -> list[str]:
    """One word a value: the Chinese one stands after the key, the English one last."""
    by_value: dict[str, list[str]] = {}
    for word, value in found.items():
        by_value.setdefault(value, []).append(word)
    return [said[min(1, len(said) - 1)] if chinese else said[-1] for said in by_value.values()]


@pages.post("/personnel/import")
def check_sheet() -> Response | tuple[str, int]:
    """Check every row; with one wrong cell nothing begins, else every row becomes a case in the background."""
    if flow() is None:
        raise NotFound("definition.absent", key=FLOW)
    given = sent.form(SheetIn)
    file, scan = given["sheet"], given["scan"]
    try:
        sheet = sheets.read(file.stream.read())
        found = queries_import.plan(edge.actor(), given["organisation_id"], sheet)
        if found.faults:
            return _page(given["organisation_id"], report=_report(file, sheet, found)), 422
        stored = store_attachment(
            edge.actor(), StoreAttachment(BytesIO(scan.stream.read()), scan.filename or ""), now=edge.now()
        )  # fmt: skip
        name = file.filename or ""
        command = StartMany(FLOW, given["organisation_id"], name, found.rows, {"scan": [stored]})
        batch_id = start_many(edge.actor(), command, now=edge.now())
    except (Invalid, Conflict) as refused:
        return _page(given["organisation_id"], problem=words(refused.code, refused.params, edge.locale())), 422
    return redirect(url_for("pages.change_batch", many_id=batch_id))


@pages.get("/personnel/imports/<many_id>")
def change_batch(many_id: str) -> str:
    """How far a batch is, and which rows were refused and why."""
    found = queries_batches.batch(edge.actor(), many_id)
    run = runs.find(edge.actor(), found.run_id) if found.run_id else None
    locale = edge.locale()
    return render_template(
        "personnel/batch.html",
        batch={"id": found.id, "name": found.name, "total": len(found.rows), "done": len(found.of("done"))},
        run=None if run is None else {**part_of(run), "url": None},
        refused=[{"label": row.label, "why": words(row.code, row.params, locale)} for row in found.of("refused")],
        started=[{"label": row.label, "url": url_for("pages.case", case_id=row.instance_id)}
                 for row in found.of("done")],
    )  # fmt: skip


@runview.leads(RUN_KIND)
def _to_batch(run: Any) -> str:
    return url_for("pages.change_batch", many_id=run.result["batch_id"])


def _page(school: str | None = None, **more: Any) -> str:
    given: dict[str, Any] = {"report": None, "problem": None, **more}
    return render_template("personnel/import.html", schools=own_schools(), school=school or own_school(), **given)


def _report(file: FileStorage, sheet: Sheet, found: Any) -> dict[str, Any]:
    """Every wrong cell with what stands in it (candidates/report.html)."""
    cells, english = dict(sheet.rows), edge.locale() == "en"
    errors = [_error(fault, cells, english) for fault in found.faults]
    return {"file": file.filename, "lines": found.total, "accepted": 0, "errors": errors}


def _error(fault: Fault, cells: Mapping[int, Mapping[str, Any]], english: bool) -> dict[str, Any]:
    params, here = fault.params, cells.get(fault.params["row"], {})
    value = here.get(params["column"], here.get(params["column_en"]))
    return {
        "line": params["row"],
        "column": params["column_en"] if english else params["column"],
        "value": "" if value is None else str(value),
        "message": words(fault.code, fault.params, edge.locale()),
    }

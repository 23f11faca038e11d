"""The opening day: template, workbooks with mapping and dry run, loads and taking them back, the export."""

from typing import Any

from service.access.days import day_of
from service.opening import commands, commands_export, commands_runs, queries, workbook
from service.opening.commands import BeginImport, ConfirmMapping, RevokeImport
from service.opening.commands_export import Export
from service.opening.mapping import HeadingMap, SheetMap
from service.sheets import XLSX
from service.web import edge
from service.web.api import Responses, api
from service.web.api.definitions import download
from service.web.api.schemas import opening as shapes
from service.web.openingview import shown

OPENING = ["Opening day"]
WORKBOOK: Responses = {
    200: {"description": "The workbook", "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
}


@api.get("/opening-template")
@api.doc(tags=OPENING, responses=WORKBOOK)
def get_opening_template() -> Any:
    """The workbook to fill in: a sheet each for organisations, numbers, pool, staff, files, locks and roles."""
    rows = {"organisations": queries.organisation_rows(edge.actor(), edge.locale())}
    return download(workbook.blank(edge.locale(), day_of(edge.now()).year, rows), "opening.xlsx", XLSX)


@api.get("/opening-imports")
@api.output(shapes.OpeningImportList)
@api.doc(tags=OPENING)
def list_opening_imports() -> Any:
    """My workbooks, and everything that was loaded."""
    return {"items": queries.imports(edge.actor())}


@api.post("/opening-imports")
@api.input(shapes.WorkbookIn, location="form_and_files", arg_name="body")
@api.output(shapes.OpeningImportOut, status_code=201)
@api.doc(tags=OPENING)
def begin_opening_import(body: dict[str, Any]) -> Any:
    """Hand a workbook in. Where every heading is known its check begins at once (`state` checking), else confirm the
    mapping first (`state` mapping). Nothing is written before `load`."""
    file = body["file"]
    sent = BeginImport(file.stream.read(), file.filename or "")
    import_id = commands.begin_import(edge.actor(), sent, now=edge.now())
    return shown(queries.staged_of(edge.actor(), import_id))


@api.get("/opening-imports/<load_id>")
@api.output(shapes.OpeningImportOut)
@api.doc(tags=OPENING)
def get_opening_import(load_id: str) -> Any:
    """What a check found: every wrong cell, or how many rows would be written."""
    return shown(queries.staged_of(edge.actor(), load_id))


@api.post("/opening-imports/<load_id>/mapping")
@api.input(shapes.MappingIn, arg_name="body")
@api.output(shapes.OpeningImportOut)
@api.doc(tags=OPENING)
def confirm_opening_mapping(load_id: str, body: dict[str, Any]) -> Any:
    """Say what the headings mean: it is remembered, and the workbook is checked anew."""
    maps = tuple(
        SheetMap(one["sheet"], one["table"], tuple(HeadingMap(**heading) for heading in one["headings"]))
        for one in body["sheets"]
    )  # fmt: skip
    commands.confirm_mapping(edge.actor(), ConfirmMapping(load_id, maps), now=edge.now())
    return shown(queries.staged_of(edge.actor(), load_id))


@api.post("/opening-imports/<load_id>/load")
@api.output(shapes.RunAsked, status_code=202)
@api.doc(tags=OPENING)
def load_opening_import(load_id: str) -> Any:
    """Load a workbook without wrong cells, in the background: everything at once, or nothing."""
    return {"run_id": commands.load_import(edge.actor(), load_id, now=edge.now())}


@api.post("/opening-imports/<load_id>/revoke")
@api.input(shapes.WhyIn, arg_name="body")
@api.output(shapes.RunAsked, status_code=202)
@api.doc(tags=OPENING)
def revoke_opening_import(load_id: str, body: dict[str, Any]) -> Any:
    """Take a load back as a whole, in the background; 409 names the case that uses it already."""
    sent = RevokeImport(load_id, body["reason"])
    return {"run_id": commands.revoke_import(edge.actor(), sent, now=edge.now())}


@api.post("/opening-imports/<load_id>/release")
@api.output({}, status_code=204)
@api.doc(tags=OPENING)
def release_opening_import(load_id: str) -> Any:
    """Put a workbook whose background work failed or was cancelled back to the state before."""
    commands_runs.release_stuck(edge.actor(), load_id, now=edge.now())
    return ""


@api.post("/opening-imports/<load_id>/discard")
@api.output({}, status_code=204)
@api.doc(tags=OPENING)
def discard_opening_import(load_id: str) -> Any:
    """Drop a workbook that was not loaded."""
    commands.discard_import(edge.actor(), load_id, now=edge.now())
    return ""


@api.post("/opening-export")
@api.input(shapes.WhyIn, arg_name="body")
@api.doc(tags=OPENING, responses=WORKBOOK)
def export_opening_book(body: dict[str, Any]) -> Any:
    """Everything in the sheets of the template, numbers of persons in plain; who took it and why is recorded."""
    made = commands_export.export_books(edge.actor(), Export(body["reason"], edge.locale()), now=edge.now())
    return download(workbook.filled(edge.locale(), made.years, made.rows), "opening-export.xlsx", XLSX)

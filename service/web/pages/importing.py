"""Import of candidates from a sheet: handed in, then checked part by part while the page shows how far it is."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from service.errors import Invalid, NotFound
from service.flows.hiring import commands_import, queries_import
from service.flows.hiring.commands_import import BeginImport, ImportStep
from service.flows.hiring.staging import Progress
from service.web import edge
from service.web.pages import importview, pages, sent
from service.web.pages.candidates import desk_of


class SheetIn(sent.Form):
    """The sheet, filled in."""

    sheet = fields.Raw(required=True)


@pages.post("/cases/<case_id>/candidates/import")
def import_candidates(case_id: str) -> Response:
    """Keep the sheet; the list of candidates then shows how its check goes on."""
    desk_of(case_id)
    file: FileStorage = sent.form(SheetIn)["sheet"]
    sheet = BeginImport(case_id, file.stream.read(), file.filename or "")
    commands_import.begin_import(edge.actor(), sheet, now=edge.now())
    return redirect(_list_of(case_id))


@pages.post("/cases/<case_id>/candidates/import/<import_id>")
def import_step(case_id: str, import_id: str) -> Response | str:
    """One step: the next rows are checked or, when all are right, everything is written at once."""
    desk_of(case_id)
    found = queries_import.progress(edge.actor(), import_id)
    if found.instance_id != case_id:
        raise NotFound("import.absent", import_id=import_id)
    if not found.checked:
        return _shown(commands_import.check_part(edge.actor(), ImportStep(import_id), now=edge.now()))
    return _shown(found) if found.faults else _written(found)


def _shown(found: Progress) -> Response | str:
    """The report alone where the page asked for it; without scripts the whole list shows it."""
    if "HX-Request" not in request.headers:
        return redirect(_list_of(found.instance_id))
    return render_template("candidates/report.html", report=importview.report_of(found))


def _written(found: Progress) -> Response | str:
    """The list anew, everybody in it; or what turned out wrong only when all rows were seen together."""
    try:
        done = commands_import.finish_import(edge.actor(), ImportStep(found.id), now=edge.now())
    except Invalid as refused:
        if refused.code != "import.rows":
            raise
        return render_template("candidates/report.html", report=importview.refused(found, refused.faults))
    flash(_("%(n)s candidates imported from %(file)s", n=done.inserted + done.changed, file=found.name))
    there = redirect(_list_of(found.instance_id))
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": there.location})
    return there


def _list_of(case_id: str) -> str:
    return url_for("pages.candidates", case_id=case_id)

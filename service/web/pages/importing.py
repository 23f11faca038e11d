"""Import of candidates from a sheet: handed in, then checked in the background while the list shows how far it is."""

from typing import Any

from flask import redirect, url_for
from marshmallow import fields
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from service.flows.hiring import commands_import
from service.flows.hiring.commands_import import KIND, BeginImport
from service.web import edge, runview
from service.web.pages import pages, sent
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
    return redirect(url_for("pages.candidates", case_id=case_id))


@runview.leads(KIND)
def imported(run: Any) -> str:
    """The list, with everybody in it or with what is wrong in the sheet."""
    return url_for("pages.candidates", case_id=run.result["instance_id"])

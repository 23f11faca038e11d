"""Cases on paper: a workbook of a flow, tried case by case, handed to a second person, confirmed."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from service import sheets
from service.access import policy
from service.attachments.commands import StoreAttachment, store_attachment
from service.deployments import queries as definitions
from service.errors import Conflict, Forbidden, Invalid, LecternError
from service.instances import commands_paper_import, commands_told, queries_paper_import, queries_told
from service.instances.commands_paper_import import CONFIRM, TRY, KeepWorkbook
from service.instances.commands_told import DecideTold
from service.instances.paper_sheets import MOST
from service.instances.queries_told import PaperCaseView
from service.runs import queries as runs
from service.sheets import XLSX
from service.web import edge, runview
from service.web.api.schemas.base import Text
from service.web.naming import flow_name
from service.web.pages import pages, sent
from service.web.pages.runs import part_of
from service.web.pages.toldcases import whole
from service.web.papercaseview import blank, case_of, names_of, wrong_cell
from service.web.words import words

ROWS = 5_000
SCANS = 300
SHOWN = 200
"""Wrong cells on the page; the rest are counted."""


class WorkbookIn(sent.Form):
    """The flow, the workbook, and the scans that it names."""

    flow = Text(most=64, required=True)
    sheet = fields.Raw(required=True)
    scans = fields.List(fields.Raw(), load_default=list)


class ReasonIn(sent.Form):
    """Why."""

    text = Text(most=500, load_default="")


@pages.get("/opening/paper-cases")
def paper_cases() -> str:
    """Workbooks that were handed in, the template of each flow, an upload, and where a case may stand."""
    return _index()


@pages.get("/opening/paper-cases/<key>/template.xlsx")
def paper_case_template(key: str) -> Answer:
    """The workbook of a flow to fill in."""
    reply = Answer(blank(queries_paper_import.layout(edge.actor(), key), edge.locale()), mimetype=XLSX)
    reply.headers["Content-Disposition"] = f"attachment; filename=paper-cases-{key}.xlsx"
    return reply


@pages.get("/opening/paper-cases/<key>/places")
def paper_places(key: str) -> str:
    """At which steps of a flow a case on paper may stand, and why not at the others."""
    found = queries_told.places(edge.actor(), key)
    told = [
        {"name": one.name, "id": one.element_id, "why": words(one.code, _named(one), edge.locale()) if one.code else ""}
        for one in found
    ]
    return render_template("paper/places.html", flow=_flow(key), places=told)


@pages.post("/opening/paper-cases")
def upload_paper_cases() -> Response | tuple[str, int]:
    """Read the workbook; with a wrong cell nothing is kept, else every case is tried in the background."""
    given = sent.form(WorkbookIn)
    file: FileStorage = given["sheet"]
    try:
        read = sheets.read_book(file.stream.read(), ROWS)
        scans = _kept(given["scans"])
        found, faults = queries_paper_import.read(edge.actor(), given["flow"], read, scans, edge.now())
        if faults:
            return _index(given["flow"], errors=[wrong_cell(fault) for fault in faults], file=file.filename), 422
        command = KeepWorkbook(given["flow"], file.filename or "", found)
        import_id = commands_paper_import.keep_workbook(edge.actor(), command, now=edge.now())
    except (Invalid, Conflict) as refused:
        return _index(given["flow"], problem=_told(refused)), 422
    return redirect(url_for("pages.paper_workbook", import_id=import_id))


def _kept(scans: list[FileStorage]) -> dict[str, str]:
    """File name → upload; a file that a workbook does not name is forgotten as any other upload."""
    if len(scans) > SCANS:
        raise Invalid("told.scans", most=SCANS)
    return {one.filename or "": _stored(one) for one in scans}


def _stored(file: FileStorage) -> str:
    upload = StoreAttachment(BytesIO(file.stream.read()), file.filename or "")
    return store_attachment(edge.actor(), upload, now=edge.now())


@pages.get("/opening/paper-cases/<import_id>")
def paper_workbook(import_id: str) -> str:
    """One workbook: how far it is, and of each case what it would hold or what is wrong."""
    return _show(import_id)


@pages.post("/opening/paper-cases/<import_id>/hand-over")
def hand_over_paper_cases(import_id: str) -> Response | tuple[str, int]:
    """Hand the cases that are ready to a second person."""
    try:
        count = commands_paper_import.hand_over(edge.actor(), import_id, now=edge.now())
    except Conflict as refused:
        return _show(import_id, problem=_told(refused)), 409
    flash(_("%(n)s cases wait for a second person to confirm them.", n=count))
    return redirect(url_for("pages.paper_workbook", import_id=import_id))


@pages.post("/opening/paper-cases/<import_id>/confirm")
def confirm_paper_cases(import_id: str) -> Response | tuple[str, int]:
    """Confirm every case of the workbook that waits, in the background."""
    try:
        commands_paper_import.confirm_workbook(edge.actor(), import_id, now=edge.now())
    except Conflict as refused:
        return _show(import_id, problem=_told(refused)), 409
    return redirect(url_for("pages.paper_workbook", import_id=import_id))


@pages.post("/opening/paper-case/<paper_case_id>/confirm")
def confirm_paper_case(paper_case_id: str) -> Response | tuple[str, int]:
    """Begin one case that somebody else has told."""
    return _decided(paper_case_id, commands_told.confirm_told)


@pages.post("/opening/paper-case/<paper_case_id>/refuse")
def refuse_paper_case(paper_case_id: str) -> Response | tuple[str, int]:
    """Refuse one with a reason; who told it takes it back so."""
    return _decided(paper_case_id, commands_told.refuse_told)


def _decided(paper_case_id: str, command: Callable[..., Any]) -> Response | tuple[str, int]:
    found = queries_told.one(edge.actor(), paper_case_id)
    try:
        command(edge.actor(), DecideTold(paper_case_id, sent.form(ReasonIn)["text"]), now=edge.now())
    except (Invalid, Conflict, Forbidden) as refused:
        shown = _show(found.import_id, problem=_told(refused)) if found.import_id else whole(found.id, _told(refused))
        return shown, 422 if isinstance(refused, Invalid) else 409
    if found.import_id:
        return redirect(url_for("pages.paper_workbook", import_id=found.import_id))
    return redirect(url_for("pages.told_case", paper_case_id=found.id))


@runview.leads(TRY)
def _tried(run: Any) -> str:
    return url_for("pages.paper_workbook", import_id=run.result["import_id"])


@runview.leads(CONFIRM)
def _confirmed(run: Any) -> str:
    return url_for("pages.paper_workbook", import_id=run.result["import_id"])


def _index(flow: str = "", **more: Any) -> str:
    actor = edge.actor()
    found = queries_paper_import.imports(actor)
    flows = {one.key: flow_name(one) for one in definitions.newest()}
    errors = more.get("errors", ())
    return render_template(
        "paper/index.html",
        items=[{"id": one.id, "name": one.name, "flow": flows.get(one.definition_key, ""), "at": one.at}
               for one in found],
        flows=[{"key": key, "name": name} for key, name in flows.items()],
        chosen=flow,
        waiting=_single(queries_told.listed(actor, "open", None, SHOWN), flows),
        drafts=_single(queries_told.drafts(actor), flows),
        may_propose=policy.allows(actor, "paper_case.propose"),
        problem=more.get("problem"),
        file=more.get("file"),
        errors=errors[:SHOWN],
        more=max(0, len(errors) - SHOWN),
        most=MOST,
    )  # fmt: skip


def _single(found: Sequence[PaperCaseView], flows: dict[str, str]) -> list[dict[str, Any]]:
    """Cases that were told one by one, on a page or by the API."""
    alone = [one for one in found if one.import_id is None]
    names = names_of(alone)
    return [
        {"id": one.id, "flow": flows.get(one.definition_key, ""), "organisation": names.get(one.organisation_id, ""),
         "requested_on": one.requested_on, "own": one.proposed_by == edge.actor().person_id}
        for one in alone
    ]  # fmt: skip


def _show(import_id: str, problem: str | None = None) -> str:
    actor, found = edge.actor(), queries_paper_import.one(edge.actor(), import_id)
    views = queries_paper_import.cases(actor, import_id)
    layout, names = queries_paper_import.layout(actor, found.definition_key), names_of(views)
    run = runs.find(actor, found.run_id) if found.run_id else None
    return render_template(
        "paper/workbook.html",
        item={"id": found.id, "name": found.name, "flow": _flow(found.definition_key)["name"], "at": found.at},
        cases=[case_of(view, layout, names) for view in views],
        states={state: sum(view.state == state for view in views) for state in {view.state for view in views}},
        own=found.person_id == actor.person_id,
        may_confirm=policy.allows(actor, "paper_case.confirm"),
        run=None if run is None else {**part_of(run), "url": None},
        problem=problem,
    )


def _flow(key: str) -> dict[str, str]:
    found = next((one for one in definitions.newest() if one.key == key), None)
    return {"key": key, "name": flow_name(found) if found else key}


def _named(place: Any) -> dict[str, str]:
    return {"obstacle": place.obstacle_name, "name": place.name}


def _told(refused: LecternError) -> str:
    one = refused.faults[0] if refused.faults and refused.code not in ("import.headings",) else None
    if one is not None and not one.message:
        return words(one.code, one.params, edge.locale())
    return words(refused.code, refused.params, edge.locale())

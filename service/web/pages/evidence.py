"""What leaves the house about a case: the approval sheet on paper, and the evidence bundle."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.evidence.commands import AttachScan, attach_scan
from service.evidence.sheet import sheet
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.paper import bundled, pdf_of, shown


class WhyIn(sent.Form):
    """What a bundle is for."""

    reason = Text(most=500, least=1, required=True)


class ScanIn(sent.Form):
    """The scan of the sealed sheet, uploaded before."""

    scan = fields.List(Text(most=64), load_default=list)


@pages.get("/cases/<case_id>/sheet")
def case_sheet(case_id: str) -> str:
    """The approval sheet, to be printed."""
    return render_template("requests/sheet.html", sheet=shown(sheet(edge.actor(), case_id)))


@pages.post("/cases/<case_id>/sheet/scan")
def attach_sheet_scan(case_id: str) -> Response:
    """Put the scan of the sealed sheet beside the final one."""
    scan = (sent.form(ScanIn)["scan"] or [""])[0]
    code = str(sheet(edge.actor(), case_id).code)
    attach_scan(edge.actor(), AttachScan(case_id, scan, code), now=edge.now())
    flash(_("Attached: the scan lies beside the final sheet."))
    return redirect(url_for("pages.case_sheet", case_id=case_id))


@pages.get("/cases/<case_id>/sheet.pdf")
def case_sheet_pdf(case_id: str) -> Response:
    """The approval sheet as PDF; frozen once the case has ended."""
    return pdf_of(case_id)


@pages.post("/cases/<case_id>/evidence")
def case_evidence(case_id: str) -> Response:
    """The evidence bundle, recorded before it is handed over."""
    return bundled(case_id, sent.form(WhyIn)["reason"])

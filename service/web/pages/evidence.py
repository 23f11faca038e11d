"""What leaves the house about a case: the approval sheet on paper, and the evidence bundle."""

from flask import render_template
from werkzeug.wrappers import Response

from service.evidence.sheet import sheet
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.paper import bundled, pdf_of, shown


class WhyIn(sent.Form):
    """What a bundle is for."""

    reason = Text(most=500, least=1, required=True)


@pages.get("/cases/<case_id>/sheet")
def case_sheet(case_id: str) -> str:
    """The approval sheet, to be printed."""
    return render_template("requests/sheet.html", sheet=shown(sheet(edge.actor(), case_id)))


@pages.get("/cases/<case_id>/sheet.pdf")
def case_sheet_pdf(case_id: str) -> Response:
    """The approval sheet as PDF; frozen once the case has ended."""
    return pdf_of(case_id)


@pages.post("/cases/<case_id>/evidence")
def case_evidence(case_id: str) -> Response:
    """The evidence bundle, recorded before it is handed over."""
    return bundled(case_id, sent.form(WhyIn)["reason"])

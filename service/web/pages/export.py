"""A box of mine, as it is narrowed and sorted, as a table for Excel."""

from flask import Response

from service.sheets import XLSX
from service.web.listed import workbook_of
from service.web.pages import listing, pages


@pages.get("/inbox.xlsx")
def export_box() -> Response:
    """The list of the address, at most 10,000 tasks; it holds nothing that the list does not show."""
    reply = Response(workbook_of(listing.query_of(listing.asked())), mimetype=XLSX)
    reply.headers["Content-Disposition"] = "attachment; filename=tasks.xlsx"
    return reply

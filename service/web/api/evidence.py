"""The approval sheet and the evidence bundle of a case."""

from typing import Any

from service.evidence.commands import AttachScan, attach_scan
from service.evidence.sheet import sheet
from service.web import edge
from service.web.api import Responses, api
from service.web.api.schemas import evidence as shapes
from service.web.paper import bundled, pdf_of, shown

EVIDENCE = ["Process instances"]
ARCHIVE: Responses = {
    200: {
        "description": "The bundle; `verify.py` inside checks it without a server",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}
PAPER: Responses = {
    200: {
        "description": "The sheet on A4; the line under it is what `lectern verify-sheet` checks",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@api.get("/process-instances/<instance_id>/sheet")
@api.output(shapes.SheetOut)
@api.doc(tags=EVIDENCE)
def get_case_sheet(instance_id: str) -> Any:
    """The approval sheet: who decided what, and the code that proves it."""
    return shown(sheet(edge.actor(), instance_id))


@api.post("/process-instances/<instance_id>/sheet/scan")
@api.input(shapes.ScanIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=EVIDENCE)
def attach_sheet_scan(instance_id: str, body: dict[str, Any]) -> Any:
    """Put the scan of the sealed sheet beside the final one; a later scan replaces none."""
    code = str(sheet(edge.actor(), instance_id).code)
    command = AttachScan(instance_id, body["attachment_id"], code)
    edge.repeatable(body, 204, lambda: attach_scan(edge.actor(), command, now=edge.now()), lambda _ids: None)
    return ""


@api.get("/process-instances/<instance_id>/sheet.pdf")
@api.doc(tags=EVIDENCE, responses=PAPER)
def get_case_sheet_pdf(instance_id: str) -> Any:
    """The approval sheet as PDF. Frozen once the case has ended: always the same bytes, their hash in the record."""
    return pdf_of(instance_id)


@api.post("/process-instances/<instance_id>/evidence")
@api.input(shapes.EvidenceIn, arg_name="body")
@api.doc(tags=EVIDENCE, responses=ARCHIVE)
def export_evidence(instance_id: str, body: dict[str, Any]) -> Any:
    """Everything that shows how the case was decided, in one signed archive; the export is recorded."""
    return bundled(instance_id, body["reason"])

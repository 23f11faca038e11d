"""Official papers of cases, and the templates by which they are drawn up."""

from typing import Any

from flask import Response
from werkzeug.datastructures import FileStorage

from service.access import policy
from service.access.days import day_of
from service.evidence import pdf
from service.instances import queries as cases
from service.papers import queries, templates
from service.papers.commands import AttachPaperScan, IssuePaper, attach_paper_scan, issue_paper
from service.papers.commands_templates import (
    AddTemplate,
    TemplateCommand,
    add_template,
    publish_template,
    retire_template,
)
from service.papers.kinds import KINDS
from service.papers.package import DOCX, MAX_BYTES
from service.papers.trying import with_cases
from service.web import edge, officialpapers
from service.web.api import Responses, api
from service.web.api.attachments import checksum
from service.web.api.schemas import officialpapers as shapes
from service.web.downloads import saved

PAPERS, TEMPLATES = ["Official papers"], ["Paper templates"]
BINARY = {"schema": {"type": "string", "format": "binary"}}
DRAWN: Responses = {200: {"description": "The PDF, A4", "content": {officialpapers.PDF: BINARY}}}
FILE: Responses = {200: {"description": "The file", "content": {"application/octet-stream": BINARY}}}
WORD: Responses = {200: {"description": "The Word file", "content": {DOCX: BINARY}}}


@api.get("/process-instances/<instance_id>/papers")
@api.output(shapes.OfficialPaperList)
@api.doc(tags=PAPERS)
def list_case_papers(instance_id: str) -> Any:
    """The papers of a case, the oldest first."""
    cases.case(edge.actor(), instance_id)
    return {"items": [officialpapers.shown(one) for one in queries.of_case(edge.actor(), instance_id)]}


@api.post("/process-instances/<instance_id>/papers")
@api.input(shapes.OfficialPaperIn, arg_name="body")
@api.output(shapes.OfficialPaperOut, status_code=201)
@api.doc(tags=PAPERS)
def issue_case_paper(instance_id: str, body: dict[str, Any]) -> Any:
    """Number a paper and keep it for ever. 409 `paper.blank` names the places that would stay empty."""
    cases.case(edge.actor(), instance_id)
    command = IssuePaper(instance_id, **body, decisions=officialpapers.decisions(instance_id))
    paper_id = edge.repeatable(
        body, 201, lambda: issue_paper(edge.actor(), command, now=edge.now()).paper_id, lambda ids: str(ids["paper_id"])
    )
    return officialpapers.shown(queries.paper(edge.actor(), paper_id))


@api.post("/process-instances/<instance_id>/papers/preview")
@api.input(shapes.OfficialPaperAsked, arg_name="body")
@api.doc(tags=PAPERS, responses=DRAWN)
def preview_case_paper(instance_id: str, body: dict[str, Any]) -> Any:
    """The paper as it would be issued now: nothing is numbered or kept, and nothing personal is opened."""
    cases.case(edge.actor(), instance_id)
    asked = officialpapers.wanted(instance_id, body["kind"], body["subject"], body["given"])
    content, _blanks = officialpapers.beforehand(asked)
    return officialpapers.looked_at(content, "preview.pdf")


@api.get("/papers")
@api.input(shapes.OfficialPaperQuery, location="query", arg_name="query")
@api.output(shapes.OfficialPaperList)
@api.doc(tags=PAPERS)
def list_papers(query: dict[str, Any]) -> Any:
    """The register of a year."""
    year = query["year"] or day_of(edge.now()).year
    found = queries.register(edge.actor(), year, query["kind"])
    return {"items": [officialpapers.shown(one) for one in found]}


@api.get("/papers/<paper_id>")
@api.output(shapes.OfficialPaperOut)
@api.doc(tags=PAPERS)
def get_paper(paper_id: str) -> Any:
    """One paper with its sealed scans."""
    return officialpapers.shown(queries.paper(edge.actor(), paper_id))


@api.get("/papers/<paper_id>/file.<ending>")
@api.doc(tags=PAPERS, responses=FILE)
def get_paper_file(paper_id: str, ending: str) -> Any:
    """A file of a paper, always the same bytes; xlsx where it has a list of names."""
    return officialpapers.file_of(paper_id, ending)


@api.get("/papers/<paper_id>/scans/<attachment_id>")
@api.doc(tags=PAPERS, responses=FILE)
def get_paper_scan(paper_id: str, attachment_id: str) -> Any:
    """A sealed scan of a paper."""
    return saved(queries.scan(edge.actor(), paper_id, attachment_id))


@api.post("/papers/<paper_id>/scan")
@api.input(shapes.OfficialScanIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=PAPERS)
def attach_official_paper_scan(paper_id: str, body: dict[str, Any]) -> Any:
    """Put the sealed scan beside the paper; a later one replaces none."""
    command = AttachPaperScan(paper_id, body["attachment_id"])
    edge.repeatable(body, 204, lambda: attach_paper_scan(edge.actor(), command, now=edge.now()), lambda _ids: None)
    return ""


@api.get("/paper-kinds")
@api.output(shapes.PaperKindList)
@api.doc(tags=TEMPLATES)
def list_paper_kinds() -> Any:
    """The kinds of papers, what they ask for, and the fields that their templates may name."""
    return {"items": [officialpapers.kind_shown(kind) for kind in KINDS.values()]}


@api.get("/paper-templates/<kind>")
@api.output(shapes.TemplateVersionList)
@api.doc(tags=TEMPLATES)
def list_paper_templates(kind: str) -> Any:
    """The versions of a kind's template."""
    return {"items": queries.versions(edge.actor(), kind)}


@api.post("/paper-templates/<kind>")
@api.input(shapes.TemplateUpload, location="form_and_files", arg_name="body")
@api.output(shapes.TemplateMade, status_code=201)
@api.doc(tags=TEMPLATES)
def add_paper_template(kind: str, body: dict[str, Any]) -> Any:
    """Look a .docx through and keep it as a draft; 422 tells everything that is wrong, place by place."""
    policy.require(edge.actor(), "paper_template.add")
    file: FileStorage = body["file"]
    told = {"sum": checksum(file), "note": body["note"]}
    command = AddTemplate(kind, file.stream.read(MAX_BYTES + 1), body["note"])
    template_id = edge.repeatable(
        told, 201, lambda: add_template(edge.actor(), command, now=edge.now()), lambda ids: str(ids["template_id"])
    )
    return {"template_id": template_id}


@api.get("/paper-templates/<kind>/<int:version>/file")
@api.doc(tags=TEMPLATES, responses=WORD)
def get_paper_template_file(kind: str, version: int) -> Any:
    """The .docx of a version; 0 is the one that comes with the house."""
    return Response(queries.content_of(edge.actor(), kind, version), mimetype=DOCX)


@api.get("/paper-templates/<kind>/<int:version>/trial")
@api.doc(tags=TEMPLATES, responses=DRAWN)
def try_paper_template(kind: str, version: int) -> Any:
    """A version filled with an invented case."""
    content = queries.content_of(edge.actor(), kind, version)
    page = queries.trial(edge.actor(), templates.kind_of(kind), content)
    return officialpapers.looked_at(pdf.render(page), f"{kind}-{version}.pdf")


@api.get("/paper-templates/<kind>/<int:version>/cases")
@api.output(shapes.TemplateTried)
@api.doc(tags=TEMPLATES)
def try_paper_template_with_cases(kind: str, version: int) -> Any:
    """A version filled with the newest cases that I may read: what each leaves empty, and which fields none fills."""
    content = queries.content_of(edge.actor(), kind, version)
    return officialpapers.tried(with_cases(edge.actor(), templates.kind_of(kind), content, now=edge.now()))


@api.post("/paper-template-versions/<template_id>/publish")
@api.output({}, status_code=204)
@api.doc(tags=TEMPLATES)
def publish_paper_template(template_id: str) -> Any:
    """Put a draft to use that somebody else has brought."""
    command = TemplateCommand(template_id)
    edge.repeatable({}, 204, lambda: publish_template(edge.actor(), command, now=edge.now()), lambda _ids: None)
    return ""


@api.post("/paper-template-versions/<template_id>/retire")
@api.input(shapes.TemplateRetirement, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=TEMPLATES)
def retire_paper_template(template_id: str, body: dict[str, Any]) -> Any:
    """Issue nothing by this version any more."""
    command = TemplateCommand(template_id, body["reason"])
    edge.repeatable(body, 204, lambda: retire_template(edge.actor(), command, now=edge.now()), lambda _ids: None)
    return ""

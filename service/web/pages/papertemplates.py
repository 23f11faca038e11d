"""Templates of official papers: brought as .docx, looked through, tried, published by a second person, retired."""

from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.errors import Forbidden, Invalid
from service.evidence import pdf
from service.papers import queries, templates
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
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.problems import status_of
from service.web.words import words


class TemplateForm(sent.Form):
    """A .docx and what is new in it."""

    file = fields.Raw(load_default=None)
    note = Text(most=1000, load_default="")


class KindQuery(sent.Query):
    """The kind from whose page a form was sent."""

    kind = Text(most=64, load_default="")


class ReasonForm(sent.Form):
    """Why a version is retired."""

    reason = Text(most=1000, load_default="")


@pages.get("/paper-templates")
def paper_templates() -> str:
    """Every kind, with the version in use and what waits for a second person."""
    items = []
    for kind in KINDS.values():
        rows = queries.versions(edge.actor(), kind.code)
        used = next((row.version for row in rows if row.state == templates.PUBLISHED), None)
        waiting = sum(row.state == templates.DRAFT for row in rows)
        items.append({**officialpapers.kind_shown(kind), "used": used, "none": bool(rows) and used is None,
                      "waiting": waiting})  # fmt: skip
    return render_template("papers/templates.html", items=items)


@pages.get("/paper-templates/<kind>")
def paper_template(kind: str) -> str:
    """The versions of a kind, its fields, and the form by which a version is brought."""
    return _page(kind)


@pages.post("/paper-templates/<kind>")
def add_paper_template(kind: str) -> Response | tuple[str, int]:
    """Look a file through and keep it as a draft; everything that is wrong is told at once."""
    policy.require(edge.actor(), "paper_template.add")
    found = sent.form(TemplateForm)
    content = found["file"].stream.read(MAX_BYTES + 1) if found["file"] else b""
    try:
        add_template(edge.actor(), AddTemplate(kind, content, found["note"]), now=edge.now())
    except Invalid as refused:
        return _page(kind, found["note"], refused), status_of(refused)
    flash(_("Kept: a second person has to publish it."))
    return redirect(url_for("pages.paper_template", kind=kind))


@pages.get("/paper-templates/<kind>/<int:version>.docx")
def paper_template_file(kind: str, version: int) -> Answer:
    """The Word file of a version; 0 is the one that comes with the house."""
    content = queries.content_of(edge.actor(), kind, version)
    reply = Answer(content, mimetype=DOCX)
    reply.headers["Content-Disposition"] = f'attachment; filename="{kind}-{version}.docx"'
    return reply


@pages.get("/paper-templates/<kind>/<int:version>/try")
def try_paper_template(kind: str, version: int) -> Response:
    """A version filled with an invented case, as PDF."""
    content = queries.content_of(edge.actor(), kind, version)
    page = queries.trial(edge.actor(), templates.kind_of(kind), content)
    return officialpapers.looked_at(pdf.render(page), f"{kind}-{version}.pdf")


@pages.get("/paper-templates/<kind>/<int:version>/cases")
def try_paper_template_with_cases(kind: str, version: int) -> str:
    """A version filled with the newest cases of the county: what each leaves empty, and which fields none fills."""
    content, known = queries.content_of(edge.actor(), kind, version), templates.kind_of(kind)
    found = with_cases(edge.actor(), known, content, now=edge.now())
    shown = officialpapers.kind_shown(known)
    return render_template("papers/cases.html", kind=shown, **officialpapers.tried(found))


@pages.post("/paper-template-versions/<template_id>/publish")
def publish_paper_template(template_id: str) -> Response:
    """Put a draft to use that somebody else has brought."""
    publish_template(edge.actor(), TemplateCommand(template_id), now=edge.now())
    flash(_("Published: papers are issued by this version from now on."))
    return redirect(_back())


@pages.post("/paper-template-versions/<template_id>/retire")
def retire_paper_template(template_id: str) -> Response:
    """Issue nothing by this version any more."""
    reason = sent.form(ReasonForm)["reason"]
    retire_template(edge.actor(), TemplateCommand(template_id, reason), now=edge.now())
    flash(_("Retired"))
    return redirect(_back())


def _back() -> str:
    """The page of the kind from which the form was sent."""
    kind = sent.query(KindQuery)["kind"]
    return url_for("pages.paper_template", kind=kind) if kind in KINDS else url_for("pages.paper_templates")


def _page(code: str, note: str = "", refused: Invalid | None = None) -> str:
    kind, actor = templates.kind_of(code), edge.actor()
    rows = queries.versions(actor, code)
    may = {name: policy.allows(actor, f"paper_template.{name}") for name in ("add", "publish", "retire")}
    if not policy.allows(actor, "paper_template.read"):
        raise Forbidden("access.role_missing", action="paper_template.read")
    return render_template(
        "papers/template.html", kind=officialpapers.kind_shown(kind), versions=[_version(row) for row in rows],
        may=may, note=note, **_told(refused),
    )  # fmt: skip


def _version(row: Any) -> dict[str, Any]:
    names = ("id", "version", "state", "note", "made_at", "published_at", "retired_at", "retired_because", "checksum")
    shipped = words("paper.shipped", {}, edge.locale())
    return {
        **{name: getattr(row, name) for name in names}, "by": row.maker or shipped,
        "published_by": row.publisher or shipped, "retired_by": row.retirer,
        "own": row.made_by in (edge.actor().person_id, edge.actor().account_id),
    }  # fmt: skip


def _told(refused: Invalid | None) -> dict[str, Any]:
    if refused is None:
        return {"problem": "", "faults": []}
    locale = edge.locale()
    faults = [(officialpapers.place_words(one.path), words(one.code, one.params, locale)) for one in refused.faults]
    if refused.code == "paper.note":
        faults = [("", said) for _place, said in faults]
    return {"problem": words(refused.code, refused.params, locale), "faults": faults}

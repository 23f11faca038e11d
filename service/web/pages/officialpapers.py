"""Official papers of cases: issued, looked at beforehand, listed, joined by the sealed scan."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.errors import Conflict, Forbidden, Invalid, LecternError
from service.instances import queries as cases
from service.papers import gathering, queries
from service.papers.commands import AttachPaperScan, IssuePaper, attach_paper_scan, issue_paper
from service.papers.kinds import KINDS
from service.web import edge, officialpapers
from service.web.api.schemas.base import Text
from service.web.casetitles import case_title
from service.web.downloads import saved
from service.web.pages import pages, sent
from service.web.problems import status_of
from service.web.words import words


class NewPaperQuery(sent.Query):
    """The kind that was chosen; the paper in whose place it comes."""

    kind = Text(most=64, load_default="")
    replaces = Text(most=64, load_default="")


class PaperForm(sent.Form):
    """A paper as it is asked for."""

    kind = Text(most=64, required=True)
    subject = Text(most=64, load_default="")
    given = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    blanks = fields.String(load_default="")
    replaces = Text(most=64, load_default="")
    reason = Text(most=1000, load_default="")


class RegisterQuery(sent.Query):
    """The year, and the kind."""

    year = fields.Integer(load_default=None, allow_none=True)
    kind = Text(most=64, load_default="")


class ScanForm(sent.Form):
    """The scan of the sealed paper, uploaded before."""

    scan = fields.List(Text(most=64), load_default=list)


@pages.get("/papers")
def official_papers() -> str:
    """The register: what was issued in a year."""
    asked, this_year = sent.query(RegisterQuery), day_of(edge.now()).year
    year = asked["year"] or this_year
    found = queries.register(edge.actor(), year, asked["kind"])
    return render_template(
        "papers/register.html", items=[officialpapers.shown(one) for one in found], year=year, this_year=this_year,
        kind=asked["kind"], kinds=_kinds(), may_templates=policy.allows(edge.actor(), "paper_template.read"),
    )  # fmt: skip


@pages.get("/papers/<paper_id>")
def official_paper(paper_id: str) -> str:
    """One paper with its files and sealed scans."""
    found = queries.paper(edge.actor(), paper_id)
    may = {
        "scan": policy.allows(edge.actor(), "paper.attach_scan", found.row),
        "again": found.row.replaced_by is None and policy.allows(edge.actor(), "instance.issue_paper", found.row),
    }
    return render_template("papers/paper.html", paper=officialpapers.shown(found), may=may)


@pages.get("/papers/<paper_id>/file.<ending>")
def official_paper_file(paper_id: str, ending: str) -> Response:
    """The PDF, the Word file, the list of names."""
    return officialpapers.file_of(paper_id, ending)


@pages.get("/papers/<paper_id>/scans/<attachment_id>")
def official_paper_scan(paper_id: str, attachment_id: str) -> Response:
    """A sealed scan."""
    return saved(queries.scan(edge.actor(), paper_id, attachment_id))


@pages.post("/papers/<paper_id>/scan")
def attach_official_scan(paper_id: str) -> Response:
    """Put the sealed scan beside the paper."""
    scan = next(iter(sent.form(ScanForm)["scan"]), "")
    attach_paper_scan(edge.actor(), AttachPaperScan(paper_id, scan), now=edge.now())
    flash(_("Attached: the scan lies beside the paper."))
    return redirect(url_for("pages.official_paper", paper_id=paper_id))


@pages.get("/cases/<case_id>/papers/new")
def new_paper(case_id: str) -> str:
    """The kinds that may be issued for a case, and the form of the one that is chosen."""
    asked = sent.query(NewPaperQuery)
    return _form(case_id, {"kind": asked["kind"], "replaces": asked["replaces"]})


@pages.post("/cases/<case_id>/papers/new")
def issue_official_paper(case_id: str) -> Response | tuple[str, int]:
    """Issue it; a refusal loses nothing of what was typed."""
    typed = sent.typed(PaperForm)
    try:
        found = sent.form(PaperForm)
        command = IssuePaper(
            case_id, found["kind"], found["given"], found["subject"], bool(found["blanks"]), found["replaces"] or None,
            found["reason"], officialpapers.decisions(case_id),
        )  # fmt: skip
        issued = issue_paper(edge.actor(), command, now=edge.now())
    except (Invalid, Conflict, Forbidden) as refused:
        return _form(case_id, typed, refused), status_of(refused)
    flash(_("Issued: %(number)s", number=issued.number))
    return redirect(url_for("pages.official_paper", paper_id=issued.paper_id))


@pages.post("/cases/<case_id>/papers/preview")
def preview_paper(case_id: str) -> Response | tuple[str, int]:
    """The paper as it would be issued now, as PDF; nothing is kept or numbered."""
    typed = sent.typed(PaperForm)
    try:
        found = sent.form(PaperForm)
        asked = officialpapers.wanted(case_id, found["kind"], found["subject"], found["given"])
        content, _blanks = officialpapers.beforehand(asked)
    except (Invalid, Conflict) as refused:
        return _form(case_id, typed, refused), status_of(refused)
    return officialpapers.looked_at(content, "preview.pdf")


def _form(case_id: str, typed: dict[str, Any], refused: LecternError | None = None) -> str:
    row, found = cases.case(edge.actor(), case_id), queries.issuable(edge.actor(), case_id)
    policy.require(edge.actor(), "instance.issue_paper", row)
    kind = next((one for one in found.kinds if one.code == typed.get("kind")), None)
    replaces = typed.get("replaces") or ""
    told = {
        "case": {"id": case_id, "business_key": row.business_key, "title": case_title(case_id, row.title)},
        "kinds": [{"code": one.code, "name": officialpapers.kind_words(one)} for one in found.kinds],
        "kind": officialpapers.kind_shown(kind) if kind else None,
        "subjects": gathering.able(kind, found.subjects) if kind and kind.about == "person" else [],
        "papers": [officialpapers.shown(one) for one in queries.of_case(edge.actor(), case_id)],
        "replaces": officialpapers.shown(queries.paper(edge.actor(), replaces)) if replaces else None,
    }  # fmt: skip
    return render_template("papers/new.html", **told, given=typed, **_refusal(refused))


def _refusal(refused: LecternError | None) -> dict[str, Any]:
    """The reason of a refusal, faults beside their fields, and faults that are about places of the template."""
    if refused is None:
        return {"problem": "", "errors": {}, "places": [], "blank": False}
    locale = edge.locale()
    params = dict(refused.params)
    if refused.code == "paper.blank":
        params["places"] = "; ".join(officialpapers.place_words(one) for one in params["places"].split("、"))
    beside = {one.path: words(one.code, one.params, locale) for one in refused.faults}
    placed = refused.code in ("paper.filling", "paper.personal")
    return {
        "problem": words(refused.code, params, locale), "errors": {} if placed else beside,
        "places": [(officialpapers.place_words(path), said) for path, said in beside.items()] if placed else [],
        "blank": refused.code == "paper.blank",
    }  # fmt: skip


def _kinds() -> list[dict[str, str]]:
    return [{"code": kind.code, "name": officialpapers.kind_words(kind)} for kind in KINDS.values()]

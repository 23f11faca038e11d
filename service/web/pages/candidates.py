"""The candidates of a case: the list with what this step fills in, the sheet and its import."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access import policy
from service.errors import Fault, Invalid, NotFound
from service.flows.hiring import commands_marks, queries, queries_desk, queries_import
from service.flows.hiring.casework import FLOW
from service.flows.hiring.commands_marks import MarkCandidates
from service.flows.hiring.marking import Mark
from service.flows.hiring.queries import CandidateView
from service.flows.hiring.queries_desk import Desk
from service.instances import queries as cases
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.casetitles import case_title
from service.web.pages import importview, pages, sent
from service.web.words import words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SCORES = ("written", "interview")
UNSET = ("state", "inspection")
"""Marks that are given or not yet given, but never taken back."""


class MarkIn(sent.Form):
    """A row of the list; scores come as they were typed, the rules say what is wrong with them."""

    id = Text(most=64, required=True)
    version = sent.whole(required=True)
    state = Text(most=16, load_default=None, allow_none=True)
    reason = Text(most=2000, load_default="")
    written = Text(most=20, load_default=None, allow_none=True)
    interview = Text(most=20, load_default=None, allow_none=True)
    inspection = Text(most=16, load_default=None, allow_none=True)
    chosen = fields.Boolean(load_default=False)


class MarksIn(sent.Form):
    """The list; `marks` are the fields that it showed, so that an old page is told from an emptied field."""

    rows = fields.List(fields.Nested(MarkIn), load_default=list)
    marks = fields.List(fields.String(validate=validate.OneOf(queries_desk.MARKS)), load_default=list)


@pages.get("/cases/<case_id>/candidates")
def candidates(case_id: str) -> str:
    """Everybody who applied, by row and rank."""
    return _list(case_id)


def desk_of(case_id: str) -> tuple[Any, Desk]:
    """The row of a visible hiring case and its desk; NotFound("instance.absent") for another flow."""
    row = cases.case(edge.actor(), case_id)
    if row.definition_key != FLOW:
        raise NotFound("instance.absent", instance_id=case_id)
    return row, queries_desk.desk(edge.actor(), case_id)


def _list(
    case_id: str,
    *,
    entered: Mapping[str, Any] | None = None,
    errors: Mapping[str, Any] | None = None,
) -> str:
    """The page; `entered` and `errors` by candidate id are what a refused list held and what was wrong with it."""
    row, desk = desk_of(case_id)
    found = queries.candidates(edge.actor(), case_id)
    under_way = queries_import.latest(edge.actor(), case_id) if desk.imports else None
    return render_template(
        "candidates/index.html",
        case={**_case(row), "posts": sum(post["count"] for post in desk.posts)},
        candidates=[_item(candidate, desk, row, (entered or {}).get(candidate.id)) for candidate in found],
        columns=_columns(found, desk),
        marks=desk.marks,
        registers=desk.registers,
        imports=desk.imports,
        errors=errors or {},
        report=importview.report_of(under_way) if under_way else None,
    )


def _case(row: Any) -> dict[str, Any]:
    return {"id": row.instance_id, "business_key": row.business_key, "title": case_title(row.instance_id, row.title)}


def _columns(found: Sequence[CandidateView], desk: Desk) -> list[str]:
    """The columns that say something: filled in somewhere, or to be filled in now."""
    names, empty = ("rank", "written", "interview", "inspection", "total", "chosen"), (None, False)
    return [name for name in names if name in desk.marks or any(getattr(one, name) not in empty for one in found)]


def _item(candidate: CandidateView, desk: Desk, row: Any, entered: Mapping[str, Any] | None) -> dict[str, Any]:
    posts = {post["line"]: post for post in desk.posts}
    told = policy.allows(edge.actor(), "candidate.edit", row)
    shown = {name: getattr(candidate, name) for name in queries_desk.MARKS}
    return {
        "id": candidate.id,
        "version": candidate.version,
        "rank": candidate.rank,
        "name": candidate.name,
        "post": post_words(posts.get(candidate.line), candidate.line),
        "id_number": candidate.id_number,
        "reveal_url": _reveal_url(candidate.id) if told else None,
        "edit_url": url_for("pages.edit_candidate", candidate_id=candidate.id) if desk.registers else None,
        "about": [candidate.degree, candidate.graduated_from, candidate.certificate],
        "total": candidate.total,
        "note": reason_words(candidate.reason),
        "markable": _markable(candidate, desk),
        **shown,
        "entered": {**shown, **(entered or {})},
    }


def reason_words(reason: str) -> str:
    """Why somebody is out: a code that the flow wrote, perhaps with an opinion behind it, or what a person wrote."""
    code, colon, opinion = reason.partition(": ")
    known = words(f"out.{code}", {}, edge.locale())
    if known == f"out.{code}":
        return reason
    return known + colon + opinion


def _reveal_url(candidate_id: str) -> str:
    return url_for("pages.reveal_candidate", candidate_id=candidate_id, field="id_number")


def post_words(post: Mapping[str, Any] | None, line: int) -> str:
    """A row of the demand: its number and subject."""
    return _("%(line)s · %(subject)s", line=line, subject=post["subject"]) if post else str(line)


def _markable(candidate: CandidateView, desk: Desk) -> bool:
    """The review is of everybody, scores are for the qualified, the choice is among the ranked."""
    if "state" in desk.marks:
        return True
    return candidate.state == "qualified" and ("chosen" not in desk.marks or candidate.rank is not None)


@pages.post("/cases/<case_id>/candidates/marks")
def mark_candidates(case_id: str) -> Response | tuple[str, int]:
    """Take the filled-in list: all of it, or nothing with each fault beside its field."""
    found = sent.form(MarksIn)
    marks = [_mark(row, found["marks"]) for row in found["rows"]]
    try:
        sheet = MarkCandidates(case_id, tuple(marks))
        changed = commands_marks.mark_candidates(edge.actor(), sheet, now=edge.now())
    except Invalid as refused:
        entered = {row["id"]: {name: row[name] for name in found["marks"]} for row in found["rows"]}
        return _list(case_id, entered=entered, errors=_by_row(refused.faults, found["rows"])), 422
    flash(_("Saved: %(n)s candidates changed", n=changed))
    return redirect(url_for("pages.candidates", case_id=case_id))


def _mark(row: Mapping[str, Any], marks: Sequence[str]) -> Mark:
    given = {name: row[name] for name in marks if row[name] is not None or name not in UNSET}
    if "state" in marks and given.get("state") != "unqualified":
        given["reason"] = ""
    return Mark(row["id"], row["version"], given)


def _by_row(faults: Sequence[Fault], rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Candidate id → field → what is wrong."""
    found: dict[str, dict[str, str]] = {}
    for fault in faults:
        _marks, number, name = fault.path.split(".")
        found.setdefault(rows[int(number)]["id"], {})[name] = importview.fault_words(fault)
    return found


@pages.get("/cases/<case_id>/candidates.xlsx")
def candidate_sheet(case_id: str) -> Answer:
    """The workbook of this step."""
    row, _desk = desk_of(case_id)
    content = queries.sheet(edge.actor(), case_id, locale=edge.locale())
    name = f"candidates-{row.business_key}.xlsx"
    return Answer(content, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})

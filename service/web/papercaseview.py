"""What pages show of cases on paper: a wrong cell in words, what a dry run found, the empty workbook of a flow."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from service.columns import Column
from service.errors import Fault
from service.instances.paper_layout import CASES, ROWS, STEPS, Layout
from service.instances.queries_told import PaperCaseView
from service.instances.resting import Rest
from service.people import queries as people
from service.posts import queries_named
from service.sheets import Heading, Page, book
from service.web import edge
from service.web.words import words

OF_CASE = {
    "initiator_id": "initiator", "requested_on": "requested_on", "element_id": "stands", "hold_id": "hold",
    "business_key": "business_key",
}  # fmt: skip
"""What a refusal calls a field of a case → the column of its sheet."""
OF_STEP = {"attachment_id": "scan"}


def blank(layout: Layout, locale: str) -> bytes:
    """The workbook to fill in, with the words of its cells."""
    pages = [Page(part.title(locale), [_heading(layout, one, locale) for one in part.columns]) for part in layout.parts]
    return book(pages)


def _heading(layout: Layout, column: Column, locale: str) -> Heading:
    allowed: Sequence[str] = ()
    if column.name in ("element_id", "stands"):
        allowed = [en if locale == "en" else zh for zh, en in layout.names.values()]
    elif column.words:
        allowed = _options(column.words, locale)
    text = column.en if locale == "en" else column.zh
    return Heading(text, column.width, column.required, "；".join(allowed)[:500], tuple(allowed))


def _options(found: Mapping[str, str], locale: str) -> list[str]:
    by_value: dict[str, str] = {}
    for word, value in found.items():
        if locale == "en" or value not in by_value:
            by_value[value] = word
    return list(by_value.values())


def wrong_cell(fault: Fault) -> dict[str, Any]:
    """A fault that `paper_sheets.read` has found."""
    english, params = edge.locale() == "en", fault.params
    return {
        "sheet": params["sheet_en"] if english else params["sheet"],
        "row": params["row"],
        "column": params["column_en"] if english else params["column"],
        "message": words(fault.code, params, edge.locale()),
    }


def case_of(view: PaperCaseView, layout: Layout, names: Mapping[str, str]) -> dict[str, Any]:
    """One case of a workbook: what it would hold and which deadlines would run, or its wrong cells."""
    result = view.result or {}
    return {
        "id": view.id,
        "label": view.label or view.id,
        "title": result.get("title") or view.label or "",
        "state": view.state,
        "instance_id": view.instance_id,
        "reason": view.reason,
        "organisation": names.get(view.organisation_id, ""),
        "holds": [{**one, "organisation": names.get(one["organisation_id"], "")} for one in result.get("holds", ())],
        "waits": [_wait(one) for one in result.get("waits", ())],
        "errors": _errors(view, layout) if "code" in result else [],
    }


def names_of(views: Sequence[PaperCaseView]) -> dict[str, str]:
    """Organisation → name, of every case and account."""
    ids = {view.organisation_id for view in views}
    for view in views:
        ids |= {one["organisation_id"] for one in (view.result or {}).get("holds", ())}
    return people.organisation_names(ids, edge.locale())


def rest_of(rest: Rest) -> dict[str, Any]:
    """How a case would rest: what it holds, where it stands, until when."""
    names = people.organisation_names({one.organisation_id for one in rest.holds}, edge.locale())
    return {
        "title": rest.title,
        "holds": [{**asdict(one), "organisation": names.get(one.organisation_id, "")} for one in rest.holds],
        "waits": [{"name": one.name, "due_at": one.due_at, "was_due": one.was_due} for one in rest.waits],
    }


def hold_words(hold_id: str | None) -> str:
    """The named hold that a case takes over, by its document."""
    return queries_named.hold(edge.actor(), hold_id).document if hold_id else ""


def _wait(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, **{name: _moment(one[name]) for name in ("due_at", "was_due")}}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _errors(view: PaperCaseView, layout: Layout) -> list[dict[str, Any]]:
    result, locale = view.result, edge.locale()
    faults = result["faults"] or [{"path": "", "code": result["code"], "params": result["params"]}]
    return [
        {**_cell(fault["path"], view.origin or {}, layout), "message": words(fault["code"], fault["params"], locale)}
        for fault in faults
    ]


def _cell(path: str, origin: Mapping[str, Any], layout: Layout) -> dict[str, Any]:
    """Sheet, row and column of a path such as `steps.2.values.exam_on` or `steps.2.rows.4.id_number`."""
    parts = path.split(".")
    kind, row, name = CASES, origin.get("case"), OF_CASE.get(path, f"values.{parts[-1]}" if path else "")
    if parts[0] == "steps" and len(parts) > 2 and parts[1].isdecimal():
        number = int(parts[1])
        kind, row, rest = STEPS, _at(origin.get("steps"), number), ".".join(parts[2:])
        name = OF_STEP.get(rest, rest)
        if parts[2] == "rows" and len(parts) > 3:
            kind, row, name = ROWS, _at(_at(origin.get("rows"), number), int(parts[3])), parts[-1]
    part = next((one for one in layout.parts if one.kind == kind), layout.parts[0])
    column = next((one for one in part.columns if one.name == name), None)
    english = edge.locale() == "en"
    heading = "" if column is None else column.en if english else column.zh
    return {"sheet": part.title(edge.locale()), "row": row, "column": heading}


def _at(found: Any, number: int) -> Any:
    return found[number] if isinstance(found, list) and number < len(found) else None

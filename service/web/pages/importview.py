"""What the page shows of an import: how far it is, or every wrong cell."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from service.errors import Fault
from service.flows.hiring import queries_import
from service.flows.hiring.messages import WORDS
from service.flows.hiring.staging import Progress
from service.web import edge
from service.web.words import words


def report_of(found: Progress) -> dict[str, Any]:
    """candidates/report.html: running until every row is checked and right, then the faults, if there are any."""
    report = {"file": found.name, "lines": found.total, "accepted": 0, "errors": []}
    if found.checked and found.faults:
        return refused(found, found.faults)
    url = url_for("pages.import_step", case_id=found.instance_id, import_id=found.id)
    wrong = len({fault.params["row"] for fault in found.faults})
    return {**report, "running": {"done": found.done, "total": found.total, "wrong": wrong, "url": url}}


def refused(found: Progress, faults: Sequence[Fault]) -> dict[str, Any]:
    """The report of a sheet that was not written, each fault with what stands in its cell."""
    cells, english = queries_import.cells(edge.actor(), found.id), edge.locale() == "en"
    errors = [_error(fault, cells, english) for fault in faults]
    return {"file": found.name, "lines": found.total, "accepted": 0, "errors": errors}


def _error(fault: Fault, cells: Mapping[int, Mapping[str, Any]], english: bool) -> dict[str, Any]:
    here, params = cells.get(fault.params["row"], {}), fault.params
    value = here.get(params["column"], here.get(params["column_en"]))
    return {
        "line": params["row"],
        "column": params["column_en"] if english else params["column"],
        "value": "" if value is None else str(value),
        "message": fault_words(fault),
    }


def fault_words(fault: Fault) -> str:
    """What is wrong with a field of a candidate, in the reader's language."""
    locale = edge.locale()
    if fault.code in WORDS:
        return WORDS[fault.code][locale == "en"].format_map(fault.params)
    return words(fault.code, fault.params, locale)

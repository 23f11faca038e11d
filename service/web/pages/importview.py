"""What the page shows of an import: how far it is, or every wrong cell."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.errors import Fault
from service.flows.hiring import queries_import
from service.flows.hiring.messages import WORDS
from service.flows.hiring.staging import Progress
from service.runs import queries as runs
from service.web import edge
from service.web.pages.runs import part_of
from service.web.words import words


def report_of(found: Progress) -> dict[str, Any]:
    """candidates/report.html: the work on it while it runs, or why it stopped; then the faults, if there are any."""
    if found.checked and found.faults:
        return refused(found, found.faults)
    run = None if found.run_id is None else runs.find(edge.actor(), found.run_id)
    return {"file": found.name, "lines": found.total, "errors": [], "run": None if run is None else part_of(run)}


def refused(found: Progress, faults: Sequence[Fault]) -> dict[str, Any]:
    """The report of a sheet that was not written, each fault with what stands in its cell."""
    cells, english = queries_import.cells(edge.actor(), found.id), edge.locale() == "en"
    errors = [_error(fault, cells, english) for fault in faults]
    return {"file": found.name, "lines": found.total, "errors": errors}


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

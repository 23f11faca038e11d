"""What pages and API show of a workbook of the opening: the same words for a wrong cell in both."""

from collections.abc import Mapping
from typing import Any

from service.errors import Fault
from service.opening.queries_reconciling import Reconciled
from service.opening.staging import Staged
from service.posts.sealed import SealedPaper
from service.web import edge
from service.web.words import words


def wrong_cell(fault: Fault) -> dict[str, Any]:
    """A wrong cell with where it is and what to do, in the reader's language."""
    params: Mapping[str, Any] = fault.params
    return {
        "sheet": params["sheet"], "row": params["row"], "cell": params["cell"],
        "column": params["column_en"] if edge.locale() == "en" else params["column"],
        "code": fault.code, "message": words(fault.code, params, edge.locale()),
    }  # fmt: skip


def shown(found: Staged) -> dict[str, Any]:
    """A workbook with its wrong cells."""
    return {**vars(found), "mapping": found.mapping, "errors": [wrong_cell(fault) for fault in found.faults]}


def sealed(given: Mapping[str, Any], attachment_id: str) -> SealedPaper:
    """The paper as a page or the API gives it."""
    return SealedPaper(given["person_id"] or "", given["document"], given["decided_on"], attachment_id)


def reconciled(found: Reconciled) -> dict[str, Any]:
    """A school's reconciliation with its signatures."""
    school = found.school
    names = ("opened_on", "document", "stated", "persons", "all_persons", "lent", "difference", "agrees")
    return {
        **{name: getattr(school, name) for name in (*names, "digest", "code")},
        "organisation_id": school.id, "name": (edge.locale() == "en" and school.name_en) or school.name,
        "signed": found.is_signed, "accounts": school.accounts, "signatures": found.signatures,
    }  # fmt: skip

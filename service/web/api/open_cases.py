"""That a school has no other open case on paper: who has confirmed it, confirmed, taken back."""

from typing import Any

from service.access.days import day_of
from service.posts import commands_checked, queries_checked
from service.posts.commands_checked import TakeBack
from service.web import edge
from service.web.api import api
from service.web.api.paper_cases import PAPER_CASES
from service.web.api.schemas import open_cases as shapes
from service.web.api.schemas.opening import SealedPaperIn
from service.web.openingview import sealed


@api.get("/open-case-checks")
@api.input(shapes.OpenCaseQuery, location="query", arg_name="query")
@api.output(shapes.OpenCaseChecksOut)
@api.doc(tags=PAPER_CASES)
def list_open_case_checks(query: dict[str, Any]) -> Any:
    """Of each school whose ledger I may see, who has confirmed that it has no other open case on paper."""
    found = queries_checked.checks(edge.actor(), query["organisation_id"])
    return {"needed": queries_checked.needed(day_of(edge.now())), "items": found}


@api.post("/organisations/<organisation_id>/no-open-cases/school")
@api.output({}, status_code=204)
@api.doc(tags=PAPER_CASES)
def confirm_no_open_cases_for_school(organisation_id: str) -> Any:
    """The school's office confirms that no other case on paper is open."""
    edge.repeatable(
        {}, 204, lambda: commands_checked.confirm_for_school(edge.actor(), organisation_id, now=edge.now()),
        lambda _ids: None,
    )  # fmt: skip
    return ""


@api.post("/organisations/<organisation_id>/no-open-cases/bureau")
@api.output({}, status_code=204)
@api.doc(tags=PAPER_CASES)
def confirm_no_open_cases_for_bureau(organisation_id: str) -> Any:
    """Bureau HR confirms the same; not who has confirmed it for the school, nor while a told case waits."""
    edge.repeatable(
        {}, 204, lambda: commands_checked.confirm_for_bureau(edge.actor(), organisation_id, now=edge.now()),
        lambda _ids: None,
    )  # fmt: skip
    return ""


@api.post("/organisations/<organisation_id>/no-open-cases/paper")
@api.input(SealedPaperIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=PAPER_CASES)
def record_no_open_cases_for_school(organisation_id: str, body: dict[str, Any]) -> Any:
    """Bureau HR writes down that a school without a network has confirmed it on a sealed paper."""
    paper = sealed(body, body["attachment_id"])
    edge.repeatable(
        body, 204, lambda: commands_checked.record_for_school(edge.actor(), organisation_id, paper, now=edge.now()),
        lambda _ids: None,
    )  # fmt: skip
    return ""


@api.post("/organisations/<organisation_id>/no-open-cases/take-back")
@api.input(shapes.TakeBackIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=PAPER_CASES)
def take_back_no_open_cases(organisation_id: str, body: dict[str, Any]) -> Any:
    """Bureau HR takes it back, as a case on paper has turned up."""
    sent = TakeBack(organisation_id, body["reason"])
    edge.repeatable(
        body, 204, lambda: commands_checked.take_back(edge.actor(), sent, now=edge.now()), lambda _ids: None
    )
    return ""

"""Lent posts that no case looks after: bureau HR extends the term, takes the post back, or puts the holder right."""

from typing import Any

from service.people import persons
from service.posts import commands_loans
from service.posts.commands_loans import CorrectHolder, ExtendLoan, ReturnPost
from service.web import edge
from service.web.api import api
from service.web.api.schemas import ledger as shapes

LEDGER = ["Ledger"]


@api.post("/post-loans/<loan_id>/extend")
@api.input(shapes.ExtendLoanIn, arg_name="body")
@api.output(shapes.LoanIdOut)
@api.doc(tags=LEDGER)
def extend_loan(loan_id: str, body: dict[str, Any]) -> Any:
    """The term of a lent post ends later, by a document; 409 loan.has_case where a case decides on it."""
    sent = ExtendLoan(loan_id, **body)
    edge.repeatable(body, 200, lambda: commands_loans.extend_loan(edge.actor(), sent, now=edge.now()), _nothing)
    return {"id": loan_id}


@api.post("/post-loans/<loan_id>/return")
@api.input(shapes.ReturnPostIn, arg_name="body")
@api.output(shapes.LoanIdOut)
@api.doc(tags=LEDGER)
def return_post(loan_id: str, body: dict[str, Any]) -> Any:
    """A lent post goes back to its pool; its holder takes one of the school's own, or has none for now."""
    sent = ReturnPost(loan_id, **body)
    edge.repeatable(body, 200, lambda: commands_loans.return_post(edge.actor(), sent, now=edge.now()), _nothing)
    return {"id": loan_id}


@api.post("/post-loans/<loan_id>/correct-holder")
@api.input(shapes.CorrectHolderIn, arg_name="body")
@api.output(shapes.LoanIdOut)
@api.doc(tags=LEDGER)
def correct_holder(loan_id: str, body: dict[str, Any]) -> Any:
    """Somebody else has held a post that was lent before the opening day; nothing moves in the ledger."""
    persons.person(edge.actor(), body["person_id"])
    sent = CorrectHolder(loan_id, **body)
    edge.repeatable(body, 200, lambda: commands_loans.correct_holder(edge.actor(), sent, now=edge.now()), _nothing)
    return {"id": loan_id}


def _nothing(_ids: Any) -> None:
    return None

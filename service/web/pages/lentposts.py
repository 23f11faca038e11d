"""Posts lent to a school, on its page of the ledger: bureau HR names holders and decides on terms that no case does."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from marshmallow import Schema, fields, validate
from werkzeug import Response

from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.posts import commands_loans, queries
from service.posts.commands_loans import CorrectHolder, ExtendLoan, NameHolder, ReturnPost
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import ledger, pages, sent
from service.web.pages.lentview import lent_to
from service.web.problems import status_of


class _PaperIn(sent.Form):
    """What the decision rests on."""

    document = Text(least=1, most=200, required=True)
    decided_on = fields.Date(required=True)


class NameIn(_PaperIn):
    """Whose a post is that was lent before the opening day."""

    account_id = Text(least=1, most=64, required=True)
    person_id = Text(least=1, most=64, required=True)
    from_on = fields.Date(required=True)
    until = fields.Date(required=True)


class ExtendIn(_PaperIn):
    """A later end of the term."""

    loan_id = Text(least=1, most=64, required=True)
    until = fields.Date(required=True)


class ReturnIn(_PaperIn):
    """The first day without the post, and what the holder has then."""

    loan_id = Text(least=1, most=64, required=True)
    on = fields.Date(required=True)
    afterwards = fields.String(required=True, validate=validate.OneOf(["own_post", "no_post"]))


class CorrectIn(_PaperIn):
    """Who holds it instead."""

    loan_id = Text(least=1, most=64, required=True)
    person_id = Text(least=1, most=64, required=True)


Act = tuple[type[Schema], Callable[[str, Mapping[str, Any]], Any], Callable[..., Any]]
ACTS: Mapping[str, Act] = {
    "name": (NameIn, lambda place, form: NameHolder(borrower_id=place, **form), commands_loans.name_holder),
    "extend": (ExtendIn, lambda _place, form: ExtendLoan(**form), commands_loans.extend_loan),
    "return": (ReturnIn, lambda _place, form: ReturnPost(**form), commands_loans.return_post),
    "correct": (CorrectIn, lambda _place, form: CorrectHolder(**form), commands_loans.correct_holder),
}


@pages.post("/ledger/<organisation_id>/loans/name")
def name_loan_holder(organisation_id: str) -> Response | tuple[str, int]:
    """Say who sits in a post that was lent before the opening day."""
    return _carried_out(organisation_id, "name")


@pages.post("/ledger/<organisation_id>/loans/extend")
def extend_loan(organisation_id: str) -> Response | tuple[str, int]:
    """A longer term."""
    return _carried_out(organisation_id, "extend")


@pages.post("/ledger/<organisation_id>/loans/return")
def return_post(organisation_id: str) -> Response | tuple[str, int]:
    """The post goes back to its pool."""
    return _carried_out(organisation_id, "return")


@pages.post("/ledger/<organisation_id>/loans/correct")
def correct_loan_holder(organisation_id: str) -> Response | tuple[str, int]:
    """Somebody else has held it."""
    return _carried_out(organisation_id, "correct")


def _carried_out(organisation_id: str, act: str) -> Response | tuple[str, int]:
    """What is refused is shown again as it was typed; NotFound("ledger_account.absent") for another's ledger."""
    if not queries.accounts(edge.actor(), organisation_id=organisation_id):
        raise NotFound("ledger_account.absent")
    schema, command, carry_out = ACTS[act]
    try:
        carry_out(edge.actor(), command(organisation_id, sent.form(schema)), now=edge.now())
    except (Invalid, Conflict, Forbidden) as refused:
        typed = {**sent.typed(schema), "act": act}
        return ledger.shown(organisation_id, lent_to(organisation_id, typed, sent.beside(refused))), status_of(refused)
    flash(_("The lent post has been recorded"))
    return redirect(url_for("pages.account", organisation_id=organisation_id))

"""Shapes of the ledger: accounts, entries, dated decisions, sums."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment, PageQuery, Strict, Text, count, page_of, reference

KINDS = ("headcount", "post")
PAPER = {"description": "Number and title of the document that decides it."}


class AccountQuery(PageQuery):
    """Which accounts."""

    organisation_id = reference(load_default=None)
    kind = fields.String(load_default=None, validate=validate.OneOf(KINDS))
    pool = fields.Boolean(load_default=None, allow_none=True)


class FiguresOut(Schema):
    """The figures of an account or the change of them."""

    approved = fields.Integer(required=True)
    excess = fields.Integer(required=True)
    occupied = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    lent = fields.Integer(required=True)


class AccountOut(FiguresOut):
    """free = approved + excess − occupied − reserved − lent, never below 0; `borrowed` posts stay the pool's."""

    id = fields.String(required=True)
    organisation_id = fields.String(required=True)
    organisation_name = fields.String(required=True)
    kind = fields.String(required=True)
    band = fields.String(required=True, allow_none=True)
    pool = fields.Boolean(required=True)
    free = fields.Integer(required=True)
    borrowed = fields.Integer(required=True)


class EntryQuery(PageQuery):
    """A page of entries, newest first."""


class EntryOut(Schema):
    """One movement, with the case and the document that it comes from."""

    id = fields.String(required=True)
    account_id = fields.String(required=True)
    event = fields.String(required=True)
    delta = fields.Nested(FiguresOut, required=True)
    process_instance_id = fields.String(required=True, allow_none=True)
    business_key = fields.String(required=True, allow_none=True)
    element_id = fields.String(required=True)
    line = fields.String(required=True)
    borrower_id = fields.String(required=True, allow_none=True)
    document = fields.String(required=True, allow_none=True)
    decided_on = fields.Date(required=True, allow_none=True)
    at = Moment(required=True)
    actor_id = fields.String(required=True)


class DecisionIn(Strict):
    """What every change of the quota rests on."""

    document = Text(least=1, required=True, metadata=PAPER)
    decided_on = fields.Date(required=True)


class ApprovedIn(DecisionIn):
    """The approved number from now on."""

    approved = count(required=True)


class MoveIn(DecisionIn):
    """Free posts that move to another account of the same kind and band."""

    target_id = reference(required=True)
    count = count(least=1, load_default=1)


class LentIn(Strict):
    """Posts of a pool that a school had borrowed before the opening day."""

    organisation_id = reference(required=True)
    count = count(least=1, required=True)


class NewAccountIn(Strict):
    """An opening balance."""

    organisation_id = reference(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    band = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(["senior", "middle", "junior"]))
    pool = fields.Boolean(load_default=False)
    approved = count(required=True)
    occupied = count(load_default=0)
    lent_to = fields.List(fields.Nested(LentIn), load_default=list, validate=validate.Length(max=500))


class OpeningIn(DecisionIn):
    """Opening balances by one document."""

    accounts = fields.List(fields.Nested(NewAccountIn), required=True, validate=validate.Length(1, 500))


class HolderIn(DecisionIn):
    """Who sits in a lent post since before the opening day, on from_on ≤ day ≤ until, by the paper that says so."""

    borrower_id = reference(required=True)
    person_id = reference(required=True)
    from_on = fields.Date(required=True)
    until = fields.Date(required=True)


class ExtendLoanIn(DecisionIn):
    """The last day of the term from now on."""

    until = fields.Date(required=True)


class ReturnPostIn(DecisionIn):
    """A lent post goes back; `on` is the first day without it."""

    on = fields.Date(required=True)
    afterwards = fields.String(required=True, validate=validate.OneOf(["own_post", "no_post"]))


class CorrectHolderIn(DecisionIn):
    """Who has held the post instead, from its first day on."""

    person_id = reference(required=True)


class LoanIdOut(Schema):
    """The loan that was recorded."""

    id = fields.String(required=True)


class AccountsOut(Schema):
    """The accounts as they stand after a change."""

    items = fields.List(fields.Nested(AccountOut), required=True)


class SumOut(Schema):
    """One kind and band over the visible accounts: schools + pool = approved = decided, or the books are wrong."""

    kind = fields.String(required=True)
    band = fields.String(required=True, allow_none=True)
    schools = fields.Nested(FiguresOut, required=True)
    pool = fields.Nested(FiguresOut, required=True)
    approved = fields.Integer(required=True)
    decided = fields.Integer(required=True)
    is_conserved = fields.Boolean(required=True)


class HoldOut(Schema):
    """What a case holds of an account."""

    account_id = fields.String(required=True)
    line = fields.String(required=True)
    count = fields.Integer(required=True)


AccountPage = page_of(AccountOut, "AccountPage")
EntryPage = page_of(EntryOut, "EntryPage")


class KeptIn(Strict):
    """How many of an account a named hold keeps."""

    account_id = reference(required=True)
    count = count(least=1, required=True)


class NamedHoldIn(DecisionIn):
    """What is kept under a name, for whom, why, until which last day."""

    organisation_id = reference(required=True)
    owner = Text(most=120, least=1, required=True, metadata={"description": "person:<id>, or role@<organisation id>."})
    reason = Text(most=500, least=1, required=True)
    until = fields.Date(required=True)
    lines = fields.List(fields.Nested(KeptIn), required=True, validate=validate.Length(1, 8))


class KeptOut(Schema):
    """How many of an account it keeps now."""

    account_id = fields.String(required=True)
    count = fields.Integer(required=True)


class NamedHoldOut(Schema):
    """A named hold; over, it keeps nothing, and `ended_because` says whether by owner, clock or case."""

    id = fields.String(required=True)
    organisation_id = fields.String(required=True)
    owner = fields.String(required=True)
    reason = fields.String(required=True)
    document = fields.String(required=True)
    decided_on = fields.Date(required=True)
    until = fields.Date(required=True)
    booked_by = fields.String(required=True)
    booked_at = Moment(required=True)
    ended_at = Moment(required=True, allow_none=True)
    ended_because = fields.String(required=True, allow_none=True)
    end_reason = fields.String(required=True, allow_none=True)
    instance_id = fields.String(required=True, allow_none=True)
    lines = fields.List(fields.Nested(KeptOut), required=True)


class NamedHoldsOut(Schema):
    """Named holds, by their last day."""

    items = fields.List(fields.Nested(NamedHoldOut), required=True)


class NamedHoldQuery(Strict):
    """Those of an organisation; `over` those that have ended."""

    organisation_id = reference(load_default=None)
    over = fields.Boolean(load_default=False)


class EndHoldIn(Strict):
    """Why it is needed no more."""

    reason = Text(most=500, least=1, required=True)

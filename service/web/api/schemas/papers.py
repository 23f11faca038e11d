"""Shapes of decisions on paper: what is recorded, what stands recorded, a dispute."""

from typing import Any

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment, Strict, Text, Versioned, count, reference

MEMBERS = 500


class TallyIn(Strict):
    """The minutes of a whole vote; the result is counted from them."""

    yes = count(required=True)
    no = count(required=True)
    abstain = count(required=True)
    present = count(required=True, metadata={"description": "Members who voted, abstentions included."})
    recused = fields.List(
        reference(),
        load_default=list,
        validate=validate.Length(max=MEMBERS),
        metadata={"description": "Persons who stepped aside: members, never present."},
    )


class PaperIn(Versioned):
    """A decision made outside; `decided_by` or `person_id` says whose, for a vote `tally` instead of a decision."""

    seat_id = reference(
        allow_none=True, load_default=None,
        metadata={"description": "Whose seat; without it the only one whose turn it is, or the unclaimed step."},
    )  # fmt: skip
    decided_by = Text(most=200, allow_none=True, load_default=None, metadata={"description": "As the paper names it."})
    person_id = reference(
        allow_none=True, load_default=None,
        metadata={"description": "Who decided, where it is somebody who could have decided here."},
    )  # fmt: skip
    document = Text(most=100, least=1, required=True, metadata={"description": "Number of the document."})
    decided_on = fields.Date(required=True, metadata={"description": "The day that counts for deadlines."})
    attachment_id = reference(required=True, metadata={"description": "Scan of the sealed paper, uploaded before."})
    decision = Text(most=64, load_default="complete")
    opinion = Text(most=4000, allow_none=True, load_default=None)
    values = fields.Dict(keys=fields.String(), load_default=dict)
    tally = fields.Nested(TallyIn, allow_none=True, load_default=None)
    no_interest: Any = fields.Boolean(
        load_default=False, metadata={"description": "That I, who record it, am related to nobody concerned."}
    )


class DisputeIn(Strict):
    """Why what was recorded is not what was decided."""

    seat_id = reference(
        allow_none=True, load_default=None, metadata={"description": "Of a step with several papers: of which seat."}
    )
    reason = Text(most=500, least=1, required=True)


class PaperOut(Schema):
    """A decision made on paper, as recorded: nobody has signed here."""

    seat_id = fields.String(allow_none=True, required=True)
    decided_by = fields.String(required=True)
    person_id = fields.String(allow_none=True, required=True)
    on_behalf_of = fields.String(allow_none=True, required=True)
    document = fields.String(required=True)
    decided_on = fields.Date(required=True)
    decision = fields.String(required=True)
    attachment_id = fields.String(required=True)
    recorded_by = fields.String(required=True)
    recorded_at = Moment(required=True)
    disputed_by = fields.String(allow_none=True, required=True)
    disputed_at = Moment(allow_none=True, required=True)
    dispute = fields.String(allow_none=True, required=True)


def _persons(words: str, **options: Any) -> fields.List[str]:
    return fields.List(reference(), validate=validate.Length(max=MEMBERS), metadata={"description": words}, **options)


class MinutesIn(Versioned):
    """What a meeting decided of a step with the property `collective`."""

    meeting = Text(most=200, least=1, required=True, metadata={"description": "Its name."})
    held_on = fields.Date(required=True)
    due = _persons("Persons who were due, all of them.", required=True)
    present = _persons("Who of them was there and did not step aside.", required=True)
    recused = _persons("Who of them stepped aside: due, never present.", load_default=list)
    chair_id = reference(required=True, metadata={"description": "One of those present, not who enters this."})
    decision = Text(most=64, load_default="complete")
    opinion = Text(most=4000, allow_none=True, load_default=None)
    values = fields.Dict(keys=fields.String(), load_default=dict)
    attachment_id = reference(required=True, metadata={"description": "The minutes, uploaded before."})
    no_interest: Any = fields.Boolean(
        load_default=False, metadata={"description": "That I, who enter it, am related to nobody concerned."}
    )


class ConfirmIn(Versioned):
    """The version of the minutes that the chair has read."""

    no_interest: Any = fields.Boolean(
        load_default=False, metadata={"description": "That I, the chair, am related to nobody concerned."}
    )


class EnteredOut(Schema):
    """The version of the minutes, which their chair confirms."""

    version = fields.Integer(required=True)


class MinutesOut(Schema):
    """A collective decision as entered; in force once `confirmed_at` is set, by its chair."""

    meeting = fields.String(required=True)
    held_on = fields.Date(required=True)
    due = fields.List(fields.String(), required=True)
    present = fields.List(fields.String(), required=True)
    recused = fields.List(fields.String(), required=True)
    chair_id = fields.String(required=True)
    decision = fields.String(required=True)
    opinion = fields.String(allow_none=True, required=True)
    rests_on = fields.Dict(
        allow_none=True,
        required=True,
        metadata={"description": "What else they rest on, such as who was chosen."},
    )
    attachment_id = fields.String(required=True)
    entered_by = fields.String(required=True)
    entered_at = Moment(required=True)
    version = fields.Integer(required=True)
    confirmed_at = Moment(allow_none=True, required=True)

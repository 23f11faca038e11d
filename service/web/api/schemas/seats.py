"""Shapes of operations on the seats of a task."""

from apiflask import Schema
from marshmallow import fields, validate

from service.tasks.queries_seats import ACTIONS
from service.web.api.schemas.base import Moment, Strict, Text, Versioned
from service.web.api.schemas.papers import PaperOut

MOST_PEOPLE = 20


def _reason(what: str) -> Text:
    return Text(most=500, least=1, required=True, metadata={"description": what})


def _people() -> fields.List[str]:
    return fields.List(Text(most=36, least=1), required=True, validate=validate.Length(1, MOST_PEOPLE))


class TransferIn(Versioned):
    """To whom the task is handed over, and why; bureau HR names the seat of somebody else."""

    person_id = Text(most=36, least=1, required=True)
    reason = _reason("Stands in the record; the new holder reads it.")
    seat_id = Text(most=36, load_default=None, allow_none=True, metadata={"description": "My own without it."})


class DelegateIn(Versioned):
    """Who acts for me before I decide."""

    person_id = Text(most=36, least=1, required=True)
    reason = _reason("What is asked of them.")


class AddSignerIn(Versioned):
    """Whom to add: `before` me they advise, all at once; `after` me they sign, in this order where the step has one."""

    person_ids = _people()
    where = fields.String(load_default="before", validate=validate.OneOf(("before", "after")))
    reason = _reason("What is asked of them.")


class RemoveSignerIn(Versioned):
    """Which seat goes; one that has acted stays."""

    seat_id = Text(most=36, least=1, required=True)
    reason = _reason("Stands in the record; who loses the seat reads it.")


class CopyIn(Versioned):
    """Who may read the task; nothing is asked of them."""

    person_ids = _people()
    reason = Text(most=500, load_default="")


class PeopleQuery(Schema):
    """For which operation people are looked for, and a part of a name or of an organisation's name."""

    operation = fields.String(load_default="before", validate=validate.OneOf(tuple(ACTIONS)), data_key="for")
    q = Text(most=80, load_default="")
    role = Text(most=64, load_default=None, allow_none=True)


class PersonFound(Strict):
    """Somebody who may be drawn in, and the role by which."""

    person_id = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    organisation_id = fields.String(required=True)
    organisation = fields.String(required=True)


class PeopleOut(Schema):
    """At most 20 people, by name."""

    items = fields.List(fields.Nested(PersonFound), required=True)


class SeatOut(Schema):
    """One signer of a task."""

    id = fields.String(required=True)
    person_id = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(
        required=True,
        metadata={
            "description": "waiting, open, signed (in a vote: has voted), recorded (decided on paper), removed, "
            "recused or superseded"
        },
    )
    decision = fields.String(allow_none=True)
    opinion = fields.String(allow_none=True)
    signed_at = Moment(allow_none=True)
    on_behalf_of = fields.String(allow_none=True)
    kind = fields.String(
        required=True, metadata={"description": "signer; adviser or delegate, whose decision is advice"}
    )
    for_seat_id = fields.String(
        allow_none=True, required=True, metadata={"description": "The seat whose holder asked or added this person."}
    )
    paper = fields.Nested(
        PaperOut, allow_none=True, required=True, metadata={"description": "The decision on paper of this seat."}
    )

"""Shapes of what HR does to a running case by hand."""

from apiflask import Schema
from marshmallow import fields

from service.web.api.schemas.base import Reasoned, Text, reference


class MoveOut(Schema):
    """An earlier step to which a case may be moved back from an element, and the elements that this closes."""

    element_id = fields.String(required=True)
    target_id = fields.String(required=True)
    closes = fields.List(fields.String(), required=True)


class StayOut(Schema):
    """An earlier step to which it may not be moved back from an element, why, and what to do instead."""

    element_id = fields.String(required=True)
    target_id = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class OperableOut(Schema):
    """What may be done to a case by hand."""

    version = fields.Integer(required=True)
    state = fields.String(required=True)
    moves = fields.List(fields.Nested(MoveOut), required=True)
    stays = fields.List(fields.Nested(StayOut), required=True)
    variables = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "Those that may be put right, with their values."}
    )


class MoveBackIn(Reasoned):
    """From the element on which the case stands to an earlier step, and why."""

    element_id = reference(required=True)
    target_id = reference(required=True)


class ChangeVariableIn(Reasoned):
    """A variable of the case, its new value of the same kind, and why."""

    name = Text(most=200, required=True)
    value = fields.Raw(required=True, allow_none=True)

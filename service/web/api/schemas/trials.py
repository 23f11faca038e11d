"""Shapes of a trial: the moves that were made, and a form that is only looked at."""

from marshmallow import fields, validate

from service.web.api.schemas.base import Strict
from workflows.rehearsal.moves import KINDS

LONGEST = 100_000
MOST_MOVES = 500


class TrialAnswerIn(Strict):
    """What an operation shall have answered: JSON as it was typed, or an error code."""

    element_id = fields.String(required=True, validate=validate.Length(1, 255))
    values = fields.String(load_default="", validate=validate.Length(0, LONGEST))
    error = fields.String(load_default="", validate=validate.Length(0, 100))


class MoveIn(Strict):
    """One move: `entered` are the names and values of the form that was filled in."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    element_id = fields.String(load_default="", validate=validate.Length(0, 255))
    nth = fields.Integer(load_default=0, validate=validate.Range(0, 10_000))
    decision = fields.String(load_default="", validate=validate.Length(0, 100))
    opinion = fields.String(load_default="", validate=validate.Length(0, 4000))
    entered = fields.List(fields.Tuple((fields.String(), fields.String())), load_default=list)
    answers = fields.List(fields.Nested(TrialAnswerIn), load_default=list)


class TrialIn(Strict):
    """The moves so far, the start first; none: what a case begins with."""

    moves = fields.List(fields.Nested(MoveIn), required=True, validate=validate.Length(0, MOST_MOVES))


class FormIn(Strict):
    """A form as form-js writes it."""

    form = fields.Dict(keys=fields.String(), required=True)


class DecisionIn(Strict):
    """A decision of a draft and the values that it is asked for, as JSON."""

    decision_id = fields.String(required=True, validate=validate.Length(1, 255))
    values = fields.String(required=True, validate=validate.Length(0, LONGEST))

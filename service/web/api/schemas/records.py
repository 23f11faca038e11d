"""Shapes of files of persons: records, facts of a day, requests for corrections, retirements due."""

from apiflask import Schema
from marshmallow import fields, validate

from service.records.rules import BASES, KINDS, TOPICS
from service.web.api.schemas.base import Moment, Strict, Text, count, reference

SEALED = {"description": "null for whom it is not: bureau HR and the person read it."}


class RecordQuery(Strict):
    """All records, or those that hold on a day; `voided`: those that were taken back, too."""

    on = fields.Date(load_default=None)
    voided = fields.Boolean(load_default=False)


class DayQuery(Strict):
    """The day of which is asked (today)."""

    on = fields.Date(load_default=None)


class RecordOut(Schema):
    """One dated fact; it holds on valid_from ≤ day < valid_until."""

    id = fields.String(required=True)
    person_id = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    value = fields.String(required=True, allow_none=True, metadata=SEALED)
    basis = fields.String(required=True, allow_none=True, metadata=SEALED)
    year = fields.Integer(required=True, allow_none=True)
    amount = fields.Integer(required=True, allow_none=True)
    organisation_id = fields.String(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    document = fields.String(required=True)
    note = fields.String(required=True)
    process_instance_id = fields.String(required=True, allow_none=True, attribute="instance_id")
    entered_at = Moment(required=True)
    replaces_id = fields.String(required=True, allow_none=True)
    voided_at = Moment(required=True, allow_none=True)
    void_reason = fields.String(required=True, allow_none=True)


class RecordIn(Strict):
    """A record; what each kind needs, and what its days mean, is told by the refusal and by the documentation."""

    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS)))
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(load_default=None, allow_none=True)
    value = Text(most=40, load_default=None, allow_none=True)
    basis = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(BASES))
    year = count(least=1950, most=2200, load_default=None, allow_none=True)
    amount = count(most=10000, load_default=None, allow_none=True)
    organisation_id = reference(load_default=None, allow_none=True)
    document = Text(most=200, load_default="")
    note = Text(most=400, load_default="")


class CorrectionIn(RecordIn):
    """The record as it should be, and why."""

    reason = Text(most=200, least=1, required=True)


class VoidIn(Strict):
    """Why a record should not be there."""

    reason = Text(most=200, least=1, required=True)


class TopicIn(Strict):
    """What was looked through."""

    topic = fields.String(required=True, validate=validate.OneOf(TOPICS))


class SanctionOut(Schema):
    """A sanction in force, kind "none" where there is none."""

    kind = fields.String(required=True)
    system = fields.String(required=True, allow_none=True)
    decided_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)


class FactsOut(Schema):
    """What was true of a person on a day; null is unknown, or not for the reader where `hidden` is false."""

    person_id = fields.String(required=True)
    on = fields.Date(required=True)
    hidden = fields.Boolean(required=True, metadata={"description": "Whether the reader may know of discipline."})
    standing = fields.String(required=True, validate=validate.OneOf(["clear", "suspended", "barred", "unknown"]))
    records_checked = fields.Boolean(required=True)
    staffed = fields.Boolean(required=True)
    title = fields.String(required=True, allow_none=True)
    title_since = fields.Date(required=True, allow_none=True)
    years_in_title = fields.Integer(required=True, allow_none=True)
    years_of_service = fields.Integer(required=True, allow_none=True)
    at_school_since = fields.Date(required=True, allow_none=True)
    years_at_school = fields.Integer(required=True, allow_none=True)
    rural_months = fields.Integer(required=True, allow_none=True)
    rural_months_seen = fields.Integer(required=True)
    excellent = fields.Integer(required=True, allow_none=True)
    training_hours = fields.Integer(required=True, allow_none=True)
    backbone = fields.String(required=True, allow_none=True)
    exchanged = fields.Boolean(required=True, allow_none=True)
    exchange_months = fields.Integer(required=True, allow_none=True)
    lock_active = fields.Boolean(required=True, allow_none=True)
    retires_on = fields.Date(required=True, allow_none=True)
    retires_by = fields.String(required=True)
    ethics = fields.String(required=True, allow_none=True)
    open_case = fields.Boolean(required=True, allow_none=True)
    sanction = fields.Nested(SanctionOut, required=True, allow_none=True)
    health_deferral = fields.Boolean(required=True, allow_none=True)
    absent = fields.Boolean(required=True)


class AskIn(Strict):
    """What is wrong in the own file; `record_id` where it is about one record."""

    text = Text(most=1000, least=1, required=True)
    record_id = reference(load_default=None, allow_none=True)


class RequestAnswerIn(Strict):
    """What HR did about it."""

    answer = Text(most=1000, least=1, required=True)


class CorrectionRequestOut(Schema):
    """A request for a correction; `answer` is null while it is open."""

    id = fields.String(required=True)
    person_id = fields.String(required=True)
    record_id = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    asked_at = Moment(required=True)
    answered_at = Moment(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)


class RetirementQuery(Strict):
    """Who retires within so many months of a day (today)."""

    on = fields.Date(load_default=None)
    months = fields.Integer(load_default=12, validate=validate.Range(0, 120))


class RetirementOut(Schema):
    """Somebody who retires soon; `by` is what the day rests on: choice, stored or tables."""

    person_id = fields.String(required=True)
    name = fields.String(required=True)
    organisation_id = fields.String(required=True)
    post_category = fields.String(required=True)
    band = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    retires_on = fields.Date(required=True)
    by = fields.String(required=True)

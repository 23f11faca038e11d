"""Shapes of persons: lists, one person, appointments, relations, unmasking."""

from apiflask import Schema
from marshmallow import fields, validate

from service.people.rules import BANDS, EMPLOYMENT_KINDS, POST_CATEGORIES, RELATIONS
from service.schools import STAGES
from service.web.api.schemas.base import Moment, PageQuery, Strict, Text, Versioned, count, page_of, reference

SEXES = ("female", "male")
MASKED = {"description": "Masked; POST …/unmask tells it for a reason, which is recorded."}


class StaffQuery(PageQuery):
    """The staff of an organisation on a day (today), narrowed by a part of the name."""

    on = fields.Date(load_default=None)
    name = Text(most=80, load_default=None)


class PersonQuery(Strict):
    """Exact match: one of the two."""

    id_number = Text(most=24, load_default=None)
    phone = Text(most=20, load_default=None)


class MemberOut(Schema):
    """A line of a staff list."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    sex = fields.String(required=True, allow_none=True)
    born_on = fields.Date(required=True, allow_none=True)
    id_number = fields.String(required=True, allow_none=True, metadata=MASKED)
    phone = fields.String(required=True, allow_none=True, metadata=MASKED)
    organisation_id = fields.String(required=True)
    employment_kind = fields.String(required=True)
    post_category = fields.String(required=True)
    band = fields.String(required=True, allow_none=True)
    grade = fields.Integer(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    stage = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)


class AppointmentOut(Schema):
    """An appointment; in force on valid_from ≤ day < valid_until, and on no day once a correction has struck it."""

    id = fields.String(required=True)
    person_id = fields.String(required=True)
    organisation_id = fields.String(required=True)
    employment_kind = fields.String(required=True)
    post_category = fields.String(required=True)
    band = fields.String(required=True, allow_none=True)
    grade = fields.Integer(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    stage = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    document = fields.String(required=True)
    process_instance_id = fields.String(required=True, allow_none=True, attribute="instance_id")
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    ended_because = fields.String(required=True, allow_none=True)
    struck_at = Moment(required=True, allow_none=True)


class LockOut(Schema):
    """A service lock; `ends_on` is its last day."""

    id = fields.String(required=True)
    organisation_id = fields.String(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    reason = fields.String(required=True)


class RelationOut(Schema):
    """A declared kinship or interest."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    relative_id = fields.String(required=True, allow_none=True)
    relative_name = fields.String(required=True, allow_none=True)
    note = fields.String(required=True)
    declared_at = Moment(required=True)


class PersonOut(Schema):
    """A person as I may see one."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    sex = fields.String(required=True, allow_none=True)
    born_on = fields.Date(required=True, allow_none=True)
    degree = fields.String(required=True, allow_none=True)
    retires_on = fields.Date(required=True, allow_none=True)
    id_number = fields.String(required=True, allow_none=True, metadata=MASKED)
    phone = fields.String(required=True, allow_none=True, metadata=MASKED)
    version = fields.Integer(required=True)
    appointments = fields.List(fields.Nested(AppointmentOut), required=True)
    locks = fields.List(fields.Nested(LockOut), required=True)
    relations = fields.List(fields.Nested(RelationOut), required=True)


class PersonIn(Strict):
    """A new person; sex and day of birth follow from the ID number when it is there."""

    name = Text(most=80, least=1, required=True)
    id_number = Text(most=24, load_default=None, allow_none=True)
    phone = Text(most=20, load_default=None, allow_none=True)
    sex = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(SEXES))
    born_on = fields.Date(load_default=None, allow_none=True)
    degree = Text(most=24, load_default=None, allow_none=True)
    retires_on = fields.Date(load_default=None, allow_none=True)


class PersonEdit(Versioned):
    """The fields that change."""

    name = Text(most=80, least=1)
    id_number = Text(most=24, allow_none=True)
    phone = Text(most=20, allow_none=True)
    sex = fields.String(allow_none=True, validate=validate.OneOf(SEXES))
    born_on = fields.Date(allow_none=True)
    degree = Text(most=24, allow_none=True)
    retires_on = fields.Date(allow_none=True)


class UnmaskIn(Strict):
    """Which field, and why."""

    field = fields.String(required=True, validate=validate.OneOf(["id_number", "phone"]))
    reason = Text(most=500, least=1, required=True)


class UnmaskOut(Schema):
    """The plain value; null when it is unknown."""

    value = fields.String(required=True, allow_none=True)


class RelationIn(Strict):
    """A relative who is a known person, or only a name."""

    kind = fields.String(required=True, validate=validate.OneOf(RELATIONS))
    relative_id = reference(load_default=None, allow_none=True)
    relative_name = Text(most=80, load_default=None, allow_none=True)
    note = Text(load_default="")


class AppointmentIn(Strict):
    """An appointment that uses neither headcount nor post; all others come with an entry of the ledger."""

    organisation_id = reference(required=True)
    valid_from = fields.Date(required=True)
    employment_kind = fields.String(required=True, validate=validate.OneOf(EMPLOYMENT_KINDS))
    post_category = fields.String(required=True, validate=validate.OneOf(POST_CATEGORIES))
    band = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(BANDS))
    grade = count(least=1, most=13, load_default=None, allow_none=True)
    subject = Text(most=40, load_default=None, allow_none=True)
    stage = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STAGES))
    title = Text(most=16, load_default=None, allow_none=True)
    document = Text(load_default="")


class EndAppointmentIn(Strict):
    """The first day without the appointment, and why."""

    on = fields.Date(required=True)
    because = Text(least=1, required=True)


MemberPage = page_of(MemberOut, "MemberPage")

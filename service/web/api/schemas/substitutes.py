"""Shapes of substitutes (代理) and absences."""

from apiflask import Schema
from marshmallow import fields

from service.web.api.schemas.base import Moment, PageQuery, Strict, Text, page_of, reference
from service.web.api.schemas.tasks import TaskItem


class SubstituteQuery(PageQuery):
    """Substitutions that run or will, of a person on either side."""

    person_id = reference(load_default=None)


class SubstituteOut(Schema):
    """`substitute_id` acts for `represented_id` on valid_from ≤ day < valid_until, unless it was ended before."""

    id = fields.String(required=True)
    represented_id = fields.String(required=True)
    represented_name = fields.String(required=True)
    substitute_id = fields.String(required=True)
    substitute_name = fields.String(required=True)
    flows = fields.List(
        fields.String(), required=True, metadata={"description": "Keys of process definitions; empty: all."}
    )
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True)
    attachment_id = fields.String(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)


class _Period(Strict):
    first = fields.Date(required=True)
    until = fields.Date(required=True, metadata={"description": "The first day on which it is over."})
    flows = fields.List(Text(most=64), load_default=list)
    reason = Text(most=500, load_default="", metadata={"description": "Required of bureau HR for somebody else."})
    attachment_id = reference(
        load_default=None, allow_none=True, metadata={"description": "The paper: required of bureau HR likewise."}
    )


class SubstituteIn(_Period):
    """A substitute for a period, for some flows or all."""

    represented_id = reference(required=True)
    substitute_id = reference(required=True)


class AbsenceQuery(Strict):
    """The days for which is asked what would lie; without them those of the absence that is noted."""

    first = fields.Date(load_default=None)
    until = fields.Date(load_default=None)


class AbsencePlanIn(_Period):
    """Away from every role; `substitute_id` acts meanwhile for what lies with the person, null: nobody does."""

    substitute_id = reference(load_default=None, allow_none=True)


class AwayOut(Schema):
    """One role, the days of absence from it, and the persons who stand for it meanwhile."""

    role = fields.String(required=True)
    organisation_id = fields.String(required=True)
    kind = fields.String(required=True)
    absent_from = fields.Date(required=True, allow_none=True)
    absent_until = fields.Date(required=True, allow_none=True)
    alternates = fields.List(fields.String(), required=True)


class UnattendedOut(Schema):
    """An open task on which nobody who is there could act from a day on."""

    task = fields.Nested(TaskItem, required=True)
    day = fields.Date(required=True)


class AbsenceOut(Schema):
    """A person's absence: roles with those who take over, substitutes, and the open tasks that would lie."""

    person_id = fields.String(required=True)
    first = fields.Date(required=True, allow_none=True)
    until = fields.Date(required=True, allow_none=True)
    roles = fields.List(fields.Nested(AwayOut), required=True)
    substitutes = fields.List(fields.Nested(SubstituteOut), required=True)
    unattended = fields.List(fields.Nested(UnattendedOut), required=True)
    more = fields.Boolean(
        required=True, metadata={"description": "There are more open tasks than were looked at one by one."}
    )


SubstitutePage = page_of(SubstituteOut, "SubstitutePage")

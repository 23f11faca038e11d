"""Shapes of tasks: lists, one task, claims, drafts, completions."""

from apiflask import Schema
from marshmallow import fields, validate

from service.tasks.dues import DUES
from service.tasks.extension import UNITS
from service.tasks.orders import SORTS
from service.tasks.queries_boxes import BOXES
from service.tasks.returning import REENTRIES
from service.web.api.schemas.ahead import OutlookOut
from service.web.api.schemas.base import Moment, PageQuery, Strict, Text, Versioned, count, page_of, reference
from service.web.api.schemas.papers import MinutesOut, PaperOut
from service.web.api.schemas.seats import SeatOut

DUE_WORDS = (
    "`overdue`: fallen due; `today`, `soon`, `week`: by the end of today, of the third working day, of this week's "
    "Sunday. Not in `done` and `copied`."
)


class TaskQuery(PageQuery):
    """Which box, narrowed by flow, organisation and deadline; the latest first in `done`, `started` and `copied`."""

    box = fields.String(
        load_default="todo",
        validate=validate.OneOf(BOXES),
        metadata={
            "description": "`started`: the open tasks of cases that I began (the cases: /process-instances?mine=true); "
            "`overdue`: what of `todo` has fallen due."
        },
    )
    sort = fields.String(load_default="due", validate=validate.OneOf(list(SORTS)))
    flow = Text(most=64, load_default=None)
    organisation_id = reference(load_default=None)
    due_before = Moment(load_default=None)
    due = fields.String(load_default=None, validate=validate.OneOf(DUES), metadata={"description": DUE_WORDS})
    overdue = fields.Boolean(
        load_default=False, metadata={"description": "Only what has fallen due already; instead of `due_before`."}
    )
    q = Text(
        most=100,
        load_default=None,
        metadata={"description": "Words that the case must all have, in number, title, school or initiator's name."},
    )


class TaskSheetQuery(TaskQuery):
    """The same without pages: a workbook has everything."""

    class Meta:
        exclude = ("cursor", "limit")


class DecisionOut(Schema):
    """One decision that the task offers; the first lets the case go on."""

    value = fields.String(required=True)
    label = fields.String(required=True)
    needs_reason = fields.Boolean(required=True)
    consequence = fields.String(allow_none=True)


class FormOut(Schema):
    """The form of a task: form-js JSON, the data so far, and the right of each field at this step."""

    id = fields.String(allow_none=True)
    schema = fields.Dict(allow_none=True)
    data = fields.Dict()
    rights = fields.Dict(keys=fields.String(), values=fields.String())


class ReasonOut(Schema):
    """Why the task is with this person: words, and the rule behind them."""

    code = fields.String(required=True)
    text = fields.String(required=True)
    decision_id = fields.String()
    row = fields.Integer()
    flow_id = fields.String(metadata={"description": "The sequence flow whose condition led here."})
    read = fields.Dict(metadata={"description": "What the condition read, by path."})


class TaskItem(Schema):
    """A task as lists show it."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    element_id = fields.String(required=True)
    process_instance_id = fields.String(required=True)
    definition_key = fields.String(required=True)
    business_key = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    signing = fields.String(required=True)
    due_at = Moment(allow_none=True, required=True)
    workdays_left = fields.Integer(
        allow_none=True, required=True,
        metadata={"description": "Working days until the deadline, 0 on its last day; negative: overdue by so many."},
    )  # fmt: skip
    overdue = fields.Boolean(required=True, metadata={"description": "Whether the deadline has passed."})
    on_behalf_of = fields.List(
        fields.String(), required=True,
        metadata={"description": "In a box: the persons as whose substitute I may act; empty: it lies with me."},
    )  # fmt: skip
    opened_at = Moment(required=True)
    priority = fields.Integer(required=True)
    version = fields.Integer(required=True)


class ReturnTargetOut(Schema):
    """A step to which the task may be returned."""

    target = fields.String(required=True, metadata={"description": "Id of the step"})
    name = fields.String(required=True)
    initiator = fields.Boolean(required=True, metadata={"description": "Whether the initiator corrects there"})
    previous = fields.Boolean(required=True, metadata={"description": "Whether it is the step done last"})
    straight = fields.Boolean(required=True, metadata={"description": "Whether it may come straight back from there"})
    persons = fields.List(fields.String(), required=True, metadata={"description": "Who signed it last"})


class FieldChangeOut(Schema):
    """A field that was changed since the case was returned."""

    field = fields.String(required=True)
    old = fields.Raw(allow_none=True, required=True)
    new = fields.Raw(allow_none=True, required=True)


class ReentryOut(Schema):
    """How the task came to be open again."""

    kind = fields.String(
        required=True,
        metadata={"description": "returned: to be corrected; back: straight back from the correction"},
    )
    task_id = fields.String(required=True, metadata={"description": "The task that returned it, or corrected it"})
    straight = fields.Boolean(required=True, metadata={"description": "Whether it goes straight back once it is done"})
    changes = fields.List(
        fields.Nested(FieldChangeOut), allow_none=True, required=True,
        metadata={"description": "For a task that came back: what was changed in the fields of its form."},
    )  # fmt: skip


class RecallOut(Schema):
    """Whether I may take my decision back: until when, or why not."""

    until = Moment(allow_none=True, required=True)
    refused = fields.String(allow_none=True, required=True, metadata={"description": "Code of the reason"})
    words = fields.String(allow_none=True, required=True)


class BoxItem(TaskItem):
    """A task as a box of mine shows it."""

    unread = fields.Boolean(
        required=True,
        metadata={"description": "Whether I have not opened it yet in the pages; never so in `done` and `started`."},
    )


class TaskOut(TaskItem):
    """A task as its page shows it."""

    assignee = fields.String(allow_none=True, required=True)
    candidate_groups = fields.List(fields.String(), required=True)
    decision = fields.String(allow_none=True)
    seats = fields.List(fields.Nested(SeatOut), required=True)
    form = fields.Nested(FormOut, required=True)
    decisions = fields.List(fields.Nested(DecisionOut), required=True)
    reasons = fields.List(fields.Nested(ReasonOut), required=True)
    acting_for = fields.String(
        allow_none=True, required=True,
        metadata={"description": "The person as whose substitute I would act now; null in my own name."},
    )  # fmt: skip
    draft = fields.Dict(allow_none=True, required=True)
    minutes = fields.Nested(
        MinutesOut, allow_none=True, required=True, metadata={"description": "What a meeting decided of it."}
    )
    paper = fields.Nested(
        PaperOut,
        allow_none=True,
        required=True,
        metadata={"description": "The decision on paper of the step, where nobody sat; else look at the seats."},
    )
    return_targets = fields.List(
        fields.Nested(ReturnTargetOut), required=True,
        metadata={"description": "Where I may return it to, the latest step first; empty when I may not."},
    )  # fmt: skip
    reentry = fields.Nested(ReentryOut, allow_none=True, required=True)
    recall = fields.Nested(
        RecallOut, allow_none=True, required=True, metadata={"description": "null where I have signed nothing"}
    )
    next = fields.List(fields.Nested(OutlookOut), required=True)


class CompleteIn(Versioned):
    """A decision; `values` are the fields of the form that this step may write."""

    decision = Text(
        most=64,
        load_default="complete",
        metadata={"description": "One of the task's `decisions`; in a vote `yes`, `no` or `abstain`."},
    )
    opinion = Text(most=4000, allow_none=True, load_default=None)
    values = fields.Dict(keys=fields.String(), load_default=dict)
    no_interest = fields.Boolean(
        load_default=False,
        metadata={"description": "That I am related to nobody concerned; steps with the property `recuse` ask for it."},
    )


class ReturnIn(Versioned):
    """Where to, and whether the steps run again (`replay`) or the case comes straight back to me after correction."""

    target = Text(
        most=200, least=1, required=True, metadata={"description": "A step of `return_targets`, initiator or previous"}
    )
    reentry = fields.String(load_default="replay", validate=validate.OneOf(REENTRIES))
    reason = Text(most=4000, least=1, required=True)
    no_interest = fields.Boolean(load_default=False, metadata={"description": "As for a decision."})


class ReturnedOut(Schema):
    """Where the case went."""

    task_id = fields.String(required=True)
    process_instance_id = fields.String(required=True)
    target = fields.String(required=True)
    reentry = fields.String(required=True)


class ExtendIn(Versioned):
    """More time: `days` of a unit on top of the deadline (of today, once it has passed), or `until` a day."""

    days = count(least=1, most=1000, load_default=None, allow_none=True)
    unit = fields.String(load_default="workdays", validate=validate.OneOf(UNITS))
    until = fields.Date(load_default=None, allow_none=True)
    reason = Text(most=500, least=1, required=True)
    due_at = Moment(
        load_default=None,
        allow_none=True,
        metadata={"description": "The deadline as seen; 409 when it moved."},
    )


class RecuseIn(Versioned):
    """Why I must not handle this case."""

    reason = Text(most=500, least=1, required=True)


class CompletedOut(Schema):
    """What a completion did; `decided` is false while others must still sign."""

    task_id = fields.String(required=True)
    process_instance_id = fields.String(required=True)
    decided = fields.Boolean(required=True)
    outcome = fields.String(allow_none=True, required=True)


class TaskDraftIn(Strict):
    """What has been filled in so far; kept without validation."""

    values = fields.Dict(keys=fields.String(), required=True)
    decision = Text(most=64, allow_none=True, load_default=None)
    opinion = Text(most=4000, allow_none=True, load_default=None)


class TaskDraftOut(Schema):
    """When the draft was kept."""

    saved_at = Moment(required=True)


TaskPage = page_of(BoxItem, "TaskPage")

"""Shapes of reports: figures, times of steps, who is late, and the lists behind."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web import reportview
from service.web.api.schemas.base import Moment, PageQuery, Strict, Text, page_of, reference
from service.web.api.schemas.tasks import TaskItem


class ReportDayQuery(Strict):
    """As of which day; today without one."""

    on = fields.Date(load_default=None)


class FigureQuery(PageQuery):
    """As of which day, and which rows: that count, that do not, of which it is not known."""

    on = fields.Date(load_default=None)
    which = fields.String(load_default="", validate=validate.OneOf(("", *reportview.WHICH)))


class StepsQuery(ReportDayQuery):
    """Of which flow; all without one."""

    flow = Text(most=64, load_default=None)


class FigureTargetOut(Schema):
    """A target: at least or at most so many percent (of a mean: of its unit), until the end of a year."""

    value = fields.Integer(required=True)
    sense = fields.String(required=True, metadata={"description": "least | most"})
    until = fields.Integer(required=True, allow_none=True)


class FigurePartOut(Schema):
    """A share of the numerator."""

    name = fields.String(required=True)
    number = fields.Integer(required=True)


class FigureOut(Schema):
    """A figure: whole numbers, compared as such."""

    key = fields.String(required=True)
    topic = fields.String(required=True)
    name = fields.String(required=True)
    rule = fields.String(required=True, metadata={"description": "What is counted, in words."})
    ground = fields.String(required=True)
    unit = fields.String(required=True, metadata={"description": "persons | posts | cases | schools | years"})
    subject = fields.String(required=True, metadata={"description": "person | organisation | instance | task"})
    basis = fields.String(required=True, metadata={"description": "school_year | personnel_year | any"})
    mean = fields.Boolean(required=True)
    bare = fields.Boolean(required=True, metadata={"description": "A number of something, out of nothing."})
    numerator = fields.Integer(required=True)
    denominator = fields.Integer(required=True, allow_none=True)
    not_known = fields.Integer(
        required=True, data_key="unknown", attribute="unknown",
        metadata={"description": "Rows of which nobody knows: neither yes nor no."},
    )  # fmt: skip
    quotient = fields.String(required=True, allow_none=True, metadata={"description": "Percent, or the mean."})
    target = fields.Nested(FigureTargetOut, required=True, allow_none=True)
    verdict = fields.String(
        required=True, metadata={"description": "met | missed | undecided | expired | empty | untargeted"}
    )
    verdict_words = fields.String(required=True)
    needed = fields.Integer(required=True, allow_none=True, metadata={"description": "How many the target asks for."})
    missing = fields.Integer(required=True, allow_none=True)
    parts = fields.List(fields.Nested(FigurePartOut), required=True)


class ReportFiguresOut(Schema):
    """The figures of a day."""

    as_of = fields.Date(required=True)
    items = fields.List(fields.Nested(FigureOut), required=True)


class FigureRowOut(Schema):
    """A row behind a figure; `part` null is unknown. The id is a person's, a case's, a task's, or an account's."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    organisation_id = fields.String(required=True, allow_none=True)
    organisation = fields.String(required=True)
    part = fields.Integer(required=True, allow_none=True)
    whole = fields.Integer(required=True)
    band = fields.String(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    shown = fields.String(required=True, metadata={"description": "The fact that decides, in words."})


class FigureListOut(Schema):
    """A figure and a page of its list."""

    as_of = fields.Date(required=True)
    figure = fields.Nested(FigureOut, required=True)
    hidden = fields.Integer(required=True, metadata={"description": "Rows that count and that you may not see."})
    items = fields.List(fields.Nested(FigureRowOut), required=True)
    next = fields.String(required=True, allow_none=True)


class FreezeIn(Strict):
    """The name of the report, and its day; today without one."""

    name = Text(most=120, required=True)
    on = fields.Date(load_default=None, allow_none=True)


class FrozenIdOut(Schema):
    """The new report."""

    id = fields.String(required=True)


class FrozenReportOut(Schema):
    """A frozen report; `sha256` is that of its contents, as the record has it."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    as_of = fields.Date(required=True)
    frozen_at = Moment(required=True)
    by = fields.String(required=True)
    sha256 = fields.String(required=True)


class FrozenReportFiguresOut(FrozenReportOut):
    """With its figures, as they were; `is_sound`: contents, row and record have the same hash."""

    is_sound = fields.Boolean(required=True)
    items = fields.List(fields.Nested(FigureOut), required=True)


class DifferingNumbersOut(Schema):
    """The numbers of a figure on one side."""

    numerator = fields.Integer(required=True)
    denominator = fields.Integer(required=True)
    not_known = fields.Integer(required=True, data_key="unknown", attribute="unknown")
    verdict = fields.String(required=True)


class DifferingRowOut(Schema):
    """A row of a list on one side."""

    organisation = fields.String(required=True)
    part = fields.Integer(required=True, allow_none=True)
    whole = fields.Integer(required=True)
    shown = fields.String(required=True)


class DifferingSubjectOut(Schema):
    """A person, school or case of which the rows differ."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True, metadata={"description": "came | gone | changed"})
    before = fields.List(fields.Nested(DifferingRowOut), required=True)
    after = fields.List(fields.Nested(DifferingRowOut), required=True)


class DifferingFigureOut(Schema):
    """A figure that differs; null on the side where it is not declared."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    before = fields.Nested(DifferingNumbersOut, required=True, allow_none=True)
    after = fields.Nested(DifferingNumbersOut, required=True, allow_none=True)
    changes = fields.List(fields.Nested(DifferingSubjectOut), required=True)


class ReportDifferenceOut(Schema):
    """Empty where the day reads as it was frozen."""

    as_of = fields.Date(required=True)
    items = fields.List(fields.Nested(DifferingFigureOut), required=True)


class TimesOut(Schema):
    """How often, and in how many working days by nearest rank."""

    number = fields.Integer(required=True)
    median = fields.Integer(required=True)
    p90 = fields.Integer(required=True)


class StepTimesOut(Schema):
    """A step over the months, and in each of them; null where nothing was done."""

    definition_key = fields.String(required=True)
    element_id = fields.String(required=True)
    name = fields.String(required=True)
    limit = fields.Integer(required=True, allow_none=True, metadata={"description": "Working days."})
    whole = fields.Nested(TimesOut, required=True)
    months = fields.List(fields.Nested(TimesOut, allow_none=True), required=True)


class StepsOut(Schema):
    """Steps, those that exceed their limit most first; `months` are their first days."""

    as_of = fields.Date(required=True)
    months = fields.List(fields.Date(), required=True)
    items = fields.List(fields.Nested(StepTimesOut), required=True)


class LatenessOut(Schema):
    """What one office owes: overdue now, and done late in the last twelve months; late in working days."""

    organisation_id = fields.String(required=True)
    organisation = fields.String(required=True)
    role = fields.String(required=True, metadata={"description": "Empty for persons who were named."})
    overdue = fields.Integer(required=True)
    workdays = fields.Integer(required=True, metadata={"description": "Working days late of all that is overdue."})
    longest = fields.Integer(required=True, metadata={"description": "Working days late of the oldest."})
    done = fields.Integer(required=True, metadata={"description": "Done late in the last twelve months."})
    done_workdays = fields.Integer(required=True)


class OverdueOut(Schema):
    """The figures as of a moment."""

    as_of = Moment(required=True)
    items = fields.List(fields.Nested(LatenessOut), required=True)


class LateQuery(PageQuery):
    """Of which office."""

    organisation_id = reference(required=True)
    role = Text(most=64, load_default=None)


class LateTaskOut(TaskItem):
    """An overdue task, how late, and with whom it lies."""

    workdays_late = fields.Integer(required=True)
    holders = fields.List(fields.String(), required=True, metadata={"description": "person:… or role@organisation"})


LateTaskPage = page_of(LateTaskOut, "LateTaskPage")


class TurnProposalOut(Schema):
    """Somebody about whom something is to be decided; `day` ends the term, the lock or the service."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    person_id = fields.String(required=True)
    name = fields.String(required=True)
    organisation_id = fields.String(required=True, allow_none=True)
    organisation = fields.String(required=True)
    day = fields.Date(required=True)
    words = fields.String(required=True)


class TurnCasesOut(Schema):
    """Running cases of one version of a flow."""

    definition_key = fields.String(required=True)
    name = fields.String(required=True)
    version = fields.Integer(required=True)
    cases = fields.Integer(required=True)


class TurnKeptOut(Schema):
    """When and by whom the turn was kept."""

    at = Moment(required=True)
    by = fields.String(required=True)


class TurnRoundOut(Schema):
    """A round of a year: titles | exchange | reserved. `draft` is what it may be begun with, null where that is over.

    Of titles it is the body of `POST /title-batches`, of the others the variables of the flow's start.
    """

    kind = fields.String(required=True)
    year = fields.Integer(required=True)
    is_begun = fields.Boolean(required=True)
    draft = fields.Dict(keys=fields.String(), required=True, allow_none=True)


class TurnOut(Schema):
    """The turn of a year; `kept` null is a dry run, `settled` what was proposed and does not stand any more."""

    year = fields.Integer(required=True)
    turn_day = fields.Date(required=True)
    kept = fields.Nested(TurnKeptOut, required=True, allow_none=True)
    open = fields.List(fields.Nested(TurnProposalOut), required=True)
    settled = fields.List(fields.Nested(TurnProposalOut), required=True)
    cases = fields.List(fields.Nested(TurnCasesOut), required=True)
    rounds = fields.List(fields.Nested(TurnRoundOut), required=True)

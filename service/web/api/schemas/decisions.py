"""Shapes of decision definitions, of their answers, and of the answers of expressions."""

from apiflask import Schema
from marshmallow import fields, validate

from service.web.api.schemas.base import Moment, PageQuery, Strict, Text, count, page_of

VALUE = (
    "A FEEL value as JSON: a whole number of up to 64 bits is an integer, any other number a float; dates, times and"
    " durations are ISO 8601 text (2026-09-01, 08:30:00+08:00, 2026-09-01T08:30:00+08:00, P1DT2H, P1Y2M), a range its"
    " FEEL text, a context an object, a list an array, a function null."
)
VARIABLES = (
    "The values that the decision reads, by name. Text counts as a date, time or duration where the model declares one;"
    " elsewhere FEEL's own functions read it, such as date(text)."
)
FLOW = "The key of a flow or the name of a library; without it flows come before libraries."


class DecisionQuery(PageQuery):
    """Decisions of all published versions; of one key, of one flow or library."""

    key = Text(most=200, load_default=None)
    flow = Text(most=64, load_default=None, metadata={"description": FLOW})


class WhichDecision(Strict):
    """Which of the decisions with this key: without anything the newest version."""

    flow = Text(most=64, load_default=None, metadata={"description": FLOW})
    version = fields.Integer(load_default=None, validate=validate.Range(1, 2**31 - 1))


class DecisionItem(Schema):
    """A decision in one version of a flow or library; the manifest of `definition_id` pins all that it needs."""

    id = fields.String(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    flow = fields.String(required=True, metadata={"description": "The key of the flow, or the name of the library."})
    library = fields.Boolean(required=True)
    version = fields.Integer(required=True, metadata={"description": "The version of the deployment."})
    definition_id = fields.String(required=True)
    file = fields.String(required=True)
    checksum = fields.String(required=True, metadata={"description": "SHA-256 of the file."})
    deployed_at = Moment(required=True)


class InputColumn(Schema):
    """An input of a table."""

    label = fields.String(required=True)
    expression = fields.String(required=True)
    type = fields.String(required=True, allow_none=True)


class OutputColumn(Schema):
    """An output of a table."""

    name = fields.String(required=True)
    label = fields.String(required=True)
    type = fields.String(required=True, allow_none=True)


class DecisionDefinitionOut(DecisionItem):
    """A decision with the columns of its table; `hit_policy` is null when it is no table."""

    hit_policy = fields.String(required=True, allow_none=True)
    inputs = fields.List(fields.Nested(InputColumn), required=True)
    outputs = fields.List(fields.Nested(OutputColumn), required=True)


class DecisionXmlOut(DecisionItem):
    """The DMN file of a decision."""

    xml = fields.String(required=True)


class EvaluateIn(Strict):
    """The values that the decision reads, and which version is asked; without anything the newest."""

    flow = Text(most=64, load_default=None, metadata={"description": FLOW})
    version = count(load_default=None, least=1)
    variables = fields.Dict(keys=fields.String(), load_default=dict, metadata={"description": VARIABLES})


class RuleOut(Schema):
    """A row that matched, in the table of this decision or of one that it built on."""

    id = fields.String(required=True)
    index = fields.Integer(required=True)
    table = fields.String(required=True)
    inputs = fields.Dict(required=True)
    outputs = fields.Dict(required=True)
    annotation = fields.String(required=True)


class WarningOut(Schema):
    """What gave null where one expected a value."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class UsedParameter(Schema):
    """The value of a policy parameter that was used; `valid_from` is null where the default holds."""

    value = fields.Raw(required=True, allow_none=True)
    unit = fields.String(required=True)
    source = fields.String(required=True)
    valid_from = fields.String(required=True, allow_none=True)


def used_parameters() -> fields.Dict:
    """Parameters that were read, by key."""
    return fields.Dict(keys=fields.String(), values=fields.Nested(UsedParameter), required=True)


class EvaluatedOut(Schema):
    """The answer of a decision and the reason: rows that matched, values looked at, parameters used."""

    value = fields.Raw(required=True, allow_none=True, metadata={"description": VALUE})
    outputs = fields.Dict(keys=fields.String(), required=True, metadata={"description": "The value by output."})
    rules = fields.List(fields.Nested(RuleOut), required=True)
    inputs = fields.Dict(required=True)
    warnings = fields.List(fields.Nested(WarningOut), required=True)
    parameters = used_parameters()
    decision = fields.Nested(DecisionItem, required=True)


class ExpressionIn(Strict):
    """A FEEL expression over a context; with `unary` it is unary tests over the context's `?`."""

    expression = fields.String(required=True, validate=validate.Length(1, 10_000))
    context = fields.Dict(keys=fields.String(), load_default=dict)
    unary = fields.Boolean(load_default=False)


class ExpressionOut(Schema):
    """The value, what gave null on the way, and the parameters that were read; an error names line and column."""

    value = fields.Raw(required=True, allow_none=True, metadata={"description": VALUE})
    warnings = fields.List(fields.Nested(WarningOut), required=True)
    parameters = used_parameters()


DecisionPage = page_of(DecisionItem, "DecisionPage")

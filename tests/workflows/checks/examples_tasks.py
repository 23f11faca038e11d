"""Examples: automatic tasks, user tasks, extensions of other engines."""

from tests.workflows.checks.drawing import Example, around, element, extended, properties, task, user


def service(content, kind="serviceTask", inside=""):
    return around(element(kind, "a", extended(content) + inside), ids=("a",))


def asked(content="", role="hr"):
    return around(user("a", content, role), ids=("a",))


def put(**values):
    return asked(properties(**values))


VOTE = {"signing": "vote", "quorum": "2/3", "ratio": "2/3"}
SCHEDULED = '<zeebe:taskSchedule dueDate="2027-01-01"/>'


def vote(beside="", **values):
    given = {**VOTE, "dueIn": "5 workdays", **values}
    return asked(properties(**{name: value for name, value in given.items() if value is not None}) + beside)


WITHOUT_EFFECT = ("quorum", "ratio", "secret", "signers", "notice")
DEFINITION = '<zeebe:taskDefinition type="{}"/>'
INPUTS = '<zeebe:ioMapping><zeebe:input source="=1" target="count"/></zeebe:ioMapping>'
RESERVE = service(DEFINITION.format("ledger.reserve") + INPUTS)
SCRIPT = service('<zeebe:script expression="=1 + 1" resultVariable="two"/>', "scriptTask")
RULE = '<zeebe:calledDecision decisionId="{}" resultVariable="r"/>'
DECIDED = service(RULE.format("known_decision"), "businessRuleTask")
CALL = '<zeebe:calledElement processId="{}"/>'
CALLED = service(CALL.format("known_process"), "callActivity")
FORMED = asked('<zeebe:formDefinition formId="known_form"/>')
LOOP = "<bpmn:multiInstanceLoopCharacteristics>{}</bpmn:multiInstanceLoopCharacteristics>"
ITEMS = '<zeebe:loopCharacteristics inputCollection="=[1,2]" inputElement="i"{}/>'


def looped(content):
    return service("", "manualTask", LOOP.format(extended(content) if content else ""))


LOOPED = looped(ITEMS.format(""))
FOREIGN_LISTENER = '<camunda:executionListener class="X" event="start"/>'

EXAMPLES = [
    *(
        Example("operation.parameter_type", "a", RESERVE.replace(b'"=1"', wrong), RESERVE, mark="ledger.reserve")
        for wrong in (b"'=\"two\"'", b'"two"', b'"=1 = 2"', b'"=[1]"')
    ),
    Example("operation.missing", "a", service(""), RESERVE),
    Example("operation.unknown", "a", service(DEFINITION.format("ledger.steal") + INPUTS), RESERVE),
    Example("operation.parameter_missing", "a", service(DEFINITION.format("ledger.reserve")), RESERVE),
    Example(
        "operation.parameter_unknown",
        "a",
        service(
            DEFINITION.format("ledger.reserve")
            + INPUTS.replace("<zeebe:input", '<zeebe:input source="=1" target="cuont"/><zeebe:input')
        ),
        RESERVE,
    ),
    Example("reference.dynamic", "a", service(DEFINITION.format("=name")), RESERVE),
    Example("reference.dynamic", "a", service(CALL.format("=name"), "callActivity"), CALLED),
    Example("script.language", "a", service("", "scriptTask", "<bpmn:script>import os</bpmn:script>"), SCRIPT),
    Example("script.language", "a", around(element("scriptTask", "a", scriptFormat="groovy"), ids=("a",)), SCRIPT),
    Example(
        "script.language", "a", service('<zeebe:script expression="x = 1" resultVariable="two"/>', "scriptTask"), SCRIPT
    ),
    Example("script.missing", "a", service("", "scriptTask"), SCRIPT),
    Example("decision.unknown", "a", service(RULE.format("gone"), "businessRuleTask"), DECIDED),
    Example(
        "decision.missing",
        "a",
        service(RULE.format("known_decision").replace(' resultVariable="r"', ""), "businessRuleTask"),
        DECIDED,
    ),
    Example("process.unknown", "a", service(CALL.format("gone"), "callActivity"), CALLED),
    Example("process.missing", "a", service("", "callActivity"), CALLED),
    Example("loop.collection_missing", "a", looped(""), LOOPED),
    Example("loop.output_incomplete", "a", looped(ITEMS.format(' outputCollection="all"')), LOOPED),
    Example(
        "reference.binding",
        "a",
        service(CALL.format("known_process").replace("/>", ' bindingType="latest"/>'), "callActivity"),
        CALLED,
    ),
    Example("assignment.missing", "a", asked(role=""), asked()),
    Example(
        "assignment.missing",
        "a",
        asked(role=""),
        around(
            '<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>',
            user("a", role=""),
            ids=("a",),
        ),
        beside={"flow.toml": b'[lanes]\nl = "hr"\n'},
    ),
    Example("assignment.unknown_role", "a", asked(role="nobody"), asked()),
    Example(
        "assignment.unknown_role",
        "a",
        asked(role='="nobody@" + school'.replace('"', "&quot;")),
        asked(role='="hr@" + school'.replace('"', "&quot;")),
    ),
    Example(
        "assignment.unknown_role",
        "a",
        asked(role='=["hr", "nobody"]'.replace('"', "&quot;")),
        asked(role='=if x = "nobody" then y else z'.replace('"', "&quot;")),
    ),
    Example("assignment.unheld_role", "a", asked(role="principal"), asked()),
    Example("form.unknown", "a", asked('<zeebe:formDefinition formId="gone"/>'), FORMED),
    Example("form.not_by_id", "a", asked('<zeebe:formDefinition formKey="camunda-forms:bpmn:f"/>'), FORMED),
    Example("property.value", "a", put(signing="everybody"), put(signing="all")),
    Example("property.value", "a", put(onExpiry="decide"), put(onExpiry="remind")),
    Example(
        "property.silence_decides",
        "a",
        put(dueIn="5 workdays", onExpiry="decide:approve"),
        put(dueIn="5 workdays", onExpiry="decide:approve", owedBy="applicant"),
    ),
    Example(
        "property.silence_decides",
        "a",
        put(dueIn="5 workdays", onExpiry="decide:approve", owedBy="authority"),
        put(dueIn="5 workdays", onExpiry="decide:deemed_filed", owedBy="authority"),
    ),
    Example("property.value", "a", put(returnTo="nowhere"), put(returnTo="initiator, previous")),
    Example("property.value", "a", put(recuse="false"), put(recuse="hiring.candidates")),
    Example("property.value", "a", put(fields="name"), put(fields="name:read, count:required")),
    Example("property.value", "a", put(signing='="everybody"'.replace('"', "&quot;")), put(signing="=policy")),
    Example("property.deadline", "a", put(dueIn="5 dayz"), put(dueIn="5 workdays", remindBefore="1 workday")),
    Example("property.unknown", "a", put(sgining="all"), put(signing="all")),
    *(Example("property.unknown", "a", put(**{name: "x"}), put(recuse="hiring.candidates")) for name in WITHOUT_EFFECT),
    Example("collective.setting", "a", put(collective="ordinary", signing="all"), put(collective="ordinary")),
    Example("collective.setting", "a", put(collective="appointment", paper="allowed"), put(collective="appointment")),
    Example(
        "paper.confidential",
        "a",
        put(paper="allowed", confidential="health"),
        put(paper="allowed"),
    ),
    Example("vote.deadline", "a", vote(dueIn=None), vote()),
    Example("vote.deadline", "a", vote(dueIn=None), vote(SCHEDULED, dueIn=None)),
    Example("vote.deadline", "a", put(signing='="vote"'.replace('"', "&quot;")), put(signing="any")),
    Example("vote.assumed", "a", vote(quorum=None), vote()),
    Example("vote.assumed", "a", vote(ratio=None), vote(quorum="1/2", ratio="3/4")),
    *(Example("vote.part", "a", vote(ratio=wrong), vote(ratio="1")) for wrong in ("0/3", "3/2", "0.67", "2", "=x", "")),
    Example("vote.secret", "a", vote(secret="no"), vote(secret="false")),
    Example("vote.setting", "a", vote(decisions="approve"), vote()),
    Example("vote.setting", "a", vote(onExpiry="remind"), vote(remindBefore="1 workday")),
    Example("vote.setting", "a", vote(confidential="health"), put(confidential="health")),
    Example("vote.setting", "a", vote(fields="note:write"), vote(fields="note:read, other:hidden")),
    Example(
        "property.measures",
        "a",
        put(dueIn="5 workdays", remindBefore="P1D"),
        put(dueIn="5 工作日", remindBefore="2 workdays"),
    ),
    Example("property.measures", "a", put(dueIn="P7D", remindBefore="7 days"), put(dueIn="P1W", remindBefore="2 天")),
    Example(
        "property.deadline",
        "a",
        put(dueIn="5 workdays", remindBefore="1 workday, 2 workdays"),
        put(dueIn="=rule", remindBefore="1 workday"),
    ),
    Example("assignment.unknown_role", "a", put(escalateTo="nobody"), put(escalateTo="hr")),
    Example("dialect.foreign", "a", around(task("a", **{"camunda:assignee": "bob"}), ids=("a",)), asked()),
    Example("dialect.foreign", "a", around(element("userTask", "a", **{"flowable:formKey": "f"}), ids=("a",)), FORMED),
    Example(
        "dialect.foreign",
        "a",
        around(element("manualTask", "a", extended("<spiff:preScript>x = 1</spiff:preScript>")), ids=("a",)),
        asked(),
    ),
    Example("dialect.foreign", "a", service(FOREIGN_LISTENER), RESERVE),
    Example(
        "dialect.foreign_unused",
        "note",
        around(task("a"), '<bpmn:textAnnotation id="note" camunda:x="1"/>', ids=("a",)),
        around(task("a"), ids=("a",)),
    ),
]

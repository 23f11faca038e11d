"""Examples: unreadable files, FEEL, forms, flow.toml, which process is deployed."""

from tests.workflows.checks.drawing import Example, chain, element, extended, flow, process, properties, user
from tests.workflows.checks.examples_constructs import CATCHING, PLAIN, waiting
from tests.workflows.checks.examples_flows import gateway
from tests.workflows.checks.examples_tasks import CALL, SCRIPT
from workflows.xml import MAX_BYTES

DOCTYPE = PLAIN.replace(b"<bpmn:definitions", b'<!DOCTYPE x [<!ENTITY a "b">]>\n<bpmn:definitions', 1)
OTHER_XML = b'<?xml version="1.0"?>\n<html id="h"/>\n'
HUGE = PLAIN + b" " * MAX_BYTES
CONDITIONED = gateway(first="=x > 1")
BROKEN = gateway(first="=x >\n  1 +\n  * 2")


def form(*components, name="f"):
    rows = ",\n".join(components)
    return f'{{"id": "{name}", "type": "default",\n"components": [\n{rows}\n]}}'.encode()


FIELD = '{"id": "c1", "type": "textfield", "key": "name"}'
GOOD_FORM = form(FIELD, '{"id": "c2", "type": "number", "key": "count", "conditional": {"hide": "=name = null"}}')
HIDE = FIELD.replace("}", ', "conditional": {"hide": "=1 +"}}')
GROUP = '{"id": "c1", "type": "group", "components": [%s]}'


def nested(depth):
    inner = FIELD.replace("c1", "cx")
    for _ in range(depth):
        inner = GROUP % inner
    return form(inner)


SETTINGS = b'[flow]\nkey = "p"\n\n[decisions.a]\nvalues = ["approve"]\n'


def settings(text):
    return SETTINGS + text


def called(target, name):
    return process(
        '<bpmn:startEvent id="cs"/>', element("callActivity", "ca", extended(CALL.format(target))),
        '<bpmn:endEvent id="ce"/>', chain("cs", "ca", "ce"), name=name,
    )  # fmt: skip


TWO = PLAIN.replace(
    b"</bpmn:definitions>",
    b'<bpmn:process id="q" isExecutable="true">\n<bpmn:startEvent id="s9"/>\n<bpmn:endEvent id="e9"/>\n'
    + flow("s9", "e9").encode()
    + b"\n</bpmn:process>\n</bpmn:definitions>",
)
TITLE = b'[title]\nzh = "{school}\xef\xbc\x9a{a}"\n[title.parts]\na = "=x"\n'
KEYED = {"flow.toml": b'[flow]\nkey = "p"\n'}

DMN = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="defs" name="t" namespace="n">
<decision id="route" name="Route"><decisionTable id="dt" hitPolicy="UNIQUE">
<input id="i" label="Count"><inputExpression id="ie" typeRef="number"><text>count</text></inputExpression></input>
<output id="o" name="way" typeRef="string"/>
<rule id="r1"><inputEntry id="c1"><text>{}</text></inputEntry><outputEntry id="o1"><text>"a"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c2"><text>{}</text></inputEntry><outputEntry id="o2"><text>"b"</text></outputEntry></rule>
</decisionTable></decision>
</definitions>
"""


def table(first, second):
    return DMN.format(first, second).encode()


TABLE = table("&lt; 5", "&gt;= 5")
START_FORM = process(
    element("startEvent", "s", extended('<zeebe:formDefinition formId="known_form"/>')),
    user("a", properties(result="verdict", about="=name")), element("exclusiveGateway", "g", default="g-e"), user("b"),
    '<bpmn:endEvent id="e"/>', chain("s", "a", "g", "e"), flow("g", "b", '=verdict.decision = "x"'), chain("b", "e"),
)  # fmt: skip
WRITING = element("scriptTask", "w", extended('<zeebe:script expression="=1" resultVariable="{}"/>'))


def reading(*asked: str) -> tuple[bytes, bytes]:
    """A process whose element `b` reads what nothing writes, and one in which a script writes it before."""
    begins = element("startEvent", "s", extended('<zeebe:formDefinition formId="known_form"/>'))
    kind, extension, name = asked
    inside = [begins, element(kind, "b", extended(extension)), '<bpmn:endEvent id="e"/>']
    return (
        process(*inside, chain("s", "b", "e")),
        process(*inside, WRITING.format(name), chain("s", "w", "b", "e")),
    )


BY_TABLE = reading("businessRuleTask", '<zeebe:calledDecision decisionId="route" resultVariable="way"/>', "count")
BY_OPERATION = reading("serviceTask", '<zeebe:taskDefinition type="grade.look"/>', "grade")
EXAMPLES = [
    Example("feel.unknown_name", "b", *BY_TABLE, beside={"route.dmn": TABLE}),
    Example("feel.unknown_name", "b", *BY_OPERATION),
    Example("feel.unknown_name", "g-b", START_FORM.replace(b"=verdict.d", b"=verdikt.d"), START_FORM),
    Example("feel.unknown_name", "a", START_FORM.replace(b'"=name"', b'"=b.decision"'), START_FORM),
    Example("feel.unknown_name", "g-b", START_FORM.replace(b"=verdict.d", b"=b.d"), START_FORM),
    Example("xml.too_large", "", HUGE, PLAIN, mark="<?xml"),
    Example("xml.doctype", "", DOCTYPE, PLAIN, mark="<!DOCTYPE"),
    Example("xml.malformed", "", PLAIN.replace(b"</bpmn:process>", b"</bpmn:proces>"), PLAIN, mark="</bpmn:proces>"),
    Example("xml.not_bpmn", "", OTHER_XML, PLAIN, mark="<html"),
    Example(
        "process.none",
        "definitions",
        process().split(b"<bpmn:process")[0] + b"</bpmn:definitions>",
        PLAIN,
        mark="targetNamespace",
    ),
    Example("process.not_executable", "p", PLAIN.replace(b' isExecutable="true"', b""), PLAIN),
    Example("process.several", "q", TWO, PLAIN),
    Example("process.recursive_call", "p", called("p", "p"), PLAIN),
    Example("process.key", "", b'[flow]\nkey = "q"\n', b'[flow]\nkey = "p"\n', mark="[flow]", file="flow.toml"),
    Example(
        "reference.provided_twice",
        "p",
        PLAIN,
        PLAIN.replace(b'id="p"', b'id="p2"'),
        mark="<?xml",
        file="z.bpmn",
        beside=KEYED,
    ),
    Example("feel.syntax", "g-a", BROKEN, CONDITIONED, mark="* 2"),
    Example("feel.syntax", "a", SCRIPT.replace(b"=1 + 1", b"=1 +"), SCRIPT),
    Example("feel.equals_missing", "g-a", gateway(first="x"), CONDITIONED),
    Example("feel.equals_missing", "m", CATCHING.replace(b"=case", b"case"), CATCHING),
    Example("feel.empty", "g-a", gateway(first="= "), CONDITIONED),
    Example(
        "feel.language",
        "g-a",
        gateway(first="x").replace(b'xsi:type="bpmn:tFormalExpression"', b'language="python"', 1),
        CONDITIONED,
    ),
    Example("feel.juel", "g-a", gateway(first="${x == 'y'}"), CONDITIONED),
    Example(
        "feel.syntax",
        "c",
        waiting("<bpmn:timeDuration>=if</bpmn:timeDuration>"),
        waiting("<bpmn:timeDuration>=wait</bpmn:timeDuration>"),
    ),
    Example("decision.feel", "c1", table("&lt; (", "-"), TABLE, file="t.dmn"),
    Example("table.overlap", "route", table("&lt; 6", "&gt;= 5"), TABLE, mark='id="r2"', file="t.dmn"),
    Example("table.gap", "route", table("&lt; 4", "&gt;= 5"), TABLE, file="t.dmn"),
    Example(
        "parameter.unknown",
        "g-a",
        gateway(first="=x = parameters.lock_year"),
        gateway(first="=x = parameters.lock_years"),
    ),
    Example(
        "parameter.unknown",
        "c1",
        table("&lt; parameters.lock", "-"),
        table("&lt; parameters.lock_years", "-"),
        file="t.dmn",
    ),
    Example(
        "parameter.unknown",
        "c1",
        form(HIDE.replace("1 +", "parameters.lock > 1")),
        form(HIDE.replace("1 +", "parameters.lock_years > 1")),
        mark="c1",
        file="f.form",
    ),
    Example("form.malformed", "", b'{"id": "f",\n "components": [}', GOOD_FORM, mark="components", file="f.form"),
    Example("form.no_id", "", GOOD_FORM.replace(b'"id": "f", ', b""), GOOD_FORM, mark="type", file="f.form"),
    Example("form.no_components", "", b'{"id": "f"}', GOOD_FORM, mark="id", file="f.form"),
    Example("form.component", "c1", form(FIELD.replace("textfield", "iframe")), GOOD_FORM, mark="c1", file="f.form"),
    Example("form.no_key", "c1", form(FIELD.replace(', "key": "name"', "")), GOOD_FORM, mark="c1", file="f.form"),
    Example("form.repeated_key", "c2", form(FIELD, FIELD.replace("c1", "c2")), GOOD_FORM, mark="c2", file="f.form"),
    *(
        Example(
            "form.setting", "c1", form(f'{{"id": "c1", "key": "name", {wrong}}}'), GOOD_FORM, mark="c1", file="f.form"
        )
        for wrong in (
            '"type": "textfield", "validate": {"pattern": "("}',
            '"type": "textfield", "validate": {"minLength": "two"}',
            '"type": "number", "validate": {"max": "=count"}',
            '"type": "textfield", "validate": ["required"]',
            '"type": "select", "values": [{"label": "A"}]',
        )
    ),
    Example("form.feel", "c1", form(HIDE), GOOD_FORM, mark="c1", file="f.form"),
    Example("form.deep", "c1", nested(300), nested(90), mark="c1", file="f.form"),
    Example("flow.malformed", "", settings(b"[lanes\n"), SETTINGS, mark="[lanes", file="flow.toml"),
    Example("flow.value", "", settings(b"[lanes]\nl = 5\n"), SETTINGS, mark="l = 5", file="flow.toml"),
    Example("title.part", "", settings(TITLE.replace(b"{a}", b"{b}")), settings(TITLE), mark="{b}", file="flow.toml"),
    Example("flow.unknown", "", settings(b"[extra]\n"), SETTINGS, mark="[extra]", file="flow.toml"),
    Example("flow.unknown_element", "zz", settings(b"[decisions.zz]\n"), SETTINGS, mark="zz", file="flow.toml"),
]

"""Writes BPMN with Camunda 8 extension elements, as small as a test needs it."""

from collections.abc import Iterable
from itertools import pairwise
from xml.sax.saxutils import quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="http://lectern.test">\n'
)


def _attributes(values: dict[str, object]) -> str:
    return "".join(
        f" {name.rstrip('_')}={quoteattr(str(value))}" for name, value in values.items() if value is not None
    )


def tag(kind: str, /, *inside: str, **attributes: object) -> str:
    return f"<{kind}{_attributes(attributes)}>{''.join(inside)}</{kind}>\n"


def node(kind: str, id_: str, /, *inside: str, **attributes: object) -> str:
    return tag(f"bpmn:{kind}", *inside, id=id_, **{"name": id_, **attributes})


def extra(*inside: str) -> str:
    return tag("bpmn:extensionElements", *inside)


def zeebe(kind: str, /, *inside: str, **attributes: object) -> str:
    return tag(f"zeebe:{kind}", *inside, **attributes)


def properties(**values: str) -> str:
    return zeebe("properties", *(zeebe("property", name=name, value=value) for name, value in values.items()))


def mapping(inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None) -> str:
    ins = (zeebe("input", source=source, target=target) for target, source in (inputs or {}).items())
    outs = (zeebe("output", source=source, target=target) for target, source in (outputs or {}).items())
    return zeebe("ioMapping", *ins, *outs)


def start(id_: str = "start") -> str:
    return node("startEvent", id_)


def end(id_: str = "end", *inside: str, **extra_properties: str) -> str:
    return node("endEvent", id_, *([extra(properties(**extra_properties))] if extra_properties else []), *inside)


def user(id_: str, *extensions: str, inside: str = "") -> str:
    return node("userTask", id_, extra(zeebe("userTask"), *extensions), inside)


def service(id_: str, operation: str, *extensions: str, inside: str = "", headers: dict[str, str] | None = None) -> str:
    listed = zeebe("taskHeaders", *(zeebe("header", key=key, value=value) for key, value in (headers or {}).items()))
    return node("serviceTask", id_, extra(zeebe("taskDefinition", type=operation), listed, *extensions), inside)


def script(id_: str, expression: str, result: str) -> str:
    return node("scriptTask", id_, extra(zeebe("script", expression=expression, resultVariable=result)))


def rule(id_: str, decision: str, result: str) -> str:
    return node("businessRuleTask", id_, extra(zeebe("calledDecision", decisionId=decision, resultVariable=result)))


def gateway(kind: str, id_: str, default: str | None = None) -> str:
    return node(f"{kind}Gateway", id_, default=default)


def sub(id_: str, *inside: str, extensions: str = "") -> str:
    return node("subProcess", id_, extra(extensions) if extensions else "", *inside)


def call(id_: str, process_id: str, *extensions: str, inside: str = "", **attributes: str) -> str:
    return node(
        "callActivity", id_, extra(zeebe("calledElement", processId=process_id, **attributes), *extensions), inside
    )


def each(
    items: str, item: str = "item", *, sequential: bool = False, into: str | None = None, of: str | None = None,
    until: str | None = None,
) -> str:  # fmt: skip
    loop = zeebe(
        "loopCharacteristics", inputCollection=items, inputElement=item, outputCollection=into, outputElement=of
    )
    condition = tag("bpmn:completionCondition", until) if until else ""
    return tag(
        "bpmn:multiInstanceLoopCharacteristics", extra(loop), condition, isSequential="true" if sequential else "false"
    )


def timer(kind: str, rule_: str) -> str:
    return tag("bpmn:timerEventDefinition", tag(f"bpmn:time{kind}", rule_))


def on(kind: str, name: str | None = None) -> str:
    return tag(f"bpmn:{kind}EventDefinition", **({f"{kind}Ref": f"{kind}_{name}"} if name is not None else {}))


def catch(id_: str, definition: str, *extensions: str) -> str:
    return node("intermediateCatchEvent", id_, extra(*extensions) if extensions else "", definition)


def boundary(id_: str, host: str, definition: str, *extensions: str, interrupting: bool = True) -> str:
    return node(
        "boundaryEvent", id_, extra(*extensions) if extensions else "", definition, attachedToRef=host,
        cancelActivity=str(interrupting).lower(),
    )  # fmt: skip


def flow(source: str, target: str, when: str | None = None, id_: str | None = None) -> str:
    condition = tag("bpmn:conditionExpression", when.replace("<", "&lt;")) if when else ""
    return tag("bpmn:sequenceFlow", condition, id=id_ or f"{source}_{target}", sourceRef=source, targetRef=target)


def path(*ids: str) -> str:
    return "".join(flow(source, target) for source, target in pairwise(ids))


def message(name: str, key: str = "=key") -> str:
    return tag("bpmn:message", extra(zeebe("subscription", correlationKey=key)), id=f"message_{name}", name=name)


def error(code: str) -> str:
    return tag("bpmn:error", id=f"error_{code}", name=code, errorCode=code)


def escalation(code: str) -> str:
    return tag("bpmn:escalation", id=f"escalation_{code}", name=code, escalationCode=code)


def process(*inside: str, id_: str = "main") -> str:
    return tag("bpmn:process", *inside, id=id_, isExecutable="true")


def document(*inside: str) -> bytes:
    return (_HEAD + "".join(inside) + "</bpmn:definitions>").encode()


def diagram(*inside: str, around: Iterable[str] = (), id_: str = "main") -> bytes:
    """One process with a start event `start` and an end event `end` in it already."""
    return document(*around, process(start(), *inside, end(), id_=id_))


def line(count: int) -> bytes:
    ids = [f"t{number}" for number in range(count)]
    return diagram(*(user(id_) for id_ in ids), path("start", *ids, "end"))

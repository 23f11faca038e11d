"""Small flow folders for the tests of the catalogue."""

FORM = b'{"id": "leave-form", "type": "default", "components": [{"type": "textfield", "key": "reason", "id": "c1"}]}'
TABLE = b"""<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="defs" name="t" namespace="n">
<decision id="route" name="Route"><literalExpression id="l"><text>1 + 1</text></literalExpression></decision>
</definitions>
"""
_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="t">
<bpmn:process id="{key}" name="{name}" isExecutable="true">
<bpmn:startEvent id="s"/>
{middle}
<bpmn:endEvent id="e"/>
<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="{task}"/>
<bpmn:sequenceFlow id="f2" sourceRef="{task}" targetRef="e"/>
</bpmn:process>
</bpmn:definitions>
"""
_EXTENDED = '<bpmn:{kind} id="{task}"><bpmn:extensionElements>{inside}</bpmn:extensionElements></bpmn:{kind}>'


def simple(task: str = "a", key: str = "leave", name: str = "Work") -> bytes:
    """A process with one manual task."""
    return _DIAGRAM.format(key=key, name=name, task=task, middle=f'<bpmn:manualTask id="{task}"/>').encode()


def caller(called: str) -> bytes:
    """The process `leave`, which calls another."""
    inside = f'<zeebe:calledElement processId="{called}"/>'
    middle = _EXTENDED.format(kind="callActivity", task="c", inside=inside)
    return _DIAGRAM.format(key="leave", name="Leave", task="c", middle=middle).encode()


def decided() -> bytes:
    """The process `called`, which asks the decision `route`."""
    inside = '<zeebe:calledDecision decisionId="route" resultVariable="way"/>'
    middle = _EXTENDED.format(kind="businessRuleTask", task="d", inside=inside)
    return _DIAGRAM.format(key="called", name="Called", task="d", middle=middle).encode()


CALLED = simple(key="called")
CALLER = caller("called")

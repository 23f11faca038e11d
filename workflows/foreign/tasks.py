"""Tasks and called processes: who does them, until when, what they call, what goes in and out."""

import re
from collections.abc import Callable

from lxml import etree

from workflows.foreign.juel import is_expression
from workflows.foreign.notes import CHANGED, OPEN
from workflows.foreign.reading import Scene
from workflows.xml import bpmn, local, zeebe

_PERIOD = re.compile(r"P(?:\d+[YMWD])+(?:T.*)?|PT\w+")
_BEAN = re.compile(r"\s*[$#]\{\s*([\w.-]+)\s*\}\s*")


def _user(scene: Scene, task: etree._Element) -> None:
    """Assignment, due date and our mark of a user task."""
    scene.write(task, "userTask")
    _potential_owner(scene, task)
    for name in ("assignee", "candidateUsers", "candidateGroups"):
        text = scene.take(task, name)
        value = scene.value(task, text) if text else None
        if value is not None:
            scene.write(task, "assignmentDefinition", **{name: value})
            scene.note(CHANGED, "foreign.assignment", task, name=name, value=value)
            if name != "candidateGroups" and not value.startswith("="):
                scene.note(OPEN, "foreign.person", task, value=value)
    _due(scene, task)
    _priority(scene, task)
    _in_out(scene, task)


def _priority(scene: Scene, task: etree._Element) -> None:
    """From 0 to 100 in both, 50 where nothing is said."""
    text = (scene.take(task, "priority") or "").strip()
    if not text:
        return
    value = scene.value(task, text) if is_expression(text) else text if text.isdigit() and int(text) <= 100 else None
    if value is None:
        scene.note(OPEN, "foreign.priority_left", task, value=text[:100])
        return
    scene.write(task, "priorityDefinition", priority=value)
    scene.note(CHANGED, "foreign.priority", task, value=value)


def _potential_owner(scene: Scene, task: etree._Element) -> None:
    """BPMN's own way to say who may do a task: `group(x), user(y)`."""
    for owner in (*task.findall(bpmn("potentialOwner")), *task.findall(bpmn("humanPerformer"))):
        text = "".join(str(part) for part in owner.itertext()).strip()
        groups = re.findall(r"group\(([^()]+)\)", text) or ([text] if re.fullmatch(r"[\w-]+", text) else [])
        users = re.findall(r"user\(([^()]+)\)", text)
        for name, found in (("candidateGroups", groups), ("candidateUsers", users)):
            if found:
                scene.write(task, "assignmentDefinition", **{name: ",".join(one.strip() for one in found)})
        scene.note(CHANGED if groups or users else OPEN, "foreign.owner", task, text=text[:200])
        task.remove(owner)


def _due(scene: Scene, task: etree._Element) -> None:
    text = scene.take(task, "dueDate")
    if not text:
        return
    if _PERIOD.fullmatch(text.strip()):
        scene.set_property(task, "dueIn", text.strip())
        scene.note(CHANGED, "foreign.due", task, value=text.strip())
        return
    value = scene.value(task, text)
    if value is not None:
        scene.write(task, "taskSchedule", dueDate=value)
        scene.note(CHANGED, "foreign.due", task, value=value)


def _service(scene: Scene, task: etree._Element) -> None:
    """A service or send task names an operation; which of ours it is, a person says."""
    topic, bean, cls = (scene.take(task, name) for name in ("topic", "delegateExpression", "class"))
    expression, kind = scene.take(task, "expression"), scene.take(task, "type")
    named = _BEAN.fullmatch(bean or "")
    name = (
        topic or (named[1] if named else bean) or (cls or "").rpartition(".")[2] or (kind if kind != "external" else "")
    )
    if expression and not name:
        _expression(scene, task, expression)
    elif name:
        scene.write(task, "taskDefinition", type=name)
        scene.note(OPEN, "foreign.operation", task, name=name)
    _in_out(scene, task)


def _expression(scene: Scene, task: etree._Element, expression: str) -> None:
    """A task that only evaluates is a script task here."""
    result = scene.take(task, "resultVariable") or scene.take(task, "resultVariableName")
    value = scene.value(task, expression)
    if value is None or not result:
        if value is not None:
            scene.note(OPEN, "foreign.no_result", task, text=expression[:200])
        return
    task.tag = bpmn("scriptTask")
    scene.write(task, "script", expression=value, resultVariable=result)
    scene.note(CHANGED, "foreign.script", task, value=value)


def _script(scene: Scene, task: etree._Element) -> None:
    """Scripts in FEEL or JUEL are FEEL here; no other language runs."""
    result = scene.take(task, "resultVariable")
    script, language = task.find(bpmn("script")), (task.get("scriptFormat") or "").lower()
    text = (script.text or "").strip() if script is not None else ""
    if script is None or not text or not result or language not in ("juel", "feel"):
        scene.note(OPEN, "foreign.script_language", task, language=language or "?")
        return
    value = scene.value(task, text) if language == "juel" else f"={text.removeprefix('=')}"
    if value is None:
        return
    task.remove(script)
    del task.attrib["scriptFormat"]
    scene.write(task, "script", expression=value if value.startswith("=") else f'="{value}"', resultVariable=result)
    scene.note(CHANGED, "foreign.script", task, value=value)


def _rule(scene: Scene, task: etree._Element) -> None:
    """A decision by its id; what it answers lies in the result as a whole."""
    decision = scene.take(task, "decisionRef") or _field(scene, task, "decisionTableReferenceKey")
    result, shape = scene.take(task, "resultVariable"), scene.take(task, "mapDecisionResult")
    if not decision:
        _service(scene, task)
        return
    if is_expression(decision):
        scene.note(OPEN, "foreign.decision", task, decision=decision[:100])
        return
    scene.write(task, "calledDecision", decisionId=decision, resultVariable=result or decision)
    scene.note(CHANGED, "foreign.called_decision", task, decision=decision, result=result or decision)
    if shape not in (None, "singleEntry", "singleResult"):
        scene.note(OPEN, "foreign.decision_shape", task, shape=shape)


def _field(scene: Scene, task: etree._Element, name: str) -> str | None:
    """A `field` extension of Flowable."""
    for found in scene.extensions(task, "field"):
        if found.get("name") == name:
            inner = found.find("{*}string")
            scene.remove(found)
            return found.get("stringValue") or (inner.text if inner is not None else None)
    return None


def _call(scene: Scene, call: etree._Element) -> None:
    """A fixed process by its id, with what goes in and comes back."""
    called = str(call.get("calledElement") or "")
    if called:
        del call.attrib["calledElement"]
    for name in ("calledElementBinding", "calledElementType", "inheritVariables", "businessKey", "inheritBusinessKey"):
        scene.take(call, name)
    if not called or is_expression(called):
        scene.note(OPEN, "foreign.called", call, called=called[:100])
        return
    everything = _passes(scene, call)
    scene.write(call, "calledElement", processId=called, propagateAllChildVariables=str(everything).lower())
    scene.note(CHANGED, "foreign.calls", call, called=called)


def _passes(scene: Scene, call: etree._Element) -> bool:
    """Mappings in and out of a called process; whether everything comes back."""
    everything = False
    for found in scene.extensions(call, "in", "out"):
        way = "input" if local(found) == "in" else "output"
        source = found.get("sourceExpression") or found.get("source")
        if found.get("variables") == "all":
            everything = everything or way == "output"
        elif source and found.get("target"):
            value = scene.value(call, source) if is_expression(source) else f"={source}"
            if value is None:
                continue
            scene.mapping(call, way, str(found.get("target")), value)
        scene.remove(found)
    return everything


def _in_out(scene: Scene, element: etree._Element) -> None:
    """camunda:inputOutput with plain values and expressions; lists, maps and scripts are left."""
    for box in scene.extensions(element, "inputOutput"):
        for found in list(box):
            way = {"inputParameter": "input", "outputParameter": "output"}.get(local(found))
            text = (found.text or "").strip()
            value = scene.value(element, text) if way and text and not len(found) else None
            if way is None or value is None:
                scene.note(OPEN, "foreign.parameter", element, name=found.get("name") or "")
                continue
            scene.mapping(element, way, found.get("name") or "", value)
            box.remove(found)
        if not len(box):
            scene.remove(box)
            scene.note(CHANGED, "foreign.mapping", element)


def _properties(scene: Scene, element: etree._Element) -> None:
    """camunda:properties are settings like ours, under their own names."""
    for box in scene.extensions(element, "properties"):
        for found in box:
            etree.SubElement(scene.write(element, "properties"), zeebe("property"),
                             name=found.get("name") or "", value=found.get("value") or "")  # fmt: skip
        scene.remove(box)
        scene.note(CHANGED, "foreign.properties", element)


def _with_properties(translate: Callable[[Scene, etree._Element], None]) -> Callable[[Scene, etree._Element], None]:
    def both(scene: Scene, element: etree._Element) -> None:
        translate(scene, element)
        _properties(scene, element)

    return both


KINDS: dict[str, Callable[[Scene, etree._Element], None]] = {
    name: _with_properties(found)
    for name, found in {
        "userTask": _user, "serviceTask": _service, "sendTask": _service, "scriptTask": _script,
        "businessRuleTask": _rule, "callActivity": _call,
    }.items()
}  # fmt: skip

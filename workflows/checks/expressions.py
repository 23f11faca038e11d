"""FEEL in the diagram: it must be there where only FEEL makes sense, and it must compile."""

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from workflows.checks.diagram import NODES, Diagram, extension_elements, line_of
from workflows.checks.findings import Finding, error
from workflows.checks.texts import is_feel
from workflows.feel import FeelError, compile_expression
from workflows.xml import BPMN, bpmn, local, texts_of

SYNTAX = error(
    "feel.syntax",
    (
        "{place} 的 FEEL 表达式第 {row} 行第 {column} 列有误：{reason}",
        "FEEL error in {place}, row {row}, column {column}: {reason}",
    ),
    ("改正表达式：{text}", "Correct the expression: {text}"),
)
NOT_FEEL = error(
    "feel.equals_missing",
    (
        "{place} 的条件“{text}”没有以 = 开头，永远不成立。",
        'The condition "{text}" in {place} does not begin with = and would never hold.',
    ),
    ("写成 ={text}", "Write ={text}"),
)
EMPTY = error(
    "feel.empty",
    ("{place} 的表达式是空的。", "The expression in {place} is empty."),
    ("在 = 之后写 FEEL 表达式，或删去它。", "Write a FEEL expression after =, or remove it."),
)
LANGUAGE = error(
    "feel.language",
    ("{place} 使用表达式语言 {language}。", "{place} is written in {language}."),
    ("改用 FEEL（以 = 开头），并删去 language 属性。", "Use FEEL (after =) and remove the language attribute."),
)
JUEL = error(
    "feel.juel",
    ("{place} 的“{text}”是 JUEL（Camunda 7、Flowable）写法。", '"{text}" in {place} is JUEL (Camunda 7, Flowable).'),
    ("改写为 FEEL，例如 ={instead}", "Write FEEL, for example ={instead}"),
)

# zeebe element → attributes that may hold FEEL, and those that must.
_MAY = {
    "input": ("source",),
    "output": ("source",),
    "script": (),
    "assignmentDefinition": ("assignee", "candidateUsers", "candidateGroups"),
    "taskSchedule": ("dueDate", "followUpDate"),
    "priorityDefinition": ("priority",),
    "property": ("value",),
    "header": ("value",),
}
_MUST = {
    "script": ("expression",),
    "loopCharacteristics": ("inputCollection", "outputElement"),
    "subscription": ("correlationKey",),
}
_TEXTS_MUST = {bpmn("conditionExpression"), bpmn("completionCondition")}
_TEXTS_MAY = {bpmn("timeDate"), bpmn("timeDuration"), bpmn("timeCycle")}
_FEEL_LANGUAGES = ("feel", "https://www.omg.org/spec/dmn/20191111/feel/", "")


class Place(NamedTuple):
    """One text that holds or should hold FEEL."""

    element: etree._Element
    label: str
    text: str
    must: bool


def places(diagram: Diagram) -> Iterator[Place]:
    """Every place for FEEL in the processes that run, and in the messages of the file."""
    holders = [process.element for process in diagram.running()]
    holders += list(diagram.root.iterchildren(bpmn("message")))
    for holder in holders:
        for element in holder.iter(f"{{{BPMN}}}*"):
            yield from _of_element(element)


def places_in(node: etree._Element) -> Iterator[Place]:
    """The places for FEEL of one activity or event; not those of elements inside it that are drawn for themselves."""
    todo = [node]
    while todo:
        element = todo.pop()
        yield from _of_element(element)
        todo += [
            child for child in element.iterchildren(f"{{{BPMN}}}*") if local(child) not in NODES | {"sequenceFlow"}
        ]


def _of_element(element: etree._Element) -> Iterator[Place]:
    if element.tag in _TEXTS_MUST or element.tag in _TEXTS_MAY:
        yield Place(element, local(element), texts_of(element), element.tag in _TEXTS_MUST)
    elif element.tag == bpmn("extensionElements"):
        return
    for extension in extension_elements(element):
        yield from _attributes(extension)


def check(diagram: Diagram) -> Iterator[Finding]:
    """All rules about expressions. A condition of spaces only counts as none."""
    for place in places(diagram):
        text = place.text.strip()
        language = place.element.get("language", "")
        if not text:
            continue
        if text.startswith(("${", "#{")):
            yield diagram.find(JUEL, place.element, place=place.label, text=_short(text), instead=_from_juel(text))
        elif language.lower() not in _FEEL_LANGUAGES and place.element.tag in _TEXTS_MUST:
            yield diagram.find(LANGUAGE, place.element, place=place.label, language=language)
        elif is_feel(text):
            yield from _compile(diagram, place, text)
        elif place.must:
            yield diagram.find(NOT_FEEL, place.element, place=place.label, text=_short(text))


def _attributes(extension: etree._Element) -> Iterator[Place]:
    name = local(extension)
    for attribute in _MAY.get(name, ()):
        yield Place(extension, f"{name} {attribute}", extension.get(attribute, ""), False)
    for attribute in _MUST.get(name, ()):
        yield Place(extension, f"{name} {attribute}", extension.get(attribute, ""), True)


def _compile(diagram: Diagram, place: Place, text: str) -> Iterator[Finding]:
    source = text[1:]
    if not source.strip():
        yield diagram.find(EMPTY, place.element, place=place.label)
        return
    try:
        compile_expression(source)
    except FeelError as wrong:
        found = diagram.find(
            SYNTAX,
            place.element,
            place=place.label,
            row=wrong.line or 1,
            column=wrong.column + (1 if wrong.line <= 1 else 0),
            reason=(wrong.text("zh"), wrong.text("en")),
            text=_short(text),
        )
        yield _at_row(found, place, wrong.line)


def _at_row(found: Finding, place: Place, row: int) -> Finding:
    """Move the finding to the row of the file that is wrong; only texts of elements keep their rows."""
    if place.element.tag not in _TEXTS_MUST | _TEXTS_MAY:
        return found
    raw = place.text
    before = raw[: len(raw) - len(raw.lstrip())].count("\n")
    return Finding(
        found.rule, found.file, line_of(place.element) + before + max(row, 1) - 1, found.element_id, found.params
    )


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 120 else flat[:119] + "…"


def _from_juel(text: str) -> str:
    """A first draft of the FEEL for a JUEL expression, to be read by a person."""
    inner = text.strip()[2:].removesuffix("}").strip()
    for juel, feel in (("&&", " and "), ("||", " or "), ("==", "="), ("'", '"')):
        inner = inner.replace(juel, feel)
    return _short(inner)

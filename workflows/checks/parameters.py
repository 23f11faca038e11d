"""Policy parameters that FEEL reads as `parameters.<key>`: each must be declared, or its value is always null."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from lxml import etree

from workflows.checks.diagram import Diagram, line_of
from workflows.checks.expressions import places
from workflows.checks.findings import Finding, warning
from workflows.checks.texts import is_feel
from workflows.errors import Invalid
from workflows.feel import FeelError
from workflows.feel.scanner import scan
from workflows.references import kind_of, read_form
from workflows.xml import local

NAME = "parameters"
UNKNOWN = warning(
    "parameter.unknown",
    (
        "没有政策参数“{key}”，parameters.{key} 的值总是 null。",
        'There is no policy parameter "{key}": parameters.{key} is always null.',
    ),
    ("{instead}", "{instead}"),
)


def check(
    diagrams: Mapping[str, Diagram],
    decisions: Mapping[str, etree._Element],
    given: Mapping[str, bytes],
    known: frozenset[str] | None,
) -> Iterator[Finding]:
    """Every parameter that diagrams, decisions and forms read and that is not known; nothing when none is asked for."""
    if known is None:
        return
    for file, diagram in diagrams.items():
        for place in places(diagram):
            if is_feel(place.text):
                yield from _unknown(place.text.strip()[1:], known, file, place.element)
    for file, root in decisions.items():
        for element in root.iter():
            if local(element) == "text" and element.text:
                yield from _unknown(element.text, known, file, element)
    for file, content in given.items():
        if kind_of(file) == "form":
            for component_id, text in _conditions(file, content):
                line = _line(content, component_id or text)
                yield from (_finding(key, known, file, line, component_id) for key in _missing(text.strip()[1:], known))


def _unknown(text: str, known: frozenset[str], file: str, element: etree._Element) -> Iterator[Finding]:
    for key in _missing(text, known):
        ids = (found.get("id", "") for found in (element, *element.iterancestors()))
        yield _finding(key, known, file, line_of(element), next((found for found in ids if found), ""))


def _missing(text: str, known: frozenset[str]) -> list[str]:
    return sorted(keys_in(text) - known) if NAME in text else []


def keys_in(text: str) -> set[str]:
    """The keys that a FEEL text reads of `parameters`."""
    try:
        lexemes = scan(text)
    except FeelError:
        return set()
    found = set()
    for at in range(len(lexemes) - 2):
        first, dot, key = lexemes[at : at + 3]
        is_member = at > 0 and lexemes[at - 1].text == "."
        if (first.kind, first.text, dot.text, key.kind) == ("name", NAME, ".", "name") and not is_member:
            found.add(key.text)
    return found


def _finding(key: str, known: frozenset[str], file: str, line: int, element_id: str) -> Finding:
    near = get_close_matches(key, sorted(known), 3, 0.6)
    instead = ("核对参数表中的名称。", "Look up its name in the list of parameters.")
    if near:
        zh, en = "、".join(near), " or ".join(near)
        instead = (f"改成 {zh}，或核对参数表。", f"Write {en}, or look it up in the list of parameters.")
    return Finding(UNKNOWN, file, line, element_id, {"key": key, "instead": instead})


def _conditions(file: str, content: bytes) -> Iterator[tuple[str, str]]:
    """The FEEL of a form with the id of the component that it stands in."""
    try:
        todo: list[tuple[str, Any]] = [("", read_form(file, content))]
    except Invalid:
        return
    while todo:
        owner, value = todo.pop()
        if isinstance(value, Mapping):
            own = value.get("id")
            todo += [(own if isinstance(own, str) else owner, inner) for inner in value.values()]
        elif isinstance(value, list):
            todo += [(owner, inner) for inner in value]
        elif isinstance(value, str) and is_feel(value):
            yield owner, value


def _line(content: bytes, text: str) -> int:
    """The first line of a form that has a text."""
    before, found, _ = content.partition(text.encode())
    return before.count(b"\n") + 1 if found else 1

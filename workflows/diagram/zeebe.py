"""The Camunda 8 extension elements of one BPMN element as plain data."""

from typing import Any

from lxml import etree

from workflows.xml import ZEEBE, bpmn, local, namespace, zeebe

_LISTS = {"properties": ("property", "name", "value"), "taskHeaders": ("header", "key", "value")}


def extensions(element: etree._Element) -> dict[str, Any]:
    """Each zeebe: element by its name: its attributes, or for `properties` and `taskHeaders` a mapping.

    `ioMapping` becomes {"inputs": [(target, source)…], "outputs": […]} in the order of the file.
    """
    found: dict[str, Any] = {}
    for holder in element.iterchildren(bpmn("extensionElements")):
        for child in holder:
            if namespace(child) == ZEEBE:
                found[local(child)] = _content(child)
    return found


def _content(child: etree._Element) -> Any:
    name = local(child)
    if name in _LISTS:
        tag, key, value = _LISTS[name]
        return {item.get(key, ""): item.get(value, "") for item in child.iterchildren(zeebe(tag))}
    if name == "ioMapping":
        return {
            f"{way}s": [(item.get("target", ""), item.get("source", "")) for item in child.iterchildren(zeebe(way))]
            for way in ("input", "output")
        }
    return {str(key): str(value) for key, value in child.attrib.items()}

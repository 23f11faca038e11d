"""The diagram of a case: where its XML lies, the path taken, the current step."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from service.tasks.facts import TaskFacts
from service.web.naming import named

TOLD = frozenset({"userTask", "serviceTask", "businessRuleTask", "callActivity", "intermediateCatchEvent"})


def diagram_of(
    definition: Any, instance_id: str, passed: Sequence[str], standing: Sequence[TaskFacts]
) -> dict[str, Any]:
    """What components/diagram.html is given; elements of called processes show as the activity that calls them."""
    elements = definition.spec.elements
    current = list(dict.fromkeys(_visible(definition, task.element_id) for task in standing))
    taken = [element_id for element_id in passed if element_id in elements and element_id not in current]
    return {
        "url": url_for("pages.diagram", case_id=instance_id),
        "taken": taken,
        "current": current,
        "words": {
            "taken": _names(definition, taken),
            "current": list(dict.fromkeys(place(definition, task) for task in standing)),
            "ahead": _names(definition, [e for e in elements if e not in taken and e not in current]),
        },
    }


def place(definition: Any, task: TaskFacts) -> str:
    """A current step in words; of a called process with the activity that calls it: 聘用一名人员：体检."""
    step = named(definition, task.element_id, task.name)
    caller = _visible(definition, task.element_id)
    if caller == task.element_id:
        return step
    return str(_("%(call)s: %(step)s", call=_names(definition, [caller])[0], step=step))


def _visible(definition: Any, element_id: str) -> str:
    if element_id in definition.spec.elements:
        return element_id
    for process_id, process in definition.spec.processes.items():
        if element_id in process.elements:
            calls = (e for e in definition.spec.elements.values() if e.kind == "callActivity")
            match = (e.id for e in calls if e.zeebe.get("calledElement", {}).get("processId") == process_id)
            return next(match, element_id)
    return element_id


def _names(definition: Any, element_ids: Sequence[str]) -> list[str]:
    known = [
        definition.spec.elements[element_id] for element_id in element_ids if element_id in definition.spec.elements
    ]
    return [named(definition, element.id, element.name) for element in known if element.kind in TOLD and element.name]

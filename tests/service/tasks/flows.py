"""Small flows for tests of the task layer."""

from collections.abc import Iterable

import orjson

from tests.workflows import diagrams as d

TOML = """
[flow]
key = "small"
name = "小流程"
name_en = "Small flow"
case_number = "XL-{year}-{seq:4}"

[start]
roles = ["principal", "school_hr"]
form = "small-start"
"""
START_FORM = {"id": "small-start", "type": "default", "schemaVersion": 16, "components": [
    {"type": "number", "key": "count", "label": "人数", "validate": {"required": True, "min": 1, "max": 50}},
    {"type": "textfield", "key": "note", "label": "说明", "validate": {"maxLength": 200}},
]}  # fmt: skip


def task(id_: str, group: str | None = None, assignee: str | None = None, form: str | None = None, **props: str) -> str:
    """A user task for a group (role or FEEL) or a person (FEEL)."""
    given = {"candidateGroups": group} if group else {"assignee": assignee}
    extensions = [d.zeebe("assignmentDefinition", **given), d.properties(**props)]
    if form:
        extensions.append(d.zeebe("formDefinition", formId=form))
    return d.user(id_, *extensions)


def flow(nodes: Iterable[str], links: Iterable[str], key: str = "small") -> dict[str, bytes]:
    """The folder of one flow: start, the nodes, end."""
    process = d.process(d.start(), *nodes, d.end(), *links, id_=key)
    return {
        "flow.bpmn": d.document(process),
        "flow.toml": TOML.encode(),
        "small-start.form": orjson.dumps(START_FORM),
    }


def line(*nodes: str, ids: Iterable[str]) -> dict[str, bytes]:
    """Nodes one after the other."""
    return flow(nodes, [d.path("start", *ids, "end")])

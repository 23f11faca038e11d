"""What the editor of a draft is given beside the draft: blocks, roles, operations, forms that may be chosen."""

from collections.abc import Mapping
from typing import Any

import orjson

from service.access.roles import ROLES, SCHOOL_OFFICE
from service.errors import Invalid
from service.flows.registry import declared
from service.tasks import forms as forms_of_tasks
from service.web import edge
from service.web.blocks import templates
from service.web.formview import form_of
from service.web.naming import role_name
from workflows.references import kind_of

NOT_ASSIGNED = frozenset({"admin", "auditor"})
"""Roles that have no part in a case."""


def known(flow: str, files: Mapping[str, str], shared: Mapping[str, bytes]) -> dict[str, Any]:
    """Everything that the editor offers instead of letting it be typed."""
    return {
        "blocks": templates(flow),
        "roles": roles(),
        "operations": operations(flow),
        "forms": forms(files, shared),
    }


def roles() -> list[dict[str, Any]]:
    """Roles as `candidateGroups` says them: an office by its role, that of a school at the school of the case."""
    found = []
    for role in ROLES:
        if role in NOT_ASSIGNED:
            continue
        bare = role not in (*SCHOOL_OFFICE, "teacher")
        found.append({"value": role if bare else f'="{role}@" + school', "label": role_name(role), "bare": bare})
    return found


def operations(flow: str) -> list[dict[str, Any]]:
    """Registered operations, those of the flow itself first."""
    english = edge.locale() == "en"
    own = flow.partition("-")[0]
    known_ones = sorted(declared().values(), key=lambda one: (one.name.partition(".")[0] != own, one.name))
    return [
        {
            "value": one.name,
            "label": f"{one.en if english else one.zh} ({one.name})",
            "inputs": [{"name": n, "type": kind, "required": n in one.required} for n, kind in one.inputs.items()],
            "headers": [{"name": name, "values": list(values)} for name, values in one.headers.items()],
            "reads": list(one.reads),
            "writes": list(one.writes),
        }
        for one in known_ones
    ]


def forms(files: Mapping[str, str], shared: Mapping[str, bytes]) -> list[dict[str, str]]:
    """Forms by id, those of the draft first; one that cannot be read is left out, the gate tells of it."""
    found: dict[str, str] = {}
    every: list[tuple[str, str | bytes]] = [*files.items(), *shared.items()]
    for name, content in every:
        if kind_of(name) == "form" and (form_id := _form_id(content)):
            found.setdefault(form_id, f"{form_id} · {name}")
    return [{"value": value, "label": label} for value, label in found.items()]


def _form_id(content: str | bytes) -> str:
    try:
        form = orjson.loads(content)
    except orjson.JSONDecodeError:
        return ""
    return str(form.get("id") or "") if isinstance(form, dict) else ""


def preview(form: Mapping[str, Any]) -> dict[str, Any]:
    """A form as the page of a task shows it to somebody who fills it in."""
    try:
        return form_of(form, {}, forms_of_tasks.rights(form, None, many_seats=False))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Invalid("form.unreadable", reason=str(error)) from error

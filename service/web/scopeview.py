"""For whom a value of a policy parameter holds, in words, and what may be chosen for a new one."""

from collections.abc import Iterable
from typing import Any

from service.access.days import day_of
from service.deployments import queries as deployments
from service.parameters.declaring import AREA, FLOW, ORGANISATION, STAGE, WEAK, Parameter
from service.parameters.scopes import EVERYWHERE, UNITS
from service.people import queries as people
from service.schools import AREAS, STAGES
from service.web import edge
from service.web.naming import flow_name
from service.web.words import words


def scope_names(scopes: Iterable[str]) -> dict[str, str]:
    """Scope → its name in the reader's language; two statements at most, whatever their number."""
    parted = {scope: scope.partition(":") for scope in scopes}
    schools = [name for kind, _, name in parted.values() if kind == ORGANISATION]
    places = people.organisation_names(schools, edge.locale()) if schools else {}
    flows = _flows() if any(kind == FLOW for kind, _, _ in parted.values()) else {}
    known = {ORGANISATION: places, FLOW: flows}
    return {scope: known[kind].get(name, name) if kind in known else _word(scope)
            for scope, (kind, _, name) in parted.items()}  # fmt: skip


def scope_groups(parameter: Parameter) -> list[dict[str, Any]]:
    """What may be chosen, in groups: the whole county first, the schools last."""
    kinds = [(WEAK, [(WEAK, _word(WEAK))]), (AREA, [(f"{AREA}:{one}", _word(f"{AREA}:{one}")) for one in AREAS]),
             (STAGE, [(f"{STAGE}:{one}", _word(f"{STAGE}:{one}")) for one in STAGES])]  # fmt: skip
    groups = [{"name": "", "items": [(EVERYWHERE, _word(EVERYWHERE))]}]
    schools = [one for kind, found in kinds if kind in parameter.scopes for one in found]
    groups += [{"name": words("scope.schools", {}, edge.locale()), "items": schools}] if schools else []
    if FLOW in parameter.scopes:
        flows = [(f"{FLOW}:{key}", name) for key, name in _flows().items()]
        groups.append({"name": words("scope.flow", {}, edge.locale()), "items": flows})
    if ORGANISATION in parameter.scopes:
        groups += [_units(kind) for kind in reversed(UNITS)]
    return [group for group in groups if group["items"]]


def _units(kind: str) -> dict[str, Any]:
    english = edge.locale() == "en"
    found = people.organisations(edge.actor(), day_of(edge.now()), kind=kind)
    items = [(f"{ORGANISATION}:{row.id}", row.name_en if english and row.name_en else row.name) for row in found]
    return {"name": words(f"scope.{kind}", {}, edge.locale()), "items": items}


def _flows() -> dict[str, str]:
    return {definition.key: flow_name(definition) for definition in deployments.newest()}


def _word(scope: str) -> str:
    return words(f"scope.{scope.replace(':', '.') or 'county'}", {}, edge.locale())

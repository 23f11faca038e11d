"""Names in the reader's language: flows, steps, roles, states."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _

from service.access.roles import ROLES
from service.deployments import queries as definitions
from service.flows.registry import declared
from service.tasks.choices import WORDS
from service.tasks.facts import TaskFacts
from service.tasks.signing import SIGNER
from service.web import edge
from service.web.words import words


def flow_name(definition: Any) -> str:
    """The name of a flow: flow.toml's in the reader's language, else the diagram's."""
    section = definition.settings.get("flow", {})
    english = section.get("name_en") if edge.locale() == "en" else None
    return str(english or section.get("name") or definition.name)


def flow_description(definition: Any) -> str:
    """What the flow is for, one or two sentences."""
    return label(definition.settings.get("flow", {}).get("description", ""))


def label(text: Any) -> str:
    """A label of flow.toml: a text, or {zh, en}."""
    if isinstance(text, dict):
        return str(text.get(edge.locale()) or text.get("zh") or "")
    return str(text or "")


def named(definition: Any, element_id: str, name: str) -> str:
    """The name of an element: the diagram's, in English that of flow.toml."""
    if edge.locale() == "zh":
        return name
    return str(definition.settings.get("names", {}).get("en", {}).get(element_id, name))


def apart(definition: Any, element_id: str, name: str) -> str:
    """The name of an element, with who decides it where another step of the flow has the same name."""
    said = named(definition, element_id, name)
    alike = [one.id for one in definition.spec.elements.values() if one.name == name and one.kind == "userTask"]
    element = definition.spec.elements.get(element_id)
    if len(alike) < 2 or element is None:
        return said
    groups = str(element.zeebe.get("assignmentDefinition", {}).get("candidateGroups", ""))
    held = [role_name(role) for role in ROLES if re.search(rf"\b{role}\b", groups)]
    return said + str(_(" (%(words)s)", words=_(", ").join(held))) if held else said


def definition_of(definition_id: str) -> Any:
    """The definition to which a case is pinned."""
    return definitions.pinned(definition_id)


def step_name(definition_id: str, element_id: str, name: str) -> str:
    """The name of a step of a case pinned to a definition."""
    return name if edge.locale() == "zh" else named(definitions.pinned(definition_id), element_id, name)


def role_name(role: str) -> str:
    """The words of a role code."""
    return words(f"role.{role}", {}, edge.locale())


def operation_words(name: str) -> str:
    """What an operation of a service task does, as it is declared."""
    found = declared().get(name)
    return name if found is None else found.en if edge.locale() == "en" else found.zh


def holder_names(
    task: TaskFacts, names: Mapping[str, str], places: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """Who has a task, in words: persons with an open seat, else roles, and where for those of `places`."""
    seated = [names.get(seat.person_id, "") for seat in task.seats if seat.state == "open"]
    groups = (group.partition("@") for group in task.groups)
    return seated or [" ".join(filter(None, (places.get(place), role_name(role)))) for role, _at, place in groups]


def holder_words(holder: str, names: Mapping[str, str]) -> str:
    """A queue holder in words: the person's name, else the role."""
    if holder.startswith("person:"):
        return names.get(holder.removeprefix("person:"), "")
    return role_name(holder.partition("@")[0])


def paper_words(paper: Mapping[str, Any]) -> str:
    """Document and day of a decision on paper, as its record names them."""
    return words("paper.where", {"document": paper["document"], "day": paper["decided_on"]}, edge.locale())


def meeting_words(meeting: Mapping[str, Any]) -> str:
    """Name, day and numbers of the meeting of a collective decision, as its record names them."""
    numbers = {name: len(meeting[name]) for name in ("due", "present", "recused")}
    told = {"meeting": meeting["meeting"], "day": meeting["held_on"], **numbers}
    return words("meeting.where", told, edge.locale())


def outcome_words(definition: Any, outcome: str) -> str:
    """The words of a case's end: the flow's own, else the general ones."""
    own = definition.settings.get("outcomes", {}).get(outcome)
    return label(own) if own else words(f"state.{outcome}", {}, edge.locale())


def decision_words(definition: Any, element_id: str, decision: Any) -> str:
    """The label of a decision as the flow calls it."""
    own = definition.settings.get("decisions", {}).get(element_id, {}).get("labels", {}).get(decision)
    return label(own or WORDS.get(str(decision), {"zh": str(decision), "en": str(decision)}))


def count_words(body: Mapping[str, Any]) -> str:
    """The count of a vote in words; never who chose what."""
    names = ("members", "present", "recused", "yes", "no", "abstain")
    return words("vote.count", {name: body.get(name) for name in names}, edge.locale())


def seat_words(body: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Whose seat a decision on paper is of, where that is not simply who decided."""
    whose, paper = body.get("seat_of"), body["paper"]
    if whose is None or whose == paper["person_id"]:
        return ""
    name = names.get(whose, "")
    return str(_("for %(name)s", name=name) if body.get("represented") else _("seat of %(name)s", name=name))


def advice_words(body: Mapping[str, Any], said: str, names: Mapping[str, str]) -> str:
    """A signed decision in words; that of an adviser or a delegate says that it is advice, and to whom."""
    if body.get("kind", SIGNER) == SIGNER:
        return said
    return str(_("Advice to %(name)s: %(decision)s", name=names.get(body["for"], ""), decision=said))


def table_name(definition: Any, decision_id: str) -> str:
    """What a decision is called: its name, in English that of flow.toml."""
    decision = definition.decisions.get(decision_id)
    return named(definition, decision_id, decision.name if decision else decision_id)

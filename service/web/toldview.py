"""What pages show of one case on paper that is told by hand: its head, its application, its steps, what is next."""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from flask_babel import gettext as _

from service.access.days import day_of
from service.columns import Column, whole
from service.errors import Fault, LecternError
from service.flows import registry
from service.instances import starting
from service.instances.telling import Way
from service.instances.told import ToldCase, ToldStep, print_of
from service.instances.told_walk import ALL
from service.parameters.scopes import About
from service.people import queries as people
from service.people.queries import school_names
from service.tasks import forms
from service.tasks.choices import choices
from service.tasks.voting import VOTE
from service.web import edge
from service.web.formchoices import with_staff
from service.web.formview import errors, form_of, with_files
from service.web.naming import apart, decision_words, named
from service.web.papercaseview import hold_words
from service.web.words import words
from workflows.catalogue import Definition

SCAN = {"components": [{"key": "scan", "type": "filepicker"}]}
ROWS = "rows"
FIXED = ("id_number", "name")
"""By these rows are known: at steps that only give marks they stand there already."""
BLANK = 3
"""Empty rows that a list of applicants begins with."""


def head_form(
    definition: Definition, places: Sequence[Any], values: Mapping[str, Any], faults: Sequence[Fault]
) -> dict[str, Any]:
    """Who asked when, of which school, and where the case stands."""
    schools = people.organisations(edge.actor(), day_of(edge.now()), kind="school")
    offices = people.organisations(edge.actor(), day_of(edge.now()), kind="bureau")
    english = edge.locale() == "en"
    at = [(row.id, row.name_en if english and row.name_en else row.name) for row in (*schools, *offices)]
    stands = [(one.element_id, apart(definition, one.element_id, one.name)) for one in places if one.code is None]
    fields = [
        _select("organisation_id", _("School"), at),
        _text("initiator", _("Applicant (name or ID number; empty: the school's only clerk)"), 60),
        {"type": "datetime", "key": "requested_on", "label": _("Asked on"), "validate": {"required": True}},
        _select("element_id", _("Stands today at"), stands),
        _text("business_key", _("Case number on paper, if it has one"), 64),
        _text("hold", _("Document of the named hold that it takes over"), 100),
    ]
    rights = dict.fromkeys((one["key"] for one in fields), "write")
    return form_of({"id": "head", "components": fields}, values, rights, faults)


def _select(key: str, label: Any, options: Sequence[tuple[str, str]]) -> dict[str, Any]:
    values = [{"value": value, "label": name, "label_en": name} for value, name in options]
    return {"type": "select", "key": key, "label": label, "values": values, "validate": {"required": True}}


def _text(key: str, label: Any, most: int) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": label, "validate": {"maxLength": most}}


def head_values(told: ToldCase) -> dict[str, Any]:
    """The head as its form holds it."""
    return {
        "organisation_id": told.organisation_id, "initiator": told.initiator_id, "element_id": told.element_id,
        "requested_on": told.requested_on.isoformat(), "business_key": told.business_key or "",
        "hold": hold_words(told.hold_id),
    }  # fmt: skip


def application(definition: Definition, told: ToldCase, faults: Sequence[Fault] = ()) -> dict[str, Any]:
    """The start form of the flow, as it was filled in on paper."""
    form = starting.start_form(definition) or {"id": "start", "components": []}
    rights = forms.rights(form, None, many_seats=False)
    return form_of(with_staff(_chosen_here(form), told.organisation_id), told.variables, rights, faults, told.about)


def _chosen_here(form: Mapping[str, Any]) -> dict[str, Any]:
    """One of the staff that the flow's own page has chosen before the form is chosen in it here."""
    parts = [
        {**one, "type": "select", "conditional": {}} if forms.asks_for_staff(one) else one
        for one in form.get("components", ())
    ]
    return {**form, "components": parts}


def step_form(definition: Definition, told: ToldCase, number: int, way: Way | None, step: ToldStep) -> dict[str, Any]:
    """One step as its paper tells it: decisions, the fields that it fills in, rows, for whom it was."""
    element: Any = definition.spec.element(step.element_id)
    vote = element.properties.get("signing") == VOTE
    offered = choices(definition.settings, element.id, element.properties)
    return {
        "element_id": element.id,
        "name": named(definition, element.id, element.name),
        "number": number,
        "vote": vote,
        "decisions": [
            {"value": one.value, "label": decision_words(definition, element.id, one.value),
             "needs_reason": one.needs_reason}
            for one in offered
        ],
        "form": _own_fields(definition, element, {**_lists(way), **step.values}, told.about),
        "rows": rows_form(definition.key, told, number, step),
        "whose": whose(definition, told, number, element),
        "given": step,
        "scans": with_files(SCAN, {"scan": [step.attachment_id] if step.attachment_id else []})["scan"],
    }  # fmt: skip


def _own_fields(definition: Definition, element: Any, data: Mapping[str, Any], about: About) -> dict[str, Any]:
    """The form of a step with the fields alone that the step fills in."""
    form = definition.forms.get(element.form_id or "")
    many = element.properties.get("signing", "single") != "single"
    allowed = forms.rights(form or {}, element.properties.get("fields"), many_seats=many)
    rights = {name: right if right in ("write", "required") else "hidden" for name, right in allowed.items()}
    return form_of(forms.visible(form, rights), data, rights, about=about)


def _lists(way: Way | None) -> dict[str, Any]:
    """Lists that the step finds there, such as the posts that it checks row by row."""
    return {} if way is None else {name: found for name, found in way.variables.items() if isinstance(found, list)}


def private(form: Mapping[str, Any] | None) -> list[str]:
    """The fields that no browser keeps: personal data of the form, and everything of rows, which are of people."""
    return [*sorted(forms.sensitive(form or {})), ROWS, "paper.about"]


def rows_form(definition_key: str, told: ToldCase, number: int, step: ToldStep) -> dict[str, Any] | None:
    """The rows beside the form, as a list: those that the step has, else who is known by then."""
    taken = registry.rows_at(definition_key, step.element_id)
    if taken is None:
        return None
    known = [] if taken.registers else applicants(told, number)
    rows: list[Any] = list(step.rows) or ([dict(one) for one in known] if known else [{}] * BLANK)
    parts = [_part(column, fixed=not taken.registers and column.name in FIXED) for column in taken.columns]
    schema = {
        "type": "dynamiclist", "key": ROWS, "label": _("List beside the form"), "components": parts,
        "allowAddRemove": taken.registers,
    }  # fmt: skip
    shown = [{**row, **{name: _word(value) for name, value in row.items()}} for row in rows]
    return form_of({"id": "rows", "components": [schema]}, {ROWS: shown}, {ROWS: "write"})


def rows_of(definition_key: str, element_id: str, given: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Rows as they were sent: empty ones are left out, and whoever is there and gets no mark."""
    taken = registry.rows_at(definition_key, element_id)
    least = frozenset() if taken is None or taken.registers else frozenset(FIXED)
    numbers = {column.name for column in taken.columns if column.whole} if taken else set[str]()
    found = [{name: _cell(numbers, name, str(value).strip()) for name, value in row.items() if str(value).strip()}
             for row in given]  # fmt: skip
    return tuple(row for row in found if row.keys() - least)


def _cell(numbers: Set[str], name: str, text: str) -> Any:
    return whole(text) or text if name in numbers else text


def _part(column: Column, *, fixed: bool) -> dict[str, Any]:
    part: dict[str, Any] = {"key": column.name, "label": column.zh, "properties": {"label_en": column.en}}
    if fixed:
        return {**part, "type": "textfield", "readonly": True}
    if not column.words:
        return {**part, "type": "textfield", "validate": {"maxLength": 200}}
    values: dict[str, dict[str, Any]] = {}
    for word, value in column.words.items():
        option = values.setdefault(value, {"value": value, "label": word, "label_en": word})
        if word.isascii() and not option["label_en"].isascii():
            option["label_en"] = word
    return {**part, "type": "select", "values": list(values.values())}


def _word(value: Any) -> Any:
    return {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value


def applicants(told: ToldCase, number: int) -> list[dict[str, Any]]:
    """Who applied and was found qualified, by the rows of the steps before one."""
    found: dict[str, dict[str, Any]] = {}
    for row in (row for step in told.steps[:number] for row in step.rows):
        id_number = str(row.get("id_number") or "")
        if id_number:
            found.setdefault(id_number, {"id_number": id_number, "state": "qualified"}).update(row)
    qualified = [row for row in found.values() if row["state"] == "qualified"]
    return [{"id_number": row["id_number"], "name": row.get("name", "")} for row in qualified]


def whose(definition: Definition, told: ToldCase, number: int, element: Any) -> list[dict[str, str]] | None:
    """For whom the step was: whom to choose from, or which school's office; None where it is done once."""
    if not registry.names_several(definition.key):
        return None
    if "about" not in element.properties:
        return _schools() if element.loop is not None else None
    known = applicants(told, number)
    return [{"id": one["id_number"], "name": f"{one['name']} {one['id_number'][-4:]}"} for one in known]


def _schools() -> list[dict[str, str]]:
    """All for which it was still open, by one paper; else one of the schools."""
    english = edge.locale() == "en"
    found = school_names(day_of(edge.now()))
    return [
        {"id": ALL[0], "name": _("All of them")},
        *({"id": one, "name": en if english else zh} for one, zh, en in found),
    ]


def steps_of(definition: Definition, told: ToldCase, faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """The steps that are told, in their order, each with what is wrong with it."""
    names = {one["id_number"]: one["name"] for one in applicants(told, len(told.steps))}
    if any(step.about for step in told.steps if step.about not in names):
        names |= {one["id"]: one["name"] for one in _schools()}
    return [
        {
            "number": number,
            "seen": print_of(told, str(number)),
            "name": apart(definition, step.element_id, getattr(definition.spec.element(step.element_id), "name", "")),
            "whose": names.get(step.about or "", step.about or ""),
            "decided_on": step.decided_on,
            "decision": decision_words(definition, step.element_id, step.decision) if step.tally is None else "",
            "tally": step.tally,
            "decided_by": step.decided_by or "",
            "document": step.document,
            "opinion": step.opinion or "",
            "scans": with_files(SCAN, {"scan": [step.attachment_id] if step.attachment_id else []})["scan"],
            "form": _read(definition, step),
            "rows": rows_form(definition.key, told, number, step) if step.rows else None,
            "problems": problems(faults, f"steps.{number}."),
        }
        for number, step in enumerate(told.steps)
    ]


def _read(definition: Definition, step: ToldStep) -> dict[str, Any]:
    """What the step filled in, to be read."""
    element = definition.spec.element(step.element_id)
    form = definition.forms.get(element.form_id or "") if element is not None else None
    rights = {component["key"]: "read" if component["key"] in step.values else "hidden"
              for component in forms.components(form or {})}  # fmt: skip
    return form_of(forms.visible(form, rights), step.values, rights)


def problems(faults: Sequence[Fault], prefix: str) -> list[str]:
    """What is wrong below a path, in words."""
    mine = [fault for fault in faults if fault.path.startswith(prefix)]
    return list(dict.fromkeys(words(one.code, one.params, edge.locale()) for one in mine))


def wrong_with(refused: LecternError | None, number: int) -> dict[str, str]:
    """Field of a step → what is wrong with it; "" → what is wrong elsewhere or with the way."""
    if refused is None:
        return {}
    mine = [fault for fault in refused.faults if fault.path.startswith(f"steps.{number}.")]
    found = errors([_below(fault, f"steps.{number}.") for fault in mine])
    return found or {"": words(refused.code, refused.params, edge.locale())}


def _below(fault: Fault, prefix: str) -> Fault:
    return Fault(fault.path.removeprefix(prefix), fault.code, fault.message, fault.params)

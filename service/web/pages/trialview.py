"""A trial of a draft as its page shows it: what waits for whom, what an operation shall answer, what has happened."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from service.deployments import queries_trials
from service.errors import Invalid
from service.flows.registry import declared, likely
from service.instances.starting import start_form
from service.tasks import forms
from service.tasks.choices import choices
from service.tasks.voting import FAILED, NO_QUORUM, PASSED, VOTE
from service.web import edge
from service.web.formview import form_of, typed
from service.web.naming import decision_words, named, outcome_words, role_name
from service.web.pages.presentation import unflatten
from service.web.words import words
from workflows.catalogue import Definition
from workflows.rehearsal import Answer, Asking, Move, Open, Rehearsal, Turn
from workflows.rehearsal.moves import COMPLETE, START

TESTER, SCHOOL = "tester", "trial-school"
WRITABLE = ("write", "required")


def trial(draft_id: str, sent: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What editor/trial.html is given, and what the diagram shows: `current` and `passed` elements."""
    tried = queries_trials.definition(edge.actor(), draft_id)
    moves = [_move(tried, one) for one in sent]
    found = queries_trials.trial(edge.actor(), tried, moves, edge.now())
    standing = [one.element_id for one in found.open] + [one.element_id for one in found.waits]
    return {
        "start": None if moves else start_of(tried),
        "open": [open_step(tried, step) for step in found.open],
        "waits": [_wait(tried, wait) for wait in found.waits],
        "asking": asking(tried, found.asking) if found.asking else None,
        "fault": _fault(tried, found),
        "outcome": outcome_words(tried, found.outcome) if found.outcome else None,
        "turns": [turn(tried, one) for one in found.turns],
        "variables": [(name, shown(value)) for name, value in sorted(found.variables.items())],
        "now": found.now,
        "current": [found.asking.element_id] if found.asking else standing,
        "passed": [element_id for one in found.turns for element_id in one.passed],
    }


def start_of(tried: Definition) -> dict[str, Any]:
    """The form with which a case is asked for."""
    form = start_form(tried)
    return {"form": _drawn(form, {}, forms.rights(form or {}, None, many_seats=False))}


def open_step(tried: Definition, step: Open) -> dict[str, Any]:
    """A step that waits: its form with what the case knows, and the decisions it offers."""
    opened, properties = step.opened, step.opened.properties
    form = tried.forms.get(opened.form_id or "")
    rights = _rights(form, properties)
    offered = choices(tried.settings, step.element_id, properties)
    labels = [(one.value, decision_words(tried, step.element_id, one.value), one.needs_reason) for one in offered]
    if properties.get("signing") == VOTE:
        labels = [(one, decision_words(tried, step.element_id, one), False) for one in (PASSED, FAILED, NO_QUORUM)]
    return {
        "element_id": step.element_id,
        "nth": step.nth,
        "name": named(tried, step.element_id, opened.name),
        "holders": _holders(opened),
        "signing": properties.get("signing", "single"),
        "due_at": queries_trials.due_of(edge.actor(), step),
        "form": _drawn(form, step.variables, rights) if form else None,
        "choices": [{"value": value, "label": label, "needs_reason": needs} for value, label, needs in labels],
        "expiry": properties.get("onExpiry", "").partition("decide:")[2],
    }


def asking(tried: Definition, found: Asking) -> dict[str, Any]:
    """An operation that is not carried out: what shall it have answered? Prefilled with what is likely."""
    operation = declared().get(found.operation)
    writes = operation.writes if operation else ()
    known = {name: found.variables.get(name) for name in writes} | dict(likely(found.operation, found.variables))
    return {
        "element_id": found.element_id,
        "name": named(tried, found.element_id, _name(tried, found.element_id)),
        "operation": _operation(found.operation),
        "headers": dict(found.headers),
        "values": orjson.dumps(known, option=orjson.OPT_INDENT_2).decode(),
    }


def turn(tried: Definition, one: Turn) -> dict[str, Any]:
    """One thing that happened, with what followed from it."""
    decision = next((v.get("decision") for v in one.move.values.values() if isinstance(v, Mapping)), None)
    return {
        "kind": one.move.kind,
        "at": one.at,
        "name": named(tried, one.move.element_id, _name(tried, one.move.element_id)),
        "decision": decision_words(tried, one.move.element_id, decision) if decision else "",
        "performed": [_operation(done.operation) for done in one.performed],
        "decisions": [(made.name, shown(made.value)) for made in one.decisions],
        "thrown": [sent.name for sent in one.thrown],
        "changed": sorted(one.changed),
    }


def shown(value: Any) -> str:
    """A value as JSON, short enough for a line."""
    text = orjson.dumps(value).decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


LONGEST = 160


def _wait(tried: Definition, wait: Any) -> dict[str, Any]:
    return {**vars(wait), "name": named(tried, wait.element_id, wait.name) or wait.element_id}


def _fault(tried: Definition, found: Rehearsal) -> dict[str, Any] | None:
    if found.fault is None:
        return None
    element_id = str(found.fault.params.get("element_id") or "")
    return {
        "text": words(found.fault.code, found.fault.params, edge.locale()),
        "reason": str(found.fault.params.get("reason") or ""),
        "name": named(tried, element_id, _name(tried, element_id)),
    }


def _name(tried: Definition, element_id: str) -> str:
    element = tried.spec.element(element_id)
    return (element.name or element_id) if element else element_id


def _operation(name: str) -> str:
    known = declared().get(name)
    if known is None:
        return name
    return known.en if edge.locale() == "en" else known.zh


def _holders(opened: Any) -> list[str]:
    named_ones = [one for one in (opened.assignee, *opened.candidate_users) if one]
    return [*named_ones, *(role_name(group.partition("@")[0]) for group in opened.candidate_groups)]


def _rights(form: Mapping[str, Any] | None, properties: Mapping[str, str]) -> dict[str, str]:
    many = properties.get("signing", "single") != "single"
    return forms.rights(form or {}, properties.get("fields"), many_seats=many)


def _drawn(form: Mapping[str, Any] | None, values: Mapping[str, Any], rights: Mapping[str, str]) -> dict[str, Any]:
    """A form with its values; a trial keeps nothing, so that a file is a name that was made up."""
    files = {one["key"] for one in forms.components(form or {}) if one["type"] == "filepicker"}
    drawn = form_of(form, {name: value for name, value in values.items() if name not in files}, rights)
    made_up = {name: [{"name": str(file)} for file in values.get(name) or ()] for name in files}
    return {**drawn, "data": {**drawn["data"], **made_up}, "made_up": True}


def _move(tried: Definition, sent: Mapping[str, Any]) -> Move:
    answers = tuple(_answer(one) for one in sent["answers"])
    entered = _with_rows(unflatten([(name, value) for name, value in sent["entered"]]))
    kind, element_id, nth = sent["kind"], sent["element_id"], sent["nth"]
    if kind == START:
        form = start_form(tried)
        values = forms.clean(form, typed(form, entered), forms.rights(form or {}, None, many_seats=False))
        case = {"initiator": TESTER, "school": SCHOOL, "school_name": words("trial.school", {}, edge.locale())}
        return Move(START, values={**values, **case}, answers=answers)
    if kind == COMPLETE:
        return Move(COMPLETE, element_id, nth, _decided(tried, sent, entered), answers)
    return Move(kind, element_id, nth, answers=answers)


def _with_rows(entered: Mapping[str, Any]) -> dict[str, Any]:
    """Without rows of which nothing was filled in: a list that the trial has no rows for is drawn with an empty one."""
    return {
        name: [row for row in value if not isinstance(row, Mapping) or any(row.values())]
        if isinstance(value, list) else value
        for name, value in entered.items()
    }  # fmt: skip


def _decided(tried: Definition, sent: Mapping[str, Any], entered: Mapping[str, Any]) -> dict[str, Any]:
    """What completing a step writes: the fields of its form and the context of its result."""
    element = tried.spec.element(sent["element_id"])
    properties: Mapping[str, str] = element.properties if element else {}
    form = tried.forms.get(element.form_id or "") if element else None
    allowed = _rights(form, properties)
    offered = choices(tried.settings, sent["element_id"], properties)
    agrees = sent["decision"] == offered[0].value
    values = forms.clean(form, typed(form, entered), allowed, complete=agrees)
    signed = {"by": TESTER, "on_behalf_of": None, "decision": sent["decision"], "opinion": sent["opinion"] or None,
              "at": edge.now().isoformat()}  # fmt: skip
    signing = properties.get("signing", "single")
    if signing == VOTE:
        signed |= _counted(sent["decision"])
    elif signing != "single":
        signed["ballots"] = [{**signed, "values": values}]
    result = {properties.get("result") or sent["element_id"]: signed}
    return result if signing != "single" else {**values, **result}


def _counted(decision: str) -> dict[str, int]:
    """A count of ten that leads to this result."""
    present = 5 if decision == NO_QUORUM else 10
    yes = present if decision == PASSED else 0
    return {"members": 10, "present": present, "recused": 0, "yes": yes, "no": present - yes, "abstain": 0}


def _answer(sent: Mapping[str, Any]) -> Answer:
    return Answer(sent["element_id"], json_object(sent["values"]), sent["error"])


def json_object(text: str) -> dict[str, Any]:
    """Values as somebody types them; Invalid("trial.answer") for what is no JSON object."""
    try:
        values = orjson.loads(text.strip() or "{}")
    except orjson.JSONDecodeError as error:
        raise Invalid("trial.answer", reason=str(error)) from error
    if not isinstance(values, dict):
        raise Invalid("trial.answer", reason="{…}")
    return values

"""Policy parameters for HR: what holds and on what ground, a new value with what it would meet, a second person."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import EXCLUDE, fields
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.deployments import queries_parameters
from service.errors import Invalid
from service.parameters import commands, queries, rules
from service.parameters.commands import DecideProposal, ProposeParameter
from service.parameters.declaring import WORDED, Parameter
from service.parameters.registry import GROUPS, PARAMETERS
from service.people import queries as people
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.naming import flow_name, named
from service.web.pages import pages, sent
from service.web.scopeview import scope_groups, scope_names
from service.web.words import words


class ProposalForm(sent.Form):
    """A value as it is typed, for whom, its days and its ground; `ends` takes back what was set apart for the scope."""

    scope = Text(most=80, load_default="")
    ends = fields.Boolean(load_default=False, truthy={"1"})
    value = Text(most=100, load_default="")
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(load_default=None, allow_none=True)
    source = Text(most=300, required=True)


class AffectedForm(sent.Form):
    """Of the form of a value: for whom it is, from which day on."""

    class Meta:
        """The other fields of that form are sent along."""

        unknown = EXCLUDE

    scope = Text(most=80, load_default="")
    valid_from = fields.Date(load_default=None, allow_none=True)


class Refusal(sent.Form):
    """Why a proposal is refused."""

    reason = Text(most=500, load_default="")


@pages.get("/parameters")
def parameters() -> str:
    """Every parameter as it stands today, those that wait for a second person first."""
    standing = {one.key: one for one in queries.standing(day_of(edge.now()))}
    areas = [
        {"name": words(f"area.{area}", {}, edge.locale()), "items": [_standing(standing[one.key]) for one in found]}
        for area, found in GROUPS.items()
    ]
    apart: dict[str, list[dict[str, Any]]] = {}
    for one in _narrower():
        apart.setdefault(one["key"], []).append(one)
    waiting = [_proposal(row) for row in queries.proposals(edge.actor(), None, rules.OPEN) if row.key in PARAMETERS]
    return render_template("parameters/index.html", areas=areas, waiting=waiting, narrower=apart)


def _narrower(key: str | None = None) -> list[dict[str, Any]]:
    """What is set apart today for a part of the county."""
    found = queries.narrower(day_of(edge.now()), key)
    names = scope_names(one.scope for one in found)
    return [{"key": one.key, "scope": names[one.scope], "value": shown(PARAMETERS[one.key], one.value),
             "since": one.valid_from, "source": one.source} for one in found]  # fmt: skip


@pages.get("/parameters/<key>")
def parameter(key: str) -> str:
    """One parameter: history, what waits, and the form for a new value."""
    return _page(key, {}, {})


@pages.post("/parameters/<key>")
def propose_parameter(key: str) -> Response | tuple[str, int]:
    """Propose a value; what is wrong stands beside its field."""
    entered = sent.form(ProposalForm)
    value = None if entered["ends"] else typed(queries.declared(key), entered["value"])
    given = {name: entered[name] for name in ("valid_from", "valid_until", "source", "scope")}
    wanted = ProposeParameter(key=key, value=value, **given)
    try:
        commands.propose_parameter(edge.actor(), wanted, now=edge.now())
    except Invalid as refused:
        told = {fault.path: words(fault.code, fault.params, edge.locale()) for fault in refused.faults}
        return _page(key, entered, told), 422
    flash(_("Proposed. It holds once a second person has confirmed it."))
    return redirect(url_for("pages.parameter", key=key))


@pages.post("/parameters/<key>/affected")
def parameter_affected(key: str) -> str:
    """What the value that is being entered would meet, for its scope and day; a scope that is none: nothing yet."""
    asked = sent.form(AffectedForm)
    try:
        found = _affected(key, asked["scope"], asked["valid_from"])
    except Invalid:
        found = None
    return render_template("parameters/affected.html", affected=found)


@pages.post("/parameters/proposals/<proposal_id>/confirm")
def confirm_proposal(proposal_id: str) -> Response:
    """Let somebody else's proposal hold."""
    commands.confirm_proposal(edge.actor(), DecideProposal(proposal_id), now=edge.now())
    flash(_("Confirmed"))
    return redirect(url_for("pages.parameter", key=queries.proposal(edge.actor(), proposal_id).key))


@pages.post("/parameters/proposals/<proposal_id>/refuse")
def refuse_proposal(proposal_id: str) -> Response:
    """Refuse a proposal, or take one's own back."""
    refusal = DecideProposal(proposal_id, sent.form(Refusal)["reason"])
    commands.refuse_proposal(edge.actor(), refusal, now=edge.now())
    flash(_("Refused"))
    return redirect(url_for("pages.parameter", key=queries.proposal(edge.actor(), proposal_id).key))


def typed(parameter: Parameter, text: str) -> Any:
    """What was typed in the parameter's own kind; what is none stays a text, which is refused."""
    if parameter.unit == "yes_no":
        return {"true": True, "false": False}.get(text, text)
    if parameter.unit in WORDED:
        return text
    return int(text) if text.isdecimal() else text


def _page(key: str, entered: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    actor, declared = edge.actor(), queries.declared(key)
    [today] = [one for one in queries.standing(day_of(edge.now())) if one.key == key]
    history = queries.history(actor, key)
    scope, first = entered.get("scope", ""), entered.get("valid_from")
    may_propose = policy.allows(actor, "parameter.propose")
    return render_template(
        "parameters/show.html",
        parameter={**_standing(today), "worded": declared.unit in WORDED, "choices": _choices(declared),
                   "least": declared.least, "most": declared.most, "default": shown(declared, declared.default),
                   "narrowed": bool(declared.scopes),
                   "scopes": scope_groups(declared) if declared.scopes and may_propose else []},
        narrower=_narrower(key),
        history=_history(declared, history),
        proposals=[_proposal(row) for row in queries.proposals(actor, key)],
        affected=_affected(key, scope, first) if may_propose and "scope" not in errors else None,
        may_propose=may_propose,
        entered=entered,
        errors=errors,
    )  # fmt: skip


def _standing(found: Any) -> dict[str, Any]:
    declared = PARAMETERS[found.key]
    kind, _colon, law = declared.source.partition(": ")
    ground = found.source if found.valid_from else words(f"ground.{kind}", {}, edge.locale())
    return {
        "key": found.key,
        "name": name_of(declared),
        "value": shown(declared, found.value),
        "raw": found.value,
        "since": found.valid_from,
        "source": ground,
        "law": law if kind == "law" and not found.valid_from else "",
    }


def name_of(declared: Parameter) -> str:
    """The parameter in the reader's language."""
    return declared.en if edge.locale() == "en" else declared.zh


def shown(declared: Parameter, value: Any) -> str:
    """A value with its unit in words; None is none apart from what holds more broadly."""
    if value is None:
        return str(_("as elsewhere"))
    if declared.unit == "yes_no":
        return str(_("Yes") if value else _("No"))
    if declared.unit == "choice":
        return words(f"choice.{value}", {}, edge.locale()).removeprefix("choice.")
    return words(f"unit.{declared.unit}", {"value": value}, edge.locale())


def _choices(declared: Parameter) -> list[dict[str, str]]:
    if declared.unit == "yes_no":
        return [{"value": "true", "label": str(_("Yes"))}, {"value": "false", "label": str(_("No"))}]
    return [{"value": one, "label": shown(declared, one)} for one in declared.choices]


def _history(declared: Parameter, entries: Sequence[Any]) -> list[dict[str, Any]]:
    """Values with their first and last days; of several of one scope for one day the one entered last counts."""
    names, places = people.names([entry.entered_by for entry in entries]), scope_names(one.scope for one in entries)
    told: list[dict[str, Any]] = []
    later: dict[str, date] = {}
    for entry in entries:
        over = entry.valid_from == later.get(entry.scope) and entry.valid_until is None
        before = entry.valid_until + timedelta(days=1) if entry.valid_until else later.get(entry.scope)
        told.append({
            "value": shown(declared, entry.value), "since": entry.valid_from, "before": None if over else before,
            "replaced": over, "source": entry.source, "by": names.get(entry.entered_by, ""), "at": entry.entered_at,
            "scope": places[entry.scope],
        })  # fmt: skip
        if entry.valid_until is None:
            later[entry.scope] = entry.valid_from
    return told


def _proposal(row: Any) -> dict[str, Any]:
    actor, declared = edge.actor(), PARAMETERS[row.key]
    names = people.names([one for one in (row.proposed_by, row.decided_by) if one])
    own = row.proposed_by == rules.who(actor)
    is_open = row.state == rules.OPEN
    return {
        "id": row.id, "key": row.key, "name": name_of(declared), "value": shown(declared, row.value),
        "scope": scope_names([row.scope])[row.scope] if row.scope else "",
        "since": row.valid_from, "until": row.valid_until, "source": row.source, "state": row.state,
        "by": names.get(row.proposed_by, ""), "at": row.proposed_at, "reason": row.reason,
        "decided_by": names.get(row.decided_by or "", ""), "decided_at": row.decided_at, "own": own,
        "may_confirm": is_open and not own and policy.allows(actor, "parameter.confirm"),
        "may_refuse": is_open and policy.allows(actor, "parameter.propose"),
    }  # fmt: skip


def _affected(key: str, scope: str, first: date | None) -> dict[str, Any]:
    found = queries_parameters.affected(edge.actor(), key, scope, first or day_of(edge.now()))
    flows: dict[str, dict[str, Any]] = {}
    for use in found.flows:
        known = flows.setdefault(use.definition.key, {"name": flow_name(use.definition), "running": 0})
        known["running"] += use.running
    known_ones = {use.definition.id: use.definition for use in found.flows}
    steps = [
        {**vars(step), "name": named(known_ones[step.definition_id], step.element_id, step.name)}
        for step in found.steps
    ]
    return {"flows": list(flows.values()), "running": found.running, "steps": steps, "steps_count": found.steps_count}

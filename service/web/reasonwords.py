"""Why a task is with somebody, in words, with the policy parameters that were read on the way."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import format_date

from service.parameters.registry import PARAMETERS
from service.people import queries as people
from service.tasks.reasons import Reason
from service.web import edge
from service.web.naming import role_name
from service.web.scopeview import scope_names
from service.web.words import words


def reason_words(reason: Reason) -> str:
    """Why a task is with somebody: the role at its place, the seat, or the row of the table that brought it."""
    params, locale = dict(reason.params), edge.locale()
    if "by" in params:
        params["by_name"] = people.names([params["by"]]).get(params["by"], "")
    if "organisation_id" in params:
        places = people.organisation_names([params["organisation_id"]], locale)
        params["organisation"] = places.get(params["organisation_id"], "")
    params |= {name: role_name(params[name]) for name in ("role", "for_role") if name in params}
    if "last" in params:
        params["last"] = format_date(date.fromisoformat(params["last"]), "long")
    if "signing" in params:
        params["signing"] = words(f"signing.{params['signing']}", {}, locale)
    if reason.decision_id is not None:
        params |= {"decision": params.get("table") or reason.decision_id, "row": reason.row}
    bare = reason.code == "reason.rule" and not params.get("annotation")
    if reason.code == "reason.parameter":
        params["parameter"] = parameter_words(params["key"], params)
    text = words("reason.row" if bare else reason.code, params, locale)
    used = [parameter_words(key, record) for key, record in (params.get("parameters") or {}).items()]
    listed = ("；" if locale == "zh" else "; ").join(used)
    return words("reason.by_parameters", {"text": text, "parameters": listed}, locale) if used else text


def parameter_words(key: str, record: Mapping[str, Any]) -> str:
    """A policy parameter with the value that was used, since when it holds, and what it rests on."""
    locale, declared, value = edge.locale(), PARAMETERS.get(key), record.get("value")
    name = key if declared is None else (declared.zh if locale == "zh" else declared.en)
    shown = str(value)
    if isinstance(value, bool):
        shown = words(f"switch.{shown.lower()}", {}, locale)
    elif record.get("unit") not in (None, "choice"):
        shown = words(f"unit.{record['unit']}", {"value": value}, locale)
    since = record.get("valid_from")
    params = {"name": name, "value": shown, "since": since, "source": record.get("source")}
    if record.get("scope"):
        [params["scope"]] = scope_names([record["scope"]]).values()
        return words("reason.parameter_scoped", params, locale)
    return words("reason.parameter_since" if since else "reason.parameter_default", params, locale)

"""A running case in the hands of HR: suspend, resume, cancel, move back, put a variable right, move to a version."""

from collections.abc import Container
from typing import Any

import orjson
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.errors import Conflict, Invalid
from service.instances import commands, commands_migrate, commands_operating, queries, queries_operating
from service.instances.commands import CaseCommand
from service.instances.commands_migrate import MigrateInstance
from service.instances.commands_operating import ChangeVariable, MoveBack
from service.web import edge, flowview, migrationview
from service.web.api.schemas.base import Text
from service.web.naming import flow_name
from service.web.operatingview import name_of, refusal_words
from service.web.pages import pages, sent
from service.web.words import words


class OperateIn(sent.Form):
    """Which act, on what, and why; the version of the case that was shown."""

    act = Text(most=20, required=True)
    version = sent.whole(load_default=None, allow_none=True)
    reason = Text(most=500, load_default="")
    move = Text(most=450, load_default="")
    name = Text(most=200, load_default="")
    value = fields.String(load_default="")
    target = Text(most=64, load_default="")


@pages.get("/cases/<case_id>/operate")
def operate(case_id: str) -> str:
    """What may be done, and what each act would change."""
    return _page(case_id)


def _page(case_id: str, problem: list[str] | None = None, given: dict[str, Any] | None = None) -> str:
    actor = edge.actor()
    row, found = queries.case(actor, case_id), queries_operating.operable(actor, case_id)
    definition, past = found.definition, _past(case_id, found.definition, found.variables)
    moves = [
        {"value": f"{way.source}|{way.target}", "source": name_of(definition, way.source),
         "target": name_of(definition, way.target), "closes": [name_of(definition, closed) for closed in way.closes],
         "refused": refusal_words(definition, way.refused) if way.refused else None}
        for way in found.moves
    ]  # fmt: skip
    return render_template(
        "requests/operate.html",
        case={"id": case_id, "business_key": row.business_key, "title": row.title, "flow_name": flow_name(definition),
              "state": found.state, "version": found.version, "flow_version": definition.version},
        moves=moves,
        variables=[{"name": n, "value": _shown(v), "past": past.get(n, [])} for n, v in found.variables.items()],
        versions=_versions(case_id, definition) if row.ended_at is None else [],
        cancel=_given_back(case_id),
        may={act: policy.allows(actor, f"instance.{act}", row) for act in ("suspend", "resume", "cancel")},
        problem=problem or [], given=given or {},
    )  # fmt: skip


def _given_back(case_id: str) -> list[str]:
    told = queries_operating.given_back(edge.actor(), case_id, day_of(edge.now()))
    return [words(code, params, edge.locale()) for code, params in told]


def _past(case_id: str, definition: Any, names: Container[str]) -> dict[str, list[dict[str, Any]]]:
    """What variables were before, the latest first, until when, and where they were written over."""
    past: dict[str, list[dict[str, Any]]] = {}
    for one in reversed(queries.changes(edge.actor(), case_id)):
        kept = past.setdefault(one.name, [])
        if one.name in names and not one.scope and one.old is not None and len(kept) < MOST_VALUES:
            kept.append({"value": _shown(one.old), "until": one.at, "step": name_of(definition, one.element_id)})
    return past


def _versions(case_id: str, definition: Any) -> list[dict[str, Any]]:
    """The other versions in use, each with whether the case may move there and why not."""
    others = [v for v in flowview.versions(definition.key) if v["id"] != definition.id and v["state"] == "active"]
    return [{**one, **migrationview.foreseen(case_id, one["id"])} for one in others[:MOST_VERSIONS]]


MOST_VERSIONS = 3
MOST_VALUES = 5


def _shown(value: Any) -> str:
    return orjson.dumps(value).decode()


@pages.post("/cases/<case_id>/operate")
def carry_out(case_id: str) -> Response | tuple[str, int]:
    """Do it, or show the page again with what stands against it."""
    given = sent.form(OperateIn)
    try:
        _done(case_id, given)
    except (Conflict, Invalid) as refused:
        told = [words(fault.code, fault.params, edge.locale()) for fault in refused.faults]
        why = [words(refused.code, refused.params, edge.locale()), *told]
        return _page(case_id, list(dict.fromkeys(why)), given), 409 if isinstance(refused, Conflict) else 422
    flash(_("Done, and kept in the record of the case."))
    return redirect(url_for("pages.operate", case_id=case_id))


def _done(case_id: str, given: dict[str, Any]) -> None:
    actor, now, reason, seen = edge.actor(), edge.now(), given["reason"], given["version"]
    plain = CaseCommand(case_id, seen, reason)
    match given["act"]:
        case "suspend":
            commands.suspend_instance(actor, plain, now=now)
        case "resume":
            commands.resume_instance(actor, plain, now=now)
        case "cancel":
            commands.cancel_instance(actor, plain, now=now)
        case "move":
            element, _bar, target = given["move"].partition("|")
            commands_operating.move_back(actor, MoveBack(case_id, element, target, reason, seen), now=now)
        case "variable":
            changed = ChangeVariable(case_id, given["name"], _value(given["value"]), reason, seen)
            commands_operating.change_variable(actor, changed, now=now)
        case "migrate":
            sent_ = MigrateInstance(case_id, given["target"], reason, seen)
            commands_migrate.migrate_instance(actor, sent_, now=now)
        case _:
            raise Invalid("request.invalid")


def _value(text: str) -> Any:
    """JSON as it stands on the page; anything else is the text itself."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text

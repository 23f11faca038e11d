"""Running cases of a version on its diagram, and moving them to another one: foreseen first, then in the background."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access import policy
from service.deployments import queries as definitions
from service.deployments import queries_drafts
from service.errors import Invalid
from service.instances import commands_migrate, queries_migrate, queries_monitor
from service.instances.commands_migrate import RUN_KIND, MigrateMany
from service.instances.queries_monitor import OPEN_STATES, MonitorQuery
from service.people.queries import organisation_names
from service.runs import queries as runs
from service.web import edge, flowview, migrationview
from service.web.api.schemas.base import Text, reference
from service.web.naming import flow_name, named
from service.web.pages import pages, sent
from service.web.pages.runs import part_of
from service.web.runview import leads
from workflows.migration import STANDING

PAGE = 50


class CasesQuery(sent.Query):
    """At which element, in which state, and where the page begins."""

    element = Text(most=200, load_default=None, allow_none=True)
    state = fields.String(load_default=None, validate=validate.OneOf(OPEN_STATES))
    cursor = Text(most=64, load_default=None, allow_none=True)


class MoveIn(sent.Form):
    """To which version the cases shall move, why, and whether only to look."""

    target = reference(required=True)
    reason = Text(most=500, load_default="")
    dry = fields.Boolean(load_default=False)


class AgainIn(sent.Form):
    """Which step of the version stands in the place of which, why, and whether only to look; "" for none."""

    old = fields.List(Text(most=200), load_default=list)
    new = fields.List(Text(most=200), load_default=list)
    reason = Text(most=500, load_default="")
    dry = fields.Boolean(load_default=False)


class RowsQuery(sent.Query):
    """Those that moved or that stay, and where the page begins."""

    state = fields.String(load_default=None, validate=validate.OneOf(("moved", "stayed", "waiting")))
    cursor = Text(most=64, load_default=None, allow_none=True)


@pages.get("/definitions/<definition_id>/cases")
def definition_cases(definition_id: str) -> str:
    """The running cases of a version, counted on its diagram."""
    return _page(definition_id)


def _page(definition_id: str, problem: str | None = None, reason: str = "") -> str:
    actor, asked = edge.actor(), sent.query(CasesQuery)
    definition = definitions.definition(actor, definition_id)
    counts = queries_monitor.standing(actor, definition_id)
    query = MonitorQuery(definition_id, asked["element"], asked["state"], asked["cursor"], PAGE + 1)
    rows = queries_monitor.cases(actor, query)
    versions = [one for one in flowview.versions(definition.key) if one["id"] != definition_id]
    return render_template(
        "definitions/cases.html",
        version={"id": definition.id, "name": flow_name(definition), "version": definition.version},
        places=[{"id": one, "name": _name(definition, one), "count": n} for one, n in sorted(counts.items())],
        counts=counts, items=_items(rows[:PAGE]), element=asked["element"], state=asked["state"],
        next=rows[PAGE - 1].id if len(rows) > PAGE else None,
        targets=[one for one in versions if one["state"] == "active"],
        elsewhere=[one for one in versions if one["cases"]],
        may_move=policy.allows(actor, "instance.migrate_many"), problem=problem, reason=reason,
    )  # fmt: skip


def _items(rows: Any) -> list[dict[str, Any]]:
    places = organisation_names([row.organisation_id for row in rows], edge.locale())
    readable = policy.allows(edge.actor(), "instance.suspend")
    fields = ("id", "business_key", "state", "started_at", "incidents")
    return [
        {**{name: getattr(row, name) for name in fields}, "place": places.get(row.organisation_id, ""),
         "url": url_for("pages.case", case_id=row.id) if readable else None}
        for row in rows
    ]  # fmt: skip


def _name(definition: Any, element_id: str) -> str:
    place = definition.spec.element(element_id)
    return named(definition, element_id, place.name) or element_id if place else element_id


@pages.post("/definitions/<definition_id>/migrate")
def migrate_cases(definition_id: str) -> Response | tuple[str, int]:
    """Move the running cases of a version, or say what moving them would do."""
    given = sent.form(MoveIn)
    command = MigrateMany(given["target"], given["reason"], (definition_id,), given["dry"])
    try:
        migration_id = commands_migrate.migrate_many(edge.actor(), command, now=edge.now())
    except Invalid as refused:
        return _page(definition_id, flowview.refused(refused.code, refused.params), given["reason"]), 422
    if not given["dry"]:
        flash(_("The cases move in the background; those that cannot stay with their version."))
    return redirect(url_for("pages.migration", migration_id=migration_id))


@pages.get("/migrations/<migration_id>")
def migration(migration_id: str) -> str:
    """How far a migration is; which cases stay and why."""
    return _migration(migration_id)


def _migration(migration_id: str, problem: str | None = None, reason: str = "") -> str:
    actor, asked = edge.actor(), sent.query(RowsQuery)
    found = migrationview.migration_of(migration_id)
    rows = queries_migrate.rows(actor, migration_id, asked["state"], asked["cursor"], PAGE + 1)
    target = queries_drafts.version_row(actor, found["definition_id"])
    return render_template(
        "definitions/migration.html",
        migration={**found, "name": flowview.name_of(target.state, target.id, target.name),
                   "asked_by": found["asked_by"]["name"]},
        run=part_of(runs.run_of(actor, found["run_id"])) if found["waiting"] and found["run_id"] else None,
        items=[migrationview.row_of(row) for row in rows[:PAGE]], state=asked["state"],
        next=rows[PAGE - 1].instance_id if len(rows) > PAGE else None,
        problem=problem, reason=reason, places=_places(found) if not found["waiting"] else None,
        sources=sorted({one["id"] for one in flowview.versions(target.key) if one["id"] != target.id and one["cases"]}),
    )  # fmt: skip


def _places(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """The steps that the version lacks and on which cases stand, and its own that may stand in their place."""
    left = queries_migrate.left_behind(edge.actor(), found["id"])
    steps = {**dict.fromkeys(found["mapping"], ""), **left.steps}
    if not steps or not left.versions:
        return None
    target = definitions.definition(edge.actor(), found["definition_id"])
    known = [definitions.definition(edge.actor(), one) for one in left.versions]
    tasks = [one.id for one in target.spec.everything.values() if one.kind in STANDING]
    return {
        "gone": [
            {"id": name, "name": next((_name(one, name) for one in known if one.spec.element(name)), name),
             "new": found["mapping"].get(name, "")}
            for name in sorted(steps)
        ],
        "steps": [{"id": name, "name": _name(target, name)} for name in tasks],
    }  # fmt: skip


@pages.post("/migrations/<migration_id>/again")
def migrate_again(migration_id: str) -> Response | tuple[str, int]:
    """Move what has stayed, or look whether it would, with steps of the version in the place of those it lacks."""
    given = sent.form(AgainIn)
    found = queries_migrate.migration(edge.actor(), migration_id)
    left = queries_migrate.left_behind(edge.actor(), migration_id)
    mapping = {old: new for old, new in zip(given["old"], given["new"], strict=False) if new}
    command = MigrateMany(found.definition_id, given["reason"], tuple(left.versions), given["dry"], mapping)
    try:
        again = commands_migrate.migrate_many(edge.actor(), command, now=edge.now())
    except Invalid as refused:
        return _migration(migration_id, flowview.refused(refused.code, refused.params), given["reason"]), 422
    return redirect(url_for("pages.migration", migration_id=again))


@leads(RUN_KIND)
def migration_of(run: Any) -> str:
    """The page of the migration that a run carried out."""
    return url_for("pages.migration", migration_id=run.arguments["migration_id"])

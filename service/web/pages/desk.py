"""A person's desk: the pages of saved filters and of phrases for opinions."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access import policy
from service.deployments import queries as definitions
from service.desk import commands, commands_phrases, queries
from service.desk.commands import Filter
from service.errors import Invalid
from service.people import queries as people
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.naming import flow_name, role_name
from service.web.pages import listing, pages, sent
from service.web.words import words


class Named(sent.Form):
    """A filter's name, its list and its circle."""

    name = Text(most=40, load_default="")
    box = fields.String(load_default="todo")
    flow = Text(most=64, load_default=None, allow_none=True)
    q = Text(most=100, load_default=None, allow_none=True)
    organisation_id = Text(most=36, load_default=None, allow_none=True)
    due = fields.String(load_default=None, allow_none=True)
    sort = fields.String(load_default="due")
    shared_with = Text(most=120, load_default=None, allow_none=True)


class Lines(sent.Form):
    """Phrases, one a line."""

    phrases = Text(most=8000, load_default="")
    whose = fields.String(load_default="own", validate=validate.OneOf(["own", "bureau"]))


@pages.get("/filters")
def filters() -> str:
    """Keep the list that the address names, and change those that are kept."""
    return _filters({"box": "todo", **listing.asked()})


@pages.post("/filters")
def save_filter() -> Response | tuple[str, int]:
    """Keep a list under a name."""
    found = Filter(**sent.form(Named))
    try:
        commands.save_filter(edge.actor(), found, now=edge.now())
    except Invalid as refused:
        return _filters(vars(found), words(refused.code, refused.params, edge.locale())), 422
    flash(_("Kept: it stands above the list."))
    return redirect(url_for("pages.inbox", **{name: getattr(found, name) for name in listing.NAMES}))


@pages.post("/filters/<filter_id>")
def change_filter(filter_id: str) -> Response | tuple[str, int]:
    """Another name or circle for a filter of mine."""
    given = sent.form(Named)
    old = queries.filter_of(edge.actor(), filter_id)
    kept = {name: getattr(old, name) for name in listing.NAMES}
    new = Filter(name=given["name"], shared_with=given["shared_with"], **kept)
    try:
        commands.change_filter(edge.actor(), filter_id, new, now=edge.now())
    except Invalid as refused:
        return _filters({"box": "todo"}, words(refused.code, refused.params, edge.locale())), 422
    flash(_("Changed."))
    return redirect(url_for("pages.filters"))


@pages.post("/filters/<filter_id>/drop")
def drop_filter(filter_id: str) -> Response:
    """Throw a filter of mine away."""
    commands.change_filter(edge.actor(), filter_id, None, now=edge.now())
    flash(_("Deleted."))
    return redirect(url_for("pages.filters"))


def _filters(wanted: dict[str, Any], error: str | None = None) -> str:
    actor = edge.actor()
    kept = [_kept(row) for row in queries.filters(actor) if row.person_id == actor.person_id]
    return render_template(
        "inbox/filters.html", wanted=wanted, narrowed=_narrowed(wanted), kept=kept, circles=_circles(), error=error
    )


def _narrowed(wanted: Mapping[str, Any]) -> list[str]:
    """Flow and organisation of a list in words; what is unknown is not told."""
    flows = [flow_name(flow) for flow in definitions.newest() if flow.key == wanted.get("flow")]
    place = wanted.get("organisation_id")
    return [*flows, *people.organisation_names([place] if place else [], edge.locale()).values()]


def _kept(row: Any) -> dict[str, Any]:
    named = {name: getattr(row, name) for name in listing.NAMES if getattr(row, name)}
    return {"id": row.id, "name": row.name, "shared_with": row.shared_with, "url": url_for("pages.inbox", **named)}


def _circles() -> list[dict[str, str]]:
    """With whom a filter may be shared, in words."""
    found = queries.circles(edge.actor())
    places = people.organisation_names(
        [value.partition("@")[2] or value.partition(":")[2] for value in found], edge.locale()
    )
    return [{"value": value, "name": _circle(value, places)} for value in found]


def _circle(value: str, places: dict[str, str]) -> str:
    role, _at, place = value.partition("@")
    if place:
        return str(_("%(role)s, %(place)s", role=role_name(role), place=places.get(place, "")))
    return str(_("Everybody of %(place)s", place=places.get(value.partition(":")[2], "")))


@pages.get("/phrases")
def phrases() -> str:
    """My phrases and the bureau's, one a line."""
    return _phrases(*queries.phrases(edge.actor()))


@pages.post("/phrases")
def write_phrases() -> Response | tuple[str, int]:
    """Write my phrases, or the bureau's, as a whole."""
    given = sent.form(Lines)
    lines = given["phrases"].splitlines()
    write = commands_phrases.write_phrases if given["whose"] == "own" else commands_phrases.write_bureau_phrases
    try:
        write(edge.actor(), lines, now=edge.now())
    except Invalid as refused:
        own, bureau = queries.phrases(edge.actor())
        shown = (lines, bureau) if given["whose"] == "own" else (own, lines)
        return _phrases(shown[0], shown[1], words(refused.code, refused.params, edge.locale())), 422
    flash(_("Kept."))
    return redirect(url_for("pages.phrases"))


def _phrases(own: list[str], bureau: list[str], error: str | None = None) -> str:
    may = policy.allows(edge.actor(), "phrase.write_bureau")
    return render_template("inbox/phrases.html", own=own, bureau=bureau, may_write_bureau=may, error=error)

"""What falls due for me, by day: my steps, those of others that I wait for, and the timers of my cases."""

from datetime import timedelta
from itertools import groupby
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from service.deployments import queries as definitions
from service.instances import queries_mine
from service.instances.queries_mine import Ahead
from service.people import queries as people
from service.web import edge
from service.web.casetitles import case_title
from service.web.naming import holder_words, named, step_name
from service.web.pages import frame, pages, sent

SHOWN = {"owed": ("owed", "claimable"), "waiting": ("awaited", "drawn")}
"""What can be asked for → kinds."""


class MyDeadlinesQuery(sent.Query):
    """All, only what I owe, or only what I wait for."""

    show = fields.String(load_default="", validate=validate.OneOf(("", *SHOWN)))


@pages.get("/my/deadlines")
def my_deadlines() -> str:
    """Overdue, today, this week, later."""
    show = sent.query(MyDeadlinesQuery)["show"]
    found = queries_mine.mine(edge.actor())
    chosen = [each for each in found.items if not show or each.kind in SHOWN[show]]
    persons = {holder.removeprefix("person:") for each in chosen for holder in each.holders}
    names = people.names(sorted(persons))
    groups = [{"key": key, "items": [_item(each, names) for each in part]} for key, part in groupby(chosen, key=_group)]
    return render_template("tasks/deadlines.html", groups=groups, show_only=show, complete=found.complete)


def _group(ahead: Ahead) -> str:
    """overdue | today | week (to its Sunday) | later."""
    shown = frame.show()
    day = ahead.due_at.astimezone(shown.zone).date()
    if ahead.due_at < shown.now:
        return "overdue"
    if day == shown.today:
        return "today"
    return "week" if day <= shown.today + timedelta(days=6 - shown.today.weekday()) else "later"


def _item(ahead: Ahead, names: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": ahead.kind,
        "due_at": ahead.due_at,
        "step": _step(ahead),
        "title": case_title(ahead.instance_id, ahead.title),
        "business_key": ahead.business_key,
        "on_behalf_of": _(", ").join(ahead.on_behalf_of),
        "holders": [holder_words(holder, names) for holder in ahead.holders],
        "url": _url(ahead),
    }


def _step(ahead: Ahead) -> str:
    if ahead.kind != "drawn":
        return step_name(ahead.definition_id, ahead.element_id, ahead.name)
    definition = definitions.pinned(ahead.definition_id)
    place = definition.spec.element(ahead.element_id)
    return named(definition, ahead.element_id, place.name or ahead.name) if place else ahead.name


def _url(ahead: Ahead) -> str:
    if ahead.kind in SHOWN["owed"]:
        return url_for("pages.task", task_id=ahead.task_id)
    return url_for("pages.case", case_id=ahead.instance_id)

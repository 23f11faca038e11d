"""What every page is given: the account, counts, dates in words, addresses of the built assets, the language."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from flask import Flask, current_app, g, url_for
from flask_babel import Babel

from service.access import policy
from service.access.actor import Actor
from service.calendar import queries as calendars
from service.deployments import queries as definitions
from service.incidents import queries as incidents
from service.notices import queries as notices
from service.people import queries as people
from service.tasks import queries as tasks
from service.tasks import queries_boxes as boxes
from service.tasks.queries_boxes import BoxQuery
from service.web import edge
from service.web.pages.assets import asset_urls
from service.web.pages.presentation import Presentation


def init(app: Flask) -> None:
    """Choose the language of each request and give templates what the frame shows."""
    Babel(app, locale_selector=language, default_translation_directories=str(Path(app.root_path) / "translations"))
    app.context_processor(given)


def language() -> Locale:
    """The locale of Flask-Babel; its catalogues lie under `zh`, English is in the templates."""
    return Locale("en") if edge.locale() == "en" else Locale("zh")


def given() -> dict[str, Any]:
    """`show`, `assets`, `shell` and `practice` of every template."""
    return {
        "show": show(),
        "assets": assets(current_app.root_path),
        "shell": shell(),
        "practice": edge.settings().practice,
    }


def show() -> Presentation:
    """Dates, deadlines and numbers in the words of this request."""
    calendar = calendars.installed()
    return Presentation(edge.locale(), edge.settings().zone, edge.now(), calendar.is_working, calendar.is_provisional)


def assets(root: str) -> dict[str, str]:
    """Name → address of the built files."""
    return asset_urls(_manifest(root), url_for("static", filename="dist/"))


@lru_cache(maxsize=2)
def _manifest(root: str) -> Any:
    return json.loads((Path(root) / "static" / "dist" / "manifest.json").read_text("utf-8"))


def shell() -> dict[str, Any] | None:
    """Who is here, what waits for them, and where they may go; None before login."""
    actor = edge.actor()
    if actor.is_anonymous:
        return None
    shown = show()
    return {
        "bureau": people.bureau_name(edge.locale()),
        "today": shown.today,
        "moved_day": moved_day(shown),
        "user": {"id": actor.account_id, "name": actor.name, "organisation": home(actor)},
        "counts": counts(actor),
        "notices": counted(notices.unread(actor)),
        "query": g.get("searched", ""),
        "may": rights(actor),
    }


def moved_day(shown: Presentation) -> dict[str, Any] | None:
    """The next weekend on which offices work, or weekday on which they rest."""
    found = calendars.next_moved_day(shown.today)
    return None if found is None else {"date": found[0], "working": found[1]}


def home(actor: Actor) -> str:
    """The name of the account's own organisation."""
    own = actor.organisation_id
    return people.organisation_names([own], edge.locale()).get(own, "") if own else ""


def counts(actor: Actor) -> dict[str, Any]:
    """Open tasks, overdue ones, open incidents; ready to print."""
    return {
        "todo": counted(boxes.count(actor, BoxQuery())),
        "late": counted(boxes.count(actor, BoxQuery(due_before=edge.now()))),
        "incidents": counted(incidents.open_count(actor)),
    }


def counted(number: int) -> Any:
    """0 to 99 as they are, then "99+"."""
    return number if number < tasks.COUNTED else "99+"


def rights(actor: Actor) -> dict[str, bool]:
    """Which rooms the account may enter."""
    own = policy.Target(organisation_id=actor.organisation_id)
    return {
        "start": bool(definitions.startable(actor)),
        "ledger": policy.allows(actor, "ledger.read", own),
        "reserved": policy.allows(actor, "ledger.read", own),
        "personnel": policy.allows(actor, "person.read", own),
        "papers": policy.allows(actor, "paper_template.read"),
        "objections": policy.allows(actor, "publicity_objection.read"),
        "organisations": policy.allows(actor, "organisation.read", own),
        "definitions": policy.allows(actor, "monitor.read", own),
        "incidents": policy.allows(actor, "incident.read", own),
        "overdue": policy.allows(actor, "report.read", own),
        "deadlines": policy.allows(actor, "timer.fire", own),
        "opening": policy.allows(actor, "opening.read", own) or policy.allows(actor, "opening.import", own),
        "loads": policy.allows(actor, "opening.import", own),
        "corrections": policy.allows(actor, "instance.propose_correction", own),
        "parameters": policy.allows(actor, "parameter.propose", own),
        "calls": policy.allows(actor, "notice.call", own),
        "deliveries": policy.allows(actor, "delivery.read", own),
    }

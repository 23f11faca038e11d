"""What the page of a task of title evaluation shows beside it: the post that a recommendation takes, all ballots."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from service.flows.title import queries
from service.flows.title.counting import VOTE
from service.flows.title.rules import band_of
from service.posts import queries as posts
from service.tasks.facts import TaskFacts
from service.web import edge
from service.web.pages import ledgerview

FLOW, RECOMMENDATION = "title", "recommendation"


def effect(task: TaskFacts) -> dict[str, Any] | None:
    """The school's posts of the title's band, and what a recommendation does to them; None at every other step."""
    if (task.case.definition_key, task.element_id) != (FLOW, RECOMMENDATION):
        return None
    band = band_of(queries.application(edge.actor(), task.instance_id).target)
    own = posts.accounts(edge.actor(), organisation_id=task.organisation_id)
    found = [account for account in own if account.band == band and not account.pool]
    if not found:
        return None
    free = found[0].figures.free
    note = str(_("%(n)s free now; a recommendation holds one", n=free))
    return {"accounts": [ledgerview.account_of(found[0], 1)], "note": note, "short": note, "title": ledgerview.title()}


def task_links(task: TaskFacts) -> list[dict[str, str]]:
    """From one vote to the ballots of the whole sitting."""
    if task.element_id != VOTE:
        return []
    session_id = queries.application(edge.actor(), task.instance_id).session_id
    if session_id is None:
        return []
    there = url_for("pages.title_ballots", session_id=session_id)
    return [{"label": str(_("All ballots of this sitting")), "note": "", "url": there}]

"""What the page of a task of title evaluation shows beside it: the post that a recommendation takes, all ballots."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from service.flows.title import queries
from service.flows.title.counting import VOTE
from service.flows.title.rules import band_of
from service.posts import queries as posts
from service.tasks.facts import TaskFacts
from service.web import edge
from service.web.pages import ledgerview

FLOW = "title"
RECOMMENDATION, SHORTAGE = "recommendation", "post_shortage"


def effect(task: TaskFacts) -> dict[str, Any] | None:
    """The school's posts of the title's band where one is asked for; None at every other step."""
    if task.case.definition_key != FLOW or task.element_id not in (RECOMMENDATION, SHORTAGE):
        return None
    band = band_of(queries.application(edge.actor(), task.instance_id).target)
    own = posts.accounts(edge.actor(), organisation_id=task.organisation_id)
    found = [account for account in own if account.band == band and not account.pool]
    if not found:
        return None
    others = queries.promised(edge.actor(), task.instance_id)
    free = ngettext(
        "%(n)s free now, %(num)s other recommended for them", "%(n)s free now, %(num)s others recommended for them",
        others, n=found[0].figures.free,
    )  # fmt: skip
    later = str(_("one is held after the publicity inside the school"))
    note = free if task.element_id == SHORTAGE else f"{free}{_('; ')}{later}"
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

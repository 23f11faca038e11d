"""Where the work of a step of the exchange is done: the plan's page, or the school's."""

from flask import url_for
from flask_babel import gettext as _

from service.tasks.facts import TaskFacts

FLOW = "exchange"


def task_links(task: TaskFacts) -> list[dict[str, str]]:
    """The page on which this step is filled in."""
    plan_id = task.instance_id
    if isinstance(task.item, str):
        place = url_for("pages.exchange_school", plan_id=plan_id, organisation_id=task.item)
        note = _("the list, what the school offers, and who wishes to come")
        return [{"label": _("The school's part in the exchange"), "note": note, "url": place}]
    note = _("goals, schools, rounds, corrections and appeals")
    return [{"label": _("The plan of exchange"), "note": note, "url": url_for("pages.exchange_plan", plan_id=plan_id)}]

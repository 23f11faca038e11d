"""Related cases beside a task."""

from typing import Any

from flask_babel import gettext as _

from service.flows.hiring import queries as candidates
from service.instances.queries_related import related
from service.tasks.facts import TaskFacts
from service.web import edge
from service.web.casetitles import case_title


def related_to(task: TaskFacts) -> list[dict[str, Any]]:
    """Other cases of the same school, about the same posts or with the same candidates, as far as I may see them."""
    persons = candidates.cases_of_same_persons(edge.actor(), task.instance_id)
    found = related(edge.actor(), task.instance_id, task.organisation_id, persons)
    return [
        {
            "id": one.row.instance_id,
            "business_key": one.row.business_key,
            "title": case_title(one.row.instance_id, one.row.title),
            "state": one.row.state,
            "why": [
                text for holds, text in zip((one.persons, one.posts, one.school), shared_words(), strict=True) if holds
            ],
        }
        for one in found
    ]


def shared_words() -> tuple[str, str, str]:
    """What cases may have in common, in the order of `Related`."""
    return _("the same person"), _("the same posts"), _("the same school")

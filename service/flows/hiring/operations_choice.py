"""Whom a school chooses to hire: what its meeting may decide, and what its minutes rest on (policy.md §3.H 6)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from service.errors import Invalid
from service.flows.declaring import Minuted, minuted
from service.flows.hiring import ranking, roster
from service.flows.hiring.ranking import Entry

CHOOSE = "choose"


def chosen_in(
    session: Session, instance_id: str, posts: list[Mapping[str, Any]], decision: str, reason: str | None
) -> list[Entry]:
    """Who is ticked, where somebody is to be hired at all.

    Invalid("hiring.choice") with faults: too many, without rank, or out of rank without a reason.
    """
    if decision != CHOOSE:
        return []
    found = roster.entries(session, instance_id, states=("qualified",))
    counts = {post["line"]: post["count"] for post in posts}
    chosen = [entry for entry in found if entry.chosen]
    faults = ranking.choice_faults(found, counts, reason) if chosen else []
    if faults:
        raise Invalid("hiring.choice", faults=tuple(faults))
    return chosen


@minuted("hiring", "choice")
def resting_on(said: Minuted) -> dict[str, Any]:
    """Who was ticked when the minutes were entered: the chair confirms these and no others."""
    posts, reason = said.variables["posts"], said.values.get("choice_reason")
    chosen = chosen_in(said.session, said.instance_id, posts, said.decision, reason)
    return {"chosen": [entry.id for entry in chosen]}

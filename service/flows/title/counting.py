"""When the votes of a sitting are counted: all at once, when nobody has a ballot left to cast.

Whoever still votes must not know how a vote before came out (policy §3.T 5). So nothing is counted of any candidate
before: there is no result that a page, an event, a notice or the next step of the case could tell.
"""

from typing import Any

from sqlalchemy import and_, case, column, func, select, table
from sqlalchemy.orm import Session

from service.flows.declaring import together
from service.flows.title.committees import SESSION
from service.flows.title.roster import APPLICATION, INSTANCE, UNDER_WAY

VOTE = "committee_vote"
TASK = table(
    "task", column("id"), column("instance_id"), column("element_id"), column("state"), column("decision"),
    column("version"), column("due_at"), column("opened_at"),
)  # fmt: skip
SEAT = table("seat", column("task_id"), column("person_id"), column("state"))


def of_sitting() -> Any:
    """Joins an application with the vote that was opened for it by the sitting on whose list it stands."""
    called = and_(APPLICATION.c.called_at.is_not(None), TASK.c.opened_at >= APPLICATION.c.called_at)
    return and_(TASK.c.instance_id == APPLICATION.c.instance_id, TASK.c.element_id == VOTE, called)


def seats(state: str) -> Any:
    """How many seats of a vote are in that state."""
    return func.coalesce(func.sum(case((SEAT.c.state == state, 1), else_=0)), 0)


@together("title")
def counted_with(session: Session, instance_id: str, lock: bool) -> list[str] | None:
    """The other votes of the sitting that are over and not counted; None while one has a ballot to come.

    An application whose vote was called and has not been opened yet, or stands still, is waited for until the votes
    end by their deadline; one that was withdrawn is not.
    """
    sitting = select(APPLICATION.c.session_id).where(APPLICATION.c.instance_id == instance_id)
    session_id = session.scalar(sitting)
    if session_id is None:
        return []
    if lock:
        session.execute(select(SESSION.c.id).where(SESSION.c.id == session_id).with_for_update())
    others = [row for row in _votes(session, session_id) if row.instance_id != instance_id]
    if any(row.id is None or (row.voting == "open" and row.awaited) for row in others):
        return None
    return [row.id for row in others if row.voting == "open" and row.cast and row.state == "running"]


def _votes(session: Session, session_id: str) -> list[Any]:
    """The applications under way that were called to a sitting, with the state of each vote."""
    told = (APPLICATION.c.instance_id, INSTANCE.c.state, TASK.c.id, TASK.c.state.label("voting"))
    found = (
        select(*told, seats("open").label("awaited"), seats("signed").label("cast"))
        .select_from(APPLICATION)
        .join(INSTANCE, INSTANCE.c.id == APPLICATION.c.instance_id)
        .outerjoin(TASK, of_sitting())
        .outerjoin(SEAT, SEAT.c.task_id == TASK.c.id)
        .where(APPLICATION.c.session_id == session_id, INSTANCE.c.state.in_(UNDER_WAY))
        .group_by(*told)
    )
    return list(session.execute(found))

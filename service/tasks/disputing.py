"""Who decided says that a recorded decision on paper is not what was decided."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, update

from service.audit.chain import NewEvent
from service.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from service.tasks import advance
from service.tasks.facts import TaskFacts
from service.tasks.paper_rows import PAPER
from service.tasks.papers import PaperFacts
from service.tasks.queue import Locked
from service.tasks.recording import post
from workflows.surroundings import Surroundings

DISPUTED = "paper.disputed"
DISPUTE_ROLE = "bureau_hr_chief"


def chosen(papers: Sequence[Row[Any]], task_id: str, seat_id: str | None) -> Row[Any]:
    """The paper that is meant: that of a seat, or the only one.

    NotFound("seat.absent"), Conflict("paper.none"), Invalid("paper.which_seat").
    """
    if not papers:
        raise Conflict("paper.none", task_id=task_id)
    if seat_id is None:
        if len(papers) > 1:
            raise Invalid("paper.which_seat", faults=(Fault("seat_id", "paper.which_seat"),))
        return papers[0]
    for paper in papers:
        if paper.seat_id == seat_id:
            return paper
    raise NotFound("seat.absent", seat_id=seat_id)


def facts_of(task: TaskFacts, paper: Row[Any]) -> PaperFacts:
    """A paper as the policy asks about it: of a seat, its own holder may dispute it, not those beside."""
    seated = task.seated_ids if paper.seat_id is None else frozenset(task.seat(paper.seat_id).person_ids)
    return PaperFacts(task.id, task.groups, seated, paper.person_id)


def dispute(around: Surroundings, locked: Locked, paper: Row[Any], person_id: str, reason: str) -> None:
    """Who decided says that this is not what was decided: recorder and HR hear of it, the case is flagged.

    Nothing is undone by itself. Invalid("reason.missing"), Forbidden("paper.own_recording"),
    Conflict("paper.disputed").
    """
    task = locked.task
    if not reason.strip():
        raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
    if person_id == paper.recorded_by:
        raise Forbidden("paper.own_recording", task_id=task.id)
    if paper.disputed_at is not None:
        raise Conflict("paper.disputed", task_id=task.id)
    kept = {"disputed_by": person_id, "disputed_at": around.now, "dispute": reason.strip()}
    around.session.execute(update(PAPER).where(PAPER.c.id == paper.id).values(kept))
    body = {"task_id": task.id, "name": task.name, "reason": reason.strip(), "document": paper.document,
            "seat_id": paper.seat_id}  # fmt: skip
    advance.tell(around.session, locked, [NewEvent(DISPUTED, person_id, element_id=task.element_id, body=body)],
                 around.now)  # fmt: skip
    post(around, task, DISPUTED, [f"person:{paper.recorded_by}", f"role:{DISPUTE_ROLE}"])

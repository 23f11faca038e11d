"""Where a task goes when a handler steps aside and nobody else of its role may act (policy.md §5)."""

from datetime import datetime

from sqlalchemy.orm import Session

from service.access.days import day_of
from service.access.queries import stand_in, standing
from service.errors import Fault, Invalid
from service.incidents.record import Failure, open_incident
from service.notices import outbox
from service.tasks.assignment import StandIn, place_of
from service.tasks.facts import TaskFacts
from service.tasks.opening import opened_message


def expect_answer(task: TaskFacts, *, no_interest: bool) -> None:
    """A step that recuses asks the handler each time (policy §5): Invalid("recusal.unanswered")."""
    if task.properties.get("recuse") and not no_interest:
        raise Invalid("recusal.unanswered", faults=(Fault("no_interest", "recusal.unanswered"),))


def pass_upward(session: Session, task: TaskFacts, person_id: str, now: datetime) -> tuple[StandIn, ...]:
    """The queue of the next level up, never of a subordinate, when `person_id` was the last who could act.

    Nothing for advice, or while somebody else sits at the task or a holder of its groups has not stepped aside. The new
    queue is told; where nobody at all is left an incident tells HR.
    """
    own = task.seat_of(person_id)
    if own is not None and own.advises and own.is_live:
        return ()
    out = {person_id, *task.recused_ids}
    today = day_of(now)
    sits = task.claimant_id not in (None, person_id)
    if sits or any(set(standing(session, *place_of(group), today)) - out for group in task.groups):
        return ()
    for group in task.groups:
        place = stand_in(session, *place_of(group), today, upward=True, without=out)
        if place is not None:
            by = "@".join(place)
            told = opened_message(task.case, task.id, task.element_id, by, task.due_at)
            outbox.post(session, [told], now)
            return (StandIn(group, by),)
    gap = Failure(task.instance_id, task.element_id, "assignment", "task.nobody", ", ".join(task.groups), task.id)
    open_incident(session, gap, now)
    return ()

"""Who may have decided on paper, and who may not record it: by seat, role, day and interest (policy.md §5)."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from service.access.actor import Represented
from service.access.standing import standing
from service.access.substitutes import substitutes_of
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.flows import registry
from service.tasks.assignment import place_of
from service.tasks.capacity import Capacity, obstacle
from service.tasks.facts import TaskFacts
from service.tasks.signing import SeatState
from workflows.surroundings import Surroundings


def expect_free(
    around: Surroundings, task: TaskFacts, seat: SeatState | None, recorder_id: str, person_id: str | None
) -> None:
    """Neither the applicant records, nor who decided, nor anybody with an interest, nor is it recorded of such.

    Forbidden("paper.own_case" | "paper.own_decision" | "task.recused").
    """
    named = seat.person_id if seat is not None and not _of_office(task, seat) else None
    if recorder_id == task.initiator_id:
        raise Forbidden("paper.own_case", task_id=task.id)
    if recorder_id in (person_id, named):
        raise Forbidden("paper.own_decision", task_id=task.id)
    if recorder_id in task.recused_ids:
        raise Forbidden("task.recused", task_id=task.id, reason="recusal.declared")
    for one in dict.fromkeys(filter(None, (recorder_id, person_id, named))):
        reason = registry.interest_of(around.session, task.case.definition_key, task.instance_id, one)
        if reason is not None:
            raise Forbidden("task.recused", task_id=task.id, reason=reason)


def expect_able(
    around: Surroundings, task: TaskFacts, seat: SeatState | None, person_id: str | None, day: date
) -> str | None:
    """The person could decide there in person on that day; whom they represented, as a substitute.

    Invalid("paper.person"), Conflict("substitute.over") or Forbidden with what stands against the substitute.
    """
    if person_id is None or person_id in _own(around.session, task, seat, day):
        return None
    one = _standing_in(around.session, task, seat, day).get(person_id)
    if one is None:
        raise Invalid("paper.person", faults=(Fault("person_id", "paper.person"),))
    code = obstacle(around.session, task, Capacity(person_id, one))
    if code == "substitute.over":
        raise Conflict("substitute.over", task_id=task.id)
    if code is not None:
        raise Forbidden(code, task_id=task.id)
    return one.person_id


def able(session: Session, task: TaskFacts, day: date) -> set[str]:
    """Who could decide the step in person on a day, at whichever of its seats."""
    places: list[SeatState | None] = [seat for seat in task.seats if seat.state == "open"]
    found: set[str] = set()
    for seat in places or [None]:
        found |= _own(session, task, seat, day) | set(_standing_in(session, task, seat, day))
    return found - task.recused_ids


def _own(session: Session, task: TaskFacts, seat: SeatState | None, day: date) -> set[str]:
    """Who sits there, and who stands for the roles of a step that one of them signs."""
    found = set() if seat is None else {seat.person_id}
    if seat is None or _of_office(task, seat):
        for group in task.groups:
            found |= set(standing(session, *place_of(group), day))
    return found - task.recused_ids


def _of_office(task: TaskFacts, seat: SeatState) -> bool:
    """Whether somebody sits there for a role, so that its other holders could as well."""
    return bool(task.groups) and seat.for_seat_id is None


def _standing_in(session: Session, task: TaskFacts, seat: SeatState | None, day: date) -> Mapping[str, Represented]:
    """The substitutes of who sits there, in this flow."""
    if seat is None:
        return {}
    found = substitutes_of(session, [seat.person_id], day)
    flow = task.case.definition_key
    able_to = {who: next((one for one in whom if one.covers(flow)), None) for who, whom in found.items()}
    return {who: one for who, one in able_to.items() if one is not None}

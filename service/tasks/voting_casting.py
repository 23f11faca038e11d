"""What happens in a vote, inside the transaction of a command: a ballot, a member who steps aside, the closing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, delete, update

from service.audit.chain import Head, NewEvent
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.flows import registry
from service.incidents.record import Failure, open_incident
from service.tasks import advance, ballots, completion, forms, voting, voting_box
from service.tasks.around import definition_of
from service.tasks.capacity import Capacity, expect_free
from service.tasks.choices import choices, chosen
from service.tasks.completion import Completed, Decided
from service.tasks.discretion import COUNTED, VOTED
from service.tasks.facts import SYSTEM, CaseFacts, TaskFacts
from service.tasks.models import QueueEntry, Seat, Task
from service.tasks.queue import Locked
from service.tasks.settling import settle
from service.tasks.signing import Ballot, SeatState
from service.tasks.voting import Count, Terms
from workflows import store
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.models import Timer
from workflows.surroundings import Surroundings
from workflows.writing import write

_SEAT, _ENTRY, _TASK, _TIMER = table_of(Seat), table_of(QueueEntry), table_of(Task), table_of(Timer)
_ASIDE = (
    update(_SEAT).where(_SEAT.c.id == bindparam("b_id"), _SEAT.c.state == "open").values(state="recused")
)  # fmt: skip
_UNQUEUE = delete(_ENTRY).where(_ENTRY.c.task_id == bindparam("b_task"), _ENTRY.c.holder == bindparam("b_holder"))
_COUNT_NOW = (
    update(_TIMER)
    .where(_TIMER.c.subject_id.in_(bindparam("b_ids", expanding=True)), _TIMER.c.kind == "due")
    .values(due_at=bindparam("b_now"))
)
_TOUCH = update(_TASK).where(_TASK.c.id == bindparam("b_id")).values(version=_TASK.c.version + 1)


def vote(around: Surroundings, locked: Locked, who: Capacity, sent: Decided) -> Completed:
    """Cast the person's ballot; the last one closes the vote. The caller has checked visibility and rights.

    Conflict("vote.over" | "seat.closed"), Forbidden("seat.no_proxy" | "seat.none" | "task.recused"),
    Invalid("decision.unknown" | "vote.opinion" | "form.invalid").
    """
    task, terms = locked.task, voting.terms_of(locked.task.properties)
    expect_free(around.session, task, who)
    voting.refuse_late(task, around.now)
    definition = definition_of(around, task.case.definition_id)
    choice = _choice(definition, task, terms, sent)
    completion.refuse_interested(around, task, who)
    said = Ballot(None if terms.secret else choice, sent.opinion or None, None, around.now)
    seat = ballots.cast_ballot(around.session, task, who, voting.YES, said).seat
    if terms.secret:
        voting_box.put(around.session, task.id, choice)
    task = _seated(task, seat)
    events = [_voted(definition, task, seat)]
    if voting.is_over(terms, task.seats) and all_are_over(around, task.case):
        return close(around, locked.instance, task, locked.head, events)
    advance.tell(around.session, locked, events, around.now)
    return Completed(task.id, task.instance_id, decided=False)


def _choice(definition: Definition, task: TaskFacts, terms: Terms, sent: Decided) -> str:
    """The choice, when nothing was sent beside it that would tell whose it is."""
    offered = choices(definition.settings, task.element_id, task.properties)
    choice = chosen(offered, sent.decision, sent.opinion).value
    if terms.secret and (sent.opinion or "").strip():
        raise Invalid("vote.opinion", faults=(Fault("opinion", "vote.opinion"),))
    form = completion.form_of(definition, task)
    forms.clean(form, sent.values, forms.rights(form or {}, None, many_seats=True), complete=False)
    return choice


def _voted(definition: Definition, task: TaskFacts, seat: SeatState) -> NewEvent:
    body = {"task_id": task.id, "seat_id": seat.id, "name": task.name, "form": task.form_id,
            "definition": f"{definition.key}:{definition.version}"}  # fmt: skip
    said = {"decision": seat.decision, "opinion": seat.opinion} if seat.decision else None
    return NewEvent(VOTED, seat.person_id, seat.on_behalf_of, task.element_id, body, said)


def _seated(task: TaskFacts, seat: SeatState) -> TaskFacts:
    return replace(task, seats=tuple(seat if old.id == seat.id else old for old in task.seats))


def step_aside(around: Surroundings, locked: Locked, person_id: str, event: NewEvent) -> None:
    """The person is no member for this case any more: quorum and count go by those who are left.

    Conflict("vote.cast") for who has voted: that ballot cannot be found again. Nobody left is an incident.
    """
    task = locked.task
    voting.refuse_late(task, around.now)
    seat = task.seat_of(person_id)
    if seat is None:
        raise Forbidden("seat.none", task_id=task.id)
    if seat.state == "signed":
        raise Conflict("vote.cast", task_id=task.id)
    write(around.session, _ASIDE, {"b_id": seat.id}, Conflict("seat.closed", seat_id=seat.id, state=seat.state))
    write(around.session, _UNQUEUE, {"b_task": task.id, "b_holder": f"person:{person_id}"})
    write(around.session, _TOUCH, {"b_id": task.id})
    task = _seated(task, replace(seat, state="recused"))
    if voting.is_over(voting.terms_of(task.properties), task.seats) and all_are_over(around, task.case):
        close(around, locked.instance, task, locked.head, [event])
        return
    if not any(seat.state in ("open", "signed") for seat in task.seats):
        gap = Failure(task.instance_id, task.element_id, "assignment", "task.nobody", task.name, task.id)
        open_incident(around.session, gap, around.now)
    advance.tell(around.session, locked, [event], around.now)


def all_are_over(around: Surroundings, case: CaseFacts) -> bool:
    """Whether a vote that is over, or that is not waited for any more, was the last of those that belong together: the
    timers of the others are due then. What they are locked by is locked before any account."""
    others = registry.counted_with(around.session, case.definition_key, case.instance_id, lock=True)
    if others:
        write(around.session, _COUNT_NOW, {"b_ids": list(others), "b_now": around.now})
    return others is not None


def close_at_deadline(around: Surroundings, held: store.Held, task: TaskFacts) -> None:
    """Count what was cast when the time is over: nobody's silence is a vote; or before, when every ballot was cast, of
    this vote and of those that are counted with it. Conflict("vote.running") else."""
    if around.now < task.due_at and not _is_complete(around, task):
        raise Conflict("vote.running", task_id=task.id)
    close(around, held, task, None, [])


def _is_complete(around: Surroundings, task: TaskFacts) -> bool:
    over = voting.is_over(voting.terms_of(task.properties), task.seats)
    key, instance_id = task.case.definition_key, task.instance_id
    return over and registry.counted_with(around.session, key, instance_id) is not None


def close(
    around: Surroundings, held: store.Held, task: TaskFacts, head: Head | None, events: Sequence[NewEvent]
) -> Completed:
    """Count, close the task and let the diagram go on with the result; the system counts, nobody decides."""
    session, terms, cast = around.session, voting.terms_of(task.properties), voting.voted(task.seats)
    box = voting_box.unseal(session, task.id, len(cast)) if terms.secret else None
    count = voting.counted(task.seats, box.choices if box else (seat.decision or "" for seat in cast))
    result = voting.result(terms, count)
    outcome: dict[str, Any] = {"decision": result, "opinion": None, "by": SYSTEM, "at": around.now.isoformat()}
    outcome |= count.figures()
    record = record_of(task, terms, count, result)
    if box is not None:
        record["box"] = box.hash
    else:
        record["ballots"] = outcome["ballots"] = [_told(seat) for seat in cast]
    closed = NewEvent(COUNTED, SYSTEM, element_id=task.element_id, body=record)
    return settle(around, held, task, head, outcome, [*events, closed], by=SYSTEM)


def record_of(task: TaskFacts, terms: Terms, count: Count, result: str) -> dict[str, Any]:
    """What the event of a closing says of the count and its terms."""
    record: dict[str, Any] = {"task_id": task.id, "name": task.name, "decision": result, **count.figures()}
    return record | {"quorum": str(terms.quorum), "ratio": str(terms.ratio), "secret": terms.secret}


def _told(seat: SeatState) -> dict[str, Any]:
    """A ballot of a named vote, after its closing."""
    at = seat.signed_at.isoformat() if seat.signed_at else None
    return {"by": seat.person_id, "decision": seat.decision, "opinion": seat.opinion, "at": at}

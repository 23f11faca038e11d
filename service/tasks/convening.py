"""Enter and confirm the minutes of a collective decision, inside the transaction of a command."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from service.access import sealed
from service.access.actor import Actor
from service.access.days import day_of
from service.attachments import links
from service.audit.chain import NewEvent
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.flows import registry
from service.flows.declaring import Minuted
from service.notices import outbox
from service.notices.outbox import Message
from service.parameters import queries as parameters
from service.parameters.kept import recall_window
from service.people.members import names
from service.tasks import advance, completion, meetings, membership, overdue, seating, seats
from service.tasks.around import definition_of
from service.tasks.choices import choices, chosen
from service.tasks.completion import Completed
from service.tasks.discretion import CONFIRMED, ENTERED
from service.tasks.facts import TaskFacts
from service.tasks.meetings import Meeting
from service.tasks.models import QueueEntry
from service.tasks.models_papers import Minutes
from service.tasks.opening import NEW_ENTRIES, entry_row, opened_message
from service.tasks.queue import Locked
from service.tasks.settling import settle
from service.tasks.signing import Ballot
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.surroundings import Surroundings
from workflows.writing import write

_MINUTES, _ENTRY = table_of(Minutes), table_of(QueueEntry)
_UNQUEUE = delete(_ENTRY).where(
    _ENTRY.c.task_id == bindparam("b_task"), _ENTRY.c.holder == bindparam("b_holder"), _ENTRY.c.box == "todo"
)
CHAIR_LEFT = "minutes.chair_left"
_SAID = ("meeting", "due", "present", "recused", "chair_id", "attachment_id", "entered_by")


def minutes_of(session: Session, task_id: str) -> Row[Any] | None:
    """The minutes that were entered of a task."""
    return session.execute(select(_MINUTES).where(_MINUTES.c.task_id == task_id)).first()


def enter(around: Surroundings, locked: Locked, secretary_id: str, sent: Meeting) -> int:
    """Keep the minutes, in place of earlier ones, and hand them to their chair; returns their version.

    The refusals of `meetings.expect` and `expect_quorum`; Conflict("task.claimed" | "seat.closed"),
    Forbidden("task.recused"), Invalid("minutes.invalid") with "minutes.unknown", "minutes.chair_unable" or
    "minutes.interested", those of a decision and its form, "attachment.unknown".
    """
    task, session = locked.task, around.session
    _expect_turn(around, task, secretary_id)
    day = meetings.expect(task, sent, secretary_id, day_of(around.now), day_of(task.opened_at))
    part = meetings.quorum(meetings.matter(task) or "", parameters.county(session, day))
    meetings.expect_quorum(part, sent)
    _expect_free(around, task, sent)
    definition = definition_of(around, task.case.definition_id)
    offered = choices(definition.settings, task.element_id, task.properties)
    choice = chosen(offered, sent.decision, sent.opinion)
    values = completion.cleaned(around, locked, definition, sent, None, complete=choice == offered[0])
    events = links.link(session, around.actor, [sent.attachment_id], task.instance_id)
    events += completion.handed_in(around, definition, task, values)
    before = minutes_of(session, task.id)
    row = _row(definition, task, sent, values) | {"entered_by": secretary_id, "entered_at": around.now, "held_on": day}
    row["rests_on"] = _rests_on(around, locked, sent.decision, values)
    row["version"] = 1 if before is None else before.version + 1
    _keep(session, task, row, before)
    seating.touch(session, task.id)
    events.append(_event(ENTERED, secretary_id, definition, task, row, values, str(part)))
    advance.tell(session, locked, events, around.now)
    return int(row["version"])


def _expect_turn(around: Surroundings, task: TaskFacts, secretary_id: str) -> None:
    """Nobody else has claimed the step, and its secretary has no interest in it and waits for no advice."""
    if task.claimant_id not in (None, secretary_id):
        raise Conflict("task.claimed", task_id=task.id)
    reason = _interest_of(around, task, secretary_id)
    if reason is not None:
        raise Forbidden("task.recused", task_id=task.id, reason=reason)
    seat = task.seat_of(secretary_id)
    if seat is not None:
        seats.expect_turn(seat)


def _interest_of(around: Surroundings, task: TaskFacts, person_id: str) -> str | None:
    """Why somebody has no part in the meeting of this case: declared at the step, or known."""
    if person_id in task.recused_ids:
        return "recusal.declared"
    return registry.interest_of(around.session, task.case.definition_key, task.instance_id, person_id)


def _expect_free(around: Surroundings, task: TaskFacts, sent: Meeting) -> None:
    """Members are persons whom the secretary may name, the chair may see the case, no interest was present for it."""
    session, today = around.session, day_of(around.now)
    known = names(membership.known(session, around.actor, task, sent.due, today))
    faults = [Fault("due", "minutes.unknown")] if set(sent.due) - set(known) else []
    if not membership.may_chair(session, task, sent.chair_id, today):
        faults.append(Fault("chair_id", "minutes.chair_unable"))
    for one in sent.present:
        if _interest_of(around, task, one) is not None:
            faults.append(Fault("recused", "minutes.interested", params={"name": known.get(one, "")}))
    if faults:
        raise Invalid("minutes.invalid", faults=tuple(faults))


def _rests_on(around: Surroundings, locked: Locked, decision: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What else was decided with it, as the flow knows it: the chair confirms that and nothing that changed since."""
    task = locked.task
    said = Minuted(around.session, task.instance_id, locked.instance.variables, decision, values)
    return registry.rests_on(task.case.definition_key, task.element_id, said)


def _expect_same(around: Surroundings, locked: Locked, row: Row[Any], values: Mapping[str, Any]) -> None:
    """What the minutes rest on is as it was, and could still be carried out."""
    try:
        same = _rests_on(around, locked, row.decision, values) == (row.rests_on or {})
    except Invalid:
        same = False
    if not same:
        raise Conflict("minutes.outdated", task_id=locked.task.id)


def _row(definition: Definition, task: TaskFacts, sent: Meeting, values: dict[str, Any]) -> dict[str, Any]:
    ballot = completion.sealed_ballot(definition, task, Ballot(sent.decision, sent.opinion, values, task.opened_at))
    return {
        "task_id": task.id,
        "meeting": sent.meeting.strip(),
        "due": list(sent.due),
        "present": list(sent.present),
        "recused": list(sent.recused),
        "chair_id": sent.chair_id,
        "decision": sent.decision,
        "opinion": sent.opinion or None,
        "values": dict(ballot.values or {}),
        "attachment_id": sent.attachment_id,
        "confirmed_at": None,
    }


def _keep(session: Session, task: TaskFacts, row: Mapping[str, Any], before: Row[Any] | None) -> None:
    """The row, and the task in the box of the chair, who is told."""
    if before is None:
        session.execute(insert(_MINUTES), row)
    else:
        session.execute(update(_MINUTES).where(_MINUTES.c.task_id == task.id).values(**row))
        write(session, _UNQUEUE, {"b_task": task.id, "b_holder": f"person:{before.chair_id}"})
    holder = f"person:{row['chair_id']}"
    write(session, NEW_ENTRIES, [entry_row(task.id, holder, "todo", task.due_at)])
    told = opened_message(task.case, task.id, task.element_id, holder, task.due_at)
    outbox.post(session, [told], row["entered_at"], recall_window(session, row["entered_at"]))


def with_chair(session: Session, task: TaskFacts) -> TaskFacts:
    """The task with the chair of its minutes, who need not be of its office."""
    row = None if meetings.matter(task) is None else minutes_of(session, task.id)
    return task if row is None else replace(task, chair_id=row.chair_id)


def only_chairs(actor: Actor, task: TaskFacts) -> bool:
    """Whether the actor has nothing to do with the step but to confirm its minutes."""
    apart = task.seat_of(actor.person_id) is None and not set(task.groups) & set(actor.holders)
    return apart and actor.person_id is not None and task.chair_id == actor.person_id


def step_aside(around: Surroundings, task: TaskFacts, person_id: str) -> None:
    """A chair who steps aside confirms nothing: the minutes wait to be corrected, and for them no more.

    Who entered them is told, and with whom the step lies.
    """
    row = None if task.chair_id != person_id else minutes_of(around.session, task.id)
    if row is None:
        return
    write(around.session, _UNQUEUE, {"b_task": task.id, "b_holder": f"person:{person_id}"})
    body = opened_message(task.case, task.id, task.element_id, "", task.due_at).body
    concerned = dict.fromkeys([f"person:{row.entered_by}", *task.holders])
    told = [Message(CHAIR_LEFT, holder, body) for holder in concerned if holder != f"person:{person_id}"]
    outbox.post(around.session, told, around.now)


def lay_before_chair(session: Session, task: TaskFacts) -> None:
    """Minutes that wait to be confirmed lie in the box of their chair again, once: the task is open as before."""
    row = None if meetings.matter(task) is None else minutes_of(session, task.id)
    if row is not None:
        holder = f"person:{row.chair_id}"
        write(session, _UNQUEUE, {"b_task": task.id, "b_holder": holder})
        write(session, NEW_ENTRIES, [entry_row(task.id, holder, "todo", task.due_at)])


def confirm(around: Surroundings, locked: Locked, row: Row[Any], version: int | None) -> Completed:
    """The chair says that this is what was decided; the step is done as of the day of the meeting, the case goes on.

    Conflict("minutes.stale") when they were corrected meanwhile, Conflict("minutes.outdated") when what they rest on is
    not the same any more, Forbidden("task.recused") for a chair with an interest, Forbidden("minutes.chair_unable") for
    one who may not chair any more.
    """
    task, chair_id, entered = locked.task, row.chair_id, dict(row._mapping)
    if version is None:
        raise Invalid("version.missing")
    if version != row.version:
        raise Conflict("minutes.stale", task_id=task.id, version=row.version, seen=version)
    reason = _interest_of(around, task, chair_id)
    if reason is not None:
        raise Forbidden("task.recused", task_id=task.id, reason=reason)
    if not membership.may_chair(around.session, task, chair_id, day_of(around.now), away=True):
        raise Forbidden("minutes.chair_unable", task_id=task.id)
    definition = definition_of(around, task.case.definition_id)
    kept = update(_MINUTES).where(_MINUTES.c.task_id == task.id)
    around.session.execute(kept.values(confirmed_at=around.now))
    values = sealed.opened(sealed.case(task.instance_id), row.values)
    _expect_same(around, locked, row, values)
    event = _event(CONFIRMED, chair_id, definition, task, entered, values, None)
    decided_at = overdue.moment_of(around, row.held_on)
    overdue.decided(around, task, decided_at)
    confirmed = {"confirmed_by": chair_id, "confirmed_at": around.now.isoformat()}
    outcome = {
        "decision": row.decision,
        "opinion": row.opinion,
        "by": None,
        "on_behalf_of": None,
        "at": decided_at.isoformat(),
        "meeting": _told(entered) | confirmed,
    }
    agreeing = choices(definition.settings, task.element_id, task.properties)[0].value
    since = replace(around, since=decided_at)
    done = settle(since, locked.instance, task, locked.head, outcome, [event], by=chair_id, written=row.values,
                  agrees=row.decision == agreeing)  # fmt: skip
    _file(around, task, (chair_id, row.entered_by))
    return done


def _file(around: Surroundings, task: TaskFacts, person_ids: Sequence[str]) -> None:
    seating.forget(around.session, task, person_ids)
    rows = [entry_row(task.id, f"person:{one}", "done", around.now) for one in dict.fromkeys(person_ids)]
    write(around.session, NEW_ENTRIES, rows)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """The meeting as records name it."""
    told = {name: row[name] for name in _SAID}
    return told | {"held_on": row["held_on"].isoformat(), "entered_at": row["entered_at"].isoformat()}


def _event(
    kind: str, actor_id: str, definition: Definition, task: TaskFacts, row: Mapping[str, Any],
    values: dict[str, Any], part: str | None,
) -> NewEvent:  # fmt: skip
    opinion, plain, secret = completion.parted(
        definition, task, Ballot(row["decision"], row["opinion"], values, row["entered_at"])
    )
    body = {
        "task_id": task.id,
        "name": task.name,
        "decision": row["decision"],
        "opinion": opinion,
        "values": plain,
        "form": task.form_id,
        "definition": f"{definition.key}:{definition.version}",
        "meeting": _told(row),
        **({"rests_on": row["rests_on"]} if row["rests_on"] else {}),
        **({"quorum": part} if part else {}),
    }
    return NewEvent(kind, actor_id, element_id=task.element_id, body=body, sensitive=secret or None)

"""Turn a Step of the engine into rows: tasks, queue, deadlines, events, notices (design §2)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, select, update
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import Head, NewEvent
from service.flows import registry
from service.notices import outbox
from service.notices.outbox import Message
from service.parameters.kept import recall_window
from service.parameters.queries import ParameterView
from service.posts import ledger
from service.tasks import ends, opening, undo, voting_box, words
from service.tasks.facts import CaseFacts, TaskFacts
from service.tasks.models import WAITING, QueueEntry, Task
from service.tasks.queue import Locked
from service.tasks.reentry import Reentry
from service.tasks.undo import Decision, Effect
from service.tasks.voting import VOTE
from workflows.base import new_id, table_of
from workflows.models import Timer
from workflows.step import DecisionMade, Step
from workflows.surroundings import Surroundings
from workflows.writing import write

_TASK = table_of(Task)
_ENTRY = table_of(QueueEntry)
_TIMER = table_of(Timer)
_STRANDED = select(_TASK.c.id, _TASK.c.element_id, _TASK.c.token, _TASK.c.signing).where(
    _TASK.c.instance_id == bindparam("b_instance"),
    _TASK.c.state == "open",
    _TASK.c.token.in_(bindparam("b_tokens", expanding=True)),
)
_IDS: BindParameter[Any] = bindparam("b_ids", expanding=True)
_NAMED = select(_TASK.c.id, _TASK.c.element_id, _TASK.c.signing).where(_TASK.c.id.in_(_IDS))
_CANCEL = (
    update(_TASK)
    .where(_TASK.c.id.in_(_IDS))
    .values(state="cancelled", closed_at=bindparam("b_now"), version=_TASK.c.version + 1)
)
_UNQUEUE = delete(_ENTRY).where(_ENTRY.c.task_id.in_(_IDS), _ENTRY.c.box.in_(WAITING))
_UNTIME = delete(_TIMER).where(_TIMER.c.subject_id.in_(_IDS))


def stream_of(instance_id: str) -> str:
    """The event stream of a case."""
    return f"instance:{instance_id}"


def apply(
    around: Surroundings,
    case: CaseFacts,
    step: Step,
    events: Sequence[NewEvent],
    *,
    head: Head | None,
    completed_token: str | None = None,
    on_behalf_of: str | None = None,
    reentry: Reentry | None = None,
    made: Decision | None = None,
    filed: Sequence[Mapping[str, Any]] = (),
) -> Head:
    """Write everything that follows from a step; `events` are what the command itself has to say, first in order.

    `completed_token` is the token of the task that the command has closed already; `on_behalf_of` whom the actor
    represents in everything that the step did; `reentry` says of the task that the step returned to how it came to be
    open again; `made` is the decision that caused it, which may be taken back for a while, `filed` what
    of it lies in boxes and goes with the entries of the new tasks.
    """
    session, actor = around.session, actor_of(around)
    told = [*events, *_engine_events(around, step, actor, on_behalf_of)]
    told.extend(_close(around, case, [token for token in step.closed if token != completed_token]))
    opened = opening.gather(session, around, case, step.opened, reentry)
    opened.entries.extend(filed)
    opened.insert(session)
    told.extend(opened.events)
    messages = [*(opened.messages if around.written is None else ()), *thrown_messages(case, step)]
    if step.outcome is not None:
        cause = ledger.Cause(case.instance_id, "", new_id(), actor, around.recorded_at)
        registry.ended(session, case.definition_key, cause)
        ledger.release_all(session, cause)
        words.leave(session, case.instance_id)
        told.append(NewEvent("instance.ended", actor, on_behalf_of, body={"outcome": step.outcome}))
        messages.extend(_ended_messages(case, step.outcome))
        ends.follow(session, case.instance_id, around.recorded_at)
    notices = outbox.post(session, messages, around.recorded_at, recall_window(session, around.recorded_at))
    if made is not None:
        undo.keep(around, made, step, Effect([row["id"] for row in opened.tasks], notices))
    return chain.append(session, stream_of(case.instance_id), told, at=around.recorded_at, head=head)


def tell(session: Session, locked: Locked, events: Sequence[NewEvent], now: datetime) -> Head:
    """Append events to the case of a locked task, for commands that do not run the engine."""
    return chain.append(session, stream_of(locked.task.instance_id), events, at=now, head=locked.head)


def announce(
    around: Surroundings, task: TaskFacts, person_ids: Sequence[str], kind: str = "task.opened"
) -> Sequence[str]:
    """Tell persons that the task lies with them, or what else happened at it; not before the recall window is over.

    The ids of the notices.
    """
    opened = opening.opened_message(task.case, task.id, task.element_id, "", task.due_at)
    messages = [Message(kind, f"person:{person_id}", opened.body) for person_id in person_ids]
    return outbox.post(around.session, messages, around.now, recall_window(around.session, around.now))


def actor_of(around: Surroundings) -> str:
    """The id under which the actor of this run stands in events: the person, or `system`."""
    actor: Actor = around.actor
    return actor.person_id or actor.account_id


def _engine_events(around: Surroundings, step: Step, actor: str, behalf: str | None) -> list[NewEvent]:
    used = around.parameters.used if isinstance(around.parameters, ParameterView) else {}
    told = [_decision_event(made, actor, behalf, used) for made in step.decisions]
    told.extend(
        NewEvent("operation.performed", actor, behalf, element_id=done.element_id,
                 body={"operation": done.operation, "result": dict(done.result)})
        for done in step.performed
    )  # fmt: skip
    told.extend(
        NewEvent("timer.scheduled", "system", element_id=timer.element_id,
                 body={"timer_id": timer.timer_id, "due_at": timer.due_at.isoformat()})
        for timer in step.scheduled
    )  # fmt: skip
    if used:
        read = {"parameters": dict(used), "weighed": list(step.weighed)}
        told.append(NewEvent("parameters.used", actor, behalf, body=read))
    return told


def _decision_event(made: DecisionMade, actor: str, behalf: str | None, used: Mapping[str, Any]) -> NewEvent:
    rules = [asdict(rule) for rule in made.rules]
    body = {"decision_id": made.decision_id, "name": made.name, "value": made.value, "rules": rules}
    if made.parameters:
        body["parameters"] = {key: used[key] for key in made.parameters if key in used}
    return NewEvent("decision.made", actor, behalf, made.element_id, body)


def thrown_messages(case: CaseFacts, step: Step) -> list[Message]:
    """Messages that the diagram sent: rows that a later command delivers (design §2: never two instances at once)."""
    return [
        Message("message.thrown", f"message:{thrown.name}",
                {"name": thrown.name, "correlation_key": thrown.correlation_key, "payload": dict(thrown.payload),
                 "instance_id": case.instance_id, "element_id": thrown.element_id})
        for thrown in step.thrown
    ]  # fmt: skip


def _ended_messages(case: CaseFacts, outcome: str) -> list[Message]:
    body: dict[str, Any] = {
        "instance_id": case.instance_id,
        "title": case.title,
        "business_key": case.business_key,
        "outcome": outcome,
    }
    return [Message("instance.ended", holder, body) for holder in case.owners]


def _close(around: Surroundings, case: CaseFacts, tokens: list[str]) -> list[NewEvent]:
    """Cancel the open tasks of tokens that an interrupting event or the end of the case took away."""
    if not tokens:
        return []
    found = around.session.connection().execute(_STRANDED, {"b_instance": case.instance_id, "b_tokens": tokens}).all()
    return _cancelled(around, found)


def cancel(around: Surroundings, ids: Sequence[str]) -> list[NewEvent]:
    """Cancel open tasks, whose tokens are gone already; the events that tell it."""
    if not ids:
        return []
    return _cancelled(around, around.session.connection().execute(_NAMED, {"b_ids": list(ids)}).all())


def _cancelled(around: Surroundings, found: Sequence[Any]) -> list[NewEvent]:
    ids = [row.id for row in found]
    if not ids:
        return []
    write(around.session, _CANCEL, {"b_ids": ids, "b_now": around.now})
    write(around.session, _UNQUEUE, {"b_ids": ids})
    write(around.session, _UNTIME, {"b_ids": ids})
    voting_box.destroy(around.session, [row.id for row in found if row.signing == VOTE])
    return [NewEvent("task.cancelled", "system", element_id=row.element_id, body={"task_id": row.id}) for row in found]

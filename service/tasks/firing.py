"""What a due timer row does: it moves a token, reminds, escalates or decides (design §3.5)."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from service.audit import chain
from service.audit.chain import Head, NewEvent
from service.errors import Conflict
from service.notices import outbox
from service.notices.outbox import Message
from service.tasks import advance, objected, overdue, queue, voting, voting_casting
from service.tasks.facts import SYSTEM, CaseFacts, TaskFacts
from service.tasks.overdue import OVERDUE
from service.tasks.settling import settle
from workflows import engine, store
from workflows.surroundings import Surroundings

ESCALATION_ROLE = "bureau_hr_chief"
DEEMED_FILED = "decide:deemed_filed"


def fire(around: Surroundings, held: store.Held, case: CaseFacts, timer: Row[Any], head: Head | None = None) -> None:
    """Fire one row of a locked, running instance; the row is deleted, or moved when it is a cycle.

    `head` is that of the case's chain, where the caller has read it under the same lock.
    """
    if held.state != "running":
        raise Conflict("instance.not_running", instance_id=held.id, state=held.state)
    if timer.kind == "event":
        fire_event(around, held, case, timer, head)
        return
    task = queue.read(around.session, timer.subject_id)
    if task.state != "open" or timer.kind == "remind":
        store.drop_timer(around.session, timer.id)
    if task.state != "open":
        return
    if timer.kind == "remind":
        if around.now < task.due_at:
            remind(around, task)
    elif task.signing == voting.VOTE:
        voting_casting.close_at_deadline(around, held, task)
    elif timer.kind == OVERDUE:
        remind_again(around, task, timer)
    else:
        expire(around, held, task, timer)


def fire_event(
    around: Surroundings, held: store.Held, case: CaseFacts, timer: Row[Any], head: Head | None = None
) -> None:
    """A timer drawn in the diagram: the engine moves the token. No publicity ends over what nobody has heard yet."""
    if objected.stops_at_its_end(around, held, case, timer, head):
        return
    step = engine.fire_timer(held, timer, around)
    body = {"timer_id": timer.id, "due_at": timer.due_at.isoformat(), "passed": list(step.passed)}
    event = NewEvent("timer.fired", advance.actor_of(around), element_id=timer.element_id, body=body)
    advance.apply(around, case, step, [event], head=head)


def remind(around: Surroundings, task: TaskFacts) -> None:
    """Tell the holders that the deadline comes near."""
    outbox.post(around.session, [_message("task.due_soon", task, holder) for holder in task.holders], around.now)
    _tell(around.session, around, task, "task.reminded", {})


def expire(around: Surroundings, held: store.Held, task: TaskFacts, timer: Row[Any]) -> None:
    """The deadline has passed: by `onExpiry` count it (none), remind of it, escalate, or decide in the system's name.

    An authority's silence never decides (policy §3), whatever is drawn: its tasks escalate and count against it, but
    for a filing that a parameter counts as made, recorded as such and never as anybody's consent.
    """
    rule = task.properties.get("onExpiry", "none")
    owed_by = overdue.owed_by(task)
    if owed_by == "applicant" and rule.startswith("decide:"):
        store.drop_timer(around.session, timer.id)
        decide(around, held, task, rule.removeprefix("decide:"))
        return
    overdue.count(around, task, timer)
    if rule == DEEMED_FILED and around.parameters.get("filing_silence_accepts"):
        store.drop_timer(around.session, timer.id)
        decide(around, held, task, rule.removeprefix("decide:"))
        return
    overdue.keep_reminding(around, timer, again=rule != "none")
    holders = list(task.holders)
    if rule not in ("none", "remind"):
        holders.append(f"role:{task.properties.get('escalateTo', ESCALATION_ROLE)}")
    outbox.post(around.session, [_message("task.overdue", task, holder) for holder in holders], around.now)
    _tell(around.session, around, task, "task.overdue", {"rule": rule, "owed_by": owed_by})


def remind_again(around: Surroundings, task: TaskFacts, timer: Row[Any]) -> None:
    """Still not done: tell who holds it, and come again after as many working days as the parameter says."""
    overdue.keep_reminding(around, timer, again=True)
    outbox.post(around.session, [_message("task.overdue", task, holder) for holder in task.holders], around.now)
    _tell(around.session, around, task, "task.reminded", {"overdue": True})


def decide(around: Surroundings, held: store.Held, task: TaskFacts, decision: str) -> None:
    """Complete the task with the decision that the diagram routes; nobody signs, the record says so."""
    outcome = {"decision": decision, "opinion": None, "by": SYSTEM, "at": around.now.isoformat()}
    body = {"task_id": task.id, "decision": decision}
    expired = NewEvent("task.expired", SYSTEM, element_id=task.element_id, body=body)
    settle(around, held, task, None, outcome, [expired], by=SYSTEM)


def _message(kind: str, task: TaskFacts, holder: str) -> Message:
    body = {
        "task_id": task.id,
        "instance_id": task.instance_id,
        "title": task.case.title,
        "business_key": task.case.business_key,
        "element_id": task.element_id,
        "due_at": task.due_at.isoformat(),
    }
    return Message(kind, holder, body)


def _tell(session: Session, around: Surroundings, task: TaskFacts, kind: str, body: dict[str, Any]) -> None:
    event = NewEvent(kind, SYSTEM, element_id=task.element_id, body={"task_id": task.id, **body})
    chain.append(session, advance.stream_of(task.instance_id), [event], at=around.now)

"""Record a decision made on paper, inside the transaction of a command: row, event, notices, and the case goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.access.standing import standing
from service.attachments import links
from service.audit.chain import NewEvent
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.flows import registry
from service.notices import outbox
from service.notices.outbox import Message
from service.parameters.kept import recall_window
from service.people.members import names
from service.tasks import advance, completion, overdue, papers, seating, voting
from service.tasks.around import definition_of
from service.tasks.assignment import place_of
from service.tasks.choices import choices, chosen
from service.tasks.completion import Completed
from service.tasks.discretion import RECORDED
from service.tasks.facts import TaskFacts
from service.tasks.models_papers import PaperDecision
from service.tasks.opening import NEW_ENTRIES, entry_row
from service.tasks.papers import Paper, Tally
from service.tasks.queue import Locked
from service.tasks.settling import settle
from service.tasks.signing import Ballot
from service.tasks.voting import VOTE
from service.tasks.voting_casting import record_of
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.surroundings import Surroundings
from workflows.writing import write

DISPUTED = "paper.disputed"
DISPUTE_ROLE = "bureau_hr_chief"
_PAPER = table_of(PaperDecision)


def record(around: Surroundings, locked: Locked, recorder_id: str, paper: Paper) -> Completed:
    """Close the step with the decision that the paper holds; nobody signs. The caller has checked sight and rights.

    The refusals of `papers.expect`, `papers.counted` and of a completion; Forbidden("paper.own_case" |
    "paper.own_decision" | "task.recused"), Invalid("paper.person" | "attachment.unknown").
    """
    task, session = locked.task, around.session
    day = papers.expect(task, paper, day_of(around.now), day_of(task.opened_at))
    _expect_free(around, task, recorder_id, paper.person_id)
    definition = definition_of(around, task.case.definition_id)
    said = _counted(around, task, paper.tally) if paper.tally else _chosen(around, locked, definition, paper)
    row = _row(around, task, recorder_id, paper, day, said.decision)
    attached = links.link(session, around.actor, [paper.attachment_id], task.instance_id)
    attached += completion.handed_in(around, definition, task, said.values)
    session.execute(insert(_PAPER), row)
    decided_at = overdue.decided(around, task, day)
    event = _event(definition, task, row, said)
    outcome = _outcome(definition, task, row, said, decided_at)
    written = outcome.pop("values") if task.signing == "single" else None
    since = replace(around, since=decided_at)
    done = settle(since, locked.instance, task, locked.head, outcome, [*attached, event], by=recorder_id,
                  written=written, agrees=said.agrees)  # fmt: skip
    _file(around, task, recorder_id, paper.person_id)
    return done


@dataclass(frozen=True)
class _Said:
    """What the paper says: the decision, and what goes with it."""

    decision: str
    opinion: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    count: Mapping[str, Any] = field(default_factory=dict)
    agrees: bool = False


def _chosen(around: Surroundings, locked: Locked, definition: Definition, paper: Paper) -> _Said:
    task = locked.task
    offered = choices(definition.settings, task.element_id, task.properties)
    choice = chosen(offered, paper.decision, paper.opinion)
    values = completion.cleaned(around, locked, definition, paper, None, complete=choice == offered[0])
    return _Said(choice.value, paper.opinion, values, agrees=choice == offered[0])


def _counted(around: Surroundings, task: TaskFacts, tally: Tally) -> _Said:
    """The result of a vote, which the count says and nobody types."""
    voting.refuse_late(task, around.now)
    count, terms = papers.counted(task, tally), voting.terms_of(task.properties)
    result = voting.result(terms, count)
    return _Said(result, count={**count.figures(), **_terms(task, count, result)})


def _terms(task: TaskFacts, count: voting.Count, result: str) -> dict[str, Any]:
    record = record_of(task, voting.terms_of(task.properties), count, result)
    return {name: record[name] for name in ("quorum", "ratio", "secret")}


def _expect_free(around: Surroundings, task: TaskFacts, recorder_id: str, person_id: str | None) -> None:
    """Neither the applicant records, nor who decided, nor anybody with an interest; and who decided could decide."""
    if recorder_id == task.initiator_id:
        raise Forbidden("paper.own_case", task_id=task.id)
    if recorder_id == person_id:
        raise Forbidden("paper.own_decision", task_id=task.id)
    if recorder_id in task.recused_ids:
        raise Forbidden("task.recused", task_id=task.id, reason="recusal.declared")
    for one in filter(None, (recorder_id, person_id)):
        reason = registry.interest_of(around.session, task.case.definition_key, task.instance_id, one)
        if reason is not None:
            raise Forbidden("task.recused", task_id=task.id, reason=reason)
    if person_id is not None and person_id not in able(around.session, task, day_of(around.now)):
        raise Invalid("paper.person", faults=(Fault("person_id", "paper.person"),))


def able(session: Session, task: TaskFacts, today: date) -> set[str]:
    """Who could decide the step in person: those whose turn it is, and who stands for its roles today."""
    found = {seat.person_id for seat in task.seats if seat.is_live and not seat.advises}
    for group in task.groups:
        found |= set(standing(session, *place_of(group), today))
    return found - task.recused_ids


def _row(
    around: Surroundings, task: TaskFacts, recorder_id: str, paper: Paper, day: date, decision: str
) -> dict[str, Any]:
    said = (paper.decided_by or "").strip()
    person_id = paper.person_id
    return {
        "task_id": task.id,
        "decided_by": said or names([person_id or ""]).get(person_id or "", ""),
        "person_id": person_id,
        "document": paper.document.strip(),
        "decided_on": day,
        "decision": decision,
        "attachment_id": paper.attachment_id,
        "recorded_by": recorder_id,
        "recorded_at": around.now,
    }


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """The paper as records name it."""
    kept = ("decided_by", "document", "attachment_id", "recorded_by")
    return {
        **{name: row[name] for name in kept},
        "person_id": row["person_id"],
        "decided_on": row["decided_on"].isoformat(),
        "recorded_at": row["recorded_at"].isoformat(),
    }


def _event(definition: Definition, task: TaskFacts, row: Mapping[str, Any], said: _Said) -> NewEvent:
    """`decided by X on paper, recorded by Y`: the actor is who recorded, and nobody has signed."""
    ballot = Ballot(said.decision, said.opinion, said.values, row["recorded_at"])
    opinion, values, secret = completion.parted(definition, task, ballot)
    body = {
        "task_id": task.id,
        "name": task.name,
        "decision": said.decision,
        "opinion": opinion,
        "values": values,
        "form": task.form_id,
        "definition": f"{definition.key}:{definition.version}",
        "paper": _told(row),
        **said.count,
    }
    return NewEvent(RECORDED, row["recorded_by"], element_id=task.element_id, body=body, sensitive=secret or None)


def _outcome(
    definition: Definition, task: TaskFacts, row: Mapping[str, Any], said: _Said, decided_at: datetime
) -> dict[str, Any]:
    """The context of the result: `at` is when it was decided, `paper` where that stands and who recorded it when."""
    ballot = Ballot(said.decision, said.opinion, said.values, decided_at)
    kept = completion.sealed_ballot(definition, task, ballot)
    one = {
        "by": row["person_id"],
        "on_behalf_of": None,
        "decision": said.decision,
        "opinion": kept.opinion,
        "values": dict(kept.values or {}),
        "at": decided_at.isoformat(),
        "paper": _told(row),
    }
    if task.signing == VOTE:
        figures = {name: said.count[name] for name in said.count if name not in ("quorum", "ratio", "secret")}
        return {name: one[name] for name in one if name != "values"} | figures
    if task.signing == "single":
        return one
    signed = [completion.told(seat) for seat in task.seats if seat.state == "signed" and not seat.advises]
    return {name: one[name] for name in one if name != "values"} | {"ballots": [*signed, one]}


def _file(around: Surroundings, task: TaskFacts, recorder_id: str, person_id: str | None) -> None:
    """What was decided lies in the box of who decided and of who recorded it; whose decision it is hears of it."""
    both = [one for one in (recorder_id, person_id) if one]
    seating.forget(around.session, task, both)
    write(around.session, NEW_ENTRIES, [entry_row(task.id, f"person:{one}", "done", around.now) for one in both])
    holders = [f"person:{person_id}"] if person_id else list(task.holders)
    _post(around, task, RECORDED, [one for one in holders if one != f"person:{recorder_id}"])


def _post(around: Surroundings, task: TaskFacts, kind: str, holders: Sequence[str]) -> None:
    body = {
        "task_id": task.id,
        "instance_id": task.instance_id,
        "title": task.case.title,
        "business_key": task.case.business_key,
        "element_id": task.element_id,
    }
    messages = [Message(kind, holder, body) for holder in dict.fromkeys(holders)]
    outbox.post(around.session, messages, around.now, recall_window(around.session, around.now))


def paper_of(session: Session, task_id: str) -> Row[Any] | None:
    """The decision on paper that was recorded of a task."""
    return session.execute(select(_PAPER).where(_PAPER.c.task_id == task_id)).first()


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
    around.session.execute(update(_PAPER).where(_PAPER.c.task_id == task.id).values(kept))
    body = {"task_id": task.id, "name": task.name, "reason": reason.strip(), "document": paper.document}
    advance.tell(around.session, locked, [NewEvent(DISPUTED, person_id, element_id=task.element_id, body=body)],
                 around.now)  # fmt: skip
    _post(around, task, DISPUTED, [f"person:{paper.recorded_by}", f"role:{DISPUTE_ROLE}"])

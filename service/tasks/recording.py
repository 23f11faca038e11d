"""Record a decision made on paper, inside the transaction of a command: row, event, notices, and the case goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert

from service.access.days import day_of
from service.attachments import links
from service.audit.chain import NewEvent
from service.notices import outbox
from service.notices.outbox import Message
from service.parameters.kept import recall_window
from service.people.members import names
from service.tasks import ballots, completion, deciders, overdue, papers, seating, voting
from service.tasks.around import definition_of
from service.tasks.choices import choices, chosen
from service.tasks.completion import Completed
from service.tasks.discretion import RECORDED
from service.tasks.facts import TaskFacts
from service.tasks.opening import NEW_ENTRIES, entry_row
from service.tasks.paper_rows import PAPER, told
from service.tasks.papers import Paper, Tally
from service.tasks.queue import Locked
from service.tasks.settling import settle
from service.tasks.signing import Ballot, SeatState
from service.tasks.voting import VOTE
from service.tasks.voting_casting import record_of
from workflows.base import new_id
from workflows.catalogue import Definition
from workflows.surroundings import Surroundings
from workflows.writing import write


def record(around: Surroundings, locked: Locked, recorder_id: str, paper: Paper) -> Completed:
    """Put on its seat, or on the step where nobody sits, what the paper says; nobody signs.

    The caller has checked sight and rights. The refusals of `papers.expect`, `papers.seat_for`, `papers.counted` and of
    a completion; Forbidden("paper.own_case" | "paper.own_decision" | "task.recused" and those of a substitute),
    Invalid("paper.person" | "attachment.unknown").
    """
    task = locked.task
    day = papers.expect(task, paper, day_of(around.now), day_of(task.opened_at))
    found = papers.seat_for(task, paper.seat_id)
    deciders.expect_free(around, task, found, recorder_id, paper.person_id)
    behalf = deciders.expect_able(around, task, found, paper.person_id, day)
    seat = _taken(found, paper.person_id, behalf)
    definition = definition_of(around, task.case.definition_id)
    said = _counted(around, task, paper.tally) if paper.tally else _chosen(around, locked, definition, paper, seat)
    row = _row(around, task, recorder_id, paper, day) | {
        "decision": said.decision, "on_behalf_of": behalf, "seat_id": seat.id if seat else None
    }  # fmt: skip
    attached = links.link(around.session, around.actor, [paper.attachment_id], task.instance_id)
    attached += completion.handed_in(around, definition, task, said.values)
    around.session.execute(insert(PAPER), row)
    written = _Written(definition, row, said, [*attached, _event(definition, task, seat, row, said)])
    done = _on_step(around, locked, written) if seat is None else _on_seat(around, locked, seat, written)
    _file(around, task, found, row, decided=done.decided)
    return done


def record_told(around: Surroundings, locked: Locked, recorder_id: str, paper: Paper) -> Completed:
    """What a step decided before its case came here; of the whole step, whoever would sit there today.

    `around.now` is when it was decided, `around.written` when that is told; the scan is tied to the case by the caller.
    The refusals of `papers.expect_told`, `papers.counted` and of a completion.
    """
    task = locked.task
    day = papers.expect_told(task, paper, day_of(around.recorded_at), day_of(task.opened_at))
    definition = definition_of(around, task.case.definition_id)
    said = _counted(around, task, paper.tally) if paper.tally else _chosen(around, locked, definition, paper, None)
    decided = {"decision": said.decision, "on_behalf_of": None, "seat_id": None}
    row = _row(around, task, recorder_id, paper, day) | decided
    events = [*completion.handed_in(around, definition, task, said.values), _event(definition, task, None, row, said)]
    around.session.execute(insert(PAPER), row)
    return _on_step(around, locked, _Written(definition, row, said, events))


def _taken(seat: SeatState | None, person_id: str | None, behalf: str | None) -> SeatState | None:
    """The seat of who decided: a substitute's, where one did for its holder."""
    if seat is None or person_id is None or behalf is None:
        return seat
    return replace(seat, person_id=person_id, on_behalf_of=behalf)


def _on_step(around: Surroundings, locked: Locked, written: "_Written") -> Completed:
    """Nobody sits there: the step is done, and the case goes on."""
    task, row, said = locked.task, written.row, written.said
    decided_at = overdue.moment_of(around, row["decided_on"])
    overdue.decided(around, task, decided_at)
    outcome = _outcome(written.definition, task, row, said, decided_at)
    values = outcome.pop("values") if task.signing == "single" else None
    since = replace(around, since=decided_at)
    return settle(since, locked.instance, task, locked.head, outcome, written.events, by=row["recorded_by"],
                  written=values, agrees=said.agrees)  # fmt: skip


def _on_seat(around: Surroundings, locked: Locked, seat: SeatState, written: "_Written") -> Completed:
    """The seat has its decision, as by a signature; with the last one the step is done as of when that was made."""
    task, definition, said = locked.task, written.definition, written.said
    at = overdue.moment_of(around, written.row["decided_on"])
    agreeing = choices(definition.settings, task.element_id, task.properties)[0].value
    ballot = Ballot(said.decision, said.opinion, said.values, at, on_paper=True)
    ballot = completion.sealed_ballot(definition, task, ballot)
    signed = ballots.put(around.session, task, seat, agreeing, ballot, around.now)
    if signed.decision is None:
        _relieve(around, task, seat, at)
        return completion.after_signing(around, locked, signed, written.events, agreeing=agreeing)
    last = max([at, *(each.signed_at for each in task.signers if each.signed_at)])
    overdue.decided(around, task, last)
    since = replace(around, since=last)
    return completion.after_signing(since, locked, signed, written.events, agreeing=agreeing)


def _relieve(around: Surroundings, task: TaskFacts, seat: SeatState, at: datetime) -> None:
    """Who decided in time is not counted late because others who had the turn, too, have not yet."""
    beside = [each for each in task.seats if each.id != seat.id and each.state == "open" and not each.advises]
    if beside and not seat.advises and overdue.is_in_time(task, at):
        overdue.pass_on(around, replace(task, seats=tuple(beside)))


@dataclass(frozen=True)
class _Said:
    """What the paper says: the decision, and what goes with it."""

    decision: str
    opinion: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    count: Mapping[str, Any] = field(default_factory=dict)
    agrees: bool = False


@dataclass(frozen=True)
class _Written:
    """What a recording writes: the row, what it says, and the events that tell it."""

    definition: Definition
    row: Mapping[str, Any]
    said: _Said
    events: Sequence[NewEvent]


def _chosen(
    around: Surroundings, locked: Locked, definition: Definition, paper: Paper, seat: SeatState | None
) -> _Said:
    task = locked.task
    offered = choices(definition.settings, task.element_id, task.properties)
    choice = chosen(offered, paper.decision, paper.opinion)
    agrees = choice == offered[0]
    complete = agrees and not (seat is not None and seat.advises)
    values = completion.cleaned(around, locked, definition, paper, seat, complete=complete)
    return _Said(choice.value, paper.opinion, values, agrees=agrees)


def _counted(around: Surroundings, task: TaskFacts, tally: Tally) -> _Said:
    """The result of a vote, which the count says and nobody types."""
    voting.refuse_late(task, around.now)
    count, terms = papers.counted(task, tally), voting.terms_of(task.properties)
    result = voting.result(terms, count)
    return _Said(result, count={**count.figures(), **_terms(task, count, result)})


def _terms(task: TaskFacts, count: voting.Count, result: str) -> dict[str, Any]:
    record = record_of(task, voting.terms_of(task.properties), count, result)
    return {name: record[name] for name in ("quorum", "ratio", "secret")}


def _row(around: Surroundings, task: TaskFacts, recorder_id: str, paper: Paper, day: date) -> dict[str, Any]:
    said = (paper.decided_by or "").strip()
    person_id = paper.person_id
    return {
        "id": new_id(),
        "task_id": task.id,
        "decided_by": said or names([person_id or ""]).get(person_id or "", ""),
        "person_id": person_id,
        "document": paper.document.strip(),
        "decided_on": day,
        "attachment_id": paper.attachment_id,
        "recorded_by": recorder_id,
        "recorded_at": around.recorded_at,
    }


def _event(
    definition: Definition, task: TaskFacts, seat: SeatState | None, row: Mapping[str, Any], said: _Said
) -> NewEvent:
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
        "paper": told(row),
        **said.count,
        **_place(task, seat),
    }
    return NewEvent(RECORDED, row["recorded_by"], element_id=task.element_id, body=body, sensitive=secret or None)


def _place(task: TaskFacts, seat: SeatState | None) -> dict[str, Any]:
    """Whose seat it is, whom a substitute represented, and to whom it is advice."""
    if seat is None:
        return {}
    asker = task.asker_of(seat)
    asked = {} if asker is None else {"for_seat_id": asker.id, "for": asker.person_id}
    whose = {"seat_id": seat.id, "kind": seat.kind, "seat_of": seat.on_behalf_of or seat.person_id}
    return {**whose, "represented": seat.on_behalf_of, **asked}


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
        "paper": told(row),
    }
    if task.signing == "single":
        return one
    rest = {name: one[name] for name in one if name != "values"}
    if task.signing == VOTE:
        return rest | {name: said.count[name] for name in said.count if name not in ("quorum", "ratio", "secret")}
    return rest | {"ballots": [one]}


def _file(
    around: Surroundings, task: TaskFacts, seat: SeatState | None, row: Mapping[str, Any], *, decided: bool
) -> None:
    """What was decided lies in the box of who decided and of who recorded it; whose decision it is hears of it.

    Who still has something to do at the task finds it there, and not among what is done.
    """
    recorder_id, person_id = row["recorded_by"], row["person_id"]
    others = [each for each in task.seats if each.is_live and each != seat]
    busy = set() if decided else {each.person_id for each in others}
    both = [one for one in (recorder_id, person_id) if one and one not in busy]
    seating.forget(around.session, task, both)
    write(around.session, NEW_ENTRIES, [entry_row(task.id, f"person:{one}", "done", around.now) for one in both])
    whose = [one for one in (person_id, seat.person_id if seat else None) if one]
    holders = [f"person:{one}" for one in whose] or list(task.holders)
    post(around, task, RECORDED, [one for one in holders if one != f"person:{recorder_id}"])


def post(around: Surroundings, task: TaskFacts, kind: str, holders: Sequence[str]) -> None:
    """Tell these holders, each once, what happened at the step."""
    body = {
        "task_id": task.id,
        "instance_id": task.instance_id,
        "title": task.case.title,
        "business_key": task.case.business_key,
        "element_id": task.element_id,
    }
    messages = [Message(kind, holder, body) for holder in dict.fromkeys(holders)]
    outbox.post(around.session, messages, around.now, recall_window(around.session, around.now))

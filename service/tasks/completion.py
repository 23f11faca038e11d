"""A decision on a task: checks its words and values, signs, and lets the deciding signature run the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from service.access import sealed
from service.access.actor import Actor
from service.access.case_rows import CONFIDENTIAL
from service.attachments import links
from service.audit.chain import NewEvent
from service.errors import Forbidden
from service.flows import registry
from service.flows.declaring import Minuted
from service.tasks import advance, ballots, demands, forms, paper_rows, targets, undo
from service.tasks.apart import refuse_recorder
from service.tasks.around import definition_of
from service.tasks.capacity import Capacity, expect_free, interest_of
from service.tasks.choices import choices, chosen
from service.tasks.facts import TaskFacts
from service.tasks.meetings import matter, refuse_single
from service.tasks.opening import NEW_ENTRIES
from service.tasks.queue import Locked
from service.tasks.rights import rights
from service.tasks.signing import RECORDED, Ballot, SeatState, Signed
from service.tasks.undo import Decision
from workflows import engine, store
from workflows.catalogue import Definition
from workflows.surroundings import Surroundings
from workflows.writing import write


class Decided(Protocol):
    """What a person sends: a decision, an opinion, the values of the form."""

    @property
    def decision(self) -> str: ...
    @property
    def opinion(self) -> str | None: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Completed:
    """What a completion did: `decided` is False while others must still sign; `outcome` is set when the case ended."""

    task_id: str
    instance_id: str
    decided: bool
    outcome: str | None = None


def signer(actor: Actor) -> str:
    """The person who signs; an account without a person (jobs, machines) never signs: Forbidden("access.no_person")."""
    if actor.person_id is None:
        raise Forbidden("access.no_person")
    return actor.person_id


def complete(around: Surroundings, locked: Locked, who: Capacity, sent: Decided) -> Completed:
    """Sign the seat of who acts or is represented and run the engine when that decides.

    The caller has checked visibility and rights.
    """
    task = locked.task
    definition = definition_of(around, task.case.definition_id)
    offered = choices(definition.settings, task.element_id, task.properties)
    choice = chosen(offered, sent.decision, sent.opinion)
    expect_free(around.session, task, who)
    refuse_interested(around, task, who)
    refuse_recorder(around, definition, task, who)
    seat = task.seat_of(who.seat_of)
    advises = seat is not None and seat.advises
    if not advises:
        refuse_single(task)
    complete = choice == offered[0] and not advises
    values = cleaned(around, locked, definition, sent, seat, complete=complete)
    attached = handed_in(around, definition, task, values)
    ballot = sealed_ballot(definition, task, Ballot(choice.value, sent.opinion, values, around.now))
    signed = ballots.cast_ballot(around.session, task, who, offered[0].value, ballot)
    said = replace(signed.seat, opinion=sent.opinion, values=values)
    told = [*attached, signature_event(definition, task, said)]
    return after_signing(around, locked, signed, told, agreeing=offered[0].value)


def sealed_ballot(definition: Definition, task: TaskFacts, ballot: Ballot) -> Ballot:
    """The ballot as seat and variables keep it: what is sensitive encrypted, of a confidential task all but files.

    The ids of files stay legible: the attachments have readers of their own, found by these ids.
    """
    form, place = form_of(definition, task) or {}, sealed.case(task.instance_id)
    secret = CONFIDENTIAL in task.properties
    names = forms.secret(form, everything=secret)
    opinion = sealed.seal(place, ballot.opinion) if secret else ballot.opinion
    return replace(ballot, opinion=opinion, values=sealed.seal_some(place, ballot.values or {}, names))


def refuse_interested(around: Surroundings, task: TaskFacts, who: Capacity) -> None:
    """A handler with an interest, or the one who is represented, may not act (回避, policy §3.H, §5).

    Forbidden("task.recused" | "substitute.interest", reason=…).
    """
    reason = interest_of(around.session, task, who)
    if reason is not None and who.stands_for:
        raise Forbidden("substitute.interest", task_id=task.id, reason=reason)
    if reason is not None:
        raise Forbidden("task.recused", task_id=task.id, reason=reason)


def cleaned(
    around: Surroundings,
    locked: Locked,
    definition: Definition,
    sent: Decided,
    seat: SeatState | None,
    *,
    complete: bool,
) -> dict[str, Any]:
    """The values of the form that this seat may write; Invalid("form.invalid") with a fault a field."""
    task = locked.task
    form = form_of(definition, task)
    allowed = rights(form or {}, task, seat)
    values = forms.clean(form, sent.values, allowed, complete=complete)
    if complete:
        demands.expect(
            around, form, allowed, values, lambda: engine.variables_at(locked.instance, definition, task.token)
        )
    return values


def form_of(definition: Definition, task: TaskFacts) -> dict[str, Any] | None:
    """The form of the task's step, as pinned by the case."""
    return definition.forms.get(task.form_id) if task.form_id else None


def handed_in(
    around: Surroundings, definition: Definition, task: TaskFacts, values: Mapping[str, Any]
) -> list[NewEvent]:
    """Tie the files of the form to the case; Invalid("attachment.unknown") with a fault a file."""
    return links.link(around.session, around.actor, forms.files(form_of(definition, task), values), task.instance_id)


def after_signing(
    around: Surroundings, locked: Locked, signed: Signed, events: Sequence[NewEvent], *, agreeing: str
) -> Completed:
    """Record the signature; when it decides, complete the token with the decision and apply the step.

    What was returned to be corrected goes straight back with its agreeing decision, where that was asked for. What was
    recorded from paper is not taken back by anybody: it was made outside.
    """
    task, seat = locked.task, signed.seat
    on_paper = seat.state == RECORDED
    if signed.decision is None:
        write(around.session, NEW_ENTRIES, signed.filed)
        advance.tell(around.session, locked, events, around.now)
        kind = "task.answered" if seat.advises else "task.opened"
        notices = advance.announce(around, task, [opened.person_id for opened in signed.opened], kind)
        if not on_paper:
            undo.keep_ballot(around, locked.instance.version, task, signed, notices)
        return Completed(task.id, task.instance_id, decided=False)
    result = outcome_of(task, signed, _papers(around, task, seat))
    rests_on = resting_on(around, locked.instance, task, signed.decision, seat.values or {})
    tokens = locked.instance.tokens
    onward = task.reentry.next if task.reentry and signed.decision == agreeing else None
    values = {**_written(task, seat), **result}
    step = engine.complete(locked.instance, task.token, values, around, onward=onward)
    behalf = None if on_paper else seat.on_behalf_of
    done = completed_event(task, advance.actor_of(around), signed.decision, step.passed, rests_on, behalf)
    advance.apply(
        around,
        task.case,
        step,
        [*events, done],
        head=locked.head,
        completed_token=task.token,
        on_behalf_of=behalf,
        reentry=targets.straight_back(around.session, task) if onward else None,
        made=None if on_paper else Decision(task, seat.person_id, tokens, signed.removed),
        filed=signed.filed,
    )
    return Completed(task.id, task.instance_id, decided=True, outcome=step.outcome)


def resting_on(
    around: Surroundings, held: store.Held, task: TaskFacts, decision: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """What a decision rests on beside its form; what a meeting's rests on stands with its minutes."""
    if matter(task) is not None:
        return {}
    said = Minuted(around.session, task.instance_id, held.variables, decision, values)
    return registry.rests_on(task.case.definition_key, task.element_id, said)


def completed_event(
    task: TaskFacts,
    actor_id: str,
    decision: str,
    passed: Sequence[str],
    rests_on: Mapping[str, Any],
    on_behalf_of: str | None = None,
) -> NewEvent:
    """The task is done and the diagram went on over `passed` (elements and flows, in order)."""
    body: dict[str, Any] = {"task_id": task.id, "name": task.name, "decision": decision, "passed": list(passed)}
    body |= {"rests_on": dict(rests_on)} if rests_on else {}
    return NewEvent("task.completed", actor_id, on_behalf_of, task.element_id, body)


Papers = Mapping[str, Mapping[str, Any]]
"""Seat → the paper on which its decision stands, as records name it."""


def _papers(around: Surroundings, task: TaskFacts, last: SeatState) -> Papers:
    if not any(seat.state == RECORDED for seat in (*task.seats, last)):
        return {}
    return paper_rows.of_seats(around.session, task.id)


def outcome_of(task: TaskFacts, signed: Signed, papers: Papers) -> dict[str, Any]:
    """The one context a completion writes: `<result> = {decision, opinion, by, on_behalf_of, at}`, and `ballots`.

    `on_behalf_of` is null unless a substitute (`by`) signed for that person; `ballots` are those of several signers.
    Advice is none: it stands in the record and not in the data. Of a decision on paper `paper` says where it stands.
    `at` is when the last of them decided, whichever was written down last.
    """
    signers = _signers(task, signed.seat)
    last = told(signed.seat, papers)
    at = max((seat.signed_at for seat in signers if seat.signed_at), default=None)
    outcome: dict[str, Any] = {name: last[name] for name in ("opinion", "by", "on_behalf_of", "paper") if name in last}
    outcome |= {"decision": signed.decision, "at": _text(at)}
    if task.signing != "single" or len(signers) > 1:
        outcome["ballots"] = [told(signer, papers) for signer in signers]
    return {task.properties.get("result") or task.element_id: outcome}


def _signers(task: TaskFacts, last: SeatState) -> list[SeatState]:
    """Who has signed, here or on paper, advisers left out; the deciding one last."""
    return [*(seat for seat in task.seats if seat.has_said and not seat.advises and seat.id != last.id), last]


def _written(task: TaskFacts, last: SeatState) -> dict[str, Any]:
    """What a single task writes into the case: what its signer has filled in, also where others sign after them."""
    if task.signing != "single":
        return {}
    return {name: value for seat in _signers(task, last) for name, value in (seat.values or {}).items()}


def told(seat: SeatState, papers: Papers) -> dict[str, Any]:
    """A seat as the result of a step with several of them tells it; on paper nobody signed, and a body has no `by`."""
    paper = papers.get(seat.id)
    return {
        "by": seat.person_id if paper is None else paper["person_id"],
        "on_behalf_of": seat.on_behalf_of,
        "decision": seat.decision,
        "opinion": seat.opinion,
        "values": seat.values,
        "at": _text(seat.signed_at),
        **({} if paper is None else {"paper": dict(paper)}),
    }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def signature_event(definition: Definition, task: TaskFacts, seat: SeatState) -> NewEvent:
    """Who decided what on whose behalf, with the form as signed; what is sensitive in it apart, to be encrypted."""
    opinion, values, secret = parted(definition, task, seat)
    body = {
        "task_id": task.id,
        "seat_id": seat.id,
        "name": task.name,
        "decision": seat.decision,
        "opinion": opinion,
        "values": values,
        "form": task.form_id,
        "definition": f"{definition.key}:{definition.version}",
        "kind": seat.kind,
    }
    asker = task.asker_of(seat)
    if asker is not None:
        body |= {"for_seat_id": asker.id, "for": asker.person_id}
    return NewEvent("task.signed", seat.person_id, seat.on_behalf_of, task.element_id, body, secret or None)


def parted(
    definition: Definition, task: TaskFacts, seat: SeatState | Ballot
) -> tuple[str | None, dict[str, Any], dict[str, Any]]:
    """Opinion and values in plain, and what is sealed: fields flagged as sensitive; of a confidential task all."""
    values = dict(seat.values or {})
    if CONFIDENTIAL in task.properties:
        return None, {}, {"opinion": seat.opinion, "values": values}
    names = forms.sensitive(form_of(definition, task) or {})
    secret = {name: value for name, value in values.items() if name in names}
    plain = {name: value for name, value in values.items() if name not in names}
    return seat.opinion, plain, {"values": secret} if secret else {}

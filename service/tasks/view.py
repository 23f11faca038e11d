"""One task as its page and the API show it: form, data, rights, choices, reasons, draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from service.access import policy, sealed
from service.access.actor import Actor, Represented
from service.audit import timeline
from service.db import db
from service.tasks import discretion, forms, queries, targets
from service.tasks.capacity import capacity_of, interest_of, obstacle
from service.tasks.changes import Change, changes
from service.tasks.choices import Choice, choices
from service.tasks.conditions import led_here
from service.tasks.facts import TaskFacts
from service.tasks.reasons import Reason, reasons
from service.tasks.rights import filled_in, rights
from service.tasks.targets import ReturnTarget
from workflows import catalogue, engine, store
from workflows.catalogue import Definition


@dataclass(frozen=True)
class TaskView:
    """Everything that one task's page needs; `may_act` says whether the actor could decide it now, and `stands_for`
    in whose stead; `barred` is the code of what keeps a substitute from it.

    `data` are the variables that the form's fields show, the actor's draft over them; `changes` what of them was
    changed before the task came back to who had returned it; `hidden` are names of variables that the actor may not
    read here.
    """

    task: TaskFacts
    definition: Definition
    form: Mapping[str, Any] | None
    data: Mapping[str, Any]
    variables: Mapping[str, Any]
    rights: Mapping[str, str]
    choices: tuple[Choice, ...]
    reasons: tuple[Reason, ...]
    events: Sequence[timeline.Event]
    draft: Any
    instance_state: str
    may_act: bool
    recused: str | None
    stands_for: Represented | None
    barred: str | None
    return_targets: Sequence[ReturnTarget]
    changes: Sequence[Change] | None
    hidden: frozenset[str]


def view(actor: Actor, task_id: str) -> TaskView:
    """The view of a task; NotFound("task.absent") when absent or not visible."""
    session: Session = db.session()
    task = queries.task(actor, task_id)
    definition = catalogue.get(session, task.case.definition_id)
    held = store.read(session, task.instance_id)
    form = definition.forms.get(task.form_id) if task.form_id else None
    sight = discretion.sight_of(session, actor, task.instance_id, definition)
    variables = variables_of(held, definition, task)
    secret = task.element_id in discretion.confidential(definition)
    seat = task.seat_of(capacity_of(actor, task).seat_of) if actor.person_id else None
    allowed = rights(form or {}, task, seat)
    unseen = frozenset() if secret else sight.hidden_names
    shown = {name: value for name, value in variables.items() if name not in unseen}
    legible = {name: value for name, value in shown.items() if allowed.get(name) != "hidden"}
    seen = sealed.opened(sealed.case(task.instance_id), shown)
    draft = queries.draft(actor, task_id)
    plain = opened_seats(task)
    events = discretion.events_of(session, task.instance_id, sight, limit=discretion.WHOLE)
    offered = choices(definition.settings, task.element_id, task.properties)
    standing = _standing(session, actor, task, held.state)
    returns = standing["may_act"] and not (seat and seat.advises) and targets.refusal(task, offered) is None
    return TaskView(
        task=plain,
        definition=definition,
        form=form,
        data=_data(form, {**seen, **filled_in(plain, seat)}, draft, allowed),
        variables=seen,
        rights=allowed,
        choices=offered,
        reasons=(*_reasons(actor, task, events), *led_here(session, definition, task, events, legible)),
        events=events,
        draft=draft,
        instance_state=held.state,
        **standing,
        return_targets=targets.targets(session, held, definition, task) if returns else (),
        changes=changes(session, held, definition, task, allowed if secret else sight.shown(allowed)),
        hidden=unseen | {name for name, right in allowed.items() if right == "hidden"},
    )


def _reasons(actor: Actor, task: TaskFacts, events: Sequence[timeline.Event]) -> tuple[Reason, ...]:
    """Whom the reader represents first, then why the task is with that person."""
    who = capacity_of(actor, task) if actor.person_id else None
    if who is None or who.stands_for is None:
        return reasons(task, actor.person_id, events)
    last = who.stands_for.until - timedelta(days=1)
    stands = Reason("reason.substitute", {"name": who.stands_for.name, "last": last.isoformat()})
    return (stands, *reasons(task, who.seat_of, events, represented=True))


def _standing(session: Session, actor: Actor, task: TaskFacts, instance_state: str) -> dict[str, Any]:
    """What the actor could do now, in whose name, and what stands against it."""
    if actor.person_id is None:
        return {"may_act": False, "recused": None, "stands_for": None, "barred": None}
    who, able = capacity_of(actor, task), may_act(actor, task, instance_state)
    barred = obstacle(session, task, who) if able else None
    return {
        "may_act": able and barred is None,
        "recused": interest_of(session, task, who),
        "stands_for": who.stands_for if able else None,
        "barred": barred,
    }


def opened_seats(task: TaskFacts) -> TaskFacts:
    """The task with what its signers said in plain; who may not read it does not see the task at all."""
    place = sealed.case(task.instance_id)
    seats = (
        replace(seat, opinion=sealed.opened(place, seat.opinion), values=sealed.opened(place, seat.values))
        for seat in task.seats
    )
    return replace(task, seats=tuple(seats))


def variables_of(held: store.Held, definition: Definition, task: TaskFacts) -> Mapping[str, Any]:
    """The variables that the task's token sees; of a closed task those of the case."""
    if task.state == "open" and held.ended_at is None:
        return engine.variables_at(held, definition, task.token)
    return held.variables


def _data(
    form: Mapping[str, Any] | None, seen: Mapping[str, Any], draft: Any, rights: Mapping[str, str]
) -> dict[str, Any]:
    shown = [component["key"] for component in forms.components(form or {}) if rights[component["key"]] != "hidden"]
    data = {name: seen[name] for name in shown if name in seen}
    if draft is not None:
        data.update({name: value for name, value in draft.values.items() if rights.get(name) in ("write", "required")})
    return data


def may_act(actor: Actor, task: TaskFacts, instance_state: str) -> bool:
    """Whether the actor could sign now: open task of a running case, an open seat or an unclaimed role of theirs."""
    if task.state != "open" or instance_state != "running" or actor.person_id is None:
        return False
    who = capacity_of(actor, task)
    seat = task.seat_of(who.seat_of)
    if seat is not None:
        return seat.state == "open"
    holders = who.stands_for.holders if who.stands_for else actor.holders
    return task.claimant_id is None and bool(set(task.groups) & set(holders))


def may(actor: Actor, action: str, task: TaskFacts) -> bool:
    """Whether the policy allows an action on a visible task: pages show a refused one with its reason."""
    return policy.ACTIONS[action].allows(actor, task)

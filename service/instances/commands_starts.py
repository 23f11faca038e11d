"""Flows that begin by themselves: start the case whose moment has come, count a failure, switch a flow off and on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.audit import chain
from service.audit.chain import BEGINNING, NewEvent
from service.calendar.queries import zone_of
from service.db import answer, transaction
from service.errors import Conflict, NotFound
from service.incidents.record import Failure, open_incident
from service.instances import ending, starting
from service.notices import outbox
from service.notices.outbox import ADMINS, INCIDENT, Message
from service.parameters import queries as parameters
from service.parameters.scopes import About
from service.people.models import Organisation
from service.tasks import advance
from service.tasks.around import surroundings
from service.tasks.facts import SYSTEM, CaseFacts
from workflows import catalogue, engine, starts
from workflows.base import new_id


@dataclass(frozen=True)
class SwitchStart:
    """Whether a flow goes on beginning by itself, and why it was changed."""

    definition_key: str
    active: bool
    reason: str


@dataclass(frozen=True)
class StartFailure:
    """A flow that could not begin, and why."""

    definition_key: str
    error: str


def begin_due(actor: Actor, key: str, *, now: datetime) -> str | None:
    """Start the case of a flow whose moment has come, as the system; its id.

    None when another process has begun it, or it was switched off or moved meanwhile. The case and the next moment
    are written in one transaction, so each moment begins one case, whoever looks and however often.
    """
    with transaction() as session:
        policy.require(actor, "timer.fire")
        row = starts.try_lock(session, key)
        if row is None or not row.active or row.due_at > now:
            return None
        instance_id = _begin(session, actor, row, now)
        next_at = starts.following(row, now, zone_of(session))
        starts.change(session, key, {"due_at": next_at, "attempts": 0, "last_error": None, "retry_at": None})
        answer(session, instance_id=instance_id)
        return instance_id


def count_start_failure(actor: Actor, failure: StartFailure, *, now: datetime) -> bool:
    """Count a failed attempt and pause before the next; the last one switches the flow off and opens an incident.

    True when it did.
    """
    with transaction() as session:
        policy.require(actor, "timer.fire", failure)
        row = starts.try_lock(session, failure.definition_key)
        if row is None or not row.active:
            return False
        rules, attempts = parameters.county(session, day_of(now)), row.attempts + 1
        again = attempts < int(rules["timer_attempts"])
        pause = timedelta(minutes=int(rules["timer_pause_minutes"])) * 2**row.attempts
        values = {"attempts": attempts, "last_error": failure.error, "active": again}
        starts.change(session, row.definition_key, {**values, "retry_at": now + pause if again else None})
        if not again:
            what = f"{row.definition_key}: {failure.error}"
            open_incident(session, Failure(None, row.element_id, "timer", "timer.start_failed", what), now)
            body = {"business_key": row.definition_key, "element_id": row.element_id}
            outbox.post(session, [Message(INCIDENT, ADMINS, body)], now)
            _tell(session, actor, row, "start.switched", {"active": False, "reason": failure.error}, now)
        return not again


def switch_start(actor: Actor, command: SwitchStart, *, now: datetime) -> datetime:
    """Switch off or on that a flow begins by itself; when it next does.

    Switched on it goes on with the next moment of its series: what was missed meanwhile is not made up for, what has
    failed begins at once.
    NotFound("start.absent"), Invalid("reason.missing"), Conflict("definition.retired").
    """
    with transaction() as session:
        policy.require(actor, "timer.switch")
        ending.refuse_without_reason(command.reason)
        row = starts.lock(session, command.definition_key)
        if row is None:
            raise NotFound("start.absent", key=command.definition_key)
        switched_on = command.active and not row.active
        if switched_on and catalogue.row_of(session, row.definition_id).state == catalogue.RETIRED:
            raise Conflict("definition.retired", key=row.definition_key)
        due_at: datetime = starts.resumed(row, now, zone_of(session)) if switched_on else row.due_at
        values = {"active": command.active, "due_at": due_at, "attempts": 0, "last_error": None, "retry_at": None}
        starts.change(session, row.definition_key, values)
        _tell(session, actor, row, "start.switched", {"active": command.active, "reason": command.reason}, now)
        answer(session, definition_key=row.definition_key)
        return due_at


def _begin(session: Session, actor: Actor, row: Row[Any], now: datetime) -> str:
    definition = catalogue.get(session, row.definition_id)
    bureau = session.execute(
        select(Organisation.id, Organisation.name, Organisation.name_en)
        .where(Organisation.kind == "bureau")
        .order_by(Organisation.path)
    ).first()
    if bureau is None:
        raise NotFound("organisation.absent")
    around = surroundings(session, actor, now, About(bureau.id, definition.key))
    variables = starting.own_variables(SYSTEM, bureau) | {"scheduled_for": row.due_at.isoformat()}
    number = starting.next_number(session, starting.number_pattern(definition), day_of(now))
    title = starting.title_of(definition, variables, around, bureau)
    case = CaseFacts(new_id(), definition.id, definition.key, number, title.text, SYSTEM, bureau.id)
    step = engine.start(session, definition, variables, around, instance_id=case.instance_id)
    starting.write_case(session, case, title, around)
    event = ending.started_event(case, definition, variables, step, frozenset())
    advance.apply(around, case, step, [event], head=BEGINNING)
    return case.instance_id


def _tell(session: Session, actor: Actor, row: Row[Any], kind: str, body: dict[str, Any], now: datetime) -> None:
    event = NewEvent(kind, actor.person_id or actor.account_id, element_id=row.element_id, body=body)
    chain.append(session, f"definition:{row.definition_key}", [event], at=now)

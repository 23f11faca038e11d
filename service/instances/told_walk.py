"""The way of a case told from paper: to the step that was decided, through the periods that were over by then."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access.days import day_of
from service.audit.chain import NewEvent
from service.calendar import queries as calendars
from service.errors import Conflict, Fault, Invalid
from service.flows import registry
from service.instances.facts import LockedCase
from service.instances.told import ToldStep
from service.parameters.scopes import About
from service.tasks import advance, firing
from service.tasks.around import surroundings
from service.tasks.assignment import place_of
from service.tasks.models import Task
from workflows import engine, store
from workflows.base import table_of
from workflows.calendar_rules import CYCLE
from workflows.catalogue import Definition
from workflows.surroundings import Surroundings

MOST = 200
"""Steps and periods that one case is told of at most."""
ALL = ("全部", "all")
"""For whom a step was that one paper decides for all for whom it is still open."""
_TASK = table_of(Task)


def moment(around: Surroundings, day: Any) -> datetime:
    """The moment that counts of what happened on a day: papers name no hour."""
    return min(calendars.calendar(around.session).end_of(day), around.now)


def at(around: Surroundings, moment: datetime, about: About) -> Surroundings:
    """The surroundings of that moment, written down now."""
    then = surroundings(around.session, around.actor, moment, about)
    return replace(then, written=around.now)


def come_to(
    around: Surroundings, definition: Definition, case: LockedCase, step: ToldStep, moment: datetime, field: str
) -> list[str]:
    """The open task of a step, after the periods before it that were over by then; of all for whom it is done each."""
    for _ in range(MOST):
        task_ids = _open(around.session, case, step, field)
        if task_ids:
            return task_ids
        if _hear(around, case, step, moment):
            continue
        if not _pass_period(around, case, moment):
            break
    later = _periods(around.session, case)
    if later:
        due = day_of(later[0].due_at).isoformat()
        fault = Fault(f"{field}.decided_on", "told.too_early", params={"day": due})
        raise Invalid("told.too_early", faults=(fault,), day=due)
    raise off_path(definition, case, step.element_id, f"{field}.element_id")


def _open(session: Session, case: LockedCase, step: ToldStep, field: str) -> list[str]:
    """The open task of a step, of one that is done for several that of whom it was, or each; Invalid("told.which")."""
    here = (_TASK.c.instance_id == case.instance.id, _TASK.c.element_id == step.element_id, _TASK.c.state == "open")
    columns = (_TASK.c.id, _TASK.c.properties, _TASK.c.groups)
    found = session.execute(select(*columns).where(*here).order_by(_TASK.c.id)).all()
    if step.about and step.about.casefold() in ALL:
        return [row.id for row in found]
    if step.about:
        whom = registry.named(session, case.case.definition_key, case.instance.id, step.about)
        found = [row for row in found if whom in _whose(row)]
    if len(found) > 1:
        raise Invalid("told.which", faults=(Fault(f"{field}.about", "told.which"),))
    return [row.id for row in found]


def _hear(around: Surroundings, case: LockedCase, step: ToldStep, moment: datetime) -> bool:
    """Let come what the case waited for before this step, where papers tell that, too; whether it did."""
    found = registry.heard_before(case.case.definition_key, step.element_id)
    if found is None:
        return False
    waits, say = found
    here = [row for row in store.subscriptions(around.session, case.instance.id) if row.element_id == waits]
    if here:
        then = at(around, moment, case.case.about)
        taken = engine.deliver(case.instance, here[0], say(day_of(moment)), then)
        body = {"name": here[0].name, "message_id": "", "passed": list(taken.passed)}
        event = NewEvent("message.delivered", advance.actor_of(then), element_id=waits, body=body)
        advance.apply(then, case.case, taken, [event], head=None)
    return bool(here)


def _whose(row: Any) -> set[str | None]:
    """Whom a task is about, and whose office does it."""
    return {row.properties.get("about"), *(place_of(group)[1] for group in row.groups)}


def _periods(session: Session, case: LockedCase) -> list[Row[Any]]:
    """The timers drawn in the diagram that run, the earliest first; what comes again and again is no period."""
    if case.instance.ended_at is not None:
        return []
    return [row for row in store.timers(session, case.instance.id) if row.kind == "event" and row.unit != CYCLE]


def _pass_period(around: Surroundings, case: LockedCase, until: datetime) -> bool:
    """Let the earliest period that was over by then end, on its day; whether there was one."""
    due = [row for row in _periods(around.session, case) if row.due_at <= until]
    if due:
        firing.fire_event(at(around, due[0].due_at, case.case.about), case.instance, case.case, due[0])
    return bool(due)


def reach(
    around: Surroundings, definition: Definition, case: LockedCase, element_id: str
) -> tuple[bool, dict[str, str]]:
    """Whether the case comes to stand there by the periods that are over by today; where it stood on the way."""
    passed: dict[str, str] = {}
    for _ in range(MOST):
        passed |= standing_at(definition, case)
        if element_id in passed:
            return True, passed
        if not _pass_period(around, case, around.now):
            break
    return False, passed


def standing_at(definition: Definition, case: LockedCase) -> dict[str, str]:
    """Element → name, of the steps that are open and the events that are waited for."""
    found = engine.inspect(case.instance, definition)
    return {place.element_id: place.name for place in found if place.state != "running"}


def off_path(definition: Definition, case: LockedCase, element_id: str, path: str) -> Conflict:
    """By what was told the case went another way than is said of it at this place of what is told."""
    element = definition.spec.element(element_id)
    name = element.name if element else element_id
    if case.instance.ended_at is not None:
        ended = {"name": name, "outcome": case.instance.state}
        return Conflict("told.ended", faults=(Fault(path, "told.ended", params=ended),), **ended)
    stands = {"name": name, "stands": "、".join(standing_at(definition, case).values())}
    return Conflict("told.off_path", faults=(Fault(path, "told.off_path", params=stands),), **stands)

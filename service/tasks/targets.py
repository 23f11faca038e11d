"""Where a task may be returned to: sound on the diagram, been through by the case, allowed by `returnTo`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from service.errors import Conflict
from service.tasks.choices import Choice
from service.tasks.facts import SYSTEM, TaskFacts
from service.tasks.models import Seat, Task
from service.tasks.reentry import Reentry
from service.tasks.signing import SIGNER
from service.tasks.voting import VOTE
from workflows import engine
from workflows.base import table_of
from workflows.catalogue import Definition
from workflows.store import Held

RETURN = "return"
INITIATOR, PREVIOUS, ANY, NONE = "initiator", "previous", "any", "none"
WORDS = (INITIATOR, PREVIOUS, ANY, NONE)
"""What `returnTo` may say beside ids of steps; the first two name a target in a request, too."""

_TASK, _SEAT = table_of(Task), table_of(Seat)
_SIGNER = func.coalesce(_SEAT.c.on_behalf_of, _SEAT.c.person_id).label("person_id")
_DONE = (
    select(_TASK.c.id, _TASK.c.element_id, _TASK.c.groups, _SIGNER)
    .outerjoin(_SEAT, (_SEAT.c.task_id == _TASK.c.id) & (_SEAT.c.state == "signed") & (_SEAT.c.kind == SIGNER))
    .where(_TASK.c.instance_id == bindparam("b_instance"), _TASK.c.state == "done")
    .order_by(_TASK.c.closed_at, _TASK.c.id, _SEAT.c.position)
)


@dataclass(frozen=True)
class Done:
    """How a step was last done in a case: which task, its groups, who signed it."""

    task_id: str
    groups: tuple[str, ...]
    persons: tuple[str, ...]


@dataclass(frozen=True)
class ReturnTarget:
    """A step to which a task may be returned; `straight`: from there it may come straight back.

    `persons` signed it last, `former` is the one of them who is offered it first.
    """

    element_id: str
    name: str
    straight: bool
    initiator: bool
    previous: bool
    persons: tuple[str, ...] = ()

    @property
    def former(self) -> str | None:
        return self.persons[0] if len(self.persons) == 1 else None


def refusal(task: TaskFacts, offered: Sequence[Choice]) -> str | None:
    """Why a task is not freely returned, whatever the target; None when it may be.

    Where the diagram draws the return as a decision there is that one way, unless `returnTo` says otherwise.
    """
    named = _named(task)
    if task.signing == VOTE:
        return "return.vote"
    if NONE in named:
        return "return.forbidden"
    if not named and any(choice.value == RETURN for choice in offered):
        return "return.drawn"
    return None


def targets(session: Session, held: Held, definition: Definition, task: TaskFacts) -> list[ReturnTarget]:
    """The steps to which an open task may be returned, the latest first; those never taken come last.

    A step counts when the case has been through it, the applicant owes it, or `returnTo` names it.
    """
    sound, done = engine.return_targets(held, definition, task.token), steps_done(session, task.instance_id)
    named, elements = _named(task), definition.spec.everything
    owed = {name for name in sound if elements[name].properties.get("owedBy") == "applicant"}
    known = [name for name in reversed(done) if name in sound]
    known += [name for name in sound if name not in done and (name in owed or name in named)]
    initiator = _initiator(task, known, owed, done)
    previous = next((name for name in known if name in done), None)
    found = [
        ReturnTarget(
            element_id=name,
            name=elements[name].name,
            straight=sound[name] and not _votes(elements[name]),
            initiator=name == initiator,
            previous=name == previous,
            persons=done[name].persons if name in done else (),
        )
        for name in known
    ]
    return [target for target in found if _is_allowed(target, named)]


def steps_done(session: Session, instance_id: str) -> dict[str, Done]:
    """Step → how it was last done, the one done longest ago first."""
    found: dict[str, Done] = {}
    for row in session.connection().execute(_DONE, {"b_instance": instance_id}):
        before = found.pop(row.element_id, None)
        persons = before.persons if before is not None and before.task_id == row.id else ()
        signed = (row.person_id,) if row.person_id else ()
        found[row.element_id] = Done(row.id, tuple(row.groups), (*persons, *signed))
    return found


def chosen(found: Sequence[ReturnTarget], wanted: str) -> ReturnTarget | None:
    """The target that is asked for by its id, or as `initiator` or `previous`."""
    wishes: Mapping[str, Any] = {INITIATOR: lambda one: one.initiator, PREVIOUS: lambda one: one.previous}
    fits = wishes.get(wanted, lambda one: one.element_id == wanted)
    return next((target for target in found if fits(target)), None)


def refuse(session: Session, held: Held, definition: Definition, task: TaskFacts, wanted: str) -> None:
    """Raise why a target is none: Conflict `return.no_initiator`, `return.no_previous`, `jump.…`, `return.not_passed`,
    `return.not_allowed`."""
    if wanted == INITIATOR:
        raise Conflict("return.no_initiator", task_id=task.id)
    if wanted == PREVIOUS:
        raise Conflict("return.no_previous", task_id=task.id)
    engine.expect_target(held, definition, task.token, wanted)
    if wanted not in engine.return_targets(held, definition, task.token):
        raise Conflict("jump.not_a_target", element_id=wanted)
    if wanted not in steps_done(session, task.instance_id):
        raise Conflict("return.not_passed", element_id=wanted)
    raise Conflict("return.not_allowed", element_id=wanted)


def straight_back(session: Session, task: TaskFacts) -> Reentry | None:
    """How the returner's step opens again after the correction; None when the task was not returned straight."""
    returned = task.reentry
    if returned is None or returned.next is None:
        return None
    persons = _returners(steps_done(session, task.instance_id), returned)
    former = persons[0] if len(persons) == 1 else None
    return Reentry("back", task.id, returned.since, returned.onward[:-1], returned.next, former)


def _returners(done: Mapping[str, Done], returned: Reentry) -> tuple[str, ...]:
    """Who signed the return. In another version the step may have another name: then the task that returned tells."""
    named = done.get(returned.next or "")
    if named is not None:
        return named.persons
    by = (one.persons for one in done.values() if returned.kind == "returned" and one.task_id == returned.task_id)
    return next(by, ())


def _named(task: TaskFacts) -> tuple[str, ...]:
    """What `returnTo` says, in order; empty without it."""
    said = task.properties.get("returnTo", "").replace("，", ",")
    return tuple(filter(None, (part.strip() for part in said.split(","))))


def _is_allowed(target: ReturnTarget, named: Collection[str]) -> bool:
    return (
        not named
        or ANY in named
        or target.element_id in named
        or (target.initiator and INITIATOR in named)
        or (target.previous and PREVIOUS in named)
    )


def _initiator(task: TaskFacts, known: Iterable[str], owed: Collection[str], done: Mapping[str, Done]) -> str | None:
    """The step at which the initiator corrects: one that the applicant owes, one that the initiator signed, else the
    first that was done by a role of the initiator's organisation; None: this case has no such step."""
    known = list(known)
    if task.initiator_id == SYSTEM:
        return next((name for name in known if name in owed), None)
    own = [name for name in known if name in done and task.initiator_id in done[name].persons]
    home = f"@{task.organisation_id}"
    local = [name for name in known if name in done and any(group.endswith(home) for group in done[name].groups)]
    return next((name for name in known if name in owed), None) or next(iter(own), None) or next(reversed(local), None)


def _votes(element: Any) -> bool:
    """A vote is counted, nobody agrees in its name: its result is routed as drawn."""
    return bool(element.properties.get("signing") == VOTE)

"""Tell a case that began on paper from its start to where it stands today, inside a command's transaction (policy §8).

Nothing is derived: the diagram is gone through as it was, each step with the decision that fell on paper, on its day.
So operations hold in the ledger what they would hold, variables are those that the steps set, and deadlines count from
their real days. What is written down is written now, and nobody is told of what is long over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from service.access.days import day_of
from service.access.roles import BUREAU_HR, LEADER
from service.access.standing import ROLE, in_force
from service.attachments import links
from service.audit import chain
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.flows import registry
from service.flows.declaring import BesideForm
from service.instances import beginning, facts, resting, starting, told_locks, told_walk
from service.instances.beginning import Asked, StartInstance
from service.instances.facts import LockedCase
from service.instances.told import ToldCase, ToldStep
from service.people.members import is_related
from service.posts import named
from service.posts.posting import Cause
from service.tasks import advance, forms, queue, recording
from service.tasks.discretion import confidential
from service.tasks.queue import Locked
from workflows import telling
from workflows.base import new_id
from workflows.catalogue import Definition
from workflows.surroundings import Surroundings


def tell(around: Surroundings, asked: Asked, told: ToldCase, recorder_id: str) -> resting.Rest:
    """Begin the case and go through it to where it stands; what it holds then, and which deadlines run.

    Conflict("told.several" | "told.live" | "told.sends" | "told.message" | "told.confidential" | "told.inside" |
    "told.no_way" | "told.off_path" | "told.ended" | "told.nobody" | "ledger.full" and what its operations raise),
    Invalid("told.future" | "told.initiator" | "told.too_early" | "told.element" | "paper.invalid" | "form.invalid").
    """
    case = _through(around, asked, told, recorder_id)
    if not told_walk.reach(around, asked.definition, case, told.element_id)[0]:
        raise told_walk.off_path(asked.definition, case, told.element_id, "element_id")
    named.leave_rest(around.session, _cause(around, case.case.instance_id))
    return resting.rest(around, asked.definition, case, told, recorder_id)


def _expect_uninvolved(around: Surroundings, case: LockedCase, recorder_id: str) -> None:
    """Nor does anybody whom the case is about in another way, a candidate's relative; Forbidden("told.involved").

    The flow says so as at any of its steps, by who is in the case once all of it is told.
    """
    key, instance_id = case.case.definition_key, case.case.instance_id
    for person_id in sorted({recorder_id, around.actor.person_id or ""} - {""}):
        if registry.interest_of(around.session, key, instance_id, person_id) is not None:
            raise Forbidden("told.involved")


@dataclass(frozen=True)
class Way:
    """How far a case has come by what is told of it: what may be told next, and how it would rest where it stands.

    `open` element → name of the steps of people that stood open on the way on from there; `rest` None while it has not
    come to where it is said to stand. `variables` are those that steps begin with.
    """

    open: Mapping[str, str]
    rest: resting.Rest | None
    variables: Mapping[str, Any]


def way(around: Surroundings, asked: Asked, told: ToldCase, recorder_id: str) -> Way:
    """Go through what is told so far, and on through the periods that are over. Raises as `tell` does."""
    case = _through(around, asked, told, recorder_id)
    variables = dict(case.instance.variables)
    there, passed = told_walk.reach(around, asked.definition, case, told.element_id)
    if not there and case.instance.ended_at is not None:
        raise told_walk.off_path(asked.definition, case, told.element_id, "element_id")
    behind = registry.heard_at(asked.definition.key)
    known = {place.element_id: place.name for place in places(asked.definition) if place.tellable}
    following = {one: known[one] for one in (behind.get(name, name) for name in passed) if one in known}
    if not there:
        return Way(following, None, variables)
    named.leave_rest(around.session, _cause(around, case.case.instance_id))
    return Way(following, resting.rest(around, asked.definition, case, told, recorder_id), variables)


def _through(around: Surroundings, asked: Asked, told: ToldCase, recorder_id: str) -> LockedCase:
    """The case, begun and gone through every step that is told of it."""
    _expect_start(around, asked, told)
    _expect_apart(around, asked, told, recorder_id)
    number = told.business_key or _number(around, asked.definition)
    told_locks.lock(around, asked, told)
    begun_at = told_walk.moment(around, told.requested_on)
    command = StartInstance(told.definition_key, told.organisation_id, told.variables, number)
    instance_id = new_id()
    _take_over(around, told, instance_id)
    then = told_walk.at(around, begun_at, asked.about)
    started = beginning.write(then, asked, command, told.initiator_id, instance_id)
    case = facts.lock(around.session, started.instance_id)
    events = links.link(around.session, around.actor, told.files, started.instance_id)
    chain.append(around.session, advance.stream_of(started.instance_id), events, at=around.now)
    for place, step in enumerate(told.steps):
        _step(around, asked.definition, case, recorder_id, step, f"steps.{place}")
    _expect_uninvolved(around, case, recorder_id)
    return case


def expect_place(definition: Definition, element_id: str) -> None:
    """A case on paper may stand at this element; Conflict of `workflows.telling`, Invalid("told.element")."""
    place = next((one for one in places(definition) if one.element_id == element_id), None)
    if place is None:
        raise Invalid("told.element", faults=(Fault("element_id", "told.element"),), element_id=element_id)
    if place.code is not None:
        raise Conflict(place.code, element_id=element_id, name=place.name, obstacle=place.obstacle_name)


def places(definition: Definition) -> tuple[telling.Place, ...]:
    """Where a case on paper of this flow may stand, and why nowhere else."""
    live = {name for name, one in registry.declared().items() if one.live}
    secret = {id_ for id_, element in confidential(definition).items() if _takes_files(definition, element)}
    return telling.places(definition.spec, live, secret, registry.heard_at(definition.key))


def _takes_files(definition: Definition, element: Any) -> bool:
    """Files that are handed in with a confidential step belong to who did it here."""
    form = definition.forms.get(element.form_id or "") or {}
    return any(component["type"] == "filepicker" for component in forms.components(form))


def _expect_start(around: Surroundings, asked: Asked, told: ToldCase) -> None:
    expect_place(asked.definition, told.element_id)
    if told.requested_on > day_of(around.now):
        raise Invalid("told.future", faults=(Fault("requested_on", "told.future"),))
    if not _may_ask(around, asked, told.initiator_id):
        raise Invalid("told.initiator", faults=(Fault("initiator_id", "told.initiator"),))


def _may_ask(around: Surroundings, asked: Asked, person_id: str) -> bool:
    """Whether this person may begin such a case today: who is named stays its applicant, and answers returns."""
    starters = asked.target.starters
    mine = (ROLE.c.person_id == person_id, ROLE.c.role.in_(starters), in_force(ROLE.c, day_of(around.now)))
    above = asked.school.path.strip("/").split("/")
    held = around.session.execute(select(ROLE.c.role, ROLE.c.organisation_id).where(*mine)).all()
    return any(row.organisation_id in above or row.role in (*BUREAU_HR, *LEADER) for row in held)


def _expect_apart(around: Surroundings, asked: Asked, told: ToldCase, recorder_id: str) -> None:
    """Nobody tells or confirms an own case, or a relative's (policy §5, 代录); Forbidden("told.own_case").

    Of a flow that only bureau HR may begin the office asks for its cases, whoever's name stands there.
    """
    if set(asked.target.starters) <= set(BUREAU_HR):
        return
    for person_id in {recorder_id, around.actor.person_id}:
        if person_id == told.initiator_id or is_related(person_id, told.initiator_id):
            raise Forbidden("told.own_case")


def _number(around: Surroundings, definition: Definition) -> str:
    """The next number, counted before anything is locked: whoever asks for a case counts first, too."""
    return starting.next_number(around.session, starting.number_pattern(definition), day_of(around.now))


def _take_over(around: Surroundings, told: ToldCase, instance_id: str) -> None:
    """What was kept for this case is held by it: nothing is free in between. Conflict("named_hold.over"),
    Invalid("told.other_hold") where it is another school's."""
    if told.hold_id is None:
        return
    hold = named.lock(around.session, told.hold_id)
    if hold.organisation_id != told.organisation_id:
        raise Invalid("told.other_hold", faults=(Fault("hold_id", "told.other_hold"),))
    named.take_over(around.session, _cause(around, instance_id), hold)


def _cause(around: Surroundings, instance_id: str) -> Cause:
    return Cause(instance_id, "", new_id(), advance.actor_of(around), around.now)


def _step(
    around: Surroundings, definition: Definition, case: LockedCase, recorder_id: str, step: ToldStep, field: str
) -> None:
    if step.decided_on is None:
        raise Invalid("told.day", faults=(Fault(f"{field}.decided_on", "outside.day"),))
    moment = told_walk.moment(around, step.decided_on)
    task_ids = told_walk.come_to(around, definition, case, step, moment, field)
    then = told_walk.at(around, moment, case.case.about)
    try:
        if step.rows:
            here = (around.session, around.actor, case.instance.id, step.element_id, step.rows, around.now)
            beside = BesideForm(*here, step.decided_on, step.values)
            registry.enter_beside(case.case.definition_key, beside)
        for task_id in task_ids:
            head = chain.lock(around.session, advance.stream_of(case.instance.id))
            locked = Locked(queue.read(around.session, task_id), case.instance, head)
            recording.record_told(then, locked, recorder_id, step)
    except Invalid as error:
        faults = tuple(replace(one, path=f"{field}.{one.path}") for one in error.faults)
        raise Invalid(error.code, faults=faults, **error.params) from error

"""What comes next, and with whom: the outlook over the diagram with probable holders and days; nothing is written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.access.queries import standing
from service.db import db
from service.errors import Invalid
from service.flows.registry import declared
from service.parameters.scopes import About
from service.tasks import deadlines, forms, queries
from service.tasks.around import reading_scope, surroundings
from service.tasks.assignment import covered, place_of, resolve
from service.tasks.choices import choices
from service.tasks.models import NEVER
from service.tasks.view import TaskView
from service.tasks.voting import PASSED, VOTE
from workflows import store
from workflows.catalogue import Definition
from workflows.engine import Current, inspect
from workflows.feel import Scope
from workflows.outlook import Guide, Reads, Step, outlook_from_start, outlook_of
from workflows.outlook.steps import JOIN, PARALLEL, SIGNERS, TASK, WAIT
from workflows.step import OpenedTask
from workflows.store import Held
from workflows.surroundings import Surroundings

STEPS = 5_000
"""The budget of one FEEL evaluation of a look ahead: a twentieth of what a step may spend."""


@dataclass(frozen=True)
class Way:
    """A branch of a fork, as workflows.outlook.Branch."""

    path: "tuple[Coming, ...]"
    reads: tuple[Reads, ...]
    goes_on: bool


@dataclass(frozen=True)
class Coming:
    """A step ahead. `holders` (`role@organisation`, `person:<id>`) would have it, `persons` stand for them today.

    `due_at` is when it must be done at the latest, if every step before it takes the time that it has. `beside` are
    events that may come while it is open.
    """

    step: Step
    holders: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    due_at: datetime | None = None
    ways: tuple[Way, ...] = ()
    beside: tuple["Coming", ...] = ()


@dataclass(frozen=True)
class Outlook:
    """What comes after a decision (None: as long as everybody lets the case go on)."""

    decision: str | None
    path: tuple[Coming, ...]


def of_task(actor: Actor, found: TaskView, *, now: datetime) -> tuple[Outlook, ...]:
    """After each decision that the actor may make now, else after the one that lets the case go on."""
    task = found.task
    if task.state != "open" or found.instance_state != "running":
        return ()
    look = _Look(db.session(), actor, found.definition, now, task.case.about, _owed(task.instance_id))
    held = store.read(look.session, task.instance_id)
    entered = found.draft.values if found.draft else {}
    values = {name: value for name, value in entered.items() if found.rights.get(name) in ("write", "required")}
    asked = [choice.value for choice in found.choices] if found.may_act and task.signing != VOTE else [None]
    told = []
    for number, decision in enumerate(asked):
        path = outlook_of(
            held,
            found.definition,
            task.token,
            look.guide,
            look.reading,
            decision=decision,
            values=values,
            hidden=found.hidden,
        )
        before = _other_signers(actor, found) if number == 0 else ()
        told.append(Outlook(decision, look.path((*before, *path), now)))
    return tuple(told)


def of_case(
    actor: Actor, definition: Definition, held: Held, about: About, *, hidden: Collection[str] | None, now: datetime
) -> tuple[tuple[Current, tuple[Coming, ...]], ...]:
    """After each open step and waiting event of a case, as long as everybody lets it go on; () when it has ended.

    `hidden` are the variables that the actor may not read, None: all of them.
    """
    look = _Look(db.session(), actor, definition, now, about, _owed(held.id))
    places = [place for place in inspect(held, definition) if place.state in ("open", "waiting")]
    return tuple(
        (place, look.path(outlook_of(held, definition, place.token, look.guide, look.reading, hidden=hidden), now))
        for place in places
    )


def of_start(
    actor: Actor, definition: Definition, variables: Mapping[str, Any], about: About, *, now: datetime
) -> tuple[Coming, ...]:
    """After a case has been asked for with these values."""
    look = _Look(db.session(), actor, definition, now, about)
    return look.path(outlook_from_start(definition, variables, look.guide, look.reading), now)


def guide_of(definition: Definition) -> Guide:
    """What forms, operations and flow.toml add to a diagram."""

    def fills(element_id: str) -> tuple[str, ...]:
        element = definition.spec.element(element_id)
        form = definition.forms.get(element.form_id or "") if element else None
        if element is None or form is None or element.properties.get("signing", "single") != "single":
            return ()
        rights = forms.rights(form, element.properties.get("fields"), many_seats=False)
        return tuple(name for name, right in rights.items() if right in ("write", "required"))

    def agrees(element_id: str, properties: Mapping[str, Any]) -> str:
        if properties.get("signing") == VOTE:
            return PASSED
        return choices(definition.settings, element_id, properties)[0].value

    return Guide({name: found.writes for name, found in declared().items()}, fills, agrees)


def _owed(instance_id: str) -> dict[str, datetime]:
    """The deadlines of the open steps of a case, by element."""
    return {task.element_id: task.due_at for task in queries.open_of(instance_id) if task.has_deadline}


def _other_signers(actor: Actor, found: TaskView) -> tuple[Step, ...]:
    """Those who still sign the same task after the actor has agreed."""
    task = found.task
    left = [seat for seat in task.seats if seat.state in ("open", "waiting") and seat.person_id != actor.person_id]
    if task.signing in ("single", "any", VOTE) or not left:
        return ()
    return (Step(SIGNERS, task.element_id, task.name, among=tuple(seat.person_id for seat in left)),)


@dataclass
class _Look:
    """One look ahead in a case (`about`); who holds a role is found once. `owed` are the deadlines
    of the steps that are open."""

    session: Session
    actor: Actor
    definition: Definition
    now: datetime
    about: About
    owed: Mapping[str, datetime] = field(default_factory=dict)
    known: dict[Any, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.around: Surroundings = surroundings(self.session, self.actor, self.now, self.about)
        self.reading: Scope = replace(reading_scope(self.now, self.about), steps=STEPS)
        self.guide = guide_of(self.definition)
        self.today = self.now.astimezone(self.around.zone).date()

    def path(self, steps: Sequence[Step], start: datetime | None) -> tuple[Coming, ...]:
        """The steps with holders and days; `start` is when the first of them begins, None when nobody can say."""
        told = []
        for step in steps:
            near = tuple(Coming(event, due_at=self._over(event.rule, start)) for event in step.beside)
            coming, start = self._coming(step, start)
            told.append(replace(coming, beside=near))
        return tuple(told)

    def _coming(self, step: Step, start: datetime | None) -> tuple[Coming, datetime | None]:
        """A step, and when what follows it begins at the latest."""
        if step.kind == TASK and step.opened is not None:
            holders, persons = self._holders(step.opened)
            due = self._due(step.opened, start)
            return Coming(step, holders, persons, due), due or start
        if step.kind == WAIT:
            over = self._over(step.rule, start)
            return Coming(step, due_at=over), over
        if step.kind == SIGNERS:
            return Coming(step, tuple(f"person:{one}" for one in step.among), step.among), start
        if step.kind == JOIN:
            days = [self.owed[element_id] for element_id in step.among if element_id in self.owed]
            return Coming(step), max([day for day in (start, *days) if day is not None], default=None)
        if not step.branches:
            return Coming(step), start
        ways, ends = [], []
        for branch in step.branches:
            inner = self.path(branch.path, start)
            ways.append(Way(inner, branch.reads, branch.goes_on))
            ends += [_last(inner) or start] if branch.goes_on or step.how == PARALLEL else []
        known = [end for end in ends if end is not None]
        return Coming(step, ways=tuple(ways)), max(known) if len(known) == len(ends) and known else start

    def _holders(self, opened: OpenedTask) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Queue holders and the persons who stand for them today."""
        key = (opened.assignee, opened.candidate_users, opened.candidate_groups, opened.properties.get("signing"))
        if key not in self.known:
            self.known[key] = self._resolved(opened)
        return self.known[key]

    def _resolved(self, opened: OpenedTask) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found = resolve(self.session, opened, self.today, self.about.organisation_id or "")
        if found.persons or not found.groups:
            return tuple(f"person:{one}" for one in found.persons), found.persons
        persons = self._standing(found.groups)
        if not persons:
            found = covered(self.session, found, self.today)
            persons = self._standing(found.groups)
        return found.groups, persons

    def _standing(self, groups: Sequence[str]) -> tuple[str, ...]:
        there = (person for group in groups for person in standing(self.session, *place_of(group), self.today))
        return tuple(dict.fromkeys(there))

    def _due(self, opened: OpenedTask, start: datetime | None) -> datetime | None:
        if start is None:
            return None
        try:
            due = deadlines.due_of(opened, replace(self.around, now=start))
        except Invalid:
            return None
        return None if due == NEVER else due

    def _over(self, rule: str | None, start: datetime | None) -> datetime | None:
        """When a period that begins at `start` is over; nobody can say when a message comes."""
        if rule is None or start is None:
            return None
        try:
            return self.around.due(rule, start).due_at
        except Invalid:
            return None


def _last(path: Sequence[Coming]) -> datetime | None:
    """The latest day of a branch."""
    days = [coming.due_at for coming in path if coming.due_at is not None]
    return max(days, default=None)

"""What an actor may read of a case: its timeline and values without what is another office's, or a health fact (§7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.access.case_rows import ALL_CASES, ANONYMOUS, CONFIDENTIAL
from service.access.roles import BUREAU_HR
from service.audit import timeline
from service.audit.timeline import Event
from service.tasks import advance, forms
from service.tasks.facts import SYSTEM
from service.tasks.models import Seat, Task
from service.tasks.voting import VOTE
from workflows.base import table_of
from workflows.catalogue import Definition

WHOLE = 5000
"""Events of a case that its page tells and draws; far more than any case of a school has."""

SIGNED, VOTED, COUNTED = "task.signed", "task.voted", "vote.closed"
"""A signature, whose sensitive part is a form; what else is sealed has readers of its own.
A ballot was cast, of a named vote with the choice sealed until the count; the count of a vote."""
RECORDED = "paper.recorded"
"""A decision made on paper was recorded: its sensitive part is a form, too."""
ENTERED, CONFIRMED = "minutes.entered", "minutes.confirmed"
"""The minutes of a collective decision were entered, or corrected; their chair confirmed them: a form, as well."""
TRANSFERRED = "task.transferred"
SEATING = (TRANSFERRED, "task.delegated", "task.advice_asked", "task.signer_added", "task.signer_removed")
"""Operations on seats: of a confidential task their reason is sealed, and told to who may read the task."""
DECIDED = (SIGNED, COUNTED, RECORDED, CONFIRMED, TRANSFERRED)
"""The events of a case that say what was decided, and that somebody else decided: what a sheet lists, in order."""
CORRECTED = "instance.variable_changed"
"""A variable was put right by hand: its values and the reason are sealed, and told to who may read the variable."""
FORMS = (SIGNED, RECORDED, ENTERED, CONFIRMED)
"""Events whose sensitive part is a form."""
NAMING = ("persons", "person_id", "seat_id")
"""What the events of a vote say of its members."""
_TASK, _SEAT = table_of(Task), table_of(Seat)
_CASE = table("process_case", column("instance_id"), column("initiator_id"))


@dataclass(frozen=True)
class Sight:
    """What one actor may read of one case.

    `contents`: everything but what is confidential; without it only what belongs to tasks of the actor. `tasks` are
    those that the actor may read, id → element; `others` the elements of those that the actor may not. `voting` are
    votes that run: nobody reads their ballots yet. `members`: whether the actor may know who sits at anonymous votes.
    `private` are fields that are kept for bureau HR, where the actor is neither that nor who began the case.
    """

    definition: Definition
    contents: bool
    tasks: Mapping[str, str]
    others: frozenset[str]
    voting: frozenset[str] = frozenset()
    members: bool = True
    private: frozenset[str] = frozenset()

    @cached_property
    def elements(self) -> frozenset[str]:
        """The elements of the tasks that the actor may read."""
        return frozenset(self.tasks.values())

    @cached_property
    def hidden_names(self) -> frozenset[str]:
        """The variables that confidential tasks write which the actor may not read."""
        secret = confidential(self.definition)
        names = {name for element_id in self.others for name in _written(self.definition, secret.get(element_id))}
        if not self.members:
            names |= {_named_by(element) for element in anonymous(self.definition).values()}
        return frozenset(names | self.private)

    def told(self, events: Sequence[Event]) -> list[Event]:
        """The events that the actor may know of, each as far as the actor may read it."""
        return [self._seen(event) for event in events if self._is_told(event)]

    def shown(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The variables without those that the actor may not read."""
        return {name: value for name, value in values.items() if name not in self.hidden_names}

    def _is_told(self, event: Event) -> bool:
        return self.contents or event.kind.startswith("instance.") or event.element_id in self.elements

    def _seen(self, event: Event) -> Event:
        if not self.members and event.element_id in anonymous(self.definition):
            event = _nameless(event)
        body = event.body
        if body is None:
            return replace(event, sensitive=None)
        if event.kind == CORRECTED:
            legible = self.contents and body["name"] not in self.hidden_names
            more = (event.sensitive or {}) if legible else {CONFIDENTIAL: True}
            return replace(event, body={**body, **more}, sensitive=None)
        mine = body.get("task_id") in self.tasks
        if event.element_id in confidential(self.definition) and not mine:
            kept = {name: body[name] for name in ("name",) if name in body}
            return replace(event, body={**kept, CONFIDENTIAL: True}, sensitive=None)
        if not self.contents:
            body = {name: value for name, value in body.items() if name != "variables"}
        told = _opened(body, event.sensitive) if mine else body
        return replace(event, body=_without(told, self.private), sensitive=None)


def _without(body: Mapping[str, Any], names: frozenset[str]) -> Mapping[str, Any]:
    """The body without these fields of a form."""
    if not names:
        return body
    parts = {part: body[part] for part in ("values", "variables") if isinstance(body.get(part), Mapping)}
    return {**body, **{part: {k: v for k, v in held.items() if k not in names} for part, held in parts.items()}}


def _nameless(event: Event) -> Event:
    """An event of an anonymous vote without whoever sits there: those it was opened for, who voted or stepped aside."""
    body = None if event.body is None else {name: value for name, value in event.body.items() if name not in NAMING}
    return replace(event, actor_id=event.actor_id if event.actor_id == SYSTEM else "", body=body, sensitive=None)


def _opened(body: Mapping[str, Any], sensitive: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The body with what was sealed put back: values of the form beside the others."""
    if sensitive is None:
        return body
    values = {**(body.get("values") or {}), **(sensitive.get("values") or {})}
    return {**body, **sensitive, "values": values}


def sight_of(session: Session, actor: Actor, instance_id: str, definition: Definition) -> Sight:
    """What the actor may read of a case that the actor has been found to see."""
    here = select(_TASK.c.id, _TASK.c.element_id, _TASK.c.signing, _TASK.c.state).where(
        _TASK.c.instance_id == instance_id
    )
    rows = session.execute(here).all()
    everything = {row.id: row.element_id for row in rows}
    seen = set(session.scalars(here.where(policy.visible(actor, "task"))))
    return Sight(
        definition=definition,
        contents=reads_contents(actor, instance_id),
        tasks={task_id: element_id for task_id, element_id in everything.items() if task_id in seen},
        others=frozenset(element_id for task_id, element_id in everything.items() if task_id not in seen),
        voting=frozenset(row.id for row in rows if (row.signing, row.state) == (VOTE, "open")),
        members=not anonymous(definition) or _may_know(session, actor, list(everything)),
        private=_private_to(session, actor, instance_id, definition),
    )


def kept_for_hr(definition: Definition) -> frozenset[str]:
    """The fields of a flow's forms that bureau HR alone reads, besides who fills them in."""
    return frozenset(name for form in definition.forms.values() for name in forms.for_hr(form))


def _private_to(session: Session, actor: Actor, instance_id: str, definition: Definition) -> frozenset[str]:
    names = kept_for_hr(definition)
    if not names or actor.has(*BUREAU_HR):
        return frozenset()
    initiator = session.scalar(select(_CASE.c.initiator_id).where(_CASE.c.instance_id == instance_id))
    return frozenset() if actor.person_id is not None and actor.person_id == initiator else names


def _may_know(session: Session, actor: Actor, task_ids: Sequence[str]) -> bool:
    """Whether the actor may know the members of an anonymous vote: the bureau, and who sits at one of these tasks."""
    if actor.is_system or actor.has(*ALL_CASES):
        return True
    mine = (_SEAT.c.person_id == actor.person_id, _SEAT.c.task_id.in_(task_ids), _TASK.c.signing == VOTE)
    found = select(_SEAT.c.id).join(_TASK, _TASK.c.id == _SEAT.c.task_id).where(*mine)
    return session.execute(found.limit(1)).first() is not None


def reads_contents(actor: Actor, instance_id: str) -> bool:
    """Whether the actor may read the variables and the whole history of a case."""
    return policy.sees(actor, "case_contents", _Case(instance_id))


@dataclass(frozen=True)
class _Case:
    instance_id: str


def events_of(session: Session, instance_id: str, sight: Sight, *, after: int = 0, limit: int) -> list[Event]:
    """The timeline of a case, oldest first, at most `limit` events, as far as it may be read."""
    found: list[Event] = []
    while len(found) < limit:
        stream = advance.stream_of(instance_id)
        read = timeline.events(session, stream, after=after, limit=limit, reveal=(*FORMS, *SEATING, CORRECTED))
        found += sight.told(read)
        if len(read) < limit:
            break
        after = read[-1].seq
    return found[:limit]


def confidential(definition: Definition) -> Mapping[str, Any]:
    """The confidential elements of a flow and of what it calls, by id."""
    return {id_: element for id_, element in definition.spec.everything.items() if CONFIDENTIAL in element.properties}


def anonymous(definition: Definition) -> Mapping[str, Any]:
    """The anonymous votes of a flow and of what it calls, by id."""
    return {id_: element for id_, element in definition.spec.everything.items() if ANONYMOUS in element.properties}


def _named_by(element: Any) -> str:
    """The variable that names the members of a vote: `committee` of `=committee.members`."""
    users = str(element.zeebe.get("assignmentDefinition", {}).get("candidateUsers", ""))
    return users.removeprefix("=").strip().partition(".")[0]


def _written(definition: Definition, element: Any) -> list[str]:
    """The variables that a task writes: its result and the fields of its form that it may fill in."""
    if element is None:
        return []
    form = definition.forms.get(element.zeebe.get("formDefinition", {}).get("formId", ""), {})
    many = element.properties.get("signing", "single") != "single"
    rights = forms.rights(form, element.properties.get("fields"), many_seats=many)
    result = element.properties.get("result") or element.id
    return [result, *(name for name, right in rights.items() if right in ("write", "required"))]

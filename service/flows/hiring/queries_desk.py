"""Reads for the candidates' page: the posts of a case, what this actor may write there now, applicants in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import Forbidden, NotFound
from service.flows.hiring import roster
from service.flows.hiring.columns import importable
from service.flows.hiring.interest import interested
from service.flows.hiring.queries import READERS
from service.flows.hiring.roster import CANDIDATE
from service.flows.hiring.windows import WRITERS, Window, window_at
from workflows import catalogue, engine, store

MARKS = ("state", "reason", "written", "interview", "inspection", "chosen")


@dataclass(frozen=True)
class Desk:
    """What stands on the candidates' page of a case: rows of the demand, and the window open to this actor."""

    posts: Sequence[Mapping[str, Any]]
    window: Window | None

    @property
    def marks(self) -> tuple[str, ...]:
        """The fields that this step fills in for everybody in the list."""
        return tuple(name for name in self.window.fields if name in MARKS) if self.window else ()

    @property
    def registers(self) -> bool:
        """Whether candidates come and go now."""
        return self.window is not None and self.window.registers

    @property
    def imports(self) -> bool:
        """Whether a sheet is expected now."""
        return self.window is not None and importable(self.window)


@dataclass(frozen=True)
class _Case:
    instance_id: str
    organisation_id: str


def desk(actor: Actor, instance_id: str) -> Desk:
    """The desk of a hiring case; NotFound("instance.absent"), Forbidden("access.role_missing") for the quota offices.

    Nothing is open to who stands on the other side of the step, must recuse, or looks at a case that does not run.
    """
    if not policy.sees(actor, "instance", _Case(instance_id, "")):
        raise NotFound("instance.absent", instance_id=instance_id)
    if not (actor.is_system or actor.has(*READERS)):
        raise Forbidden("access.role_missing", action="candidate.read")
    held = store.read(db.session(), instance_id)
    definition = catalogue.get(db.session(), held.definition_id)
    window = window_at({current.element_id for current in engine.inspect(held, definition)})
    target = _Case(instance_id, held.variables.get("school", ""))
    mine = window if held.state == "running" and window and _may_write(actor, window, target) else None
    return Desk(tuple(held.variables.get("posts") or ()), mine)


def _may_write(actor: Actor, window: Window, case: _Case) -> bool:
    if not policy.allows(actor, "candidate.edit", case) or not actor.has(*WRITERS[window.side]):
        return False
    return actor.person_id is None or interested(db.session(), case.instance_id, actor.person_id) is None


@dataclass(frozen=True)
class Tally:
    """How many have applied, and how many of them were found qualified."""

    registered: int
    qualified: int


def tally(instance_id: str) -> Tally:
    """The applicants of a case in numbers, for pages of who handles their step."""
    counts = roster.count_by_line(db.session(), instance_id)
    qualified = sum(count for (_, state), count in counts.items() if state not in ("registered", "unqualified"))
    return Tally(sum(counts.values()), qualified)


def case_of(actor: Actor, candidate_id: str) -> str:
    """The case of a candidate; NotFound("candidate.absent")."""
    found = select(CANDIDATE.c.instance_id).where(CANDIDATE.c.id == candidate_id, policy.visible(actor, "candidate"))
    instance_id: str | None = db.session.scalar(found)
    if instance_id is None:
        raise NotFound("candidate.absent", candidate_id=candidate_id)
    return instance_id

"""The case under a candidate's command: locked, where it stands, and who may write there now."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from service.flows.hiring.interest import interested
from service.flows.hiring.roster import CANDIDATE
from service.flows.hiring.windows import WRITERS, Window, closed_fields, window_at
from workflows import catalogue, engine, store

FLOW = "hiring"


@dataclass(frozen=True)
class Casework:
    """A locked hiring case; also the target of the permission check. `window` is None where nothing may be written."""

    instance_id: str
    organisation_id: str
    state: str
    posts: tuple[dict[str, Any], ...]
    window: Window | None
    id: str | None = None

    @property
    def lines(self) -> dict[int, str]:
        """The rows of the demand that are still open: number → subject."""
        return {post["line"]: post["subject"] for post in self.posts if post["count"]}


def lock(session: Session, actor: Actor, instance_id: str, candidate_id: str | None = None) -> Casework:
    """Lock the instance; NotFound("instance.absent") when it is absent, not visible, or no hiring case."""
    held = store.lock(session, instance_id)
    definition = catalogue.get(session, held.definition_id)
    case = Casework(
        instance_id,
        held.variables.get("school", ""),
        held.state,
        tuple(held.variables.get("posts") or ()),
        window_at({current.element_id for current in engine.inspect(held, definition)}),
        candidate_id,
    )
    if definition.key != FLOW or not policy.sees(actor, "instance", case):
        raise NotFound("instance.absent", instance_id=instance_id)
    return case


def lock_by_candidate(session: Session, actor: Actor, candidate_id: str) -> tuple[Casework, Any]:
    """Lock the case of a candidate and read the row again under the lock; NotFound("candidate.absent")."""
    visible = policy.visible(actor, "candidate")
    found = session.execute(select(CANDIDATE.c.instance_id).where(CANDIDATE.c.id == candidate_id, visible)).first()
    if found is None:
        raise NotFound("candidate.absent", candidate_id=candidate_id)
    case = lock(session, actor, found.instance_id, candidate_id)
    row = session.execute(select(CANDIDATE).where(CANDIDATE.c.id == candidate_id)).first()
    if row is None:
        raise NotFound("candidate.absent", candidate_id=candidate_id)
    return case, row


def expect_open(session: Session, actor: Actor, case: Casework, fields: tuple[str, ...]) -> Window:
    """The window in which these fields may be written by this actor now.

    Conflict("instance.not_running", "candidate.not_now"), Forbidden("candidate.other_side" | "task.recused").
    """
    if case.state != "running":
        raise Conflict("instance.not_running", instance_id=case.instance_id, state=case.state)
    closed = closed_fields(case.window, fields)
    if case.window is None or closed:
        raise Conflict("candidate.not_now", fields=", ".join(closed))
    _expect_side(actor, case.window)
    reason = interested(session, case.instance_id, actor.person_id) if actor.person_id else None
    if reason is not None:
        raise Forbidden("task.recused", reason=reason)
    return case.window


def expect_registering(session: Session, actor: Actor, case: Casework) -> None:
    """Candidates come and go only while registration is open: Conflict("candidate.not_now")."""
    if case.window is not None and not case.window.registers:
        raise Conflict("candidate.not_now", fields="")
    expect_open(session, actor, case, ())


def _expect_side(actor: Actor, window: Window) -> None:
    """Forbidden("candidate.other_side") for who writes on the other side of this step."""
    if not actor.is_system and not actor.has(*WRITERS[window.side]):
        raise Forbidden("candidate.other_side", element_id=window.element_id)


def expect_version(row: Any, version: int) -> None:
    """Conflict("candidate.stale") when the row has changed since it was read."""
    if row.version != version:
        raise Conflict("candidate.stale", candidate_id=row.id, version=row.version)


def refuse(faults: list[Fault]) -> None:
    """Invalid("candidate.invalid") with the faults, if there are any."""
    if faults:
        raise Invalid("candidate.invalid", faults=tuple(faults))

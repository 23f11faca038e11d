"""Makes files the next version of a flow inside a command's transaction: the one way to publish anything."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from service.access import independence, roles
from service.access.actor import SYSTEM, Actor
from service.access.days import day_of
from service.access.models import Account, RoleAssignment
from service.access.standing import in_force
from service.calendar.queries import zone_of
from service.deployments import drafts
from service.deployments.models import Release
from service.errors import Conflict
from service.parameters import queries as parameters
from workflows import catalogue, starts
from workflows.base import table_of
from workflows.models import ProcessDefinition

RELEASE = table_of(Release)
APPROVAL, INDEPENDENCE = "publishing_approval", "independence_days"


@dataclass(frozen=True)
class Origin:
    """Who wrote what is published, why, and who approved it (None: nobody had to)."""

    authors: Sequence[str]
    reason: str
    approved_by: str | None = None


def release(
    session: Session, actor: Actor, files: Mapping[str, bytes], origin: Origin, now: datetime, *, library: bool = False
) -> ProcessDefinition:
    """Store a version, let what begins by itself follow it, and record who brought it why.

    The same files as the newest version are that version. Raises what `catalogue.deploy` raises.
    """
    deploy = catalogue.deploy_library if library else catalogue.deploy
    row = deploy(session, files, now=now)
    if row.state == catalogue.ACTIVE:
        starts.follow(session, catalogue.get(session, row.id), now, zone_of(session))
    if session.execute(select(RELEASE.c.definition_id).where(RELEASE.c.definition_id == row.id)).first() is None:
        session.execute(insert(RELEASE), {
            "definition_id": row.id, "authors": list(origin.authors), "approved_by": origin.approved_by,
            "reason": origin.reason, "files": sorted(files),
        })  # fmt: skip
    body = {"version": row.version, "checksum": row.checksum, "manifest": row.manifest, "reason": origin.reason,
            "authors": list(origin.authors)}  # fmt: skip
    drafts.tell(session, actor, row.key, "definition.published", body, now)
    return row


def needs_second(session: Session, actor: Actor, now: datetime) -> bool:
    """Whether what this actor has written must be approved by somebody else; a release of the house need not."""
    if actor.is_system:
        return False
    rule = parameters.county(session, day_of(now))[APPROVAL]
    return rule == "always" or (rule == "several_admins" and _has_colleague(session, actor, now))


def barred(session: Session, actor: Actor, of: Sequence[str | None], own: str, now: datetime) -> str | None:
    """Why this actor may not approve the work of some: the code `own`, or "approval.dependent"; None when they may."""
    whose = [one for one in of if one is not None]
    if not needs_second(session, actor, now):
        return None
    if drafts.who(actor) in whose:
        return own
    return "approval.dependent" if _depends(session, actor, whose, now) else None


def _depends(session: Session, actor: Actor, on: Collection[str], now: datetime) -> bool:
    """Whether the account or role of an admin came lately from one of those whose work is to be approved."""
    return independence.depends(session, drafts.who(actor), on, roles.ADMIN, _lately(session, now))


def _lately(session: Session, now: datetime) -> datetime:
    return now - timedelta(days=int(parameters.county(session, day_of(now))[INDEPENDENCE]))


def _has_colleague(session: Session, actor: Actor, now: datetime) -> bool:
    """Whether somebody else is an admin today and can log in, or was until the actor put an end to that lately."""
    open_ = exists().where(Account.person_id == RoleAssignment.person_id, Account.closed_at.is_(None))
    others = select(RoleAssignment.id).where(
        RoleAssignment.role.in_(roles.ADMIN), RoleAssignment.person_id != actor.person_id, open_,
        in_force(RoleAssignment, day_of(now)),
    )  # fmt: skip
    if session.execute(others.limit(1)).first() is not None:
        return True
    return independence.removed(session, drafts.who(actor), roles.ADMIN, _lately(session, now))


def expect_house(session: Session, key: str) -> None:
    """A release of the house does not undo what the bureau has done.

    Conflict("deployment.redrawn") for what it has drawn, Conflict("deployment.retired") for what it has retired.
    """
    newest = catalogue.newest_row(session, key)
    if newest is None:
        return
    if newest.state == catalogue.RETIRED:
        raise Conflict("deployment.retired", key=catalogue.shown_key(key), version=newest.version)
    authors = session.scalars(select(RELEASE.c.authors).where(RELEASE.c.definition_id == newest.id)).first()
    if authors is not None and authors != [SYSTEM]:
        raise Conflict("deployment.redrawn", key=catalogue.shown_key(key), version=newest.version)


def own_files(session: Session, definition_id: str) -> dict[str, bytes]:
    """A version's own files, without those of libraries and other flows that it is pinned to.

    NotFound("definition.absent"). A version that is older than the record of releases has its own files where no
    other key's folder is meant.
    """
    row = catalogue.row_of(session, definition_id)
    files = catalogue.contents(session, row.manifest)
    listed = session.scalars(select(RELEASE.c.files).where(RELEASE.c.definition_id == definition_id)).first()
    if listed is not None:
        return {name: files[name] for name in listed}
    others = {catalogue.shown_key(key) for key in session.scalars(select(ProcessDefinition.key).distinct())}
    return {name: content for name, content in files.items() if name.partition("/")[0] not in others or "/" not in name}

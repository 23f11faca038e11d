"""Reads of definitions, and the gate without storing anything."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.deployments import gate
from service.errors import NotFound
from workflows import catalogue, checks
from workflows.base import table_of
from workflows.models import ProcessDefinition


def dry_run(actor: Actor, files: Mapping[str, bytes]) -> Sequence[checks.Finding]:
    """The gate's findings for a folder; nothing is stored."""
    policy.require(actor, "deployment.check")
    return gate.findings(db.session(), files)


def definitions(actor: Actor, key: str | None = None) -> Sequence[Row[Any]]:
    """Published versions of flows, the newest of each key first."""
    columns = [column for column in table_of(ProcessDefinition).c if column.name != "manifest"]
    statement = select(*columns).where(ProcessDefinition.state == catalogue.ACTIVE, policy.visible(actor, "definition"))
    if key is not None:
        statement = statement.where(ProcessDefinition.key == key)
    return db.session.execute(statement.order_by(ProcessDefinition.key, ProcessDefinition.version.desc())).all()


def version_of(actor: Actor, definition_id: str) -> Row[*tuple[Any, ...]]:
    """Key and version of what was published, the shared library too; NotFound("definition.absent")."""
    source = table_of(ProcessDefinition)
    found = select(source.c.id, source.c.key, source.c.version).where(
        source.c.id == definition_id, policy.visible(actor, "definition")
    )
    row = db.session.execute(found).first()
    if row is None:
        raise NotFound("definition.absent", definition_id=definition_id)
    return row


def definition(actor: Actor, definition_id: str) -> catalogue.Definition:
    """One version with everything that it runs by; NotFound("definition.absent")."""
    policy.require(actor, "definition.read")
    return catalogue.get(db.session(), definition_id)


def startable(actor: Actor) -> Sequence[catalogue.Definition]:
    """The newest version of every flow that this actor may start for some organisation of theirs; never a hidden one,
    which other cases begin."""
    own = {held.role for held in actor.acting_roles}
    starts = ((flow, flow.settings.get("start", {})) for flow in newest())
    return [flow for flow, start in starts if own & set(start.get("roles", ())) and not start.get("hidden")]


def pinned(definition_id: str) -> catalogue.Definition:
    """The version that a case runs by, for those who were shown the case."""
    return catalogue.get(db.session(), definition_id)


def newest() -> Sequence[catalogue.Definition]:
    """The newest version of every flow, by key."""
    session = db.session()
    keys = session.scalars(select(ProcessDefinition.key).where(ProcessDefinition.state == catalogue.ACTIVE).distinct())
    return [catalogue.latest(session, key) for key in sorted(keys)]

"""Reads of migrations: what one case would do, how far many are, which stay and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, func, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.errors import NotFound
from service.instances import migrating
from service.instances.facts import read as facts_of
from service.instances.migrating import Planners
from service.instances.migrations import MIGRATION, MOVED, ROW, STAYED, WAITING
from service.instances.models import ProcessCase
from workflows import store
from workflows.base import table_of
from workflows.migration import Plan
from workflows.models import ProcessInstance

_CASE, _INSTANCE = table_of(ProcessCase), table_of(ProcessInstance)
GONE = "migrate.element_gone"
"""Why a case stays that a mapping of its step may move."""


@dataclass(frozen=True)
class Counts:
    """How many cases of a migration wait, have moved (or would), stay."""

    waiting: int
    moved: int
    stayed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.moved + self.stayed


@dataclass(frozen=True)
class MigrationView:
    """A migration of many cases: to which version, only foreseen (`dry`) or done, by whom, how far."""

    id: str
    definition_id: str
    dry: bool
    reason: str
    asked_by: str
    run_id: str | None
    at: datetime
    counts: Counts
    mapping: Mapping[str, str]


def foresee(
    actor: Actor, instance_id: str, definition_id: str, mapping: Mapping[str, str] = MappingProxyType({})
) -> Plan:
    """What moving one case would do, and why it would stay; raises what `migrate_instance` raises but for a refusal."""
    session = db.session()
    held = store.read(session, instance_id)
    policy.require(actor, "instance.migrate", facts_of(session, held))
    return Planners(session, definition_id, mapping).plan(held)


def migration(actor: Actor, migration_id: str) -> MigrationView:
    """One migration; NotFound("migration.absent")."""
    policy.require(actor, "instance.migrate_many")
    row = db.session.execute(select(MIGRATION).where(MIGRATION.c.id == migration_id)).first()
    if row is None:
        raise NotFound("migration.absent")
    counted = select(ROW.c.state, func.count()).where(ROW.c.migration_id == migration_id).group_by(ROW.c.state)
    found: Mapping[str, int] = {row[0]: row[1] for row in db.session.execute(counted)}
    counts = Counts(*(found.get(state, 0) for state in (WAITING, MOVED, STAYED)))
    fields = {name: getattr(row, name) for name in ("id", "definition_id", "dry", "reason", "asked_by", "run_id", "at")}
    fields["mapping"] = row.mapping
    return MigrationView(**fields, counts=counts)


def waiting(actor: Actor, migration_id: str) -> Sequence[str]:
    """The cases that nothing has come of yet."""
    policy.require(actor, "instance.migrate_many")
    mine = (ROW.c.migration_id == migration_id, ROW.c.state == WAITING)
    return db.session.scalars(select(ROW.c.instance_id).where(*mine).order_by(ROW.c.instance_id)).all()


def rows(
    actor: Actor, migration_id: str, state: str | None = None, after: str | None = None, limit: int = 100
) -> Sequence[Row[Any]]:
    """Cases of a migration with their numbers, in order, behind the id `after`; those that stay with the reasons."""
    policy.require(actor, "instance.migrate_many")
    found = select(*ROW.c, _CASE.c.business_key).join(_CASE, _CASE.c.instance_id == ROW.c.instance_id)
    found = found.where(ROW.c.migration_id == migration_id)
    if state is not None:
        found = found.where(ROW.c.state == state)
    if after is not None:
        found = found.where(ROW.c.instance_id > after)
    ordered: Any = found.order_by(ROW.c.instance_id).limit(limit)
    return db.session.execute(ordered).all()


@dataclass(frozen=True)
class Left:
    """What a migration has left: the versions of its cases that did not move, and the steps on which some stand that
    the target lacks (id → name)."""

    versions: Sequence[str]
    steps: Mapping[str, str]


def left_behind(actor: Actor, migration_id: str) -> Left:
    """The cases that stay, or that were only foreseen."""
    policy.require(actor, "instance.migrate_many")
    found = select(ROW.c.reasons, _INSTANCE.c.definition_id).join(_INSTANCE, _INSTANCE.c.id == ROW.c.instance_id)
    target = select(MIGRATION.c.definition_id).where(MIGRATION.c.id == migration_id).scalar_subquery()
    rows = db.session.execute(
        found.where(ROW.c.migration_id == migration_id, _INSTANCE.c.definition_id != target)
    ).all()
    gone = {one["element_id"]: one["name"] for row in rows for one in row.reasons if one["code"] == GONE}
    return Left(sorted({row.definition_id for row in rows}), gone)


def reasons(plan: Plan) -> list[dict[str, Any]]:
    """Why a case would stay, as rows of a migration keep it."""
    return [migrating.as_row(refusal) for refusal in plan.refusals]

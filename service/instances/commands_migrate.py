"""Commands that move running cases to another version of their flow: one, or many as a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import answer, transaction
from service.errors import Invalid, LecternError
from service.instances import ending, facts, migrating, migrations
from service.instances.migrating import Planners
from service.instances.migrations import MIGRATION, ROW
from service.parameters import queries as parameters
from service.runs.asking import ask
from service.tasks.around import surroundings

RUN_KIND = "case.migrate_many"
CHUNK = 100


@dataclass(frozen=True)
class MigrateInstance:
    """A case, the version of its flow that it shall go on by, why, and the version of the case that was seen.

    `mapping`: user tasks of its version → those of the other one that stand in their place, by ids.
    """

    instance_id: str
    definition_id: str
    reason: str
    version: int | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MigrateMany:
    """Every running case of the flow that is on another version, or those of the versions `of`; `dry` moves nothing."""

    definition_id: str
    reason: str
    of: Sequence[str] = ()
    dry: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RowStep:
    """One case of a migration."""

    migration_id: str
    instance_id: str


def migrate_instance(actor: Actor, command: MigrateInstance, *, now: datetime) -> None:
    """Let a case go on by another version; drafts, seats and deadlines stay as they are.

    NotFound("instance.absent" | "definition.absent"), Conflict("migrate.refused" with a fault for each reason |
    "migrate.same_version" | "instance.ended" | "instance.stale" | "definition.retired"), Invalid("reason.missing" |
    "migrate.other_flow" | "migrate.mapping").
    """
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.migrate", locked.case)
        ending.refuse_stale(locked, command.version)
        ending.refuse_without_reason(command.reason)
        planners = Planners(session, command.definition_id, command.mapping)
        migrating.move(surroundings(session, actor, now, locked.case.about), locked, planners, command.reason.strip())


def migrate_many(actor: Actor, command: MigrateMany, *, now: datetime) -> str:
    """Write down which cases shall move and ask for the run that moves them, or only says what it would do; its id.

    NotFound("definition.absent"), Conflict("definition.retired"), Invalid("reason.missing" | "migrate.nothing").
    """
    with transaction() as session:
        policy.require(actor, "instance.migrate_many")
        if not command.dry:
            ending.refuse_without_reason(command.reason)
        target = Planners(session, command.definition_id).target
        cases = migrations.cases_of(session, target, command.of)
        if not cases:
            raise Invalid("migrate.nothing", key=target.key, version=target.version)
        migration_id = migrations.write(session, actor, target, command, cases, now)
        run_id = ask(session, actor, RUN_KIND, {"migration_id": migration_id}, now=now, total=len(cases))
        migrations.note_run(session, migration_id, run_id)
        answer(session, migration_id=migration_id)
        return migration_id


def migrate_row(actor: Actor, command: RowStep, *, now: datetime) -> None:
    """Move one case of a migration and mark its row, in one transaction; raises what `migrate_instance` raises."""
    with transaction() as session:
        locked = facts.lock(session, command.instance_id)
        policy.require(actor, "instance.migrate", locked.case)
        asked = migrations.waiting(session, command.migration_id, command.instance_id)
        planners = Planners(session, asked.definition_id, asked.mapping)
        migrating.move(surroundings(session, actor, now, locked.case.about), locked, planners, asked.reason)
        migrations.close(session, command.migration_id, command.instance_id, migrations.MOVED, (), now)


def refuse_row(actor: Actor, command: RowStep, error: LecternError, *, now: datetime) -> None:
    """Keep why a case stays, after its own transaction was rolled back."""
    with transaction() as session:
        policy.require(actor, "instance.migrate_many")
        migrations.waiting(session, command.migration_id, command.instance_id)
        why = migrations.reasons_of(error)
        migrations.close(session, command.migration_id, command.instance_id, migrations.STAYED, why, now)


def foresee_rows(actor: Actor, steps: Sequence[RowStep], *, now: datetime) -> None:
    """Say for some cases of a dry run whether they would move; nothing else is written."""
    with transaction() as session:
        policy.require(actor, "instance.migrate_many")
        planners: Planners | None = None
        for step in steps:
            asked = migrations.waiting(session, step.migration_id, step.instance_id)
            planners = planners or Planners(session, asked.definition_id, asked.mapping)
            why = migrations.foreseen(session, planners, step.instance_id)
            state = migrations.STAYED if why else migrations.MOVED
            migrations.close(session, step.migration_id, step.instance_id, state, why, now)


def forget_migrations(actor: Actor, *, now: datetime) -> int:
    """Delete at most CHUNK migrations older than `run_kept_days`; how many. Call again while it is not 0."""
    with transaction() as session:
        policy.require(actor, "instance.forget_migrations")
        before = now - timedelta(days=int(parameters.county(session, day_of(now))["run_kept_days"]))
        old = session.scalars(select(MIGRATION.c.id).where(MIGRATION.c.at < before).limit(CHUNK)).all()
        session.execute(delete(ROW).where(ROW.c.migration_id.in_(old)))
        session.execute(delete(MIGRATION).where(MIGRATION.c.id.in_(old)))
        return len(old)

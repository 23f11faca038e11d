"""The run that moves many cases to another version: a command each, so that one that stays stops no other."""

from collections.abc import Mapping
from typing import Any

from service.clock import Clock
from service.errors import LecternError
from service.incidents.commands import record_incident
from service.incidents.record import Failure
from service.instances import commands_migrate, queries_migrate
from service.instances.commands_migrate import RUN_KIND, RowStep
from service.instances.migrations import MOVED, STAYED
from service.runs.declaring import LONG, Progress, Running, runner
from workflows.failures import EngineFault

FORESEEN_AT_ONCE = 20


@runner(
    RUN_KIND, "在办案件转到新版本", "Cases moved to a version",
    said=("转入 {moved} 件，保留原版本 {stayed} 件", "{moved} moved, {stayed} stay with their version"), lane=LONG,
)  # fmt: skip
def migrate_many(run: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """Move what still waits, also after another process had begun; the counts."""
    migration_id = str(run.arguments["migration_id"])
    found = queries_migrate.migration(run.actor, migration_id)
    steps = [RowStep(migration_id, instance_id) for instance_id in queries_migrate.waiting(run.actor, migration_id)]
    done = found.counts.total - len(steps)
    if found.dry:
        for at in range(0, len(steps), FORESEEN_AT_ONCE):
            progress(done + at, found.counts.total)
            commands_migrate.foresee_rows(run.actor, steps[at : at + FORESEEN_AT_ONCE], now=clock.now())
    else:
        for number, step in enumerate(steps, done):
            progress(number, found.counts.total)
            _move(run, step, clock)
    counts = queries_migrate.migration(run.actor, migration_id).counts
    return {"migration_id": migration_id, MOVED: counts.moved, STAYED: counts.stayed}


def _move(run: Running, step: RowStep, clock: Clock) -> None:
    try:
        commands_migrate.migrate_row(run.actor, step, now=clock.now())
    except EngineFault as fault:
        failure = Failure(step.instance_id, fault.element_id, "command", fault.code, "migration", step.migration_id)
        record_incident(run.actor, failure, now=clock.now())
        commands_migrate.refuse_row(run.actor, step, LecternError("migrate.failed"), now=clock.now())
    except LecternError as refused:
        commands_migrate.refuse_row(run.actor, step, refused, now=clock.now())

"""Drives a bulk: each row is a command of its own, and what refuses one does not stop the others.

A page of rows is decided while the browser waits; a longer bulk is background work.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from service.access.actor import Actor
from service.clock import Clock
from service.errors import LecternError
from service.incidents.commands import record_incident
from service.incidents.record import Failure
from service.runs.declaring import Progress, Running, runner
from service.tasks import commands_bulk, queries_bulk
from service.tasks.bulk import RUN_KIND
from service.tasks.commands_bulk import BulkStep
from service.tasks.queries_bulk import Report
from workflows.failures import EngineFault

Moment = Callable[[], datetime]


@runner(
    RUN_KIND, "批量审批", "Bulk approval",
    said=("办理 {done} 项，未办 {refused} 项", "{done} decided, {refused} not decided"),
)  # fmt: skip
def run_bulk(run: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """Decide what still waits, also after another process had begun; the counts."""
    bulk_id = run.arguments["bulk_id"]
    drive(run.actor, bulk_id, clock.now, progress)
    found = queries_bulk.report(run.actor, bulk_id)
    return {"bulk_id": bulk_id, **found.counts}


def drive(actor: Actor, bulk_id: str, moment: Moment, progress: Progress = lambda *_: None) -> None:
    """Decide every row of a bulk that still waits: after an interruption a repeat goes on where it stopped."""
    found = queries_bulk.report(actor, bulk_id)
    total, waiting = len(found.rows), found.of("waiting")
    for number, row in enumerate(waiting, total - len(waiting)):
        progress(number, total)
        _decide(actor, found, row, moment())
    progress(total, total)


def _decide(actor: Actor, found: Report, row: Any, now: datetime) -> None:
    step = BulkStep(found.id, row.position)
    try:
        commands_bulk.complete_row(actor, step, now=now)
    except EngineFault as fault:
        failure = Failure(row.instance_id, fault.element_id, "command", fault.code, "bulk", subject_id=row.task_id)
        record_incident(actor, failure, now=now)
        commands_bulk.refuse_row(actor, step, LecternError("bulk.failed"), now=now)
    except LecternError as refused:
        commands_bulk.refuse_row(actor, step, refused, now=now)

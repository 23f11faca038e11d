"""The run that begins the cases of a batch: each row a command of its own, so that a refusal stops no other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.clock import Clock
from service.errors import LecternError
from service.instances import commands_batches, queries_batches
from service.instances.batches import DONE, REFUSED, WAITING
from service.instances.commands_batches import RUN_KIND, RowStep
from service.instances.queries_batches import BatchView
from service.runs.declaring import Progress, Running, runner


@runner(
    RUN_KIND, "批量提交", "Many requests",
    said=("提交 {done} 件，退回 {refused} 件", "{done} handed in, {refused} refused"),
)  # fmt: skip
def start_batch(run: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """Begin what still waits, also after another process had begun; the counts."""
    batch_id = run.arguments["batch_id"]
    found = queries_batches.batch(run.actor, batch_id)
    waiting = found.of(WAITING)
    for number, row in enumerate(waiting, len(found.rows) - len(waiting)):
        progress(number, len(found.rows))
        _start(run, found, row.position, clock.now())
    after = queries_batches.batch(run.actor, batch_id)
    return {"batch_id": batch_id, "done": len(after.of(DONE)), "refused": len(after.of(REFUSED))}


def _start(run: Running, found: BatchView, position: int, now: datetime) -> None:
    try:
        commands_batches.start_row(run.actor, RowStep(run, found.id, position), now=now)
    except LecternError as refused:
        commands_batches.refuse_row(run.actor, RowStep(run, found.id, position), refused, now=now)

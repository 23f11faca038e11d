"""Drives a bulk: each row is a command of its own, and what refuses one does not stop the others."""

from service.errors import LecternError
from service.incidents.commands import record_incident
from service.tasks import commands_bulk, queries_bulk
from service.tasks.commands_bulk import BulkStep
from service.web import edge
from service.web.problems import failure_of
from workflows.failures import EngineFault


def drive(bulk_id: str, opinion: str | None) -> None:
    """Decide every row of a bulk that still waits: after an interruption a repeat goes on where it stopped."""
    for row in queries_bulk.report(edge.actor(), bulk_id).of("waiting"):
        _decide(BulkStep(bulk_id, row.position, opinion))


def _decide(step: BulkStep) -> None:
    actor, now = edge.actor(), edge.now()
    try:
        commands_bulk.complete_row(actor, step, now=now)
    except EngineFault as fault:
        record_incident(actor, failure_of(fault), now=now)
        commands_bulk.refuse_row(actor, step, LecternError("bulk.failed"), now=now)
    except LecternError as refused:
        commands_bulk.refuse_row(actor, step, refused, now=now)

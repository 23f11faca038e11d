"""Commands of many cases asked for at once: write them down, begin one, keep why one was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.attachments import links
from service.db import answer, transaction
from service.errors import Invalid, LecternError
from service.instances import batches, beginning
from service.instances.batches import BATCH, ROW
from service.instances.beginning import StartInstance
from service.parameters import queries as parameters
from service.runs.asking import ask
from service.runs.declaring import Running
from service.tasks.completion import signer
from workflows.base import new_id

RUN_KIND = "case.start_batch"
MOST = 500
CHUNK = 100


@dataclass(frozen=True)
class StartMany:
    """`rows` are (label, filled-in form); every case gets copies of `files`: field of the form → attachment ids."""

    definition_key: str
    organisation_id: str
    name: str
    rows: Sequence[tuple[str, Mapping[str, Any]]]
    files: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class RowStep:
    """One row of a batch, as the run that works on it."""

    running: Running
    batch_id: str
    position: int


def start_many(actor: Actor, command: StartMany, *, now: datetime) -> str:
    """Write the rows down and ask for the run that begins them; the batch's id.

    NotFound("definition.absent" | "organisation.absent"), Forbidden("access.not_starter"), Invalid("batch.size").
    """
    if not 0 < len(command.rows) <= MOST:
        raise Invalid("batch.size", most=MOST)
    with transaction() as session:
        sample = StartInstance(command.definition_key, command.organisation_id)
        policy.require(actor, "instance.start", beginning.asked(session, actor, sample).target)
        batch_id, place = new_id(), command.organisation_id
        total = len(command.rows)
        run_id = ask(session, actor, RUN_KIND, {"batch_id": batch_id}, now=now, total=total, organisation_id=place)
        batch = {
            "id": batch_id, "person_id": signer(actor), "definition_key": command.definition_key,
            "organisation_id": place, "name": command.name[:200],
            "files": {name: list(ids) for name, ids in command.files.items()}, "run_id": run_id, "at": now,
        }  # fmt: skip
        rows = [
            batches.write_row(batch_id, number, label, dict(values))
            for number, (label, values) in enumerate(command.rows)
        ]
        batches.insert_batch(session, batch, rows)
        answer(session, batch_id=batch_id, run_id=run_id)
        return batch_id


def start_row(actor: Actor, command: RowStep, *, now: datetime) -> str:
    """Begin the case of one row, with copies of the files, and mark the row, in one transaction; the case's id.

    Raises what `start_instance` raises, Invalid("attachment.unknown"), NotFound("batch.absent"),
    Conflict("batch.row_done"); Lost when another process has taken the run over.
    """
    with transaction() as session:
        command.running.hold(session)
        batch = batches.own(session, actor.person_id, command.batch_id)
        row = batches.waiting(session, batch.id, command.position)
        copies = links.copies(session, actor, [one for ids in batch.files.values() for one in ids], now)
        files = {name: [copies[one] for one in ids] for name, ids in batch.files.items()}
        values = {**batches.variables_of(row), **files}
        asked = StartInstance(batch.definition_key, batch.organisation_id, values)
        found = beginning.asked(session, actor, asked)
        policy.require(actor, "instance.start", found.target)
        started = beginning.begin(session, actor, found, asked, now)
        batches.done(session, row, started.instance_id, now)
        return started.instance_id


def refuse_row(actor: Actor, command: RowStep, error: LecternError, *, now: datetime) -> None:
    """Keep why nothing came of a row, after its own transaction was rolled back; Lost as `start_row`."""
    with transaction() as session:
        command.running.hold(session)
        policy.require(actor, "instance.save_draft")
        batch = batches.own(session, actor.person_id, command.batch_id)
        batches.refused(session, batches.waiting(session, batch.id, command.position), error, now)


def forget_batches(actor: Actor, *, now: datetime) -> int:
    """Delete at most CHUNK batches older than `run_kept_days`; how many. Call again while it is not 0."""
    with transaction() as session:
        policy.require(actor, "instance.begin_asked")
        before = now - timedelta(days=int(parameters.county(session, day_of(now))["run_kept_days"]))
        old = session.scalars(select(BATCH.c.id).where(BATCH.c.at < before).limit(CHUNK)).all()
        session.execute(delete(ROW).where(ROW.c.batch_id.in_(old)))
        session.execute(delete(BATCH).where(BATCH.c.id.in_(old)))
        return len(old)

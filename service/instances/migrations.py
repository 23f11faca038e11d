"""Rows of a migration of many cases, inside a command's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.errors import Conflict, LecternError, NotFound
from service.instances import migrating
from service.instances.migrating import Planners
from service.instances.models import Migration, MigrationRow
from workflows import store
from workflows.base import new_id, table_of
from workflows.catalogue import Definition
from workflows.models import ProcessDefinition, ProcessInstance

MIGRATION, ROW = table_of(Migration), table_of(MigrationRow)
_INSTANCE, _DEFINITION = table_of(ProcessInstance), table_of(ProcessDefinition)
WAITING, MOVED, STAYED = "waiting", "moved", "stayed"


def cases_of(session: Session, target: Definition, of: Sequence[str]) -> Sequence[str]:
    """The cases of a flow that have not ended and run by another version, of some versions when they are given."""
    found = (
        select(_INSTANCE.c.id)
        .join(_DEFINITION, _DEFINITION.c.id == _INSTANCE.c.definition_id)
        .where(_DEFINITION.c.key == target.key, _INSTANCE.c.definition_id != target.id, _INSTANCE.c.ended_at.is_(None))
    )
    if of:
        found = found.where(_INSTANCE.c.definition_id.in_(list(of)))
    return session.scalars(found.order_by(_INSTANCE.c.id)).all()


class Asked(Protocol):
    """What a migration of many cases is asked for with."""

    @property
    def dry(self) -> bool: ...
    @property
    def reason(self) -> str: ...
    @property
    def mapping(self) -> Mapping[str, str]: ...


def write(session: Session, actor: Actor, target: Definition, asked: Asked, cases: Sequence[str], now: datetime) -> str:
    """Write a migration and a row that waits for each case; its id."""
    migration_id = new_id()
    session.execute(insert(MIGRATION), {
        "id": migration_id, "definition_id": target.id, "dry": asked.dry, "reason": asked.reason.strip(),
        "mapping": dict(asked.mapping),
        "asked_by": actor.person_id or actor.account_id, "run_id": None, "at": now,
    })  # fmt: skip
    rows = [{"migration_id": migration_id, "instance_id": case, "state": WAITING, "reasons": []} for case in cases]
    session.execute(insert(ROW), rows)
    return migration_id


def note_run(session: Session, migration_id: str, run_id: str) -> None:
    """Keep by which run the cases move."""
    session.execute(update(MIGRATION).where(MIGRATION.c.id == migration_id).values(run_id=run_id))


def waiting(session: Session, migration_id: str, instance_id: str) -> Row[Any]:
    """The migration of a row that waits, locked; NotFound("migration.absent"), Conflict("migration.row_done")."""
    found = session.execute(select(MIGRATION).where(MIGRATION.c.id == migration_id)).first()
    if found is None:
        raise NotFound("migration.absent")
    mine = (ROW.c.migration_id == migration_id, ROW.c.instance_id == instance_id, ROW.c.state == WAITING)
    if session.execute(select(ROW.c.state).where(*mine).with_for_update()).first() is None:
        raise Conflict("migration.row_done")
    return found


def close(
    session: Session, migration_id: str, instance_id: str, state: str, why: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Mark a row: what came of its case, and why."""
    mine = (ROW.c.migration_id == migration_id, ROW.c.instance_id == instance_id)
    session.execute(update(ROW).where(*mine).values(state=state, reasons=list(why), closed_at=now))


def foreseen(session: Session, planners: Planners, instance_id: str) -> Sequence[Mapping[str, Any]]:
    """Why a case would stay; empty when it would move. It is read without a lock."""
    try:
        plan = planners.plan(store.read(session, instance_id))
    except LecternError as error:
        return reasons_of(error)
    return [migrating.as_row(refusal) for refusal in plan.refusals]


def reasons_of(error: LecternError) -> list[dict[str, Any]]:
    """Why a case stays, from what refused it: each fault, or the error itself."""
    if error.faults:
        return [_reason(one.code, one.path, one.params) for one in error.faults]
    return [_reason(error.code, "", error.params)]


def _reason(code: str, element_id: str, params: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: str(value) for name, value in params.items()}
    return {"code": code, "element_id": element_id, "name": plain.get("name", ""), "params": plain}

"""Asking for background work inside the transaction of the command that needs it: both are there, or neither."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.runs.declaring import KINDS
from service.runs.models import Run
from workflows.base import new_id, table_of
from workflows.writing import write

_ASK = insert(table_of(Run))


def ask(
    session: Session,
    actor: Actor,
    kind: str,
    arguments: Mapping[str, Any],
    *,
    now: datetime,
    total: int | None = None,
    organisation_id: str | None = None,
) -> str:
    """Write down a run that waits; its id. It begins within about a second after the commit.

    `arguments` are plain values and nothing confidential: ids, not contents. With `organisation_id` whoever looks
    after that organisation sees the run and may cancel it. KeyError for a kind that nobody declared.
    """
    run_id = new_id()
    row = {
        "id": run_id, "kind": KINDS[kind].name, "state": "waiting", "done": 0, "total": total,
        "account_id": actor.account_id, "person_id": actor.person_id, "organisation_id": organisation_id,
        "arguments": dict(arguments), "result": {}, "fault": None, "fault_params": {}, "asked_at": now,
        "began_at": None, "ended_at": None, "cancel_asked_at": None, "holder": None, "held_until": None, "attempts": 0,
    }  # fmt: skip
    write(session, _ASK, row)
    return run_id

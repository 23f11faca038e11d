"""Reads of imports: how far one's own is, and what stands in its sheet."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service.access.actor import Actor
from service.db import db
from service.flows.hiring import staging
from service.flows.hiring.staging import IMPORT, Progress


def progress(actor: Actor, import_id: str) -> Progress:
    """One's own import; NotFound("import.absent")."""
    return staging.progress_of(staging.own(db.session(), actor.account_id, import_id))


def latest(actor: Actor, instance_id: str) -> Progress | None:
    """The import that the actor has begun for a case and that was neither written nor dropped."""
    own = (IMPORT.c.instance_id == instance_id, IMPORT.c.account_id == actor.account_id)
    row = db.session.execute(select(IMPORT).where(*own).order_by(IMPORT.c.at.desc()).limit(1)).first()
    return None if row is None else staging.progress_of(row)


def cells(actor: Actor, import_id: str) -> Mapping[int, Mapping[str, Any]]:
    """Row number of the sheet → heading → cell, for what stands where a fault was found."""
    return dict(staging.sheet_of(staging.own(db.session(), actor.account_id, import_id)).rows)

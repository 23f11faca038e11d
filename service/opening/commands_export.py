"""Command of the export: everything in the sheets of the template, numbers of persons in plain; so it is recorded."""

from dataclasses import dataclass
from datetime import datetime

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import transaction
from service.errors import Fault, Invalid
from service.opening import exporting
from service.opening.exporting_numbers import Sheets
from service.opening.loading import STREAM


@dataclass(frozen=True)
class Export:
    """Why everything is taken out, and in which language."""

    reason: str
    locale: str = "zh"


@dataclass(frozen=True)
class Exported:
    """The rows of every sheet, and the years of the yearly assessments."""

    years: list[int]
    rows: Sheets


def export_books(actor: Actor, command: Export, *, now: datetime) -> Exported:
    """Everything that the sheets can hold. Invalid("reason.missing")."""
    if not command.reason.strip():
        raise Invalid("reason.missing", faults=(Fault("reason", "reason.missing"),))
    with transaction() as session:
        policy.require(actor, "opening.export")
        years, rows = exporting.sheets(session, command.locale, day_of(now))
        body = {"reason": command.reason.strip()[:400], "rows": {key: len(found) for key, found in rows.items()}}
        chain.append(session, STREAM, [NewEvent("opening.exported", actor.account_id, body=body)], at=now)
    return Exported(years, rows)

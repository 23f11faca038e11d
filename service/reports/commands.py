"""Commands of reports: freeze one under a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.db import answer, transaction
from service.errors import Fault, Invalid
from service.reports.contents import packed
from service.reports.models import FrozenReport
from workflows.base import new_id, table_of

FROZEN = table_of(FrozenReport)
LONGEST = 120


@dataclass(frozen=True)
class FreezeReport:
    """A report as `queries_frozen.present` has taken it, under a name."""

    name: str
    contents: Mapping[str, Any]


def freeze_report(actor: Actor, command: FreezeReport, *, now: datetime) -> str:
    """The id of the frozen report. Invalid("report.name") with the field.

    It was counted before: a transaction that counts a county would hold up everybody who writes.
    """
    name = command.name.strip()
    if not 0 < len(name) <= LONGEST:
        raise Invalid("report.name", faults=(Fault("name", "report.name"),))
    stored, digest = packed(command.contents)
    on = date.fromisoformat(command.contents["as_of"])
    with transaction() as session:
        policy.require(actor, "report.freeze")
        report_id = new_id()
        row = {"id": report_id, "name": name, "as_of": on, "frozen_at": now, "frozen_by": actor.account_id,
               "sha256": digest, "contents": stored}  # fmt: skip
        session.execute(insert(FROZEN), row)
        body = {"name": name, "as_of": on.isoformat(), "sha256": digest}
        event = chain.NewEvent("report.frozen", actor.person_id or actor.account_id, body=body)
        chain.append(session, f"report:{report_id}", [event], at=now)
        answer(session, report_id=report_id)
        return report_id

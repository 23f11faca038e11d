"""Reads of the yearly turn: what it would propose now, what it proposed, and what of that is still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.db import db
from service.flows.exchange.casework import PLAN
from service.flows.reserved.models import ReservedRound
from service.flows.title.models import TitleBatch
from service.reports.commands_turn import TURN
from service.reports.turning import Proposal, Running, proposals, running
from workflows.base import table_of

_BATCH, _ROUND = table_of(TitleBatch), table_of(ReservedRound)


@dataclass(frozen=True)
class Turn:
    """The turn into a school year. Before it is kept (`row` None) this is a dry run: what stands here would be kept.

    `open` are the proposals that stand as things are now, `settled` those that were kept and do not stand any more.
    `batches` says what of the year has been begun: titles, exchange, reserved.
    """

    year: int
    row: Row[Any] | None
    open: Sequence[Proposal]
    settled: Sequence[Proposal]
    cases: Sequence[Running]
    batches: dict[str, bool]


def turn(actor: Actor, year: int) -> Turn:
    """The turn of a year as it stands now; Forbidden."""
    policy.require(actor, "report.read")
    session = db.session()
    row = session.execute(select(TURN).where(TURN.c.year == year)).first()
    now = proposals(session, year)
    kept = [_read(one) for one in row.proposals] if row else []
    standing = {(one.kind, one.id) for one in now}
    settled = [one for one in kept if (one.kind, one.id) not in standing]
    return Turn(year, row, now, settled, running(session), _begun(year))


def _read(row: dict[str, Any]) -> Proposal:
    return Proposal(**{**row, "day": date.fromisoformat(row["day"])})


def _begun(year: int) -> dict[str, bool]:
    """Whether the year's rounds have been begun: titles, reserved posts, the exchange from 1 September."""
    asked = {
        "titles": select(_BATCH.c.id).where(_BATCH.c.year == year),
        "exchange": select(PLAN.c.instance_id).where(PLAN.c.year == year),
        "reserved": select(_ROUND.c.instance_id).where(_ROUND.c.year == year, _ROUND.c.state != "cancelled"),
    }
    return {name: db.session.execute(found.limit(1)).first() is not None for name, found in asked.items()}


def turns(actor: Actor) -> Sequence[tuple[int, datetime, str]]:
    """(Year, when, account) of the turns that were kept, the latest first."""
    policy.require(actor, "report.read")
    found = select(TURN.c.year, TURN.c.turned_at, TURN.c.turned_by).order_by(TURN.c.year.desc())
    return [(row.year, row.turned_at, row.turned_by) for row in db.session.execute(found)]

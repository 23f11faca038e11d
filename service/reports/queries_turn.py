"""Reads of the yearly turn: what it would propose now, what it proposed, and what of that is still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.db import db
from service.reports.commands_turn import TURN
from service.reports.rounds import Round, rounds
from service.reports.turning import Proposal, Running, proposals, running


@dataclass(frozen=True)
class Turn:
    """The turn into a school year. Before it is kept (`row` None) this is a dry run: what stands here would be kept.

    `open` are the proposals that stand as things are now, `settled` those that were kept and do not stand any more.
    `rounds` says what of the year has been begun, and what the rest may be begun with.
    """

    year: int
    row: Row[Any] | None
    open: Sequence[Proposal]
    settled: Sequence[Proposal]
    cases: Sequence[Running]
    rounds: Sequence[Round]


def turn(actor: Actor, year: int, now: datetime) -> Turn:
    """The turn of a year as it stands now; Forbidden."""
    policy.require(actor, "report.read")
    session = db.session()
    row = session.execute(select(TURN).where(TURN.c.year == year)).first()
    present = proposals(session, year)
    kept = [_read(one) for one in row.proposals] if row else []
    standing = {(one.kind, one.id) for one in present}
    settled = [one for one in kept if (one.kind, one.id) not in standing]
    return Turn(year, row, present, settled, running(session), rounds(session, year, day_of(now)))


def _read(row: dict[str, Any]) -> Proposal:
    return Proposal(**{**row, "day": date.fromisoformat(row["day"])})


def turns(actor: Actor) -> Sequence[tuple[int, datetime, str]]:
    """(Year, when, account) of the turns that were kept, the latest first."""
    policy.require(actor, "report.read")
    found = select(TURN.c.year, TURN.c.turned_at, TURN.c.turned_by).order_by(TURN.c.year.desc())
    return [(row.year, row.turned_at, row.turned_by) for row in db.session.execute(found)]

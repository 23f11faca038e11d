"""The command of the yearly turn: keep what it proposed, once a year."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select

from service.access import policy
from service.access.actor import Actor
from service.access.days import day_of
from service.audit import chain
from service.db import transaction
from service.errors import Invalid
from service.reports.models import YearlyTurn
from service.reports.turning import proposals, running, turn_day
from workflows.base import table_of

TURN = table_of(YearlyTurn)


@dataclass(frozen=True)
class TurnYear:
    """The turn into the school year that begins on 1 September of `year`."""

    year: int


def turn_year(actor: Actor, command: TurnYear, *, now: datetime) -> bool:
    """Keep the proposals of the year; False, and nothing changes, where that was done before. Invalid("turn.early").

    Nothing is decided by it: no term ends, nobody returns or retires, running cases stay with their version.
    """
    with transaction() as session:
        policy.require(actor, "report.turn")
        if day_of(now) < turn_day(command.year):
            raise Invalid("turn.early", day=turn_day(command.year).isoformat())
        if session.scalar(select(TURN.c.year).where(TURN.c.year == command.year)) is not None:
            return False
        found, cases = proposals(session, command.year), running(session)
        row = {"year": command.year, "turned_at": now, "turned_by": actor.account_id,
               "proposals": [one.row() for one in found], "cases": [asdict(one) for one in cases]}  # fmt: skip
        session.execute(insert(TURN), row)
        body = {"year": command.year, "proposals": len(found), "cases": sum(one.cases for one in cases)}
        event = chain.NewEvent("report.turned", actor.person_id or actor.account_id, body=body)
        chain.append(session, f"turn:{command.year}", [event], at=now)
        return True

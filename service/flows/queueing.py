"""Who waits for a post comes before everybody else who would take it, whatever the flow (policy §3.T 7)."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from service.access.days import day_of
from service.errors import Conflict
from service.flows.declaring import QUEUES
from service.posts.ledger import Line
from service.posts.posting import Locked
from workflows.surroundings import Call


def waiting(session: Session, organisation_id: str, band: str, on: date) -> int:
    """How many wait for a post of the school's own in that band and could take it, in the queues of all flows."""
    return sum(queue(session, organisation_id, band, on) for queue in QUEUES.values())


def expect_free(call: Call, lines: Sequence[Line], accounts: Mapping[str, Locked]) -> None:
    """Pass when these lines leave a free post for each who waits; Conflict("ledger.others_wait").

    Posts of a pool and headcount have no queue, and what a case holds already, as after a return, is asked of nobody.
    """
    for line in lines:
        account = accounts[line.account_id]
        row, more = account.row, line.count - account.held.get(line.line, 0)
        if row.kind != "post" or row.pool or not 0 < more <= account.figures.free:
            continue
        others = waiting(call.session, row.organisation_id, row.band, day_of(call.now))
        if others and account.figures.free - more < others:
            raise Conflict("ledger.others_wait", band=row.band, waiting=others)

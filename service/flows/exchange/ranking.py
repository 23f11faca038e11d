"""The ranking of an opening inside a command: who wishes for it, and where each stands by order or by marks."""

from collections.abc import Mapping, Sequence

from sqlalchemy import null, select, update
from sqlalchemy.orm import Session

from service.flows.exchange.casework import WISH
from service.flows.exchange.drawing_up import ENTRY


def applicants_of(session: Session, opening_id: str) -> dict[str, str]:
    """Entry id → person of everybody who wishes for an opening."""
    wishes = select(WISH.c.entry_id, ENTRY.c.person_id).join(ENTRY, ENTRY.c.id == WISH.c.entry_id)
    rows = session.execute(wishes.where(WISH.c.opening_id == opening_id))
    return {row.entry_id: row.person_id for row in rows}


def place(session: Session, opening_id: str, ranked: Sequence[str], declined: Mapping[str, str]) -> None:
    """Write the ranks of an opening, best first, and why somebody is declined; nothing earlier is left."""
    mine = update(WISH).where(WISH.c.opening_id == opening_id)
    session.execute(mine.values(rank=None, declined=False, reason="", marks=null()))
    for number, entry_id in enumerate(ranked, start=1):
        session.execute(mine.where(WISH.c.entry_id == entry_id).values(rank=number))
    for entry_id, reason in declined.items():
        values = {"declined": True, "reason": reason.strip()[:300]}
        session.execute(mine.where(WISH.c.entry_id == entry_id).values(values))

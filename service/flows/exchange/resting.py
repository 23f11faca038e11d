"""What the minutes of a plan rest on: places and exceptions as they stood when they were entered (policy §5)."""

import hashlib
from typing import Any

from sqlalchemy import select

from service.flows.declaring import Minuted, minuted
from service.flows.exchange.casework import OPENING, PLAN
from service.flows.exchange.drawing_up import ENTRY


@minuted("exchange", "decision")
def places(said: Minuted) -> dict[str, Any]:
    """The round, and a hash of who goes where by it: the chair confirms that list and no other."""
    mine = (ENTRY.c.instance_id == said.instance_id, ENTRY.c.state == "placed")
    found = select(ENTRY.c.person_id, OPENING.c.organisation_id, OPENING.c.manner)
    joined = found.join(OPENING, OPENING.c.id == ENTRY.c.opening_id).where(*mine).order_by(ENTRY.c.person_id)
    rows = ["|".join(row) for row in said.session.execute(joined)]
    round_id = said.session.scalar(select(PLAN.c.round_id).where(PLAN.c.instance_id == said.instance_id))
    digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return {"round_id": round_id, "placed": len(rows), "places_sha256": digest}


@minuted("exchange", "exceptions")
def exceptions(said: Minuted) -> dict[str, Any]:
    """Who was granted an exception to a service lock, and who was refused one."""
    mine = (ENTRY.c.instance_id == said.instance_id, ENTRY.c.exception.is_not(None))
    found = select(ENTRY.c.id, ENTRY.c.exception).where(*mine).order_by(ENTRY.c.id)
    rows = said.session.execute(found).all()
    return {word: [row.id for row in rows if row.exception == word] for word in ("granted", "refused", "asked")}

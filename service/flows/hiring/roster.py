"""The candidates of a case as operations read and mark them, inside the engine's transaction."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from service.access.fields import Field
from service.flows.hiring.models import Candidate
from service.flows.hiring.ranking import Entry, Placed

CANDIDATE = cast("Table", Candidate.__table__)
ID_NUMBER = Field("candidate", "id_number")
PHONE = Field("candidate", "phone")

_COLUMNS = [CANDIDATE.c[name] for name in Entry.__dataclass_fields__]
_PLACE = (
    update(CANDIDATE)
    .where(CANDIDATE.c.id == bindparam("b_id"))
    .values(
        total=bindparam("b_total"),
        rank=bindparam("b_rank"),
        chosen=bindparam("b_chosen"),
        state=bindparam("b_state"),
        reason=bindparam("b_reason"),
        version=CANDIDATE.c.version + 1,
    )
)


def entries(session: Session, instance_id: str, *, states: Iterable[str] = ()) -> list[Entry]:
    """The candidates of a case in the order in which they were entered, those of `states` when given."""
    found = select(*_COLUMNS).where(CANDIDATE.c.instance_id == instance_id).order_by(CANDIDATE.c.number)
    if states:
        found = found.where(CANDIDATE.c.state.in_(tuple(states)))
    return [Entry(**row._mapping) for row in session.execute(found)]


def count_by_line(session: Session, instance_id: str) -> dict[tuple[int, str], int]:
    """(row, state) → how many candidates."""
    found = select(CANDIDATE.c.line, CANDIDATE.c.state, func.count()).where(CANDIDATE.c.instance_id == instance_id)
    rows = session.execute(found.group_by(CANDIDATE.c.line, CANDIDATE.c.state))
    return {(line, state): count for line, state, count in rows}


def write_places(session: Session, places: Iterable[Placed]) -> None:
    """Write totals, ranks and proposals; who cannot be ranked is eliminated with the reason."""
    rows = [
        {
            "b_id": place.id,
            "b_total": place.total,
            "b_rank": place.rank,
            "b_chosen": place.proposed,
            "b_state": "eliminated" if place.out else "qualified",
            "b_reason": place.out or "",
        }
        for place in places
    ]
    if rows:
        session.execute(_PLACE, rows)


def mark(session: Session, candidate_id: str, state: str, reason: str = "", **values: Any) -> None:
    """Move one candidate to another state."""
    changed: Mapping[str, Any] = {"state": state, "reason": reason, **values, "version": CANDIDATE.c.version + 1}
    session.execute(update(CANDIDATE).where(CANDIDATE.c.id == candidate_id).values(changed))


def personal(session: Session, candidate_id: str) -> dict[str, Any]:
    """The row of a candidate with ID number and phone in clear: only for the one who is taken on."""
    row = session.execute(select(CANDIDATE).where(CANDIDATE.c.id == candidate_id)).one()
    plain = dict(row._mapping)
    for field in (ID_NUMBER, PHONE):
        sealed = plain[field.name]
        plain[field.name] = None if sealed is None else field.unseal(candidate_id, sealed)
    return plain

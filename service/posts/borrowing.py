"""What schools have borrowed of the pools, summed from the entries."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from service.posts.posting import ENTRY

_LENT = (
    select(ENTRY.c.account_id, func.sum(ENTRY.c.lent).label("lent"))
    .where(ENTRY.c.borrower_id == bindparam("b_borrower"))
    .group_by(ENTRY.c.account_id)
)


def borrowed(session: Session, borrower_id: str) -> dict[str, int]:
    """Pool account → posts that the organisation has on loan from it."""
    return {row.account_id: row.lent for row in session.execute(_LENT, {"b_borrower": borrower_id}) if row.lent}

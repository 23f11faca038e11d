"""What follows from the end of a case in nouns above: declared by them, done in the step that ends the case."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

AtEnd = Callable[[Session, str, datetime], None]
"""(session, instance id, now): writes in the same transaction; what takes longer is asked for as background work."""
AT_END: list[AtEnd] = []


def at_end(do: AtEnd) -> AtEnd:
    """Declare the decorated function as what follows from every end of a case."""
    AT_END.append(do)
    return do


def follow(session: Session, instance_id: str, now: datetime) -> None:
    """The case has ended."""
    for do in AT_END:
        do(session, instance_id, now)

"""The one lock of a person: the row of the own stream of events, which every change of the person appends to.

The order of a transaction is instance, persons, accounts of the ledger: whoever moves a person and a post calls this
before any account is locked. No row of `person` is locked for it, because rows that refer to a person share that lock.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from service.audit import chain


def lock_persons(session: Session, person_ids: Iterable[str]) -> None:
    """Lock these persons in the order of their ids, to the end of the transaction; one more time costs nothing new."""
    for person_id in sorted(set(person_ids)):
        chain.lock(session, f"person:{person_id}")

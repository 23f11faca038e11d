"""Where a role without an organisation is held: the one office of the county, or the school of the case."""

import time
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from service.access.models import RoleAssignment
from service.access.roles import ROLES
from service.people.models import Organisation

FRESH_SECONDS = 30.0
_kept: WeakKeyDictionary[Engine, dict[str, tuple[float, str | None]]] = WeakKeyDictionary()


SCHOOLS = frozenset({"school", "district"})


def place_for(session: Session, role: str, case_at: str) -> str | None:
    """The organisation that a bare `role` means in a case of `case_at`; None: there is no such.

    A role that every school has means that of the case's school, never of whichever comes first.
    """
    kinds = ROLES.get(role, ())
    if not SCHOOLS & set(kinds):
        return office_of(session, role)
    own = select(Organisation.id).where(Organisation.id == case_at, Organisation.kind.in_(kinds))
    return session.scalar(own)


def office_of(session: Session, role: str) -> str | None:
    """The organisation at which `role` is held, by code the first one that has had a holder; None: there is no such.

    Kept for half a minute per process: offices hardly ever move, and every completion asks.
    """
    kept = _kept.setdefault(session.get_bind().engine, {})
    known = kept.get(role)
    if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
        return known[1]
    found = _read(session, role)
    kept[role] = (time.monotonic(), found)
    return found


def _read(session: Session, role: str) -> str | None:
    held = exists().where(RoleAssignment.role == role, RoleAssignment.organisation_id == Organisation.id)
    statement = (
        select(Organisation.id)
        .where(Organisation.kind.in_(ROLES.get(role, ())), Organisation.valid_until.is_(None))
        .order_by(held.desc(), Organisation.code)
        .limit(1)
    )
    return session.scalar(statement)

"""A bureau with two schools, actors, and a short way to open accounts and to read their figures."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from service.access.actor import Actor, HeldRole
from service.db import db, transaction
from service.people.models import Organisation
from service.posts import opening, posting
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from service.posts.rules import Figures
from tests.conftest import START

DAY = date(2026, 9, 10)
BUREAU, A, B = "bureau", "school-a", "school-b"
PAPER = {"document": "区编〔2026〕1号", "decided_on": DAY}


def cause(instance: str | None = "case-1", token: str = "t1", element: str = "reserve", **more: Any) -> Cause:
    return Cause(instance, element, token, "person:1", START, **more)


def decision() -> Cause:
    return cause(None, "", "", **PAPER)


def organisation(name: str, parent: str | None, kind: str) -> dict[str, Any]:
    path = f"/{BUREAU}/" if parent is None else f"/{BUREAU}/{name}/"
    return {
        "id": name,
        "parent_id": parent,
        "path": path,
        "kind": kind,
        "code": name,
        "name": name,
        "name_en": "",
        "stage": "primary" if kind == "school" else None,
        "area": "city" if kind == "school" else None,
        "weak": False,
        "valid_from": DAY,
        "valid_until": None,
        "version": 1,
    }


@pytest.fixture
def county(any_app: Flask) -> None:
    place()


def place() -> None:
    """Write the bureau and the two schools."""
    rows = [organisation(BUREAU, None, "bureau"), *(organisation(name, BUREAU, "school") for name in (A, B))]
    with transaction() as session:
        session.execute(insert(Organisation.__table__), rows)


def opened(organisation_id: str, kind: str, band: str | None, approved: int, occupied: int = 0, **more: Any) -> str:
    account = NewAccount(organisation_id, kind, band, approved, occupied, **more)
    with transaction() as session:
        [account_id] = opening.open_accounts(session, decision(), [account])
    return account_id


def run(step: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """One building block in a transaction of its own."""
    with transaction() as session:
        return step(session, *arguments, **more)


def figures(account_id: str) -> Figures:
    row = db.session.execute(select(posting.ACCOUNT).where(posting.ACCOUNT.c.id == account_id)).one()
    db.session.rollback()
    return Figures(row.approved, row.excess, row.occupied, row.reserved, row.lent)


def person(role: str, organisation_id: str, kind: str = "school") -> Actor:
    path = f"/{BUREAU}/" if organisation_id == BUREAU else f"/{BUREAU}/{organisation_id}/"
    held = HeldRole(role, organisation_id, kind, path)
    return Actor(f"account-{role}", f"person-{role}", role, organisation_id, (held,))


HR = person("bureau_hr_chief", BUREAU, "section")

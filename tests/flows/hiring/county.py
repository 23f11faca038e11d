"""A small county for the hiring flow: two schools, their ledger, one authorisation, people, the deployed diagrams."""

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from service.access.actor import Actor, HeldRole
from service.db import db, transaction
from service.people.models import Authorisation, Organisation, Person
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from service.posts.posting import ACCOUNT
from tests.conftest import START
from workflows import catalogue

HOUSE = Path(__file__).resolve().parents[3]
DAY = date(2020, 1, 1)
BUREAU, SECTION, AUTHORISED, PLAIN = "bureau", "section", "s01", "s02"
PERSONS = ("clerk", "principal", "officer", "chief", "leader", "staffing", "posts")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def folder(name: str) -> dict[str, bytes]:
    """The files of bpmn/<name> as they are deployed, without their sub folders."""
    root = HOUSE / "bpmn" / name
    return {path.name: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def id_number(serial: int, born: str = "19950101") -> str:
    """A valid ID number for the serial-th invented person."""
    first = f"110101{born}{serial:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11
    return first + "10X98765432"[rest]


def build(headcount: tuple[int, int] = (100, 96), **bands: tuple[int, int]) -> Any:
    """Organisations, persons, accounts of both schools (approved, occupied), the deployed definition."""
    with transaction() as session:
        session.execute(insert(Organisation.__table__), _organisations())
        session.execute(insert(Person.__table__), [_person(name) for name in PERSONS])
        session.execute(insert(Authorisation.__table__), [_authorisation()])
        for school in (AUTHORISED, PLAIN):
            opening.open_accounts(session, Cause(None, "", "", "system", START), _accounts(school, headcount, bands))
        catalogue.deploy_library(session, folder("shared"), now=START)
        row = catalogue.deploy(session, folder("hiring"), now=START)
        return catalogue.get(session, row.id)


def _organisations() -> list[dict[str, Any]]:
    kinds = {SECTION: "section", "staffing_office": "staffing_office", "hr_bureau": "hr_bureau"}
    rows = [_organisation(BUREAU, None, "bureau")]
    rows += [_organisation(name, BUREAU, kind) for name, kind in kinds.items()]
    return rows + [_organisation(name, BUREAU, "school") for name in (AUTHORISED, PLAIN)]


def _organisation(name: str, parent: str | None, kind: str) -> dict[str, Any]:
    school = kind == "school"
    return {
        "id": name, "parent_id": parent, "path": f"/{parent}/{name}/" if parent else f"/{name}/", "kind": kind,
        "code": name, "name": name, "name_en": "", "stage": "primary" if school else None,
        "area": "city" if school else None, "weak": False if school else None, "valid_from": DAY, "valid_until": None,
        "version": 1,
    }  # fmt: skip


def _person(name: str) -> dict[str, Any]:
    empty = dict.fromkeys(
        ("sex", "born_on", "degree", "retires_on", "id_number", "id_number_index", "phone", "phone_index")
    )
    return {"id": name, "name": name, "created_at": START, "version": 1, **empty}


def _authorisation() -> dict[str, Any]:
    return {
        "id": "authorisation-1", "organisation_id": AUTHORISED, "kind": "own_hiring", "valid_from": DAY,
        "valid_until": None, "document": "教〔2020〕1号",
    }  # fmt: skip


def _accounts(school: str, headcount: tuple[int, int], bands: dict[str, tuple[int, int]]) -> list[NewAccount]:
    figures = {"senior": (20, 20), "middle": (40, 38), "junior": (40, 36), **bands}
    posts = [NewAccount(school, "post", band, approved, used) for band, (approved, used) in figures.items()]
    return [NewAccount(school, "headcount", None, *headcount), *posts]


def actor(name: str, role: str, organisation_id: str, kind: str = "school") -> Actor:
    """Somebody in one role, without a login."""
    path = f"/{BUREAU}/" if organisation_id == BUREAU else f"/{BUREAU}/{organisation_id}/"
    return Actor(f"account-{name}", name, name, organisation_id, (HeldRole(role, organisation_id, kind, path),))


def figures(school: str, band: str | None = None) -> tuple[int, int, int]:
    """(occupied, reserved, free) of headcount, or of a band's posts."""
    own = (ACCOUNT.c.organisation_id == school) & ~ACCOUNT.c.pool
    row = db.session.execute(select(ACCOUNT).where(own, ACCOUNT.c.band == band)).one()
    db.session.rollback()
    return row.occupied, row.reserved, row.approved + row.excess - row.occupied - row.reserved - row.lent

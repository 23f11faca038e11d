"""A small county for tests: bureau, offices, a district with a teaching point, two schools, and who works there."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from service.access import accounts, sessions
from service.access.accounts import ACCOUNT, ROLE, NewAccount, NewAssignment
from service.access.actor import Actor
from service.db import transaction
from service.people import staff
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.people.rules import check_character
from service.people.staff import NewPerson, Terms
from service.people.units import CreateOrganisation, organisation_row
from workflows.base import new_id

NOW = datetime(2026, 9, 10, 1, 0, tzinfo=UTC)
TODAY = date(2026, 9, 10)
SINCE = date(2020, 1, 1)
CHEAP = (1, 8, 1)
TABLES = (ORGANISATION, PERSON, APPOINTMENT, ROLE, ACCOUNT)
"""Those that the county fills, in the order in which one refers to another."""

UNITS = [
    ("bureau", None, "bureau"),
    ("hr", "bureau", "section"),
    ("tdc", "bureau", "development_centre"),
    ("staffing", None, "staffing_office"),
    ("hrb", None, "hr_bureau"),
    ("district", "bureau", "district"),
    ("point", "district", "school"),
    ("s01", "bureau", "school"),
    ("s02", "bureau", "school"),
]

PEOPLE = {
    "bureau.hr": ("bureau_hr_officer", "hr"),
    "bureau.chief": ("bureau_hr_chief", "hr"),
    "bureau.leader": ("bureau_leader", "bureau"),
    "admin": ("admin", "bureau"),
    "auditor": ("auditor", "bureau"),
    "staffing.office": ("staffing_officer", "staffing"),
    "hr.bureau": ("hr_bureau_officer", "hrb"),
    "tdc": ("tdc_officer", "tdc"),
    "district.principal": ("principal", "district"),
    "point.principal": ("principal", "point"),
    "s01.principal": ("principal", "s01"),
    "s01.vice": ("vice_principal", "s01"),
    "s01.hr": ("school_hr", "s01"),
    "s01.teacher": ("teacher", "s01"),
    "s02.principal": ("principal", "s02"),
    "s02.hr": ("school_hr", "s02"),
    "s02.teacher": ("teacher", "s02"),
}


@dataclass
class County:
    """Ids by code: organisations, persons, accounts, role assignments."""

    organisations: dict[str, str] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    assignments: dict[str, str] = field(default_factory=dict)

    tokens: dict[str, str] = field(default_factory=dict)

    def actor(self, who: str, now: datetime = NOW) -> Actor:
        """The actor as a request would build it: from a token, which is used again while it holds."""
        found = sessions.authenticate(self.tokens[who], now) if who in self.tokens else None
        if found is None:
            with transaction() as session:
                opened = sessions.open_token(session, self.accounts[who], "bearer", timedelta(hours=1), now)
            self.tokens[who] = opened.token
            found = sessions.authenticate(opened.token, now)
        assert found is not None
        return found


_known: list[tuple[County, list[tuple[Table, list[dict[str, Any]]]]]] = []


def build() -> County:
    """Write the county into the empty database of the current application.

    It is put together once in a process; later databases get its rows table by table.
    """
    current_app.config["PASSWORD_COST"] = CHEAP
    with transaction() as session:
        if not _known:
            _known.append((_put_together(session), [(table, _rows(session, table)) for table in TABLES]))
        else:
            for table, rows in _known[0][1]:
                session.execute(insert(table), rows)
    return deepcopy(_known[0][0])


def _rows(session: Session, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in session.execute(select(table)).mappings()]


def _put_together(session: Session) -> County:
    county = County()
    paths: dict[str, str] = {}
    for code, parent, kind in UNITS:
        school = {"stage": "primary", "area": "city"} if kind == "school" else {}
        parent_id = None if parent is None else county.organisations[parent]
        new = CreateOrganisation(kind, code, code.upper(), SINCE, parent_id, **school)
        row = organisation_row(new, "/" if parent is None else paths[parent])
        session.execute(insert(ORGANISATION), row)
        county.organisations[code], paths[code] = row["id"], row["path"]
    for number, (who, (role, place)) in enumerate(PEOPLE.items()):
        _write(session, county, number, who, role, county.organisations[place])
    return county


def id_number(number: int, born: str = "19800101") -> str:
    """A valid ID number, another for every `number` below 1000."""
    first17 = f"110101{born}{number:03d}"
    return first17 + check_character(first17)


def _write(session, county, number, who, role, place):
    facts = staff.cleaned(vars(NewPerson(name=who, id_number=id_number(number), phone=f"138{number:08d}")))
    row = staff.person_row(facts, NOW)
    session.execute(insert(PERSON), row)
    terms = Terms(organisation_id=place, valid_from=SINCE, band="middle", grade=9)
    session.execute(insert(APPOINTMENT), staff.appointment_row(new_id(), row["id"], terms))
    county.persons[who] = row["id"]
    given = NewAssignment(row["id"], role, place, SINCE)
    [county.assignments[who]] = accounts.give_roles(session, [given], "system", NOW)
    [county.accounts[who]] = accounts.open_accounts(session, [NewAccount(who, "-", row["id"], place)], NOW)

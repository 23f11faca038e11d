"""A sheet of accounts, of one organisation or of many: what each row would open, and every fault by row and cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from service.access import rules
from service.access.accounts import ACCOUNT
from service.access.standing import in_force
from service.columns import Column, matched
from service.errors import Fault, Invalid
from service.people.members import PERSON
from service.people.models import AccountOpening
from service.people.persons import APPOINTMENT, ID_NUMBER
from service.people.queries import ORGANISATION as PLACES
from service.people.rules import id_number_of
from service.sheets import MAX_ROWS, Sheet
from workflows.base import table_of

MOST = 500
"""Rows of a sheet that is opened while the browser waits; one over many organisations is a run."""
COLUMNS = (
    Column("person", "人员编号或身份证号", "Person or ID number", required=True, width=40),
    Column("name", "姓名", "Name", required=True),
    Column("username", "用户名", "User name", required=True, width=20),
)
ORGANISATION = Column("organisation", "单位", "Organisation", width=32)
"""In a sheet over many organisations: told for who reads it; what is filled in must be where the person works."""
OPENING = table_of(AccountOpening)
BY_NAME = {column.name: column for column in (*COLUMNS, ORGANISATION)}


@dataclass(frozen=True)
class NewLogin:
    """A user name for a person; `row` is that of the sheet, for what is refused later."""

    username: str
    person_id: str
    organisation_id: str
    row: int = 0


@dataclass
class Plan:
    """What a sheet would open; one fault a wrong cell."""

    total: int
    logins: list[NewLogin] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@dataclass
class _Known:
    """The staff by id and by the index of the ID number, names that are taken, and what the sheet has said so far."""

    people: Mapping[str, Any]
    taken: frozenset[str]
    persons: dict[str, int] = field(default_factory=dict)
    usernames: dict[str, int] = field(default_factory=dict)


def plan(session: Session, organisation_id: str | None, sheet: Sheet, today: date) -> Plan:
    """Check every row, of one organisation or (None) of all.

    Invalid("import.headings" | "import.empty" | "import.too_many_rows").
    """
    columns = matched((*COLUMNS, ORGANISATION), sheet.headings)
    most = MOST if organisation_id else MAX_ROWS
    if not sheet.rows:
        raise Invalid("import.empty")
    if len(sheet.rows) > most:
        raise Invalid("import.too_many_rows", limit=most)
    known, result = _Known(_staff(session, organisation_id, today), _taken(session)), Plan(len(sheet.rows))
    for number, row in sheet.rows:
        values = {column.name: _text(row.get(heading)) for heading, column in columns.items()}
        person, faults = _checked(values, number, known)
        result.faults += [_placed(fault, number) for fault in faults]
        if person is not None and not faults:
            name = rules.username_of(values["username"])
            result.logins.append(NewLogin(name, person.id, person.organisation_id, number))
    return result


def _staff(session: Session, organisation_id: str | None, today: date) -> dict[str, Any]:
    """The staff of the day under their ids and the stored indexes of their ID numbers, with where each works."""
    here = PLACES.c.id == organisation_id if organisation_id else true()
    found = (
        select(
            PERSON.c.id, PERSON.c.name, PERSON.c.id_number_index, ACCOUNT.c.id.label("account_id"),
            PLACES.c.id.label("organisation_id"), PLACES.c.code, PLACES.c.name.label("place"),
            PLACES.c.name_en.label("place_en"),
        )
        .join(APPOINTMENT, APPOINTMENT.c.person_id == PERSON.c.id)
        .join(PLACES, PLACES.c.id == APPOINTMENT.c.organisation_id)
        .outerjoin(ACCOUNT, ACCOUNT.c.person_id == PERSON.c.id)
        .where(here, in_force(APPOINTMENT.c, today))
        .order_by(APPOINTMENT.c.valid_from, APPOINTMENT.c.id)
    )  # fmt: skip
    return {key: row for row in session.execute(found) for key in (row.id, row.id_number_index) if key}


def _taken(session: Session) -> frozenset[str]:
    return frozenset(session.scalars(select(ACCOUNT.c.username)))


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def _checked(values: Mapping[str, str], number: int, known: _Known) -> tuple[Any, list[Fault]]:
    faults = [Fault(column.name, "field.required") for column in COLUMNS if not values[column.name]]
    if faults:
        return None, faults
    person = _person(values["person"], known)
    faults = _person_faults(person, values["name"], number, known)
    if person is not None and values.get("organisation", "") not in ("", person.code, person.place, person.place_en):
        faults.append(Fault("organisation", "accounts.other_organisation"))
    return person, faults + _username_faults(rules.username_of(values["username"]), number, known)


def _person(given: str, known: _Known) -> Any:
    if given in known.people:
        return known.people[given]
    return next((known.people[i] for i in ID_NUMBER.indexes(id_number_of(given)) if i in known.people), None)


def _person_faults(person: Any, name: str, number: int, known: _Known) -> list[Fault]:
    if person is None:
        return [Fault("person", "accounts.not_here")]
    if person.account_id is not None:
        return [Fault("person", "accounts.has_one")]
    if person.id in known.persons:
        return [Fault("person", "accounts.twice", params={"other": known.persons[person.id]})]
    known.persons[person.id] = number
    return [] if person.name == name else [Fault("name", "accounts.other_name")]


def _username_faults(username: str, number: int, known: _Known) -> list[Fault]:
    malformed = rules.username_faults(username)
    if malformed:
        return malformed
    if username in known.taken:
        return [Fault("username", "account.name_taken", params={"username": username})]
    if username in known.usernames:
        return [Fault("username", "accounts.twice", params={"other": known.usernames[username]})]
    known.usernames[username] = number
    return []


def _placed(fault: Fault, number: int) -> Fault:
    column = BY_NAME[fault.path]
    where = {"row": number, "column": column.zh, "column_en": column.en}
    return Fault(f"rows.{number}.{fault.path}", fault.code, params={**fault.params, **where})

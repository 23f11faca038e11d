"""A sheet of accounts for the staff of an organisation: what each row would open, and every fault by row and cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import rules
from service.access.accounts import ACCOUNT
from service.access.standing import in_force
from service.columns import Column, matched
from service.errors import Fault, Invalid
from service.people.members import PERSON
from service.people.persons import APPOINTMENT, ID_NUMBER
from service.people.rules import id_number_of
from service.sheets import Sheet

MOST = 500
COLUMNS = (
    Column("person", "人员编号或身份证号", "Person or ID number", required=True, width=40),
    Column("name", "姓名", "Name", required=True),
    Column("username", "用户名", "User name", required=True, width=20),
)
BY_NAME = {column.name: column for column in COLUMNS}


@dataclass(frozen=True)
class NewLogin:
    """A user name for a person; `row` is that of the sheet, for what is refused later."""

    username: str
    person_id: str
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


def plan(session: Session, organisation_id: str, sheet: Sheet, today: date) -> Plan:
    """Check every row. Invalid("import.headings" | "import.empty" | "import.too_many_rows")."""
    columns = matched(COLUMNS, sheet.headings)
    if not sheet.rows:
        raise Invalid("import.empty")
    if len(sheet.rows) > MOST:
        raise Invalid("import.too_many_rows", limit=MOST)
    known, result = _Known(_staff(session, organisation_id, today), _taken(session)), Plan(len(sheet.rows))
    for number, row in sheet.rows:
        values = {column.name: _text(row.get(heading)) for heading, column in columns.items()}
        person, faults = _checked(values, number, known)
        result.faults += [_placed(fault, number) for fault in faults]
        if person is not None and not faults:
            result.logins.append(NewLogin(rules.username_of(values["username"]), person.id, number))
    return result


def _staff(session: Session, organisation_id: str, today: date) -> dict[str, Any]:
    """The staff of the day under their ids and the stored indexes of their ID numbers."""
    found = (
        select(PERSON.c.id, PERSON.c.name, PERSON.c.id_number_index, ACCOUNT.c.id.label("account_id"))
        .join(APPOINTMENT, APPOINTMENT.c.person_id == PERSON.c.id)
        .outerjoin(ACCOUNT, ACCOUNT.c.person_id == PERSON.c.id)
        .where(APPOINTMENT.c.organisation_id == organisation_id, in_force(APPOINTMENT.c, today))
    )
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

"""A sheet of personnel changes, row by row: what each would hand in, and every fault with row, column and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.columns import Column, matched
from service.errors import Fault, Invalid
from service.flows.personnel import rules
from service.flows.personnel.change import standing_of, starting_point
from service.flows.personnel.checking import retirement_faults
from service.flows.personnel.columns import COLUMNS, DAYS, NUMBERS
from service.flows.personnel.rules import KINDS
from service.people import persons
from service.people.members import PERSON
from service.people.persons import ID_NUMBER
from service.people.queries import ORGANISATION
from service.people.rules import id_number_faults, id_number_of
from service.sheets import Sheet, text_of

MOST = 500
BY_NAME = {column.name: column for column in COLUMNS}


@dataclass
class Plan:
    """What a sheet would hand in: (label, values) of each right row; one fault a wrong cell."""

    total: int = 0
    rows: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)


def plan(session: Session, school: str, sheet: Sheet) -> Plan:
    """Check every row. Invalid("import.headings" | "import.empty" | "import.too_many_rows")."""
    columns = matched(COLUMNS, sheet.headings)
    if not sheet.rows:
        raise Invalid("import.empty")
    if len(sheet.rows) > MOST:
        raise Invalid("import.too_many_rows", limit=MOST)
    found = [(number, _values(columns, row)) for number, row in sheet.rows]
    result, people, schools = Plan(len(found)), _people(session, found), _schools(session)
    seen: dict[str, int] = {}
    for number, values in found:
        faults = _cell_faults(values)
        identity = str(values.get("id_number") or "")
        if identity and identity in seen:
            faults.append(Fault("id_number", "personnel.twice", params={"other": seen[identity]}))
        seen.setdefault(identity, number)
        ready = _resolved(values, people, schools) if not faults else values
        faults = faults or _faults(session, ready, school)
        if faults:
            _refuse(result, number, faults)
        else:
            result.rows.append((f"{number}: {ready['name']} {KINDS[ready['kind']].zh}", _sent(ready)))
    return result


def _values(columns: Mapping[str, Column], row: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: _value(column, row.get(heading)) for heading, column in columns.items()}


def _value(column: Column, cell: Any) -> Any:
    """A cell as the field's value; what is not understood stays a text and is refused by the rules."""
    text = text_of(cell)
    if column.name == "id_number":
        return id_number_of(text) or None
    if column.name in DAYS:
        return text.replace("/", "-").replace(".", "-") or None
    if column.name in NUMBERS and text.isdecimal():
        return int(text)
    return column.words.get(text.casefold(), text) or None


def _cell_faults(values: Mapping[str, Any]) -> list[Fault]:
    """What a cell is by itself: there where it must be, a word that is known, a day, an ID number."""
    faults = [Fault(c.name, "field.required") for c in COLUMNS if c.required and values.get(c.name) is None]
    for column in COLUMNS:
        value = values.get(column.name)
        if value is not None and column.words and value not in column.words.values():
            faults.append(Fault(column.name, "personnel.word", params={"value": value}))
    faults += [Fault(name, "personnel.day") for name in DAYS if values.get(name) and not _is_day(values[name])]
    faults += [Fault(n, "personnel.number") for n in NUMBERS if values.get(n) and not isinstance(values[n], int)]
    if values.get("id_number"):
        faults += id_number_faults(values["id_number"])
    return faults


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _people(session: Session, found: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[str, Any]:
    """Stored index of an ID number → the person, one statement for the sheet."""
    numbers = {str(values["id_number"]) for _, values in found if values.get("id_number")}
    indexes = [index for number in numbers for index in ID_NUMBER.indexes(number)]
    rows = session.execute(select(PERSON.c.id, PERSON.c.name, PERSON.c.id_number_index).where(
        PERSON.c.id_number_index.in_(indexes)
    ))  # fmt: skip
    return {row.id_number_index: row for row in rows}


def _schools(session: Session) -> dict[str, str]:
    """Name or code of a school → its id."""
    rows = session.execute(
        select(ORGANISATION.c.id, ORGANISATION.c.name, ORGANISATION.c.code).where(ORGANISATION.c.kind == "school")
    )
    return {text: row.id for row in rows for text in (row.name, row.code)}


def _resolved(values: Mapping[str, Any], people: Mapping[str, Any], schools: Mapping[str, str]) -> dict[str, Any]:
    """The person of the ID number for kinds about somebody known, the school of its name or code."""
    ready = {name: value for name, value in values.items() if value is not None}
    if ready.get("to_school"):
        ready["to_school"] = schools.get(ready["to_school"], ready["to_school"])
    if "person_id" in KINDS[ready["kind"]].needs:
        known = next((people[i] for i in ID_NUMBER.indexes(ready.pop("id_number")) if i in people), None)
        ready |= {"person_id": known.id, "known_as": known.name} if known else {"person_id": ""}
    return ready


def _faults(session: Session, ready: Mapping[str, Any], school: str) -> list[Fault]:
    """What would refuse the change by itself; whether posts are free is known only when it is handed in."""
    if ready.get("person_id") == "":
        return [Fault("id_number", "personnel.not_here")]
    if ready.get("known_as", ready["name"]) != ready["name"]:
        return [Fault("name", "personnel.other_name")]
    on, person_id = date.fromisoformat(ready["effective_on"]), ready.get("person_id")
    standing = standing_of(starting_point(session, ready["kind"], person_id, on)) if person_id else None
    faults = [*rules.shape_faults(ready), *rules.standing_faults(ready, standing, school, on)]
    if not faults:
        faults = [*rules.terms_faults(ready, rules.terms_of(ready, standing)), *retirement_faults(session, ready)]
    if not faults and standing is None:
        faults = rules.title_faults(None, rules.terms_of(ready, None), {ready["title"]} if ready.get("title") else ())
    if not faults and person_id and KINDS[ready["kind"]].locked:
        locks = persons.locks_on(session, person_id, on)
        until = {"until": locks[-1].ends_on.isoformat()} if locks else {}
        faults = [Fault("kind", "personnel.service_lock", params=until)] if locks else []
    return faults


def _sent(ready: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the form."""
    return {name: value for name, value in ready.items() if name != "known_as"}


def _refuse(result: Plan, number: int, faults: Sequence[Fault]) -> None:
    """One fault a cell: `path` is rows.<number>.<field>, the params carry row and column."""
    result.refused.add(number)
    for fault in faults:
        name = fault.path.removeprefix("values.")
        column = BY_NAME.get("id_number" if name == "person_id" else name)
        where = {"row": number, "column": column.zh if column else "", "column_en": column.en if column else ""}
        result.faults.append(Fault(f"rows.{number}.{name}", fault.code, params={**fault.params, **where}))

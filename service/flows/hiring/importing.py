"""A candidates' sheet, row by row: what it would write, and every fault with row, column and words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.access.actor import Actor
from service.columns import Column, matched
from service.errors import Conflict, Fault, Invalid
from service.flows.hiring import entry_rules, messages, roster, writing
from service.flows.hiring.casework import Casework
from service.flows.hiring.columns import columns_of, importable
from service.flows.hiring.windows import Window
from service.people.rules import id_number_of
from service.sheets import Sheet, text_of

OPTIONAL = {"phone": None, "graduated_from": "", "certificate": ""}
TEXT_ONLY = ("id_number",)


@dataclass(frozen=True)
class Imported:
    """What an import wrote, and the rows that it left out with their faults (`keep_good`)."""

    rows: int
    inserted: int
    changed: int
    faults: tuple[Fault, ...] = ()


@dataclass
class Plan:
    """What a sheet would write: new candidates, or changes by candidate id; `refused` are numbers of wrong rows."""

    rows: int = 0
    new: list[dict[str, Any]] = field(default_factory=list)
    changes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)


def complete(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Cleaned fields of a new candidate, unknown ones empty and required ones there (None: a fault will say so)."""
    names = ("line", "name", "id_number", "degree")
    given = {name: fields.get(name) for name in names} | {n: fields.get(n, empty) for n, empty in OPTIONAL.items()}
    unknown = sorted(set(fields) - given.keys())
    if unknown:
        raise Invalid("candidate.invalid", faults=tuple(Fault(name, "field.unknown") for name in unknown))
    return entry_rules.cleaned(given)


def plan(session: Session, case: Casework, window: Window, sheet: Sheet) -> Plan:
    """Check the rows of a sheet, or of a part of it.

    Conflict("candidate.not_now") where no sheet is expected, Invalid("import.headings").
    """
    if not importable(window):
        raise Conflict("candidate.not_now", fields="")
    columns = matched(columns_of(window), sheet.headings, also=("id",))
    result = Plan(rows=len(sheet.rows))
    found = [(number, _values(number, columns, row, result)) for number, row in sheet.rows]
    if window.registers:
        _plan_new(session, case, columns, found, result)
    else:
        _plan_marks(session, case, window, found, result)
    return result


def expect_headings(window: Window, sheet: Sheet) -> None:
    """Conflict("candidate.not_now"), Invalid("import.headings" | "import.empty") for what no row can mend."""
    if not importable(window):
        raise Conflict("candidate.not_now", fields="")
    matched(columns_of(window), sheet.headings, also=("id",))
    if not sheet.rows:
        raise Invalid("import.empty")


def carry_out(
    session: Session, case: Casework, actor: Actor, plan: Plan, now: datetime, *, keep_good: bool = False
) -> Imported:
    """Write the right rows of a plan and tell of it; Invalid("import.rows") names every fault, unless `keep_good`."""
    if plan.faults and not keep_good:
        raise Invalid("import.rows", faults=tuple(plan.faults), rows=plan.rows)
    imported = _write(session, case, actor, plan, now)
    body = {"inserted": imported.inserted, "changed": imported.changed, "refused": len(plan.refused)}
    writing.record(session, case, actor, "candidate.imported", now, body)
    return imported


def _write(session: Session, case: Casework, actor: Actor, plan: Plan, now: datetime) -> Imported:
    ids = writing.insert_rows(session, case, actor, plan.new, now)
    for candidate_id, fields in plan.changes:
        writing.change(session, candidate_id, fields)
    return Imported(plan.rows, len(ids), len(plan.changes), tuple(plan.faults))


def _values(number: int, columns: Mapping[str, Column], row: Mapping[str, Any], result: Plan) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for heading, column in columns.items():
        cell = row.get(heading)
        if isinstance(cell, int | float) and column.name in TEXT_ONLY:
            _fault(result, number, column, "import.number_not_text")
        values[column.name] = _value(column, cell)
    return values


def _value(column: Column, cell: Any) -> Any:
    """A cell as the field's value; what is not understood stays a text and is refused by the rules."""
    text = text_of(cell)
    if column.name == "line":
        return int(text) if text.isdecimal() else cell
    return column.words.get(text.replace("’", "'").casefold(), text) or None


def _plan_new(
    session: Session,
    case: Casework,
    columns: Mapping[str, Column],
    found: list[tuple[int, dict[str, Any]]],
    result: Plan,
) -> None:
    numbers = [str(values.get("id_number") or "") for _, values in found]
    known = writing.taken(session, case.instance_id, {id_number_of(text) for text in numbers if text})
    seen: dict[str, int] = {}
    for number, values in found:
        review = {name: values.pop(name) for name in ("state", "reason") if values.get(name)}
        fields = complete({name: value for name, value in values.items() if name not in ("state", "reason")})
        checked = {**fields, **review}
        _refuse(result, number, columns, entry_rules.faults(checked, case.lines))
        identity = fields["id_number"]
        if identity in known or identity in seen:
            _refuse(result, number, columns, [Fault("id_number", "candidate.twice")])
        if identity:
            seen.setdefault(identity, number)
        if number not in result.refused:
            result.new.append(checked)


def _plan_marks(
    session: Session, case: Casework, window: Window, found: list[tuple[int, dict[str, Any]]], result: Plan
) -> None:
    columns = {column.zh: column for column in columns_of(window)}
    standing = {entry.id: entry for entry in roster.entries(session, case.instance_id)}
    for number, values in found:
        marks = {name: values[name] for name in window.fields if values.get(name) is not None}
        entry = standing.get(str(values.get("id") or ""))
        if entry is None:
            _refuse(result, number, columns, [Fault("id", "candidate.absent")])
        elif marks:
            faults = entry_rules.faults(marks, case.lines) + entry_rules.standing_faults(marks, entry.state, entry.rank)
            _refuse(result, number, columns, faults)
            if number not in result.refused:
                result.changes.append((entry.id, marks))


def _refuse(result: Plan, number: int, columns: Mapping[str, Column], faults: list[Fault]) -> None:
    by_name = {column.name: column for column in columns.values()}
    for fault in faults:
        _fault(result, number, by_name.get(fault.path), fault.code, fault.params)


def _fault(
    result: Plan, number: int, column: Column | None, code: str, params: Mapping[str, Any] | None = None
) -> None:
    """One fault a cell: `path` is rows.<number>.<field>, the params carry column and words in both languages."""
    name = column.name if column else ""
    path = f"rows.{number}.{name}"
    result.refused.add(number)
    if any(known.path == path for known in result.faults):
        return
    words = messages.words(code, params or {})
    where = {"row": number, "column": column.zh if column else "", "column_en": column.en if column else ""}
    result.faults.append(Fault(path, code, words["zh"], {**(params or {}), **where, **words}))

"""Who applied, in a hiring that began on paper: entered with the step at which it stood, found by the ID number."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from service.errors import Conflict, Fault, Invalid
from service.flows.declaring import BesideForm, StepRows, beside, named
from service.flows.hiring import casework, columns, entry_rules, importing, writing
from service.flows.hiring.casework import Casework
from service.flows.hiring.windows import IDENTITY, WINDOWS, closed_fields
from service.people.rules import id_number_of

KEY = "id_number"
MARKS = tuple(replace(column, required=False) for column in columns.MARKS.values())
IDENTITY_COLUMNS = tuple(replace(column, required=column.name == KEY) for column in columns.IDENTITY)
COLUMNS = (*IDENTITY_COLUMNS, *columns.REVIEW, *MARKS, columns.CHOSEN)
WORDS = {"true": True, "false": False}


def rows_at(element_id: str) -> StepRows | None:
    """While candidates register who they are, with the review; later whose mark it is, and the mark."""
    window = WINDOWS.get(element_id)
    if window is None:
        return None
    fields = window.fields if window.registers else (KEY, "name", *window.fields)
    return StepRows(tuple(column for column in COLUMNS if column.name in fields), window.registers)


@beside("hiring", COLUMNS, rows_at)
def enter(found: BesideForm) -> None:
    """While candidates register each row is one, with the result of the review; later it is a mark of one.

    Conflict("candidate.not_now") where the step opens no such field, Invalid("candidate.invalid").
    """
    case = casework.lock(found.session, found.actor, found.instance_id)
    faults: list[Fault] = []
    known = writing.taken(found.session, case.instance_id, [str(row.get(KEY) or "") for row in found.rows])
    new = 0
    for number, row in enumerate(found.rows):
        wrong = _row(found, case, known, row)
        faults += [Fault(f"rows.{number}.{one.path}", one.code, one.message, one.params) for one in wrong]
        new += KEY in row and id_number_of(str(row[KEY])) not in known
    if faults:
        raise Invalid("candidate.invalid", faults=tuple(faults))
    body = {"inserted": new, "changed": len(found.rows) - new, "refused": 0}
    writing.record(found.session, case, found.actor, "candidate.imported", found.now, body)


@named("hiring")
def candidate(session: Session, instance_id: str, text: str) -> str | None:
    """The candidate with this ID number."""
    return writing.taken(session, instance_id, [text]).get(id_number_of(text))


def _row(found: BesideForm, case: Casework, known: dict[str, str], row: Mapping[str, Any]) -> list[Fault]:
    number = id_number_of(str(row.get(KEY) or ""))
    marks = {name: WORDS.get(str(value), value) for name, value in row.items() if name not in IDENTITY}
    if closed := closed_fields(case.window, marks):
        raise Conflict("candidate.not_now", fields=", ".join(closed))
    wrong = entry_rules.faults(entry_rules.cleaned(marks), case.lines)
    if number not in known:
        wrong += _register(found, case, known, row)
    if not wrong and marks:
        writing.change(found.session, known[number], entry_rules.cleaned(marks))
    return wrong


def _register(found: BesideForm, case: Casework, known: dict[str, str], row: Mapping[str, Any]) -> list[Fault]:
    if case.window is None or not case.window.registers:
        return [Fault(KEY, "told.stranger")]
    fields = importing.complete({name: value for name, value in row.items() if name in IDENTITY})
    wrong = entry_rules.faults(fields, case.lines)
    if not wrong:
        (known[fields[KEY]],) = writing.insert_rows(found.session, case, found.actor, [fields], found.now)
    return wrong

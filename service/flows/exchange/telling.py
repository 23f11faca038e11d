"""A plan that began on paper: what stood beside its forms is entered with the step by which it was decided (policy §8).

Places with the check of the list, what became of the list with its settlement, applications and ranks with the opinions
of the schools, who got which place with the matching, objections and their answers with the publicity and the inquiry.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.errors import Fault, Invalid
from service.flows.declaring import BesideForm, StepRows, beside, named
from service.flows.exchange import casework, columns, told_rounds, told_rows
from service.people.queries import ORGANISATION

Entered = Callable[[BesideForm, Sequence["Row[Any] | None"]], list[Fault]]
ENTERED: Mapping[str, Entered] = {
    "list_check": told_rows.offer,
    "list_settle": told_rows.settle,
    "exceptions": told_rows.decide,
    "school_opinions": told_rows.apply,
    "match": told_rounds.keep,
    "publicity": told_rows.objected,
    "inquiry": told_rows.answered,
}


REGISTERS = ("list_check", "list_settle", "school_opinions")


def rows_at(element_id: str) -> StepRows | None:
    """What is told with this step: rows of places or people that come and go, later of people told before."""
    found = columns.AT.get(element_id)
    return StepRows(found, element_id in REGISTERS) if found else None


@beside("exchange", columns.COLUMNS, rows_at)
def enter(found: BesideForm) -> None:
    """Each row as its step takes it. Invalid("exchange.paper_rows") with faults `rows.<n>.<field>`."""
    if found.element_id not in ENTERED:
        raise Invalid("exchange.paper_rows", faults=(Fault("rows", "told.rows"),))
    faults: list[Fault] = told_rows.unread_cells(found)
    entries: list[Row[Any]] = []
    if not faults and found.element_id != "list_check":
        entries, faults = told_rows.listed(found)
    if not faults:
        faults = ENTERED[found.element_id](found, entries)
    if faults:
        raise Invalid("exchange.paper_rows", faults=tuple(faults))
    body = {"element_id": found.element_id, "rows": len(found.rows)}
    casework.record(found.session, found.instance_id, found.actor, "exchange.told", found.now, body)


@named("exchange")
def school(session: Session, _instance_id: str, text: str) -> str | None:
    """The school whose step it was, by id, code or name."""
    mine = ORGANISATION.c.id == text, ORGANISATION.c.code == text, ORGANISATION.c.name == text
    found = {row for one in mine for row in session.scalars(select(ORGANISATION.c.id).where(one))}
    return next(iter(found)) if len(found) == 1 else None

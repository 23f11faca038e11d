"""The change of a case: what was filled in, whom it is about, and where that person stands on the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.access import sealed
from service.flows.acting import actor_of
from service.flows.personnel.models import PersonnelChange
from service.flows.personnel.rules import KINDS, Kind, Standing
from service.people import persons
from service.people.locking import lock_persons
from service.people.queries import ORGANISATION
from service.posts.posting import ACCOUNT
from workflows.base import table_of
from workflows.surroundings import Call

CHANGE = table_of(PersonnelChange)
LINE = "change"
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert(CHANGE), "postgresql": postgresql.insert(CHANGE)}


@dataclass(frozen=True)
class Change:
    """One change as an operation sees it; `row` is the appointment that it starts from, `standing` it for the rules."""

    call: Call
    values: Mapping[str, Any]
    row: Row[Any] | None

    @property
    def kind(self) -> Kind:
        return KINDS[self.values["kind"]]

    @property
    def on(self) -> date:
        return date.fromisoformat(self.values["effective_on"])

    @property
    def school(self) -> str:
        return str(self.values["school"])

    @property
    def person_id(self) -> str | None:
        return self.values.get("person_id")

    @property
    def by(self) -> str:
        return actor_of(self.call)

    @property
    def document(self) -> str:
        return str(self.values["document"])[:200]

    @property
    def standing(self) -> Standing | None:
        return standing_of(self.row)


def of(call: Call) -> Change:
    """The change of a case, its person locked; its secret fields are opened for the operation alone."""
    values = sealed.opened(sealed.case(call.instance_id), dict(call.variables))
    person_id = values.get("person_id")
    if not person_id:
        return Change(call, values, None)
    lock_persons(call.session, [person_id])
    on = date.fromisoformat(values["effective_on"])
    return Change(call, values, starting_point(call.session, values["kind"], person_id, on))


def starting_point(session: Session, kind: str, person_id: str, on: date) -> Row[Any] | None:
    """The appointment that a change starts from, whatever its day: what has ended cannot be altered any more.

    Who is away, or is called otherwise, is asked about the day alone.
    """
    if KINDS[kind].group == "absent" or kind == "rename":
        return persons.appointment_on(session, person_id, on)
    return persons.open_appointment_of(session, person_id)


def standing_of(row: Row[Any] | None) -> Standing | None:
    """The same for the rules."""
    names = ("organisation_id", "employment_kind", "post_category", "band", "grade", "valid_from")
    return None if row is None else Standing(**{name: getattr(row, name) for name in names})


def accounts(change: Change, places: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """(Organisation, headcount or band) → the school's own account, of those that it has."""
    schools = {place for place, _ in places}
    own = select(ACCOUNT.c.id, ACCOUNT.c.organisation_id, ACCOUNT.c.band).where(
        ACCOUNT.c.organisation_id.in_(schools), ACCOUNT.c.pool.is_(False)
    )
    rows = change.call.session.execute(own)
    return {(row.organisation_id, row.band or "headcount"): row.id for row in rows}


def school_names(change: Change, places: set[str]) -> dict[str, str]:
    """Organisation id → its name."""
    found = select(ORGANISATION.c.id, ORGANISATION.c.name).where(ORGANISATION.c.id.in_(places))
    return {row.id: row.name for row in change.call.session.execute(found)}


def write(change: Change) -> None:
    """The row of the change, written anew after a correction."""
    session, values = change.call.session, change.values
    row = {
        "instance_id": change.call.instance_id, "person_id": change.person_id, "organisation_id": change.school,
        "to_organisation_id": values.get("to_school"), "kind": values["kind"], "effective_on": change.on,
        "document": change.document, "state": "asked", "entered_at": change.call.now, "done_at": None,
    }  # fmt: skip
    again = {name: value for name, value in row.items() if name not in ("instance_id", "entered_at")}
    inserting = _INSERT[session.get_bind().dialect.name].values(row)
    session.execute(inserting.on_conflict_do_update(index_elements=["instance_id"], set_=again))


def mark(change: Change, **values: Any) -> None:
    """Change the row of the change."""
    mine = CHANGE.c.instance_id == change.call.instance_id
    change.call.session.execute(update(CHANGE).where(mine).values(values))

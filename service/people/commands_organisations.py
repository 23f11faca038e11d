"""Commands of organisations: create, edit, move, authorise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.people import recording, rules
from service.people.queries import AUTHORISATION, ORGANISATION
from service.people.units import CreateOrganisation, organisation_row
from workflows.base import new_id

EDITABLE = frozenset({"name", "name_en", "code", "stage", "area", "weak", "parent_id", "valid_until"})


@dataclass(frozen=True)
class EditOrganisation:
    """`changes` are the fields that change (EDITABLE), `version` is the one that the editor saw."""

    organisation_id: str
    version: int
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Authorise:
    """A school may decide itself (own_hiring, own_titles) from a day on, by a document; `valid_until` None is open."""

    organisation_id: str
    kind: str
    valid_from: date
    document: str
    valid_until: date | None = None


def create_organisation(actor: Actor, command: CreateOrganisation, *, now: datetime) -> str:
    """The id of a new unit; Invalid with faults, Conflict("organisation.code_taken")."""
    with transaction() as session:
        policy.require(actor, "organisation.create")
        parent = None if command.parent_id is None else _lock(session, command.parent_id)
        _expect_good(vars(command), parent)
        _expect_free(session, command.code, None)
        row = organisation_row(command, "/" if parent is None else parent.path)
        session.execute(insert(ORGANISATION), row)
        answer(session, organisation_id=row["id"])
        recording.organisation_event(session, row["id"], "organisation.created", actor.account_id, now, vars(command))
    return str(row["id"])


def edit_organisation(actor: Actor, command: EditOrganisation, *, now: datetime) -> int:
    """The new version; a new parent moves the whole subtree. Conflict("organisation.stale" | "organisation.cycle")."""
    changes = dict(command.changes)
    unknown = sorted(set(changes) - EDITABLE)
    if unknown:
        raise Invalid("organisation.invalid", faults=tuple(Fault(name, "organisation.fixed") for name in unknown))
    with transaction() as session:
        row = _lock(session, command.organisation_id)
        policy.require(actor, "organisation.edit", row)
        if row.version != command.version:
            raise Conflict("organisation.stale", version=row.version, seen=command.version)
        parent_id = changes.get("parent_id", row.parent_id)
        parent = None if parent_id is None else _lock(session, parent_id)
        _expect_good({**row._mapping, **changes}, parent)
        _expect_free(session, changes.get("code", row.code), row.id)
        _move_below(session, row, parent)
        values = {**changes, "version": row.version + 1}
        session.execute(update(ORGANISATION).where(ORGANISATION.c.id == row.id).values(values))
        old = {name: getattr(row, name) for name in changes}
        body = {"old": recording.plain(old), "new": recording.plain(changes)}
        recording.organisation_event(session, row.id, "organisation.edited", actor.account_id, now, body)
    return command.version + 1


def authorise(actor: Actor, command: Authorise, *, now: datetime) -> str:
    """The id of a dated authorisation; Conflict("authorisation.overlaps"), Invalid with faults."""
    faults = _authorisation_faults(command)
    if faults:
        raise Invalid("authorisation.invalid", faults=tuple(faults))
    with transaction() as session:
        row = _lock(session, command.organisation_id)
        policy.require(actor, "organisation.authorise", row)
        if row.kind != "school":
            raise Invalid("authorisation.invalid", faults=(Fault("organisation_id", "authorisation.not_a_school"),))
        _refuse_overlap(session, command)
        new = {"id": new_id(), **vars(command)}
        session.execute(insert(AUTHORISATION), new)
        answer(session, authorisation_id=new["id"])
        recording.organisation_event(session, row.id, "authorisation.given", actor.account_id, now, new)
    return str(new["id"])


def end_authorisation(actor: Actor, authorisation_id: str, on: date, *, now: datetime) -> None:
    """The authorisation is no longer in force from `on`; Conflict("authorisation.ended"), Invalid("dates.order")."""
    with transaction() as session:
        found = select(AUTHORISATION).where(AUTHORISATION.c.id == authorisation_id).with_for_update()
        row = session.execute(found).first()
        if row is None:
            raise NotFound("authorisation.absent")
        policy.require(actor, "organisation.authorise", policy.Target(id=row.organisation_id))
        if row.valid_until is not None and row.valid_until <= on:
            raise Conflict("authorisation.ended", on=row.valid_until.isoformat())
        if on < row.valid_from:
            raise Invalid("dates.order", faults=(Fault("on", "dates.order"),))
        session.execute(update(AUTHORISATION).where(AUTHORISATION.c.id == row.id).values(valid_until=on))
        body = {"id": row.id, "kind": row.kind, "on": on}
        recording.organisation_event(session, row.organisation_id, "authorisation.ended", actor.account_id, now, body)


def _lock(session: Session, organisation_id: str) -> Row[Any]:
    found = select(ORGANISATION).where(ORGANISATION.c.id == organisation_id).with_for_update()
    row = session.execute(found).first()
    if row is None:
        raise NotFound("organisation.absent", organisation_id=organisation_id)
    return row


def _expect_good(fields: Mapping[str, Any], parent: Row[Any] | None) -> None:
    faults = rules.organisation_faults(fields)
    above = None if parent is None else parent.kind
    if above not in rules.PARENTS.get(fields["kind"], (above,)):
        faults.append(Fault("parent_id", "organisation.parent", params={"kind": above}))
    if faults:
        raise Invalid("organisation.invalid", faults=tuple(faults))


def _expect_free(session: Session, code: str, own_id: str | None) -> None:
    found = select(ORGANISATION.c.id).where(ORGANISATION.c.code == code)
    other = session.execute(found).scalar()
    if other is not None and other != own_id:
        raise Conflict("organisation.code_taken", taken=code)


def _move_below(session: Session, row: Row[Any], parent: Row[Any] | None) -> None:
    """Rewrite the paths of the subtree when the unit hangs elsewhere; below itself it cannot hang."""
    path = f"{'/' if parent is None else parent.path}{row.id}/"
    if path == row.path:
        return
    if path.startswith(row.path):
        raise Conflict("organisation.cycle", organisation_id=row.id)
    below = select(ORGANISATION.c.id, ORGANISATION.c.path)
    moving = session.execute(below.where(ORGANISATION.c.path.startswith(row.path, autoescape=True))).all()
    for each in moving:
        moved = path + each.path.removeprefix(row.path)
        session.execute(update(ORGANISATION).where(ORGANISATION.c.id == each.id).values(path=moved))


def _authorisation_faults(command: Authorise) -> list[Fault]:
    faults = []
    if command.kind not in rules.AUTHORISATIONS:
        faults.append(Fault("kind", "authorisation.kind", params={"kind": command.kind}))
    if not command.document.strip():
        faults.append(Fault("document", "authorisation.document"))
    if command.valid_until is not None and command.valid_until <= command.valid_from:
        faults.append(Fault("valid_until", "dates.order"))
    return faults


def _refuse_overlap(session: Session, command: Authorise) -> None:
    c = AUTHORISATION.c
    shared = [or_(c.valid_until.is_(None), c.valid_until > command.valid_from)]
    if command.valid_until is not None:
        shared.append(c.valid_from < command.valid_until)
    found = select(c.id).where(c.organisation_id == command.organisation_id, c.kind == command.kind, *shared)
    if session.execute(found).first() is not None:
        raise Conflict("authorisation.overlaps")

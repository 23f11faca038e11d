"""Commands of candidates: register, edit, remove, import a sheet, unmask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service import sheets
from service.access import policy
from service.access.actor import Actor
from service.db import answer, transaction
from service.errors import Fault, Invalid
from service.flows.hiring import casework, entry_rules, importing, writing
from service.flows.hiring.roster import ID_NUMBER, PHONE


@dataclass(frozen=True)
class RegisterCandidate:
    """`fields`: line, name, id_number, degree; phone, graduated_from, certificate where known."""

    instance_id: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class EditCandidate:
    """The fields to change, as the step where the case stands allows (`windows.WINDOWS`); scores in points."""

    candidate_id: str
    version: int
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class RemoveCandidate:
    """Take out what was entered wrongly, with the reason."""

    candidate_id: str
    version: int
    reason: str


@dataclass(frozen=True)
class ImportCandidates:
    """A sheet as downloaded by `xlsx.template`; with `keep_good` the right rows are written although others are not."""

    instance_id: str
    content: bytes
    keep_good: bool = False


@dataclass(frozen=True)
class UnmaskCandidate:
    """`field` is id_number or phone; the reason goes into the chain."""

    candidate_id: str
    field: str
    reason: str


def register_candidate(actor: Actor, command: RegisterCandidate, *, now: datetime) -> str:
    """Enter an applicant; the id. Invalid("candidate.invalid"), Conflict("candidate.not_now") outside registration."""
    with transaction() as session:
        case = casework.lock(session, actor, command.instance_id)
        policy.require(actor, "candidate.edit", case)
        casework.expect_registering(session, actor, case)
        fields = importing.complete(command.fields)
        faults = entry_rules.faults(fields, case.lines)
        if writing.taken(session, case.instance_id, [fields["id_number"] or ""]):
            faults.append(Fault("id_number", "candidate.twice"))
        casework.refuse(faults)
        (candidate_id,) = writing.insert_rows(session, case, actor, [fields], now)
        answer(session, candidate_id=candidate_id)
        body = {"candidate_id": candidate_id, "line": fields["line"]}
        writing.record(session, case, actor, "candidate.registered", now, body, {"name": fields["name"]})
        return candidate_id


def edit_candidate(actor: Actor, command: EditCandidate, *, now: datetime) -> int:
    """Change fields of a candidate; the new version. Conflict("candidate.stale" | "candidate.not_now")."""
    with transaction() as session:
        case, row = casework.lock_by_candidate(session, actor, command.candidate_id)
        policy.require(actor, "candidate.edit", case)
        casework.expect_version(row, command.version)
        casework.expect_open(session, actor, case, tuple(command.fields))
        fields = entry_rules.cleaned(command.fields)
        faults = entry_rules.faults({"reason": row.reason, **fields}, case.lines)
        faults += entry_rules.standing_faults(fields, row.state, row.rank)
        number = fields.get("id_number")
        if number and writing.taken(session, case.instance_id, [number]).get(number, row.id) != row.id:
            faults.append(Fault("id_number", "candidate.twice"))
        casework.refuse(faults)
        writing.change(session, row.id, fields)
        body = {"candidate_id": row.id, "fields": sorted(fields)}
        writing.record(session, case, actor, "candidate.edited", now, body, dict(fields))
        return int(row.version) + 1


def remove_candidate(actor: Actor, command: RemoveCandidate, *, now: datetime) -> None:
    """Take a candidate out while registration is open; Invalid("candidate.invalid") without a reason."""
    with transaction() as session:
        case, row = casework.lock_by_candidate(session, actor, command.candidate_id)
        policy.require(actor, "candidate.edit", case)
        casework.expect_version(row, command.version)
        casework.expect_registering(session, actor, case)
        if not command.reason.strip():
            casework.refuse([Fault("reason", "candidate.reason_needed")])
        writing.remove(session, row.id)
        answer(session)
        body = {"candidate_id": row.id, "reason": command.reason.strip()[:500]}
        writing.record(session, case, actor, "candidate.removed", now, body, {"name": row.name})


def import_candidates(actor: Actor, command: ImportCandidates, *, now: datetime) -> importing.Imported:
    """Enter or mark candidates from a sheet; what it may hold is what the step allows.

    Nothing is written when any row is wrong, unless `keep_good`: then Invalid("import.rows") names row and column of
    every fault.
    """
    with transaction() as session:
        case = casework.lock(session, actor, command.instance_id)
        policy.require(actor, "candidate.import", case)
        window = casework.expect_open(session, actor, case, ())
        plan = importing.plan(session, case, window, sheets.read_workbook(command.content))
        imported = importing.carry_out(session, case, actor, plan, now, keep_good=command.keep_good)
        answer(session, rows=imported.rows, inserted=imported.inserted, changed=imported.changed)
        return imported


def unmask_candidate(actor: Actor, command: UnmaskCandidate, *, now: datetime) -> str | None:
    """The plain value, None when unknown; every call is an event of the case (policy §7)."""
    fields = {field.name: field for field in (ID_NUMBER, PHONE)}
    if command.field not in fields or not command.reason.strip():
        wrong = "field" if command.field not in fields else "reason"
        raise Invalid("unmask.invalid", faults=(Fault(wrong, f"unmask.{wrong}"),))
    with transaction() as session:
        case, row = casework.lock_by_candidate(session, actor, command.candidate_id)
        policy.require(actor, "candidate.edit", case)
        body = {"candidate_id": row.id, "field": command.field, "reason": command.reason.strip()[:500]}
        writing.record(session, case, actor, "candidate.unmasked", now, body)
        sealed = getattr(row, command.field)
        return None if sealed is None else fields[command.field].unseal(row.id, sealed)

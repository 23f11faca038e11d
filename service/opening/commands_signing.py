"""Commands of the reconciliation: a school, by its head or on a sealed paper, and bureau HR sign what the books are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.opening.queries_reconciling import Reconciled, reconciled
from service.opening.reconciling import School
from service.opening.written import SIGNATURE
from service.people.members import names
from service.posts.sealed import SealedPaper, plain, written_down
from workflows.base import new_id

ACTIONS = {"school": "opening.sign_school", "bureau": "opening.sign_bureau"}
SIGNERS = ("principal",)
"""Whose signature on paper is the school's."""


@dataclass(frozen=True)
class SignReconciliation:
    """`digest` is of what the signer saw; `note` explains differences, where there are any."""

    organisation_id: str
    side: str
    digest: str
    note: str = ""


@dataclass(frozen=True)
class RecordReconciliation:
    """A list that the school has signed and sealed; `code` stands on it and is of what the books were when printed."""

    organisation_id: str
    code: str
    paper: SealedPaper
    note: str = ""


def sign_reconciliation(actor: Actor, command: SignReconciliation, *, now: datetime) -> str:
    """The id of the signature.

    NotFound("organisation.absent"), Conflict("opening.changed" | "opening.signed" | "opening.same_person"),
    Invalid("opening.explain") for differences without a word.
    """
    with transaction() as session:
        policy.require(actor, ACTIONS[command.side], policy.Target(organisation_id=command.organisation_id))
        found = _locked(session, command.organisation_id)
        if found.school.digest != command.digest:
            raise Conflict("opening.changed")
        _expect_signable(found, command.side, actor, command.note)
        row = _row(found.school, command.side, command.note, now)
        row |= {"person_id": actor.person_id, "name": actor.name}
        body = {"side": command.side, "digest": found.school.digest, "figures": found.school.figures}
        return _write(session, row, NewEvent("opening.signed", actor.account_id, body=body), now)


def record_reconciliation(actor: Actor, command: RecordReconciliation, *, now: datetime) -> str:
    """The id of the signature of a school without a network: signed by its head on paper, written down by bureau HR.

    As `sign_reconciliation`; Conflict("opening.changed") where the list was printed before the books changed;
    Invalid("sealed.invalid" | "attachment.unknown").
    """
    with transaction() as session:
        policy.require(actor, "opening.record_school", policy.Target(organisation_id=command.organisation_id))
        found, signer = _locked(session, command.organisation_id), command.paper.person_id
        kept = written_down(session, actor, command.organisation_id, SIGNERS, command.paper, now)
        if found.school.code != command.code.strip().upper():
            raise Conflict("opening.changed_since_print")
        _expect_signable(found, "school", actor, command.note)
        row = _row(found.school, "school", command.note, now) | kept
        row |= {"person_id": signer, "name": names([signer])[signer]}
        body = {"digest": found.school.digest, "figures": found.school.figures, **plain(kept, signer)}
        return _write(session, row, NewEvent("opening.recorded", actor.account_id, body=body), now)


def _locked(session: Session, organisation_id: str) -> Reconciled:
    chain.lock(session, f"organisation:{organisation_id}")
    found = reconciled(session, [organisation_id])
    if not found:
        raise NotFound("organisation.absent")
    return found[0]


def _expect_signable(found: Reconciled, side: str, actor: Actor, note: str) -> None:
    """Each side once, by different persons: who has written down the school's word does not give the bureau's."""
    for signed in (one for one in found.signatures if one.holds):
        if signed.side == side:
            raise Conflict("opening.signed", name=signed.name)
        if actor.person_id in (signed.person_id, signed.recorded_by):
            raise Conflict("opening.same_person")
    if not found.school.agrees and not note.strip():
        raise Invalid("opening.explain", faults=(Fault("note", "opening.explain"),))


def _row(school: School, side: str, note: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(), "organisation_id": school.id, "side": side, "signed_at": now, "digest": school.digest,
        "figures": school.figures, "note": note.strip()[:400],
    }  # fmt: skip


def _write(session: Session, row: dict[str, Any], event: NewEvent, now: datetime) -> str:
    session.execute(insert(SIGNATURE), row)
    answer(session, signature_id=row["id"])
    chain.append(session, f"organisation:{row['organisation_id']}", [event], at=now)
    return str(row["id"])

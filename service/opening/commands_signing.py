"""Command of the reconciliation: a school, by its head, and bureau HR sign what the books are, each once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert

from service.access import policy
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import answer, transaction
from service.errors import Conflict, Fault, Invalid, NotFound
from service.opening.queries_reconciling import reconciled
from service.opening.written import SIGNATURE
from workflows.base import new_id

ACTIONS = {"school": "opening.sign_school", "bureau": "opening.sign_bureau"}


@dataclass(frozen=True)
class SignReconciliation:
    """`digest` is of what the signer saw; `note` explains differences, where there are any."""

    organisation_id: str
    side: str
    digest: str
    note: str = ""


def sign_reconciliation(actor: Actor, command: SignReconciliation, *, now: datetime) -> str:
    """The id of the signature.

    NotFound("organisation.absent"), Conflict("opening.changed" | "opening.signed" | "opening.same_person"),
    Invalid("opening.explain") for differences without a word.
    """
    with transaction() as session:
        policy.require(actor, ACTIONS[command.side], policy.Target(organisation_id=command.organisation_id))
        chain.lock(session, f"organisation:{command.organisation_id}")
        found = reconciled(session, [command.organisation_id])
        if not found:
            raise NotFound("organisation.absent")
        school = found[0].school
        if school.digest != command.digest:
            raise Conflict("opening.changed")
        for signed in (one for one in found[0].signatures if one.holds):
            if signed.side == command.side:
                raise Conflict("opening.signed", name=signed.name)
            if signed.person_id == actor.person_id:
                raise Conflict("opening.same_person")
        if not school.agrees and not command.note.strip():
            raise Invalid("opening.explain", faults=(Fault("note", "opening.explain"),))
        row = {
            "id": new_id(), "organisation_id": school.id, "side": command.side, "person_id": actor.person_id,
            "name": actor.name, "signed_at": now, "digest": school.digest, "figures": school.figures,
            "note": command.note.strip()[:400],
        }  # fmt: skip
        session.execute(insert(SIGNATURE), row)
        answer(session, signature_id=row["id"])
        body = {"side": command.side, "digest": school.digest, "figures": school.figures}
        event = NewEvent("opening.signed", actor.account_id, body=body)
        chain.append(session, f"organisation:{school.id}", [event], at=now)
        return str(row["id"])

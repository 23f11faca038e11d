"""The reconciliation of the opening day: persons against numbers, school by school, signed by both sides."""

from typing import Any

from service.opening import queries_reconciling
from service.opening.commands_signing import (
    RecordReconciliation,
    SignReconciliation,
    record_reconciliation,
    sign_reconciliation,
)
from service.web import edge
from service.web.api import api
from service.web.api.opening import OPENING
from service.web.api.schemas import opening as shapes
from service.web.openingview import reconciled, sealed


@api.get("/opening-reconciliation")
@api.output(shapes.ReconciliationList)
@api.doc(tags=OPENING)
def list_reconciliation() -> Any:
    """Every school with opening numbers that I may see, with its differences and signatures."""
    return {"items": [reconciled(one) for one in queries_reconciling.reconciliation(edge.actor())]}


@api.get("/opening-reconciliation/<organisation_id>")
@api.output(shapes.ReconciliationOut)
@api.doc(tags=OPENING)
def get_reconciliation(organisation_id: str) -> Any:
    """One school."""
    return reconciled(queries_reconciling.reconciliation_of(edge.actor(), organisation_id))


@api.post("/opening-reconciliation/<organisation_id>/sign")
@api.input(shapes.SignIn, arg_name="body")
@api.output(shapes.ReconciliationOut)
@api.doc(tags=OPENING)
def sign_opening_reconciliation(organisation_id: str, body: dict[str, Any]) -> Any:
    """Sign for the school (its principal) or for the bureau (HR) what `digest` names; each side once."""
    sign_reconciliation(edge.actor(), SignReconciliation(organisation_id, **body), now=edge.now())
    return reconciled(queries_reconciling.reconciliation_of(edge.actor(), organisation_id))


@api.post("/opening-reconciliation/<organisation_id>/paper")
@api.input(shapes.SealedListIn, arg_name="body")
@api.output(shapes.ReconciliationOut)
@api.doc(tags=OPENING)
def record_opening_reconciliation(organisation_id: str, body: dict[str, Any]) -> Any:
    """Bureau HR writes down a printed list that a school without a network has signed and sealed."""
    paper = sealed(body, body["attachment_id"])
    command = RecordReconciliation(organisation_id, body["code"], paper, body["note"])
    record_reconciliation(edge.actor(), command, now=edge.now())
    return reconciled(queries_reconciling.reconciliation_of(edge.actor(), organisation_id))

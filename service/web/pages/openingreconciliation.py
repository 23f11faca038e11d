"""The reconciliation of the opening day: every school with its differences, and the page that both sides sign."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access import policy
from service.errors import Conflict, Invalid
from service.opening import queries_reconciling
from service.opening.commands_signing import ACTIONS, SignReconciliation, sign_reconciliation
from service.opening.queries_reconciling import SIDES, Reconciled
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.openingview import reconciled
from service.web.pages import pages, sent
from service.web.words import words


class SignIn(sent.Form):
    """What is signed, for which side, with a word about differences."""

    side = fields.String(required=True, validate=validate.OneOf(SIDES))
    digest = Text(most=64, required=True)
    text = Text(most=400, load_default="")


@pages.get("/opening/reconciliation")
def opening_reconciliation() -> str:
    """Every school that I may see."""
    found = queries_reconciling.reconciliation(edge.actor())
    return render_template(
        "opening/reconciliation.html",
        rows=[_shown(one) for one in found],
        may_import=policy.allows(edge.actor(), "opening.import"),
    )


@pages.get("/opening/reconciliation/<organisation_id>")
def opening_school(organisation_id: str) -> str:
    """One school, with who may sign."""
    return _page(organisation_id)


@pages.post("/opening/reconciliation/<organisation_id>")
def sign_opening_school(organisation_id: str) -> Response | tuple[str, int]:
    """Sign what the page shows."""
    given = sent.form(SignIn)
    try:
        command = SignReconciliation(organisation_id, given["side"], given["digest"], given["text"])
        sign_reconciliation(edge.actor(), command, now=edge.now())
    except (Invalid, Conflict) as refused:
        told = words(refused.faults[0].code if refused.faults else refused.code, refused.params, edge.locale())
        return _page(organisation_id, problem=told), 422 if isinstance(refused, Invalid) else 409
    flash(_("Signed. The signature holds as long as the numbers stay as they are."))
    return redirect(url_for("pages.opening_school", organisation_id=organisation_id))


def _page(organisation_id: str, problem: str | None = None) -> str:
    found = queries_reconciling.reconciliation_of(edge.actor(), organisation_id)
    target = policy.Target(organisation_id=organisation_id)
    may = [side for side in SIDES if policy.allows(edge.actor(), ACTIONS[side], target) and not _holds(found, side)]
    return render_template("opening/school.html", item=_shown(found), may_sign=may, problem=problem)


def _holds(found: Reconciled, side: str) -> bool:
    signed = found.by(side)
    return signed is not None and signed.holds


def _shown(found: Reconciled) -> dict[str, Any]:
    return {**reconciled(found), "by": {side: found.by(side) for side in SIDES}}

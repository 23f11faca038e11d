"""The reconciliation of the opening day: every school, the page that both sides sign, and the same on paper."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.errors import Conflict, Forbidden, Invalid
from service.opening import queries_reconciling
from service.opening.commands_signing import (
    ACTIONS,
    RecordReconciliation,
    SignReconciliation,
    record_reconciliation,
    sign_reconciliation,
)
from service.opening.queries_reconciling import SIDES, Reconciled
from service.people.queries import bureau_name
from service.posts import commands_checked, queries_checked
from service.posts.checked import SCHOOL
from service.web import edge
from service.web.api.schemas.base import Text, reference
from service.web.naming import role_name
from service.web.openingview import reconciled, sealed
from service.web.pages import pages, sent
from service.web.pages.files import stored
from service.web.problems import status_of
from service.web.recordview import post_words
from service.web.words import words

LIST, CASES = "list", "cases"
"""What a sealed paper says: the numbers and persons are right; no other case on paper is open."""


class SignIn(sent.Form):
    """What is signed, for which side, with a word about differences."""

    side = fields.String(required=True, validate=validate.OneOf(SIDES))
    digest = Text(most=64, required=True)
    text = Text(most=400, load_default="")


class PaperIn(sent.Form):
    """What a school without a network has signed and sealed, and what it says."""

    says = fields.List(fields.String(validate=validate.OneOf((LIST, CASES))), load_default=list)
    person_id = reference(load_default="", allow_none=True)
    document = Text(most=200, load_default="")
    decided_on = fields.Date(load_default=None, allow_none=True)
    code = Text(most=20, load_default="")
    text = Text(most=400, load_default="")
    scan = fields.Raw(load_default=None)


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
        return _page(organisation_id, problem=told), status_of(refused)
    flash(_("Signed. The signature holds as long as the numbers stay as they are."))
    return redirect(url_for("pages.opening_school", organisation_id=organisation_id))


@pages.get("/opening/reconciliation/<organisation_id>/list")
def opening_list(organisation_id: str) -> str:
    """Numbers and persons on paper, for a school without a network to sign and to seal."""
    people = queries_reconciling.listed(edge.actor(), organisation_id)
    found = queries_reconciling.reconciliation_of(edge.actor(), organisation_id)
    shown = [{"name": row.name, "post": post_words(row), "on": row.valid_from} for row in people]
    bureau = bureau_name(edge.locale())
    return render_template("opening/list.html", item=_shown(found), people=shown, bureau=bureau)


@pages.post("/opening/reconciliation/<organisation_id>/paper")
def record_opening_list(organisation_id: str) -> Response | tuple[str, int]:
    """Write down what a school has signed and sealed: the list, that no other case is open, or both."""
    given = sent.form(PaperIn)
    try:
        paper = sealed(given, stored(given["scan"]))
        if LIST in given["says"]:
            command = RecordReconciliation(organisation_id, given["code"], paper, given["text"])
            record_reconciliation(edge.actor(), command, now=edge.now())
        if CASES in given["says"]:
            commands_checked.record_for_school(edge.actor(), organisation_id, paper, now=edge.now())
    except (Invalid, Conflict, Forbidden) as refused:
        told = words(refused.faults[0].code if refused.faults else refused.code, refused.params, edge.locale())
        return _page(organisation_id, told, given), status_of(refused)
    flash(_("Written down."))
    return redirect(url_for("pages.opening_school", organisation_id=organisation_id))


def _page(organisation_id: str, problem: str | None = None, given: Mapping[str, Any] | None = None) -> str:
    found = queries_reconciling.reconciliation_of(edge.actor(), organisation_id)
    target = policy.Target(organisation_id=organisation_id)
    may = [side for side in SIDES if policy.allows(edge.actor(), ACTIONS[side], target) and not _holds(found, side)]
    may_record = policy.allows(edge.actor(), "opening.record_school", target)
    paper = _paper(organisation_id, found, given or {}) if may_record else None
    may_print = policy.allows(edge.actor(), "opening.print", target)
    return render_template(
        "opening/school.html", item=_shown(found), may_sign=may, may_print=may_print, paper=paper, problem=problem
    )


def _paper(organisation_id: str, found: Reconciled, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The form of what a school has said on paper, while it has not said all of it."""
    open_to_say = [one for one in queries_checked.checks(edge.actor(), organisation_id) if one.school is None]
    says = [LIST] * (not _holds(found, SCHOOL)) + [CASES] * bool(open_to_say)
    if not says:
        return None
    signers = queries_checked.signers(edge.actor(), organisation_id, day_of(edge.now()))
    return {
        "says": says, "given": given,
        "signers": [{"id": row.person_id, "name": row.name, "role": role_name(row.role)} for row in signers],
    }  # fmt: skip


def _holds(found: Reconciled, side: str) -> bool:
    signed = found.by(side)
    return signed is not None and signed.holds


def _shown(found: Reconciled) -> dict[str, Any]:
    return {**reconciled(found), "by": {side: found.by(side) for side in SIDES}}

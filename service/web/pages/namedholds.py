"""Named holds on the page of an account: booked by bureau HR, ended by their owner."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.errors import Conflict, Invalid, LecternError
from service.posts import commands_named, queries_named
from service.posts.commands_named import BookHold, EndHold
from service.web import edge
from service.web.api.schemas.base import Text, reference
from service.web.pages import pages, sent
from service.web.pages.ledger import shown
from service.web.pages.lentview import lent_to
from service.web.words import words


class KeptIn(sent.Form):
    """How many of an account."""

    account_id = reference(required=True)
    count = sent.whole(0, 1000, load_default=0)


class HoldIn(sent.Form):
    """What is kept, for whom, why and until when."""

    owner = Text(most=120, required=True)
    reason = Text(most=500, load_default="")
    document = Text(most=200, load_default="")
    decided_on = fields.Date(required=True)
    until = fields.Date(required=True)
    lines = fields.List(fields.Nested(KeptIn), load_default=list, validate=validate.Length(max=8))


class WhyIn(sent.Form):
    """Why it is needed no more."""

    text = Text(most=500, load_default="")


@pages.post("/ledger/<organisation_id>/named-holds")
def book_named_hold(organisation_id: str) -> Response | tuple[str, int]:
    """Keep posts or headcount of this organisation."""
    try:
        given = sent.form(HoldIn)
        lines = {line["account_id"]: line["count"] for line in given["lines"] if line["count"]}
        command = BookHold(organisation_id, **{**given, "lines": lines})
        commands_named.book_hold(edge.actor(), command, now=edge.now())
    except (Conflict, Invalid) as refused:
        return _refused(organisation_id, refused, sent.typed(HoldIn))
    flash(_("Kept."))
    return redirect(url_for("pages.account", organisation_id=organisation_id))


@pages.post("/named-holds/<hold_id>/end")
def end_named_hold(hold_id: str) -> Response | tuple[str, int]:
    """Give back what it keeps."""
    found = queries_named.hold(edge.actor(), hold_id)
    try:
        commands_named.end_hold(edge.actor(), EndHold(hold_id, sent.form(WhyIn)["text"]), now=edge.now())
    except (Conflict, Invalid) as refused:
        return _refused(found.organisation_id, refused, {})
    return redirect(url_for("pages.account", organisation_id=found.organisation_id))


def _refused(organisation_id: str, refused: LecternError, typed: Mapping[str, Any]) -> tuple[str, int]:
    one = refused.faults[0] if refused.faults else refused
    kept = {"problem": words(one.code, one.params, edge.locale()), "typed": typed}
    return shown(organisation_id, lent_to(organisation_id), kept), 422 if isinstance(refused, Invalid) else 409

"""That a school has no other open case on paper: who has confirmed it, confirmed here, taken back."""

from typing import Any

from flask import redirect, render_template, url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.access.policy import Target
from service.errors import Conflict, Forbidden, Invalid
from service.opening import queries_reconciling
from service.posts import commands_checked, queries_checked
from service.posts.checked import BUREAU, SCHOOL
from service.posts.commands_checked import TakeBack
from service.posts.queries_checked import CheckView
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.words import words

BACK = "back"


class SaidIn(sent.Form):
    """For which side, or that it is taken back, and why."""

    act = fields.String(required=True, validate=validate.OneOf((SCHOOL, BUREAU, BACK)))
    text = Text(most=500, load_default="")


@pages.get("/opening/open-cases")
def open_cases() -> str:
    """Every school that I may see, and what I may say of it."""
    return _page()


@pages.post("/opening/open-cases/<organisation_id>")
def say_no_open_cases(organisation_id: str) -> Response | tuple[str, int]:
    """Confirm it for the school or for the bureau, or take it back with a reason."""
    given, actor, now = sent.form(SaidIn), edge.actor(), edge.now()
    try:
        if given["act"] == SCHOOL:
            commands_checked.confirm_for_school(actor, organisation_id, now=now)
        elif given["act"] == BUREAU:
            commands_checked.confirm_for_bureau(actor, organisation_id, now=now)
        else:
            commands_checked.take_back(actor, TakeBack(organisation_id, given["text"]), now=now)
    except (Conflict, Forbidden, Invalid) as refused:
        code = 422 if isinstance(refused, Invalid) else 409
        return _page(words(refused.code, refused.params, edge.locale())), code
    return redirect(url_for("pages.open_cases"))


def _page(problem: str | None = None) -> str:
    found = queries_checked.checks(edge.actor())
    needed = queries_checked.needed(day_of(edge.now()))
    numbered = set(queries_reconciling.numbered(edge.actor()))
    rows = [_row(one, numbered=one.organisation_id in numbered) for one in found]
    done = sum(one.complete for one in found)
    return render_template("paper/checks.html", rows=rows, needed=needed, done=done, problem=problem)


def _row(one: CheckView, *, numbered: bool) -> dict[str, Any]:
    actor, target = edge.actor(), Target(organisation_id=one.organisation_id)
    may = [
        side
        for side, said in ((SCHOOL, one.school), (BUREAU, one.bureau))
        if said is None and policy.allows(actor, f"open_cases.confirm_{side}", target)
    ]
    english = edge.locale() == "en" and one.organisation_name_en
    return {
        "id": one.organisation_id,
        "name": english or one.organisation_name,
        "school": one.school,
        "bureau": one.bureau,
        "may": may,
        "may_record": one.school is None and numbered and policy.allows(actor, "open_cases.record_school", target),
        "may_take_back": bool(one.school or one.bureau) and policy.allows(actor, "open_cases.take_back", target),
    }

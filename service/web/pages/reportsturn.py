"""The turn of the school year (年度结转): looked at as a dry run, kept once, and worked off from there."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from service.access import policy
from service.access.days import day_of
from service.reports import queries_turn
from service.reports.commands_turn import TurnYear, turn_year
from service.reports.rules import school_year
from service.web import edge, turnview
from service.web.pages import pages, sent

FIRST, LAST = 2000, 2100


class YearQuery(sent.Query):
    """Into which school year, by the year in which it begins; the present one without it."""

    year = sent.whole(FIRST, LAST, load_default=None, allow_none=True)


class TurnForm(sent.Form):
    """The year that is turned."""

    year = sent.whole(FIRST, LAST, required=True)


@pages.get("/reports/turn")
def report_turn() -> str:
    """What the turn proposes, step by step."""
    today = day_of(edge.now())
    year = sent.query(YearQuery)["year"] or school_year(today).year
    turn = queries_turn.turn(edge.actor(), year, edge.now())
    found = turnview.turn_of(turn)
    return render_template(
        "reports/turn.html",
        turn={**found, "rounds": turnview.rounds_of(turn.rounds)},
        groups=turnview.groups(found["open"]),
        years=sorted({year - 1, year, year + 1, *(one for one, _at, _by in queries_turn.turns(edge.actor()))}),
        may_turn=policy.allows(edge.actor(), "report.turn") and found["turn_day"] <= today,
    )


@pages.post("/reports/turn")
def keep_turn() -> Response:
    """Keep the proposals of the year; a second time changes nothing."""
    year = sent.form(TurnForm)["year"]
    new = turn_year(edge.actor(), TurnYear(year), now=edge.now())
    flash(_("Kept. Nothing was decided about anybody.") if new else _("The year was turned before; nothing changed."))
    return redirect(url_for("pages.report_turn", year=year))

"""Accounts of an organisation's staff: who has one, a sheet of new ones, slips to print; choosing the password."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response as Answer
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from service import sheets
from service.access import commands_slips, policy
from service.access.commands_slips import Activate
from service.columns import Column
from service.errors import Conflict, Fault, Forbidden, Invalid
from service.people import commands_accounts, commands_county_accounts, queries, queries_accounts
from service.people.commands_accounts import IssueSlips, OpenMany
from service.people.commands_county_accounts import AskAccounts
from service.people.opening_accounts import COLUMNS, MOST, ORGANISATION, Plan
from service.runs import queries as runs
from service.sheets import XLSX, Heading
from service.web import edge, runview
from service.web.api.schemas.base import Text, reference
from service.web.naming import role_name
from service.web.pages import pages, sent
from service.web.pages.runs import part_of
from service.web.problems import status_of
from service.web.words import words


class SheetIn(sent.Form):
    """The sheet of new accounts."""

    sheet = fields.Raw(required=True)


class CountyQuery(sent.Query):
    """The run whose outcome is shown."""

    run = Text(most=64, load_default=None, allow_none=True)


class ChosenIn(sent.Form):
    """The accounts for which slips are printed."""

    account_ids = fields.List(reference(), load_default=list, validate=validate.Length(max=MOST))


class ActivateIn(sent.Form):
    """What stands on a slip, and the password twice."""

    username = Text(most=64, load_default="")
    code = Text(most=40, load_default="")
    password = fields.String(load_default="", validate=validate.Length(max=400))
    again = fields.String(load_default="", validate=validate.Length(max=400))


@pages.get("/user-accounts")
def county_accounts() -> str:
    """Accounts of all organisations from one sheet; with `run` how far the last one is."""
    return _county(sent.query(CountyQuery)["run"])


@pages.get("/user-accounts/template.xlsx")
def county_account_template() -> Answer:
    """A sheet with everybody who has no account anywhere, and a free user name for each."""
    rows = queries_accounts.suggested_everywhere(edge.actor(), edge.now())
    return _template((*COLUMNS, ORGANISATION), rows)


@pages.post("/user-accounts")
def open_county_accounts() -> Response | tuple[str, int]:
    """Check every row; with one wrong cell nothing is opened, else they are in the background."""
    file = sent.form(SheetIn)["sheet"]
    try:
        sheet = sheets.read(file.stream.read())
        plan = queries_accounts.plan(edge.actor(), None, sheet, edge.now())
    except Invalid as refused:
        return _county(None, problem=words(refused.code, refused.params, edge.locale())), 422
    if plan.faults:
        return _county(None, report=_report(file.filename, sheet, plan)), 422
    run_id = commands_county_accounts.ask_accounts(edge.actor(), AskAccounts(tuple(plan.logins)), now=edge.now())
    return redirect(url_for("pages.county_accounts", run=run_id))


@runview.leads(commands_county_accounts.KIND)
def _opened(run: Any) -> str:
    return url_for("pages.county_accounts", run=run.id)


@pages.get("/organisations/<organisation_id>/user-accounts")
def user_accounts(organisation_id: str) -> str:
    """The staff with their accounts; those who need a slip, having none that is good, are chosen."""
    return _page(organisation_id)


@pages.get("/organisations/<organisation_id>/user-accounts/template.xlsx")
def account_template(organisation_id: str) -> Answer:
    """A sheet with everybody who has no account, and a free user name for each."""
    return _template(COLUMNS, queries_accounts.suggested(edge.actor(), organisation_id, edge.now()))


def _template(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Answer:
    chinese = edge.locale() != "en"
    headings = [Heading(one.zh if chinese else one.en, one.width, one.required) for one in columns]
    reply = Answer(sheets.workbook(str(_("User accounts")), headings, rows), mimetype=XLSX)
    reply.headers["Content-Disposition"] = "attachment; filename=accounts.xlsx"
    return reply


@pages.post("/organisations/<organisation_id>/user-accounts")
def open_user_accounts(organisation_id: str) -> Response | tuple[str, int]:
    """Check every row; with one wrong cell nothing is opened, else all are, and their slips wait to be printed."""
    file = sent.form(SheetIn)["sheet"]
    try:
        sheet = sheets.read(file.stream.read())
        plan = queries_accounts.plan(edge.actor(), organisation_id, sheet, edge.now())
        if plan.faults:
            return _page(organisation_id, report=_report(file.filename, sheet, plan)), 422
        made = commands_accounts.open_many(
            edge.actor(), OpenMany(organisation_id, tuple(plan.logins)), now=edge.now()
        )  # fmt: skip
    except (Invalid, Conflict) as refused:
        return _page(organisation_id, problem=words(refused.code, refused.params, edge.locale())), 422
    flash(_("%(n)s accounts are open. Print the slips now; they are how people get in.", n=len(made)))
    return redirect(url_for("pages.user_accounts", organisation_id=organisation_id))


@pages.post("/organisations/<organisation_id>/user-accounts/slips")
def print_slips(organisation_id: str) -> str | tuple[str, int]:
    """The slips of the chosen accounts on A4, shown this once."""
    chosen = tuple(sent.form(ChosenIn)["account_ids"])
    if not chosen:
        return _page(organisation_id, problem=_("Choose whose slips are printed.")), 422
    slips = commands_accounts.issue_slips(edge.actor(), IssueSlips(organisation_id, chosen), now=edge.now())
    return render_template(
        "useraccounts/slips.html",
        organisation={"id": organisation_id, "name": _name(organisation_id)},
        bureau=queries.bureau_name(edge.locale()),
        address=edge.settings().base_url or request.host_url.rstrip("/"),
        slips=slips,
    )


@pages.route("/activate", methods=["GET", "POST"])
def activate_account() -> str | Response | tuple[str, int]:
    """Choose a password by a slip; then log in."""
    if request.method == "GET":
        return _activation({})
    given = sent.form(ActivateIn)
    if given["password"] != given["again"]:
        return _activation(given, _("The two passwords are not the same.")), 422
    command = Activate(given["username"], given["code"], given["password"], request.remote_addr or "")
    try:
        commands_slips.activate(edge.actor(), command, now=edge.now())
    except (Invalid, Forbidden) as refused:
        told = [words(fault.code, fault.params, edge.locale()) for fault in refused.faults]
        return _activation(given, " ".join(told) or words(refused.code, refused.params, edge.locale())), status_of(
            refused
        )
    flash(_("Your password is set: log in with it."))
    return redirect(url_for("pages.login"))


def _activation(given: Mapping[str, Any], error: str | None = None) -> str:
    shown = {name: given.get(name, "") for name in ("username", "code")}
    return render_template("auth/activate.html", bureau=queries.bureau_name(edge.locale()), error=error, **shown)


def _report(name: str, sheet: sheets.Sheet, plan: Plan) -> dict[str, Any]:
    errors = [_error(fault, dict(sheet.rows)) for fault in plan.faults]
    return {"file": name, "lines": plan.total, "errors": errors}


def _county(run_id: str | None, **more: Any) -> str:
    actor = edge.actor()
    policy.require(actor, "account.open_many")
    refused = queries_accounts.opening(actor, run_id).refused if run_id else ()
    given: dict[str, Any] = {"report": None, "problem": None, **more}
    return render_template(
        "useraccounts/county.html",
        run=part_of(runs.run_of(actor, run_id)) if run_id else None,
        refused=[_refused(one) for one in refused],
        without=len(queries_accounts.suggested_everywhere(actor, edge.now())),
        **given,
    )


def _refused(one: Any) -> dict[str, Any]:
    why = words(one.fault, {"username": one.username}, edge.locale())
    return {"row": one.row, "name": one.name, "username": one.username, "why": why}


def _page(organisation_id: str, **more: Any) -> str:
    actor, target = edge.actor(), policy.Target(organisation_id=organisation_id)
    staff = queries_accounts.staff_accounts(actor, organisation_id, edge.now())
    given: dict[str, Any] = {"report": None, "problem": None, **more}
    return render_template(
        "useraccounts/index.html",
        organisation={"id": organisation_id, "name": _name(organisation_id)},
        staff=[{**vars(one), "roles": [role_name(role) for role in one.roles]} for one in staff],
        left=any(one.may_issue and not one.due and one.state in ("new", "lapsed") for one in staff),
        without=sum(one.account_id is None for one in staff),
        may_open=policy.allows(actor, "account.open_many", target),
        sign_on=edge.settings().oidc is not None,
        may_link=policy.allows(actor, "account.link_identity", target),
        **given,
    )


def _name(organisation_id: str) -> str:
    return queries.organisation_names([organisation_id], edge.locale()).get(organisation_id, "")


def _error(fault: Fault, cells: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """A wrong cell with what stands in it (candidates/report.html)."""
    params, english = fault.params, edge.locale() == "en"
    here = cells.get(params["row"], {})
    value = here.get(params["column"], here.get(params["column_en"]))
    return {
        "line": params["row"],
        "column": params["column_en"] if english else params["column"],
        "value": "" if value is None else str(value),
        "message": words(fault.code, params, edge.locale()),
    }

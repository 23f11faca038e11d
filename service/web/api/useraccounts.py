"""Accounts of an organisation's staff: in bulk from a sheet, slips to choose a password by, and choosing it."""

from typing import Any

from flask import request

from service import sheets
from service.access import commands_signon, commands_slips, queries
from service.access.commands_signon import LinkIdentity, UnlinkIdentity
from service.access.commands_slips import Activate
from service.errors import Fault
from service.people import commands_accounts, commands_county_accounts, queries_accounts
from service.people.commands_accounts import IssueSlips, OpenMany
from service.people.commands_county_accounts import AskAccounts
from service.web import edge
from service.web.api import api
from service.web.api.schemas import useraccounts as shapes
from service.web.problems import error_of

USERS = ["User accounts"]


@api.get("/organisations/<organisation_id>/user-accounts")
@api.output(shapes.StaffAccountList)
@api.doc(tags=USERS)
def list_staff_accounts(organisation_id: str) -> Any:
    """The staff of an organisation with their accounts, for who may issue slips there."""
    return {"items": queries_accounts.staff_accounts(edge.actor(), organisation_id, edge.now())}


@api.post("/organisations/<organisation_id>/user-accounts")
@api.input(shapes.AccountsQuery, location="query", arg_name="query")
@api.input(shapes.AccountsIn, location="form_and_files", arg_name="body")
@api.output(shapes.OpenedOut)
@api.doc(tags=USERS)
def open_staff_accounts(organisation_id: str, query: dict[str, Any], body: dict[str, Any]) -> Any:
    """Open the accounts of a sheet; with one wrong cell none, and `errors` names every one by row and column."""
    plan = queries_accounts.plan(
        edge.actor(), organisation_id, sheets.read(body["file"].stream.read()), edge.now()
    )  # fmt: skip
    made: tuple[str, ...] = ()
    if not plan.faults and not query["dry_run"]:
        sent = OpenMany(organisation_id, tuple(plan.logins))
        made = commands_accounts.open_many(edge.actor(), sent, now=edge.now())
    return {"rows": plan.total, "account_ids": made, "errors": [_cell(fault) for fault in plan.faults]}


def _cell(fault: Fault) -> dict[str, Any]:
    return error_of(fault, edge.locale()) | {"row": fault.params["row"], "column": fault.params["column"]}


@api.post("/organisations/<organisation_id>/user-accounts/slips")
@api.input(shapes.SlipsIn, arg_name="body")
@api.output(shapes.SlipsOut, status_code=201)
@api.doc(tags=USERS)
def issue_account_slips(organisation_id: str, body: dict[str, Any]) -> Any:
    """Slips for accounts: told this once, so a repeated request makes others. What let people in before ends."""
    sent = IssueSlips(organisation_id, tuple(body["account_ids"]))
    return {"items": commands_accounts.issue_slips(edge.actor(), sent, now=edge.now())}


@api.post("/user-accounts/sheet")
@api.input(shapes.AccountsQuery, location="query", arg_name="query")
@api.input(shapes.AccountsIn, location="form_and_files", arg_name="body")
@api.output(shapes.AccountOpeningOut, status_code=202)
@api.doc(tags=USERS)
def open_county_accounts(query: dict[str, Any], body: dict[str, Any]) -> Any:
    """Open the accounts of a sheet over many organisations in the background; with one wrong cell none, and no run."""
    plan = queries_accounts.plan(edge.actor(), None, sheets.read(body["file"].stream.read()), edge.now())
    run_id = None
    if not plan.faults and not query["dry_run"]:
        asked = AskAccounts(tuple(plan.logins))
        run_id = commands_county_accounts.ask_accounts(edge.actor(), asked, now=edge.now())
    return {"rows": plan.total, "run_id": run_id, "errors": [_cell(fault) for fault in plan.faults]}


@api.get("/user-accounts/<account_id>/identity")
@api.output(shapes.IdentityOut)
@api.doc(tags=USERS)
def get_identity(account_id: str) -> Any:
    """An account's link with the provider of single sign-on, for the admin."""
    return queries.linked_account(edge.actor(), account_id)


@api.put("/user-accounts/<account_id>/identity")
@api.input(shapes.IdentityIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=USERS)
def put_identity(account_id: str, body: dict[str, Any]) -> Any:
    """Link the account with a subject of the provider, in the place of an earlier one; its sessions end."""
    oidc = edge.settings().oidc
    command = LinkIdentity(account_id, oidc.issuer if oidc else None, body["subject"])
    commands_signon.link_identity(edge.actor(), command, now=edge.now())
    return ""


@api.delete("/user-accounts/<account_id>/identity")
@api.output({}, status_code=204)
@api.doc(tags=USERS)
def delete_identity(account_id: str) -> Any:
    """End the link and the sessions of the account."""
    commands_signon.unlink_identity(edge.actor(), UnlinkIdentity(account_id), now=edge.now())
    return ""


@api.post("/activate")
@api.input(shapes.ActivateIn, arg_name="body")
@api.output({}, status_code=204)
@api.doc(tags=["Session"], security=[])
def activate(body: dict[str, Any]) -> Any:
    """Choose the password of an account by its slip, once; throttled per name and address (429)."""
    commands_slips.activate(edge.actor(), Activate(**body, address=request.remote_addr or ""), now=edge.now())
    return ""

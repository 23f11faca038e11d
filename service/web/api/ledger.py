"""The ledger: accounts with their figures, entries, dated decisions, sums of the county."""

from collections.abc import Iterable
from typing import Any

from service.people import persons
from service.people import queries as people
from service.posts import commands, commands_loans, queries, queries_sums
from service.posts.commands import ChangeApproved, MovePost, OpenAccounts
from service.posts.commands_loans import NameHolder
from service.posts.opening import NewAccount
from service.web import edge
from service.web.api import api
from service.web.api.schemas import ledger as shapes
from service.web.api.shaping import paged

LEDGER = ["Ledger"]


@api.get("/accounts")
@api.input(shapes.AccountQuery, location="query", arg_name="query")
@api.output(shapes.AccountPage)
@api.doc(tags=LEDGER)
def list_accounts(query: dict[str, Any]) -> Any:
    """Accounts that I may see, in the order of the tree: headcount, then senior, middle and junior posts."""
    wanted = {name: query[name] for name in ("organisation_id", "kind", "pool")}
    return paged([account_of(row) for row in queries.accounts(edge.actor(), **wanted)], query)


@api.get("/accounts/<account_id>")
@api.output(shapes.AccountOut)
@api.doc(tags=LEDGER)
def get_account(account_id: str) -> Any:
    """One account."""
    return account_of(queries.account(edge.actor(), account_id))


@api.get("/accounts/<account_id>/entries")
@api.input(shapes.EntryQuery, location="query", arg_name="query")
@api.output(shapes.EntryPage)
@api.doc(tags=LEDGER)
def list_entries(account_id: str, query: dict[str, Any]) -> Any:
    """The movements of an account, newest first, each with its case or document."""
    found = queries.entries(edge.actor(), account_id, before=query["cursor"], limit=query["limit"])
    return {"items": [entry_of(entry) for entry in found.entries], "next": found.next}


@api.get("/ledger-sums")
@api.output(shapes.SumOut(many=True))
@api.doc(tags=LEDGER)
def list_sums() -> Any:
    """Sums by kind and band over the accounts that I may see: of the whole county for who sees every account."""
    return list(queries_sums.county(edge.actor()))


@api.post("/accounts")
@api.input(shapes.OpeningIn, arg_name="body")
@api.output(shapes.AccountsOut, status_code=201)
@api.doc(tags=LEDGER)
def open_accounts(body: dict[str, Any]) -> Any:
    """Open accounts with their balances, by one document."""
    accounts = body["accounts"]
    for organisation_id in sorted({one["organisation_id"] for row in accounts for one in (row, *row["lent_to"])}):
        people.organisation(edge.actor(), organisation_id)
    sent = OpenAccounts(tuple(map(opening_of, accounts)), body["document"], body["decided_on"])
    ids = edge.repeatable(
        body,
        201,
        lambda: commands.open_accounts(edge.actor(), sent, now=edge.now()),
        lambda ids: list(ids["account_ids"]),
    )
    return standing(ids)


def opening_of(sent: dict[str, Any]) -> NewAccount:
    """A balance as it was sent: what a pool had lent stands by school."""
    lent = {one["organisation_id"]: one["count"] for one in sent["lent_to"]}
    return NewAccount(**{**sent, "lent_to": lent})


@api.post("/accounts/<account_id>/change-approved")
@api.input(shapes.ApprovedIn, arg_name="body")
@api.output(shapes.AccountOut)
@api.doc(tags=LEDGER)
def change_approved(account_id: str, body: dict[str, Any]) -> Any:
    """Set the approved number by a dated approval; a cut below what is in use makes excess."""
    sent = ChangeApproved(account_id, body["approved"], body["document"], body["decided_on"])
    edge.repeatable(body, 200, lambda: commands.change_approved(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return account_of(queries.account(edge.actor(), account_id))


@api.post("/accounts/<account_id>/move-post")
@api.input(shapes.MoveIn, arg_name="body")
@api.output(shapes.AccountsOut)
@api.doc(tags=LEDGER)
def move_post(account_id: str, body: dict[str, Any]) -> Any:
    """Move free posts to another account, by a dated decision; 409 ledger.full when fewer are free."""
    sent = MovePost(account_id, body["target_id"], body["count"], body["document"], body["decided_on"])
    edge.repeatable(body, 200, lambda: commands.move_post(edge.actor(), sent, now=edge.now()), lambda _ids: None)
    return standing([account_id, body["target_id"]])


@api.post("/accounts/<account_id>/loans")
@api.input(shapes.HolderIn, arg_name="body")
@api.output(shapes.LoanIdOut, status_code=201)
@api.doc(tags=LEDGER)
def name_holder(account_id: str, body: dict[str, Any]) -> Any:
    """Say who sits in a post that a pool had lent to a school before the opening day; nothing moves in the ledger."""
    people.organisation(edge.actor(), body["borrower_id"])
    persons.person(edge.actor(), body["person_id"])
    sent = NameHolder(account_id, **body)
    made = edge.repeatable(
        body,
        201,
        lambda: commands_loans.name_holder(edge.actor(), sent, now=edge.now()),
        lambda ids: str(ids["loan_id"]),
    )
    return {"id": made}


def standing(account_ids: Iterable[str]) -> dict[str, Any]:
    """Accounts as they stand now."""
    return {"items": [account_of(queries.account(edge.actor(), account_id)) for account_id in account_ids]}


def account_of(view: queries.AccountView) -> dict[str, Any]:
    """An account with its figures side by side (design §5)."""
    figures = view.figures
    return {
        "id": view.id,
        "organisation_id": view.organisation_id,
        "organisation_name": (edge.locale() == "en" and view.organisation_name_en) or view.organisation_name,
        "kind": view.kind,
        "band": view.band,
        "pool": view.pool,
        "approved": figures.approved,
        "excess": figures.excess,
        "occupied": figures.occupied,
        "reserved": figures.reserved,
        "lent": figures.lent,
        "free": view.free,
        "borrowed": view.borrowed,
    }


def entry_of(view: queries.EntryView) -> dict[str, Any]:
    """A movement under the names of the API."""
    shown = {name: getattr(view, name) for name in shapes.EntryOut().fields if hasattr(view, name)}
    return {**shown, "process_instance_id": view.instance_id}

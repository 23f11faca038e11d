"""The ledger: every school's headcount and posts, the reserved pool, and the entries that made the figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import render_template
from marshmallow import fields, validate

from service.access import policy
from service.access.days import day_of
from service.errors import Invalid, NotFound
from service.parameters import queries as parameters
from service.people import queries as people
from service.posts import queries, queries_sums
from service.posts.queries import AccountView, EntryView
from service.posts.rules import pool_shortage, share
from service.web import edge
from service.web.api.schemas.base import Text
from service.web.pages import pages, sent
from service.web.pages.ledgerview import account_of, holds_of
from service.web.pages.lentview import lent_to

PAGE = 100
ENTRIES = 50
BESIDE = 20
SHOWN = ("free", "full", "reserved", "excess")
COLUMNS = ("headcount", "senior", "middle", "junior")
SUMS = ("approved", "occupied", "reserved", "lent", "excess")
FIGURES = ("approved", "occupied", "reserved", "lent")
NOTHING: Mapping[str, Any] = {"problem": None, "typed": {}}
"""Nothing was refused about a named hold."""


class LedgerQuery(sent.Query):
    """Which schools, and whose entries stand beside the table."""

    show = fields.String(load_default="", validate=validate.OneOf(("", *SHOWN)))
    of = Text(most=64, load_default=None, allow_none=True)
    cursor = Text(most=64, load_default=None, allow_none=True)


class AccountQuery(sent.Query):
    """Entries of one account, or of all."""

    account = Text(most=64, load_default=None, allow_none=True)
    cursor = Text(most=64, load_default=None, allow_none=True)


@pages.get("/ledger")
def ledger() -> str:
    """Schools by the tree with their four accounts; the pool for those who see it."""
    actor, asked = edge.actor(), sent.query(LedgerQuery)
    policy.require(actor, "ledger.read", policy.Target(organisation_id=actor.organisation_id))
    schools = _schools(queries.accounts(actor, pool=False))
    wanted = [row for row in schools if _is_shown(row["accounts"].values(), asked["show"])]
    rows, following = _cut(wanted, asked["cursor"])
    return render_template(
        "ledger/index.html",
        as_of=edge.now(),
        total=len(schools),
        pools=_pools(),
        rows=rows,
        totals=_totals(rows) if len(rows) > 1 else None,
        chosen=asked["show"],
        side=_side(rows, asked["of"]),
        next=following,
    )


def _schools(found: Sequence[AccountView]) -> list[dict[str, Any]]:
    """Organisation and its accounts by column, in the order of the accounts."""
    known = {row.id: row for row in people.organisations(edge.actor(), day_of(edge.now()))}
    rows: dict[str, dict[str, Any]] = {}
    for account in found:
        here = rows.setdefault(account.organisation_id, {"organisation": _named(account, known), "accounts": {}})
        here["accounts"][account.band or account.kind] = account_of(account)
    places = {organisation_id: number for number, organisation_id in enumerate(known)}
    return sorted(rows.values(), key=lambda row: places.get(row["organisation"]["id"], len(places)))


def _named(account: AccountView, known: Mapping[str, Any]) -> dict[str, Any]:
    english = edge.locale() == "en" and account.organisation_name_en
    row = known.get(account.organisation_id)
    return {
        "id": account.organisation_id,
        "name": english or account.organisation_name,
        "area": row.area if row else None,
        "weak": bool(row and row.weak),
    }


def _is_shown(accounts: Iterable[Mapping[str, Any]], show: str) -> bool:
    """The filters speak of any account of the school, `full` of all of them."""
    if show == "full":
        return all(account["free"] <= 0 for account in accounts)
    return not show or any(account[show] > 0 for account in accounts)


def _cut(rows: list[dict[str, Any]], cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """A page of a list that was read whole; the cursor is the organisation of its last row."""
    ids = [row["organisation"]["id"] for row in rows]
    if cursor is not None and cursor not in ids:
        raise Invalid("cursor.unreadable", cursor=cursor)
    start = ids.index(cursor) + 1 if cursor is not None else 0
    page = rows[start : start + PAGE]
    return page, ids[start + PAGE - 1] if start + PAGE < len(rows) else None


def _totals(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    totals = {}
    for name in COLUMNS:
        accounts = [row["accounts"][name] for row in rows if name in row["accounts"]]
        if accounts:
            sums = {figure: sum(account[figure] for account in accounts) for figure in SUMS}
            free = sum(account["free"] for account in accounts)
            totals[name] = {**accounts[0], "id": name, **sums, "free": free}
    return totals


def _pools() -> list[dict[str, Any]]:
    """The bureau's reserved posts by band, with the floor; nothing for those who see only their school."""
    if not queries.accounts(edge.actor(), pool=True):
        return []
    in_force = {found.key: found.value for found in parameters.standing(day_of(edge.now()))}
    percent = int(in_force["pool_floor_percent"])
    sums = [found for found in queries_sums.county(edge.actor()) if found.kind == "post" and found.pool.approved]
    order = {band: number for number, band in enumerate(COLUMNS)}
    return [_pool(found, percent) for found in sorted(sums, key=lambda found: order.get(found.band or "", 0))]


def _pool(found: queries_sums.County, percent: int) -> dict[str, Any]:
    return {
        "band": found.band,
        "approved": found.pool.approved,
        "floor": share(found.approved, percent),
        "percent": percent,
        "base": found.approved,
        "lent": found.pool.lent,
        "reserved": found.pool.reserved,
        "free": found.pool.free,
        "shortage": pool_shortage(found.approved, found.pool.approved, percent),
    }


def _side(rows: Sequence[Mapping[str, Any]], of: str | None) -> dict[str, Any] | None:
    """The latest movements of one of the schools shown: the one asked for, else the first."""
    chosen = next((row for row in rows if row["organisation"]["id"] == of), rows[0] if rows else None)
    if chosen is None:
        return None
    accounts = {account["id"]: account for account in chosen["accounts"].values()}
    found = queries.organisation_entries(edge.actor(), chosen["organisation"]["id"], limit=BESIDE).entries
    names = _names(found)
    return {"organisation": chosen["organisation"], "entries": _grouped(found, accounts, names)}


def _grouped(found: Sequence[EntryView], accounts: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Entries of one movement together: headcount and post of one request are one line of the timeline."""
    movements: dict[tuple[Any, ...], dict[str, Any]] = {}
    for entry in found:
        if entry.account_id in accounts:
            key = (entry.at, entry.event, entry.instance_id, entry.document)
            movement = movements.setdefault(key, {**_entry(entry, names), "lines": []})
            movement["lines"].append({"account": accounts[entry.account_id], "delta": _delta(entry)})
    for movement in movements.values():
        movement["lines"] = _summed(movement["lines"])
    return list(movements.values())


def _summed(lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One line an account, headcount first."""
    summed: dict[str, dict[str, Any]] = {}
    for line in lines:
        here = summed.setdefault(
            line["account"]["id"], {"account": line["account"], "delta": dict.fromkeys(FIGURES, 0)}
        )
        here["delta"] = {name: here["delta"][name] + line["delta"][name] for name in FIGURES}
    return sorted(summed.values(), key=lambda line: COLUMNS.index(line["account"]["band"] or "headcount"))


def _entry(entry: EntryView, names: Mapping[str, str]) -> dict[str, Any]:
    """A case that I may not see is not linked: the figures are mine to see, the case is not."""
    return {
        "id": entry.id,
        "at": entry.at,
        "event": entry.event,
        "business_key": entry.business_key,
        "process_instance_id": entry.instance_id if entry.business_key else None,
        "document": entry.document,
        "by": names.get(entry.actor_id),
    }


def _delta(entry: EntryView) -> dict[str, int]:
    return {name: getattr(entry.delta, name) for name in FIGURES}


def _names(found: Iterable[EntryView]) -> dict[str, str]:
    return people.names(list({entry.actor_id for entry in found}))


def _drawn(found: AccountView) -> dict[str, Any]:
    """What a pool has lent fills its bar as what is in use fills a school's."""
    return account_of(found) | {"occupied": found.figures.occupied + found.figures.lent}


@pages.get("/ledger/<organisation_id>")
def account(organisation_id: str) -> str:
    """The accounts of one organisation, what was lent to it, what is kept there under a name, and every entry."""
    return shown(organisation_id, lent_to(organisation_id))


def shown(organisation_id: str, lent: Mapping[str, Any], kept: Mapping[str, Any] = NOTHING) -> str:
    """The same, with what was typed about a lent post or a named hold and refused."""
    actor, asked = edge.actor(), sent.query(AccountQuery)
    accounts = queries.accounts(actor, organisation_id=organisation_id)
    if not accounts:
        raise NotFound("ledger_account.absent")
    by_id = {found.id: _drawn(found) for found in accounts}
    if asked["account"]:
        found = queries.entries(actor, asked["account"], before=asked["cursor"], limit=ENTRIES)
    else:
        found = queries.organisation_entries(actor, organisation_id, before=asked["cursor"], limit=ENTRIES)
    names = _names(found.entries)
    row = people.organisation(actor, organisation_id)
    return render_template(
        "ledger/account.html",
        organisation=_named(accounts[0], {row.id: row}),
        accounts=list(by_id.values()),
        as_of=edge.now(),
        entries=[
            {**_entry(entry, names), "account": by_id[entry.account_id], "delta": _delta(entry)}
            for entry in found.entries
            if entry.account_id in by_id
        ],
        chosen=asked["account"],
        lent=lent,
        kept={**holds_of(organisation_id, by_id), **kept},
        next=found.next,
    )

"""Ledger accounts as the bars draw them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from service.access import policy
from service.people import queries as people
from service.posts import queries, queries_named, queries_sums
from service.posts.queries import AccountView
from service.web import edge
from service.web.naming import holder_words

OWNERS = ("school_hr", "principal")
"""Roles of a school that may look after a named hold."""


def account_of(found: AccountView, requested: int = 0) -> dict[str, Any]:
    """One account for components/ledger.html; `requested` posts are drawn as this request."""
    figures = found.figures
    return {
        "id": found.id,
        "organisation_id": found.organisation_id,
        "kind": found.kind,
        "band": found.band,
        "pool": found.pool,
        "approved": figures.approved,
        "occupied": figures.occupied,
        "reserved": figures.reserved,
        "lent": figures.lent,
        "excess": figures.excess,
        "free": figures.free - requested,
        "free_now": figures.free,
        "requested": requested,
    }


def held_by(instance_id: str, organisation_id: str, *, refusable: bool = False) -> dict[str, Any] | None:
    """The accounts in which a case holds posts, how many, and what a refusal gives back where the reader may refuse;
    None when it holds nothing or nothing may be seen."""
    actor = edge.actor()
    held: dict[str, int] = {}
    for hold in queries_sums.holds_of(actor, instance_id):
        held[hold.account_id] = held.get(hold.account_id, 0) + hold.count
    own, pools = queries.accounts(actor, organisation_id=organisation_id), queries.accounts(actor, pool=True)
    accounts = [found for found in dict.fromkeys((*own, *pools)) if found.id in held]
    if not accounts:
        return None
    return {"accounts": [account_of(found) for found in accounts], "note": _note(accounts, held, refusable)}


def _note(accounts: Sequence[AccountView], held: dict[str, int], refusable: bool) -> str:
    count = max(held.values())
    if not refusable:
        return str(_("This case holds %(num)s", num=count))
    freed = next(found.figures.free for found in accounts if found.id in held) + count
    return str(_("This case holds %(num)s; refused, %(freed)s are free again", num=count, freed=freed))


def title() -> str:
    """The heading of the bars on a task."""
    return str(_("Headcount and posts"))


def holds_of(organisation_id: str, accounts: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept there under a name, and whether I may book and end such holds (ledger/account.html)."""
    actor = edge.actor()
    found = queries_named.holds(actor, organisation_id)
    persons = [one.owner.removeprefix("person:") for one in found if one.owner.startswith("person:")]
    names = people.names(persons)
    roles = [f"{role}@{organisation_id}" for role in OWNERS]
    owners = [{"value": role, "text": holder_words(role, names)} for role in roles]
    return {
        "holds": [
            {
                "id": one.id, "reason": one.reason, "document": one.document, "until": one.until,
                "owner": holder_words(one.owner, names),
                "lines": [{"account": accounts[key], "count": n} for key, n in one.lines.items() if key in accounts],
                "may_end": policy.allows(actor, "named_hold.end", one),
            }
            for one in found
        ],
        "may_book": policy.allows(actor, "named_hold.book"),
        "owners": [*owners, {"value": f"person:{actor.person_id}", "text": str(_("Myself"))}],
    }  # fmt: skip

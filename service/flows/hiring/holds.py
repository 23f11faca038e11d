"""What a hiring case holds in the ledger: headcount and the band of every row, under the row's name."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from service.errors import Conflict
from service.flows.acting import cause_of
from service.flows.hiring.rules import Post
from service.posts.ledger import Line, hold_many, occupy_many
from service.posts.posting import ACCOUNT
from workflows.surroundings import Call

HEADCOUNT = "headcount"
Accounts = Mapping[str, str]
"""`headcount` and each band → id of the school's own account."""


def accounts_of(call: Call) -> Accounts:
    """The accounts of the case's school."""
    own = select(ACCOUNT.c.id, ACCOUNT.c.kind, ACCOUNT.c.band).where(
        ACCOUNT.c.organisation_id == call.variables["school"], ~ACCOUNT.c.pool
    )
    return {row.band or HEADCOUNT: row.id for row in call.session.execute(own)}


def lines_of(accounts: Accounts, posts: Sequence[Post]) -> list[Line]:
    """Headcount and band of every row, named by the row's number; Conflict("ledger.no_account") without an account."""
    found = []
    for post in posts:
        for name in (HEADCOUNT, post["band"]):
            found.append(Line(_account(accounts, name), str(post["line"]), post["count"]))
    return found


def slot_lines(accounts: Accounts, band: str, key: str, count: int = 1) -> list[Line]:
    """Headcount and band of one slot."""
    return [Line(_account(accounts, name), key, count) for name in (HEADCOUNT, band)]


def release_slot(call: Call, band: str, key: str) -> None:
    """Give one slot's headcount and post back."""
    hold_many(call.session, cause_of(call), slot_lines(accounts_of(call), band, key, 0))


def occupy_slot(call: Call, band: str, key: str) -> None:
    """Turn one slot's hold into an occupied headcount and post."""
    occupy_many(call.session, cause_of(call), slot_lines(accounts_of(call), band, key))


def post_of(posts: Sequence[Mapping[str, Any]], line: int) -> Mapping[str, Any]:
    """The row of the demand with this number."""
    return next(post for post in posts if post["line"] == line)


def _account(accounts: Accounts, name: str) -> str:
    if name not in accounts:
        raise Conflict("ledger.no_account", kind=name)
    return accounts[name]

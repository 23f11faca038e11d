"""What a call says of an account: so many posts under a name; and the name under which a hold is kept for a case."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.posts.posting import Accounts, Movement
from service.posts.rules import Figures

NAMED = "+named"
"""The line of a named hold: of the hold itself, and of a case that has taken it over and not yet used it."""


@dataclass(frozen=True, slots=True)
class Line:
    """`count` posts of an account under a name that the case gives them (a demand, a candidate)."""

    account_id: str
    line: str
    count: int


def from_named(accounts: Accounts, lines: Sequence[Line]) -> list[Movement]:
    """What the case has taken over from a named hold goes into what it reserves now: that is not taken twice."""
    found = []
    for account_id in sorted({line.account_id for line in lines}):
        account, mine = accounts[account_id], [line for line in lines if line.account_id == account_id]
        more = sum(line.count - account.held.get(line.line, 0) for line in mine)
        count = min(account.held.get(NAMED, 0), more)
        if count > 0 and all(line.line != NAMED for line in mine):
            found.append(Movement(account_id, "released", NAMED, Figures(reserved=-count)))
    return found

"""What a case would take against those who wait for a post, whatever the flow (policy §3.T 7)."""

from collections import Counter
from collections.abc import Mapping, Sequence

from service.access.days import day_of
from service.posts import queueing
from service.posts.ledger import Line
from service.posts.posting import Locked
from service.posts.queueing import waiting
from workflows.surroundings import Call

__all__ = ["expect_free", "waiting"]


def expect_free(call: Call, lines: Sequence[Line], accounts: Mapping[str, Locked]) -> None:
    """Pass when these lines leave a free post for each who waits; Conflict("ledger.others_wait").

    All lines of an account are asked about at once: rows of one band take posts together, and what moves from one name
    to another, as from a row of the demand to a chosen person, takes none.
    """
    taken: Counter[str] = Counter()
    for line in lines:
        taken[line.account_id] += line.count - accounts[line.account_id].held.get(line.line, 0)
    queueing.expect_free(call.session, taken, accounts, day_of(call.now))

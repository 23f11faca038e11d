"""What a case would take against those who wait for a post, whatever the flow (policy §3.T 7)."""

from collections.abc import Mapping, Sequence

from service.access.days import day_of
from service.posts import queueing
from service.posts.ledger import Line
from service.posts.posting import Locked
from service.posts.queueing import waiting
from workflows.surroundings import Call

__all__ = ["expect_free", "waiting"]


def expect_free(call: Call, lines: Sequence[Line], accounts: Mapping[str, Locked]) -> None:
    """Pass when these lines leave a free post for each who waits; Conflict("ledger.others_wait")."""
    queueing.expect_free(call.session, queueing.taken(lines, accounts), accounts, day_of(call.now))

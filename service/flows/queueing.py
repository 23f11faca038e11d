"""What a case would take against those who wait for a post, whatever the flow (policy §3.T 7)."""

from collections.abc import Mapping, Sequence

from service.access.days import day_of
from service.posts import checked, queueing
from service.posts.ledger import Line
from service.posts.posting import Locked
from service.posts.queueing import waiting
from workflows.surroundings import Call

__all__ = ["expect_confirmed", "expect_free", "waiting"]


def expect_free(call: Call, lines: Sequence[Line], accounts: Mapping[str, Locked]) -> None:
    """Pass when these lines leave a free post for each who waits; Conflict("ledger.others_wait").

    A school gives up free posts only once it is confirmed that no case on paper needs them, but for such a case:
    Conflict of `checked.expect`.
    """
    taken = queueing.taken(lines, accounts)
    expect_confirmed(call, taken, accounts)
    queueing.expect_free(call.session, taken, accounts, day_of(call.now))


def expect_confirmed(call: Call, taken: Mapping[str, int], accounts: Mapping[str, Locked]) -> None:
    """Account id → how many free posts a case takes: no school gives up what a case on paper may need (policy §8)."""
    if call.written is None:
        checked.expect_taken(call.session, taken, accounts, day_of(call.now))

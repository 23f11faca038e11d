"""What a case holds in the ledger as a whole: all flows set it to what they need now."""

from collections.abc import Sequence
from dataclasses import replace

from service.flows import queueing
from service.flows.acting import cause_of
from service.posts import posting
from service.posts.ledger import Full, Line, Posted, hold_many
from workflows.surroundings import Call

HOLDING = "+hold"


def set_to(call: Call, lines: Sequence[Line]) -> Posted | Full:
    """Make the case hold exactly these lines: what it held besides is set to 0, and what falls is posted first.

    So a replay changes nothing, a cut posts the difference, and a row that changed its band moves over. The cause is
    another than that of what the step does with the holds afterwards. Conflict("ledger.others_wait") where a flow has
    a queue for a post that would be taken.
    """
    cause = replace(cause_of(call), token=f"{call.token}{HOLDING}"[:64])
    locked = posting.lock(call.session, cause, {line.account_id for line in lines})
    held = {
        (account_id, name): count
        for account_id, account in locked.items()
        for name, count in account.held.items()
        if count
    }
    wanted = {(line.account_id, line.line): line.count for line in lines}
    changes = [Line(account_id, name, wanted.get((account_id, name), 0)) for account_id, name in {**held, **wanted}]
    queueing.expect_free(call, changes, locked)
    changes.sort(key=lambda line: line.count - held.get((line.account_id, line.line), 0))
    return hold_many(call.session, cause, changes)

"""Events of ledger accounts in the chain: dated decisions and what else no case causes."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy.orm import Session

from service.audit import chain
from service.audit.chain import NewEvent
from service.posts.ledger import Cause, Posted
from service.posts.opening import NewAccount


def stream_of(account_id: str) -> str:
    """The event stream of a ledger account."""
    return f"ledger:{account_id}"


def record(session: Session, cause: Cause, posted: Posted) -> None:
    """One event for each entry: what moved, the figures after it, and the paper."""
    by_stream: dict[str, list[NewEvent]] = {}
    for entry in posted.entries:
        movement = entry.movement
        body = {"delta": asdict(movement.figures), "after": asdict(entry.after), "line": movement.line}
        event = NewEvent(f"ledger.{movement.event}", cause.actor_id, body=body | _paper(cause))
        by_stream.setdefault(stream_of(movement.account_id), []).append(event)
    chain.append_all(session, by_stream, at=cause.now)


def record_opening(session: Session, cause: Cause, accounts: Mapping[str, NewAccount]) -> None:
    """The first event of each new account: its balance."""
    for account_id, account in accounts.items():
        event = NewEvent("ledger.opened", cause.actor_id, body=asdict(account) | _paper(cause))
        chain.append(session, stream_of(account_id), [event], at=cause.now, head=chain.BEGINNING)


def record_reopening(
    session: Session, cause: Cause, old: Mapping[str, NewAccount], new: Mapping[str, NewAccount]
) -> None:
    """Other opening balances: of each account what stood there and what stands there now."""
    for account_id in sorted(new):
        body = {"old": asdict(old[account_id]), "new": asdict(new[account_id])}
        event = NewEvent("ledger.reopened", cause.actor_id, body=body | _paper(cause))
        chain.append(session, stream_of(account_id), [event], at=cause.now)


def _paper(cause: Cause) -> dict[str, str | None]:
    return {"document": cause.document, "decided_on": cause.decided_on.isoformat() if cause.decided_on else None}

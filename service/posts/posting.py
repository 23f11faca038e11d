"""How a movement is posted: accounts locked in the order of their ids, figures moved, entries appended."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Table, bindparam, case, func, insert, select, update
from sqlalchemy.orm import Session

from service.errors import Conflict, NotFound
from service.posts.models import LedgerAccount, LedgerEntry
from service.posts.rules import Figures, settled
from workflows.base import new_id

ACCOUNT = cast("Table", LedgerAccount.__table__)
ENTRY = cast("Table", LedgerEntry.__table__)

_here = (ENTRY.c.element_id == bindparam("b_element")) & (ENTRY.c.token == bindparam("b_token"))
_held = (
    select(
        ENTRY.c.account_id,
        ENTRY.c.line,
        func.sum(ENTRY.c.reserved).label("held"),
        func.max(case((_here, 1), else_=0)).label("seen"),
    )
    .where(ENTRY.c.instance_id == bindparam("b_instance"))
    .group_by(ENTRY.c.account_id, ENTRY.c.line)
    .subquery()
)
_named = select(ACCOUNT.c.id).where(ACCOUNT.c.id.in_(bindparam("b_ids", expanding=True)))
_touched = select(ENTRY.c.account_id).where(ENTRY.c.instance_id == bindparam("b_instance"))
_LOCK = (
    select(ACCOUNT, _held.c.line, _held.c.held, _held.c.seen)
    .outerjoin(_held, _held.c.account_id == ACCOUNT.c.id)
    .where(ACCOUNT.c.id.in_(_named.union(_touched)))
    .order_by(ACCOUNT.c.id)
    .with_for_update(of=ACCOUNT)
)
_COLUMNS = ("approved", "excess", "occupied", "reserved", "lent")
_after = {name: ACCOUNT.c[name] + bindparam(f"d_{name}") for name in _COLUMNS}
_MOVE = (
    update(ACCOUNT)
    .where(
        ACCOUNT.c.id == bindparam("b_id"),
        _after["approved"] + _after["excess"] - _after["occupied"] - _after["reserved"] - _after["lent"] >= 0,
    )
    .values(_after)
)
_APPEND = insert(ENTRY)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something moves: the case, element and token, who acts and when; a document where a decision moves it.

    `instance_id` is None for what no case causes. A cause with the same element and token posts once.
    """

    instance_id: str | None
    element_id: str
    token: str
    actor_id: str
    now: datetime
    document: str | None = None
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """What one line of a call does to one account; `figures` without the excess that follows from it.

    `restored` is how much excess an opposite entry may bring back: who had left beyond the approved number is there.
    """

    account_id: str
    event: str
    line: str
    figures: Figures
    borrower_id: str | None = None
    restored: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement that was posted, and the figures of the account after it."""

    id: str
    movement: Movement
    after: Figures


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted; without entries the state was as asked for already."""

    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Full:
    """The account does not have what was asked for; nothing was posted anywhere. An outcome, not an error."""

    account_id: str
    organisation_id: str
    kind: str
    band: str | None
    pool: bool
    asked: int
    free: int


@dataclass(slots=True)
class Locked:
    """One locked account: its figures now, what the case holds per line, and lines that this cause has posted."""

    row: Any
    figures: Figures
    held: dict[str, int]
    seen: set[str]

    def full(self, asked: int) -> Full:
        row = self.row
        return Full(row.id, row.organisation_id, row.kind, row.band, row.pool, asked, self.figures.free)


Accounts = Mapping[str, Locked]


def lock(session: Session, cause: Cause, account_ids: Iterable[str]) -> dict[str, Locked]:
    """Lock these accounts and every one that the case has touched before, by id; one statement.

    The case's own accounts are locked with the first call of a transaction, so that a later call for the same case
    (release what is left, at its end) never locks backwards. NotFound("ledger_account.absent") for an unknown id.
    """
    wanted = set(account_ids)
    values = {
        "b_ids": list(wanted),
        "b_instance": cause.instance_id,
        "b_element": cause.element_id,
        "b_token": cause.token,
    }
    locked: dict[str, Locked] = {}
    for row in session.execute(_LOCK, values):
        account = locked.setdefault(row.id, Locked(row, Figures(*(getattr(row, c) for c in _COLUMNS)), {}, set()))
        if row.line is not None:
            account.held[row.line] = row.held
        if row.seen:
            account.seen.add(row.line)
    if missing := wanted - locked.keys():
        raise NotFound("ledger_account.absent", account_id=min(missing))
    return locked


def post(session: Session, cause: Cause, accounts: Accounts, movements: Sequence[Movement]) -> Posted | Full:
    """Post all movements or none: one guarded update and one bulk insert. Movements that move nothing are left out.

    A movement whose line this very cause has posted before is a replay of its step and is left out as well.
    """
    entries: list[Entry] = []
    now = {account_id: account.figures for account_id, account in accounts.items()}
    for movement in movements:
        account = accounts[movement.account_id]
        if not movement.figures.moves or movement.line in account.seen:
            continue
        before = now[movement.account_id]
        figures = settled(before, movement.figures, pool=account.row.pool, restored=movement.restored)
        after = before + figures
        if after.free < 0:
            return account.full(_asked(account, movements))
        now[movement.account_id] = after
        entries.append(Entry(new_id(), _with(movement, figures), after))
    if entries:
        _write(session, cause, accounts, entries)
    return Posted(tuple(entries))


def _asked(account: Locked, movements: Sequence[Movement]) -> int:
    """How much of what is free all movements of this account together would take."""
    mine = [m for m in movements if m.account_id == account.row.id and m.line not in account.seen]
    return -sum(movement.figures.free for movement in mine)


def move(
    session: Session,
    cause: Cause,
    account_ids: Iterable[str],
    plan: Callable[[Accounts], Sequence[Movement]],
) -> Posted | Full:
    """Lock, let `plan` say what moves, post."""
    accounts = lock(session, cause, account_ids)
    return post(session, cause, accounts, plan(accounts))


def pass_on(
    session: Session, giver: Cause, taker: Cause, accounts: Accounts, lines: Mapping[str, tuple[str, int]]
) -> None:
    """Append that one case gives up what it holds and another takes it: account id → line and count, locked before.

    Both at once change no figure of the account, so that nothing is free in between and excess stays as it is.
    """
    rows = []
    for account_id, (line, count) in sorted(lines.items()):
        for cause, event, change in ((giver, "released", -count), (taker, "reserved", count)):
            moved = Movement(account_id, event, line, Figures(reserved=change))
            rows.append(_row(cause, Entry(new_id(), moved, accounts[account_id].figures)))
    session.execute(_APPEND, rows)


def _with(movement: Movement, figures: Figures) -> Movement:
    return replace(movement, figures=figures)


def _write(session: Session, cause: Cause, accounts: Accounts, entries: Sequence[Entry]) -> None:
    totals: dict[str, Figures] = {}
    for entry in entries:
        account_id = entry.movement.account_id
        totals[account_id] = totals.get(account_id, Figures()) + entry.movement.figures
    moves = [
        {"b_id": account_id, **{f"d_{name}": getattr(total, name) for name in _COLUMNS}}
        for account_id, total in sorted(totals.items())
    ]
    done = session.execute(_MOVE, moves)
    if cast("CursorResult[Any]", done).rowcount != len(moves):
        raise Conflict("ledger.moved_on")
    session.execute(_APPEND, [_row(cause, entry) for entry in entries])
    for entry in entries:
        _note(accounts[entry.movement.account_id], entry)


def _note(account: Locked, entry: Entry) -> None:
    """Keep the locked picture true for a second post of the same call."""
    line = entry.movement.line
    account.figures = entry.after
    account.held[line] = account.held.get(line, 0) + entry.movement.figures.reserved
    account.seen.add(line)


def _row(cause: Cause, entry: Entry) -> dict[str, Any]:
    movement = entry.movement
    return {
        "id": entry.id,
        "account_id": movement.account_id,
        "event": movement.event,
        **{name: getattr(movement.figures, name) for name in _COLUMNS},
        "instance_id": cause.instance_id,
        "element_id": cause.element_id,
        "token": cause.token,
        "line": movement.line,
        "borrower_id": movement.borrower_id,
        "document": cause.document,
        "decided_on": cause.decided_on,
        "at": cause.now,
        "actor_id": cause.actor_id,
    }

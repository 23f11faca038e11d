"""Commands of accounts over many organisations: ask for a sheet to be opened, and open it part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from service.access import accounts, passwords, policy
from service.access.accounts import ACCOUNT, NewAccount
from service.access.actor import Actor
from service.access.days import day_of
from service.access.standing import in_force
from service.audit import chain
from service.db import transaction
from service.people.opening_accounts import OPENING, NewLogin
from service.people.persons import APPOINTMENT
from service.runs.asking import ask
from service.runs.declaring import Running

KIND = "accounts.open"
PART = 50


@dataclass(frozen=True)
class AskAccounts:
    """Accounts as a checked sheet has them, of any organisations."""

    logins: tuple[NewLogin, ...]


@dataclass(frozen=True)
class AccountsStep:
    """Go on with a run."""

    run: Running


def ask_accounts(actor: Actor, command: AskAccounts, *, now: datetime) -> str:
    """Write the rows down and ask for them to be opened in the background; the id of the run."""
    with transaction() as session:
        policy.require(actor, "account.open_many")
        run_id = ask(session, actor, KIND, {}, now=now, total=len(command.logins))
        rows = [
            {**vars(login), "run_id": run_id, "position": position, "state": "waiting", "fault": None}
            for position, login in enumerate(command.logins)
        ]
        session.execute(insert(OPENING), rows)
    return run_id


def open_part(actor: Actor, command: AccountsStep, *, now: datetime) -> int:
    """Open the next rows, each as it stands today; how many wait still. What is refused stops no other row."""
    with transaction() as session:
        policy.require(actor, "account.open_many")
        command.run.hold(session)
        waiting = (OPENING.c.run_id == command.run.id, OPENING.c.state == "waiting")
        rows = session.execute(select(OPENING).where(*waiting).order_by(OPENING.c.position).limit(PART)).all()
        against = _against(session, rows, now)
        good = [row for row in rows if row.position not in against]
        new = [NewAccount(row.username, passwords.unusable(), row.person_id, row.organisation_id) for row in good]
        made = accounts.open_accounts(session, new, now)
        for account_id, one in zip(made, new, strict=True):
            event = chain.NewEvent("account.created", actor.account_id, body={"username": one.username})
            chain.append(session, f"account:{account_id}", [event], at=now)
        _mark(session, rows, against)
        return session.scalar(select(func.count()).select_from(OPENING).where(*waiting)) or 0


def _against(session: Session, rows: Sequence[Any], now: datetime) -> Mapping[int, str]:
    """Position → what has come between since the sheet was checked."""
    persons, names = [row.person_id for row in rows], [row.username for row in rows]
    known = session.execute(
        select(ACCOUNT.c.person_id, ACCOUNT.c.username).where(
            ACCOUNT.c.person_id.in_(persons) | ACCOUNT.c.username.in_(names)
        )
    ).all()
    having, taken = {row.person_id for row in known}, {row.username for row in known}
    today = in_force(APPOINTMENT.c, day_of(now))
    here = select(APPOINTMENT.c.person_id, APPOINTMENT.c.organisation_id)
    employed = {tuple(row) for row in session.execute(here.where(APPOINTMENT.c.person_id.in_(persons), today))}
    found = {row.position: "account.name_taken" for row in rows if row.username in taken}
    found |= {row.position: "accounts.not_here" for row in rows if (row.person_id, row.organisation_id) not in employed}
    return found | {row.position: "accounts.has_one" for row in rows if row.person_id in having}


def _mark(session: Session, rows: Sequence[Any], against: Mapping[int, str]) -> None:
    for row in rows:
        fault = against.get(row.position)
        mine = (OPENING.c.run_id == row.run_id, OPENING.c.position == row.position)
        state = "refused" if fault else "opened"
        session.execute(update(OPENING).where(*mine).values(state=state, fault=fault))

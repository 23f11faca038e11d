"""In which post somebody sits: the one answer for all that move people (policy §2, §3.P).

Who is appointed with a band sits in a post of the own school, except who has taken up a post lent by a pool. A post
that is lent and not taken up yet is only promised: its person still sits in the own one. Headcount is used by who is
在编 alone (`employment_kind` "staffed").
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.access.standing import in_force
from service.people.locking import lock_persons
from service.people.persons import APPOINTMENT
from service.posts import lending, posting
from service.posts.lending import Loan
from service.posts.posting import ACCOUNT, Cause


@dataclass(frozen=True, slots=True)
class Sitting:
    """Where one person sits. `headcount` and `post` are the accounts of the school's own that the person uses.

    `post` is None without a band, and in a lent post; `band_account` is the school's account of the band, whoever
    owns the post. `lent` is the lent post that the person has taken up, `promised` one that waits to be taken up.
    """

    person_id: str
    appointment: Row[Any] | None
    headcount: str | None
    band_account: str | None
    loan: Loan | None
    taken_up: bool

    @property
    def post(self) -> str | None:
        return None if self.taken_up else self.band_account

    @property
    def lent(self) -> Loan | None:
        return self.loan if self.taken_up else None

    @property
    def promised(self) -> Loan | None:
        return None if self.taken_up else self.loan

    @property
    def own(self) -> list[str]:
        """The school's own accounts that are left when the person goes: headcount, then post."""
        return [account_id for account_id in (self.headcount, self.post) if account_id is not None]


def sittings(session: Session, person_ids: Iterable[str], on: date | None = None) -> Mapping[str, Sitting]:
    """Person id → where each sits on that day; without one, by what has not ended, as the ledger stands now.

    Three statements for any number of persons. Who is not appointed has a sitting without appointment and accounts.
    """
    ids = sorted(set(person_ids))
    lasting = APPOINTMENT.c.valid_until.is_(None) if on is None else in_force(APPOINTMENT.c, on)
    found = select(APPOINTMENT).where(APPOINTMENT.c.person_id.in_(ids), lasting).order_by(APPOINTMENT.c.valid_from)
    jobs = {row.person_id: row for row in session.execute(found)}
    loans = lending.open_loans(session, ids) if on is None else lending.held_on(session, ids, on)
    own = accounts(session, {row.organisation_id for row in jobs.values()})
    return {one: _sitting(one, jobs.get(one), loans.get(one), own, on) for one in ids}


def lock(session: Session, cause: Cause, person_id: str, account_ids: Iterable[str] = ()) -> Sitting:
    """Lock a person, then at once the accounts of what the person has and these others; where the person sits now."""
    lock_persons(session, [person_id])
    found = sittings(session, [person_id])[person_id]
    mine = (found.headcount, found.band_account, found.loan.account_id if found.loan else None)
    posting.lock(session, cause, {*(one for one in mine if one is not None), *account_ids})
    return found


def accounts(session: Session, organisation_ids: Iterable[str]) -> dict[tuple[str, str | None], str]:
    """(Organisation, band or None for headcount) → the school's own account."""
    columns = (ACCOUNT.c.organisation_id, ACCOUNT.c.band, ACCOUNT.c.id)
    mine = (ACCOUNT.c.organisation_id.in_(sorted(organisation_ids)), ACCOUNT.c.pool.is_(False))
    return {(row.organisation_id, row.band): row.id for row in session.execute(select(*columns).where(*mine))}


def _sitting(
    person_id: str, job: Row[Any] | None, loan: Loan | None, own: Mapping[tuple[str, str | None], str], on: date | None
) -> Sitting:
    begun = loan.appointed_on if loan is not None else None
    taken_up = begun is not None and (on is None or begun <= on)
    if job is None:
        return Sitting(person_id, None, None, None, loan, taken_up)
    headcount = own.get((job.organisation_id, None)) if job.employment_kind == "staffed" else None
    band_account = own.get((job.organisation_id, job.band)) if job.band is not None else None
    return Sitting(person_id, job, headcount, band_account, loan, taken_up)

"""What the turn of a school year (年度结转) finds: ended terms, ended locks, retirements, cases under their old rules.

Everything is a proposal. A loan does not end by its day alone, nobody returns or retires by a list: each is decided by
its own case, and what is still open stands on the page until it is.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from service.access.standing import in_force
from service.people.members import PERSON
from service.people.persons import APPOINTMENT, LOCK
from service.posts.lending import LOAN
from service.records.queries_files import retiring
from service.records.reading import RECORD
from service.records.rules_days import plus_months
from workflows import store
from workflows.base import table_of
from workflows.models import ProcessDefinition, ProcessInstance

YEAR = 12
TERMS = {"exchange": "exchange_ended", "loan": "loan_ended", "principal_term": "principal_term_ended"}
"""Kind of record with a term → what its end proposes."""
_DEFINITION, _INSTANCE = table_of(ProcessDefinition), table_of(ProcessInstance)


@dataclass(frozen=True)
class Proposal:
    """Somebody about whom something is to be decided: `day` is the end of the term or lock, or of the service.

    `kind` is exchange_ended | loan_ended | principal_term_ended | post_loan_ended | lock_ended | retirement.
    """

    kind: str
    id: str
    person_id: str
    name: str
    organisation_id: str | None
    day: date

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "day": self.day.isoformat()}


@dataclass(frozen=True)
class Running:
    """Cases of one version of a flow that go on under its rules."""

    definition_key: str
    version: int
    cases: int


def turn_day(year: int) -> date:
    """1 September of the year."""
    return date(year, 9, 1)


def proposals(session: Session, year: int) -> list[Proposal]:
    """What ends in the school year before the turn, or goes on past its end; the retirements of the year after."""
    on = turn_day(year)
    found = [*_terms(session, on), *_post_loans(session, on), *_locks(session, on), *_retirements(session, on)]
    return sorted(found, key=lambda one: (one.kind, one.day, one.name, one.id))


def _terms(session: Session, on: date) -> Iterator[Proposal]:
    """Records whose term ends with the turn, of people who are still employed; `valid_until` is the first day after."""
    here = select(APPOINTMENT.c.person_id).where(in_force(APPOINTMENT.c, on), APPOINTMENT.c.struck_at.is_(None))
    ended = RECORD.c.valid_until.between(_after(on), on)
    found = (
        select(RECORD.c.id, RECORD.c.kind, RECORD.c.person_id, PERSON.c.name, RECORD.c.organisation_id,
               RECORD.c.valid_until)
        .join(PERSON, PERSON.c.id == RECORD.c.person_id)
        .where(RECORD.c.kind.in_(TERMS), RECORD.c.voided_at.is_(None), ended, RECORD.c.person_id.in_(here))
    )  # fmt: skip
    for row in session.execute(found):
        yield Proposal(TERMS[row.kind], row.id, row.person_id, row.name, row.organisation_id, row.valid_until)


def _after(on: date) -> date:
    """The day after the turn before."""
    before = plus_months(on, -YEAR)
    return date.fromordinal(before.toordinal() + 1)


def _post_loans(session: Session, on: date) -> Iterator[Proposal]:
    """Posts that are still lent although their term is over by the turn, however long ago."""
    found = select(LOAN, PERSON.c.name).join(PERSON, PERSON.c.id == LOAN.c.person_id)
    for row in session.execute(found.where(LOAN.c.until < on, LOAN.c.ended_on.is_(None))):
        yield Proposal("post_loan_ended", row.id, row.person_id, row.name, row.borrower_id, row.until)


def _locks(session: Session, on: date) -> Iterator[Proposal]:
    """Service locks that end in the school year before the turn: exchange and transfer are open from then on."""
    ended = LOCK.c.ends_on.between(plus_months(on, -YEAR), date.fromordinal(on.toordinal() - 1))
    found = select(LOCK, PERSON.c.name).join(PERSON, PERSON.c.id == LOCK.c.person_id)
    for row in session.execute(found.where(ended, LOCK.c.struck_at.is_(None))):
        yield Proposal("lock_ended", row.id, row.person_id, row.name, row.organisation_id, row.ends_on)


def _retirements(session: Session, on: date) -> Iterator[Proposal]:
    for one in retiring(session, on, YEAR, true()):
        yield Proposal("retirement", one.person_id, one.person_id, one.name, one.organisation_id, one.retires_on)


def running(session: Session) -> list[Running]:
    """Running cases by version of their flow: each goes on by the version with which it began."""
    key = (_DEFINITION.c.key, _DEFINITION.c.version)
    found = (
        select(*key, func.count().label("cases"))
        .join(_INSTANCE, _INSTANCE.c.definition_id == _DEFINITION.c.id)
        .where(_INSTANCE.c.state.in_(store.OPEN))
        .group_by(*key)
        .order_by(*key)
    )
    return [Running(row.key, row.version, int(row.cases)) for row in session.execute(found)]

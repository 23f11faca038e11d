"""Naming a substitute (代理): who may, for whom, when, and what is refused with which words."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from service.access.actor import Actor
from service.access.models import Account
from service.access.substitutes import SUBSTITUTION
from service.attachments.commands import StoreAttachment, clean_up, store_attachment
from service.attachments.models import Attachment
from service.audit.models import AuditEvent
from service.clock import SetClock
from service.db import db, transaction
from service.demo.cases import minutes_pdf
from service.errors import Conflict, Forbidden, Invalid, LecternError, NotFound
from service.notices.models import OutboxMessage
from service.people.commands_substitutes import EndSubstitution, NameSubstitute, end_substitution, name_substitute
from tests.conftest import START, opened
from tests.service.people.county import NOW, TODAY, County, build

WEEK = TODAY + timedelta(days=7)
AWAY, DEPUTY = "s01.principal", "s01.vice"


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """A county that the tests of this module share: what one names it ends."""
    place = tmp_path_factory.mktemp("house")
    (place / "lectern.db").write_bytes(sqlite_template.read_bytes())
    for _ in opened(f"sqlite:///{place / 'lectern.db'}", place, SetClock(START)):
        yield build()


@pytest.fixture
def empty(house: County) -> Iterator[County]:
    yield house
    with transaction() as session:
        session.execute(update(SUBSTITUTION).values(ended_at=NOW))


def name(county: County, of: str, by: str, who: str | None = None, **more: Any) -> str:
    days = {"first": TODAY, "until": WEEK} | more
    command = NameSubstitute(county.persons[of], county.persons[by], **days)
    return name_substitute(county.actor(who or of), command, now=NOW)


def paper(county: County, who: str) -> str:
    return store_attachment(county.actor(who), StoreAttachment(BytesIO(minutes_pdf()), "证明.pdf"), now=NOW)


def refused(county: County, *names: str, **more: Any) -> LecternError:
    with pytest.raises(LecternError) as raised:
        name(county, *names, **more)
    return raised.value


def faults(county: County, *names: str, **more: Any) -> list[tuple[str, str]]:
    raised = refused(county, *names, **more)
    assert isinstance(raised, Invalid)
    return [(fault.path, fault.code) for fault in raised.faults]


def test_both_are_told_and_it_stands_in_the_record_of_both(empty: County) -> None:
    substitution_id = name(empty, AWAY, DEPUTY)
    both = [empty.persons[AWAY], empty.persons[DEPUTY]]
    streams = select(AuditEvent.stream).where(
        AuditEvent.kind == "substitute.named", AuditEvent.body.contains(substitution_id)
    )
    assert set(db.session.scalars(streams)) == {f"person:{one}" for one in both}
    told = select(OutboxMessage.holder).where(OutboxMessage.kind == "substitute.named")
    assert set(db.session.scalars(told)) >= {f"person:{one}" for one in both}
    db.session.rollback()


@pytest.mark.parametrize(
    ("by", "more", "fault"),
    [
        (DEPUTY, {"first": TODAY - timedelta(days=1)}, ("first", "substitute.past")),
        (DEPUTY, {"until": TODAY}, ("until", "dates.order")),
        (AWAY, {}, ("substitute_id", "substitute.oneself")),
        (DEPUTY, {"flows": ["hiring", "nowhere"]}, ("flows.1", "substitute.flow")),
    ],
)
def test_days_persons_and_flows_are_checked(
    house: County, by: str, more: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert fault in faults(house, AWAY, by, **more)


@pytest.mark.parametrize("by", ["s01.teacher", "s02.hr", "bureau.leader", "auditor"])
def test_who_may_not_hold_the_role_is_no_substitute(house: County, by: str) -> None:
    assert refused(house, AWAY, by).code == "substitute.not_permitted"


def test_an_outside_office_is_represented_by_its_own_officers_alone(house: County) -> None:
    assert refused(house, "staffing.office", "bureau.chief").code == "substitute.not_permitted"


def test_an_account_that_is_closed_represents_nobody(empty: County) -> None:
    def close(at: Any) -> None:
        with transaction() as session:
            session.execute(update(Account).where(Account.id == empty.accounts[DEPUTY]).values(closed_at=at))

    close(NOW)
    assert refused(empty, AWAY, DEPUTY).code == "substitute.no_account"
    close(None)


def test_overlapping_periods_of_a_flow_chains_and_circles_are_refused(empty: County) -> None:
    name(empty, AWAY, DEPUTY)
    later = {"first": WEEK - timedelta(days=1), "until": WEEK + timedelta(days=1)}
    assert refused(empty, AWAY, "s02.principal", **later).code == "substitute.overlap"
    assert refused(empty, DEPUTY, AWAY).code == "substitute.circle"
    assert refused(empty, "s01.hr", AWAY).code == "substitute.is_represented"
    raised = refused(empty, DEPUTY, AWAY, first=WEEK - timedelta(days=1), until=WEEK)
    assert raised.params == {"first": TODAY.isoformat(), "until": WEEK.isoformat()}
    name(empty, AWAY, "s02.principal", first=WEEK, until=WEEK + timedelta(days=1))


def test_who_stands_in_cannot_pass_it_on(empty: County) -> None:
    name(empty, "s01.hr", AWAY)
    assert refused(empty, AWAY, DEPUTY).code == "substitute.stands_in"


def test_bureau_hr_names_one_for_a_person_who_cannot_with_reason_and_paper(empty: County) -> None:
    asked = faults(empty, AWAY, DEPUTY, who="bureau.hr")
    assert asked == [("reason", "substitute.reason"), ("attachment_id", "substitute.paper")]
    strange = paper(empty, "s02.hr")
    assert ("attachment_id", "substitute.paper") in faults(empty, AWAY, DEPUTY, who="bureau.hr",
                                                           reason="住院", attachment_id="absent")  # fmt: skip
    kept = paper(empty, "bureau.hr")
    name(empty, AWAY, DEPUTY, who="bureau.hr", reason="住院", attachment_id=kept)
    events = db.session.execute(select(AuditEvent.stream, AuditEvent.body, AuditEvent.sensitive)).all()
    told = [row for row in events if kept in row.body and row.stream.startswith("person:")]
    assert sorted(row.sensitive is not None for row in told) == [False, True]
    assert not any("住院" in row.body for row in told)
    with transaction() as session:
        session.execute(update(Attachment).values(at=NOW - timedelta(days=400)))
    clean_up(Actor.system(), now=NOW)
    assert set(db.session.scalars(select(Attachment.id))) & {kept, strange} == {kept}
    db.session.rollback()


def test_nobody_else_names_one_for_another_and_nobody_names_oneself(house: County) -> None:
    for who in ("s01.vice", "admin", "bureau.leader", "s02.principal"):
        assert isinstance(refused(house, AWAY, DEPUTY, who=who), Forbidden)
    given = {"who": "bureau.chief", "reason": "住院", "attachment_id": paper(house, "bureau.chief")}
    assert faults(house, "bureau.hr", "bureau.chief", **given) == [("substitute_id", "substitute.names_oneself")]


@pytest.mark.parametrize("who", [AWAY, DEPUTY, "bureau.hr"])
def test_either_and_bureau_hr_end_it_early_once(empty: County, who: str) -> None:
    command = EndSubstitution(name(empty, AWAY, DEPUTY))
    end_substitution(empty.actor(who), command, now=NOW)
    assert empty.actor(DEPUTY).standing_in == ()
    with pytest.raises(Conflict) as again:
        end_substitution(empty.actor(who), command, now=NOW)
    assert again.value.code == "substitute.ended"


@pytest.mark.parametrize(("who", "kind"), [("s02.hr", NotFound), ("s01.hr", Forbidden), ("admin", Forbidden)])
def test_nobody_else_ends_it_and_strangers_do_not_learn_of_it(
    empty: County, who: str, kind: type[LecternError]
) -> None:
    command = EndSubstitution(name(empty, AWAY, DEPUTY))
    with pytest.raises(kind):
        end_substitution(empty.actor(who), command, now=NOW)

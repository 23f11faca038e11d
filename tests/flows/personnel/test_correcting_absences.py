"""Who was away, since when, and from when on there again: entered wrongly, put right."""

from datetime import date

import pytest
from sqlalchemy import select

from service.access.standing import ROLE
from service.db import db
from service.errors import Invalid
from tests.flows.personnel import acting
from tests.flows.personnel.correcting import correct, propose, standing
from tests.flows.personnel.test_kinds import open_login

SINCE, BACK = "2026-09-01", "2026-09-08"


@pytest.fixture
def personnel(app, clock):
    found = acting.county(clock)
    open_login(found.driver.county, found.person_id, 900)
    return found


def absent_roles(person_id):
    mine = (ROLE.c.person_id == person_id, ROLE.c.valid_until.is_(None))
    found = [tuple(one) for one in db.session.execute(select(ROLE.c.absent_from, ROLE.c.absent_until).where(*mine))]
    db.session.rollback()
    return found


@pytest.mark.parametrize(("kind", "value"), [("absence", {"reason": "study"}), ("loan", {"loan": "support"})])
def test_the_day_of_the_return_is_put_right_and_what_ended_stays_ended(personnel, kind, value):
    """Until the return is corrected nobody is away again, whatever of the absence itself is corrected."""
    driver, person_id = personnel.driver, personnel.person_id
    away = personnel.confirmed(kind, effective_on=SINCE, until="2026-12-31", **value)
    assert absent_roles(person_id) == [(date(2026, 9, 1), date(2026, 12, 31))]
    back = personnel.confirmed("back", back_from=kind, effective_on=BACK)
    of = value.get("loan")
    correct(driver, back, effective_on="2026-09-05")
    assert standing(person_id) == [(kind, of, date(2026, 9, 1), date(2026, 9, 5))]
    correct(driver, away, effective_on="2026-09-02", until="2026-10-31")
    assert standing(person_id) == [(kind, of, date(2026, 9, 2), date(2026, 9, 5))]
    assert absent_roles(person_id) == [(None, None)]
    with pytest.raises(Invalid):
        propose(driver, away, effective_on="2026-09-07")


def test_who_was_away_and_who_came_back_is_put_right(personnel):
    driver, wrong = personnel.driver, personnel.person_id
    right = personnel.someone(973)
    open_login(driver.county, right, 973)
    personnel.person_id = wrong
    away = personnel.confirmed("absence", effective_on=SINCE, reason="study")
    correct(driver, away, person_id=right)
    assert (standing(wrong), absent_roles(wrong)) == ([], [(None, None)])
    assert absent_roles(right) == [(date(2026, 9, 1), None)]
    personnel.person_id = right
    back = personnel.confirmed("back", back_from="absence", effective_on=BACK)
    assert absent_roles(right) == [(None, None)]
    with pytest.raises(Invalid, match=r"personnel\.not_away"):
        correct(driver, back, person_id=wrong)
    personnel.person_id = wrong
    personnel.confirmed("absence", effective_on=SINCE, reason="leave")
    correct(driver, back, person_id=wrong)
    assert absent_roles(right) == [(date(2026, 9, 1), None)], "who came back was somebody else"
    assert [end for *_, end in standing(right)] == [None]
    assert ([end for *_, end in standing(wrong)], absent_roles(wrong)) == ([date(2026, 9, 8)], [(None, None)])


def test_why_somebody_is_away_is_for_the_file_alone(personnel):
    """It may tell of health: the correction, which more people read, does not ask for it."""
    away = personnel.confirmed("absence", reason="sickness")
    with pytest.raises(Invalid) as refused:
        propose(personnel.driver, away, reason="study")
    assert [fault.code for fault in refused.value.faults] == ["correction.not_asked"]

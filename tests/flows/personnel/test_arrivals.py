"""The title with which somebody comes: on file since the day of its certificate, or unknown (policy §8)."""

from datetime import date

import pytest
from sqlalchemy import select

from service.db import db
from service.errors import Invalid
from service.flows.personnel.change import CHANGE
from service.records.queries import facts_of
from service.records.reading import RECORD
from tests.flows.personnel import acting
from tests.flows.personnel.acting import NEWCOMER, TODAY
from tests.flows.personnel.correcting import correct, standing

NEW = {"name": "钱新", "id_number": NEWCOMER, "post_category": "professional", "band": "junior", "grade": 12}


@pytest.fixture
def personnel(app, clock):
    return acting.county(clock)


def newcomer(case):
    found = db.session.scalar(select(CHANGE.c.person_id).where(CHANGE.c.instance_id == case.id))
    db.session.rollback()
    return found


def titles(person_id):
    mine = (RECORD.c.person_id == person_id, RECORD.c.kind == "title")
    found = db.session.execute(select(RECORD.c.value, RECORD.c.valid_from, RECORD.c.document).where(*mine)).all()
    db.session.rollback()
    return [tuple(row) for row in found]


def test_a_title_with_its_day_stands_in_the_file_and_counts_for_the_years_since(personnel):
    case = personnel.confirmed("transfer_in", **NEW, title="二级", title_since="2019-07-01")
    person_id = newcomer(case)
    assert [row[:2] for row in titles(person_id)] == [("二级", date(2019, 7, 1))]
    facts = facts_of(db.session(), [person_id], TODAY)[person_id]
    db.session.rollback()
    assert (facts.title, facts.title_since) == ("二级", date(2019, 7, 1))


@pytest.mark.parametrize(("given", "field"), [
    ({"title_since": "2019-07-01"}, "values.title"),
    ({"title": "二级"}, "values.title_since"),
    ({"title": "二级", "title_since": "2031-01-01"}, "values.title_since"),
])  # fmt: skip
def test_a_title_needs_its_day_and_that_lies_before_the_arrival(personnel, given, field):
    with pytest.raises(Invalid) as refused:
        personnel.start("transfer_in", **NEW, **given)
    assert [fault.path for fault in refused.value.faults] == [field]


def test_a_wrong_day_of_the_title_is_corrected_with_the_change(personnel):
    case = personnel.confirmed("transfer_in", **NEW, title="二级", title_since="2019-07-01")
    correct(personnel.driver, case, title_since="2020-07-01")
    facts = [found for found in standing(newcomer(case)) if found[0] == "title"]
    assert [(value, since) for _, value, since, _ in facts] == [("二级", date(2020, 7, 1))]

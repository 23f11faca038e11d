"""Personnel changes that began on paper, told to where they stand."""

import pytest

from service.errors import Conflict
from tests.flows import telling
from tests.flows.personnel import acting
from tests.flows.personnel.test_branches import NEW


@pytest.fixture
def personnel(app, clock):
    return acting.county(clock)


def paper(personnel, element_id, kind="retirement", *steps, **values):
    driver = personnel.driver
    file = telling.scan(driver)
    given = {"kind": kind, "effective_on": "2026-09-30", "document": "青教人〔2026〕8号", "document_on": "2026-09-01",
             "scan": [telling.scan(driver)], "person_id": personnel.person_id, "name": "赵远",
             "note": "依据劳动能力鉴定结论〔2026〕3 号"}  # fmt: skip
    found = [telling.step(driver, name, day, decision, file) for name, day, decision in steps]
    return telling.told(driver, "personnel", "s01.hr", "2026-09-01", element_id, {**given, **values}, found)


def test_change_told_to_its_confirmation_is_confirmed_here_and_carried_out_on_its_day(personnel):
    case = telling.begun(personnel.driver, paper(personnel, "confirm"))
    assert personnel.figures()["middle"] == (38, 0, 2)
    case.complete("confirm", "bureau.chief", "approve")
    assert case.fire("day_reached")
    assert case.state == "completed"
    assert personnel.figures()["headcount"] == (95, 0, 5)


def test_change_that_was_confirmed_on_paper_waits_for_its_day(personnel):
    case = telling.begun(
        personnel.driver, paper(personnel, "day_reached", "retirement", ("confirm", "2026-09-03", "approve"))
    )
    assert (case.open(), case.state) == ([], "running")
    assert case.fire("day_reached")
    assert personnel.figures()["middle"] == (37, 0, 3)


def test_who_comes_is_held_for_and_a_full_school_refuses(app, clock):
    personnel = acting.county(clock, headcount=(100, 100))
    newcomer = {**NEW, "person_id": None}
    with pytest.raises(Conflict, match=r"ledger\.full"):
        telling.begun(personnel.driver, paper(personnel, "confirm", "transfer_in", **newcomer))

"""Deadlines, weights and defaults of hiring are dated parameters, recorded with the step that used them (policy.md)."""

import re
from datetime import date

import pytest

from service.audit import timeline
from service.db import db
from service.parameters.registry import PARAMETERS
from service.tasks.view import view
from tests.flows.hiring import county as files
from tests.flows.hiring.acting import chosen, contracted, county, hire, reviewed, start, to_choice
from tests.parameters import SetParameter, set_parameter

LITERAL = re.compile(
    r'name="(?:dueIn|remindBefore)" value="[^=]|<bpmn:timeDuration[^>]*>\s*[^=\s<]|<zeebe:header key="\w+" value="\d'
)
DIAGRAMS = {"hiring": "flow.bpmn", "shared": "hire-one-candidate.bpmn"}


@pytest.fixture
def driver(app, clock):
    return county(clock)


def enter(driver, **values):
    """Values in force from the first day on, by decision of the bureau."""
    for key, value in values.items():
        command = SetParameter(key, value, date(2026, 1, 1), "教〔2026〕7号")
        set_parameter(command, now=driver.now)


def used(case):
    """Key → record of every parameter that the case's events name."""
    found = timeline.events(db.session(), f"instance:{case.id}")
    db.session.rollback()
    records = [event.body["parameters"] for event in found if event.kind == "parameters.used"]
    return {key: record for step in records for key, record in step.items()}


@pytest.mark.parametrize("folder", DIAGRAMS)
def test_no_duration_or_weight_is_written_into_a_diagram(folder):
    text = files.folder(folder)[DIAGRAMS[folder]].decode()
    assert LITERAL.findall(text) == []
    named = set(re.findall(r"parameters\.(\w+)", text))
    assert named and named <= set(PARAMETERS)


def test_a_guard_that_sees_literals():
    assert LITERAL.search('<zeebe:property name="dueIn" value="5 workdays" />')
    assert LITERAL.search('<zeebe:header key="written_percent" value="50" />')


def test_deadline_follows_the_dated_value_and_the_value_stands_in_the_record(driver):
    enter(driver, filing_workdays=3)
    case = reviewed(start(driver, count=1))
    timer = next(row for row in case.timers() if (row.element_id, row.kind) == ("filing", "due"))
    assert (timer.rule, timer.due_at.astimezone(driver.now.tzinfo).date()) == ("3 workdays", date(2026, 9, 15))
    assert used(case)["filing_workdays"] == {
        "value": 3, "unit": "workdays", "source": "教〔2026〕7号", "valid_from": "2026-01-01",
    }  # fmt: skip
    assert used(case)["review_reminder_workdays"]["valid_from"] is None


def test_value_of_a_later_day_is_not_used_yet(driver):
    command = SetParameter("filing_workdays", 3, date(2026, 9, 20), "教〔2026〕7号")
    set_parameter(command, now=driver.now)
    case = reviewed(start(driver, count=1))
    assert used(case)["filing_workdays"]["value"] == 5


def test_weight_of_the_written_exam_decides_the_totals(driver):
    enter(driver, written_weight_percent=60)
    case = reviewed(start(driver, count=1))
    case.complete("filing", "bureau.hr", "accept")
    to_choice(driver, case, "s01.hr", "s01.hr")
    assert case.variables["ranking"]["written_percent"] == 60
    assert used(case)["written_weight_percent"]["value"] == 60


def test_contract_is_offered_with_the_term_and_probation_of_the_parameters(driver):
    enter(driver, contract_years=5, probation_months=6)
    case = chosen(driver)
    case.complete("medical", "s01.hr", "pass", medical_on="2026-11-05")
    assert case.fire("publicity_over")
    case.complete("hire_materials", "s01.hr", "submit")
    case.complete("hire_filing", "bureau.hr", "accept")
    shown = view(driver.actor("s01.principal"), case.task("contract").id).data
    db.session.rollback()
    assert (shown["contract_years"], shown["probation_months"]) == (5, 6)
    recorded = used(case)
    assert (recorded["contract_years"]["value"], recorded["probation_months"]["value"]) == (5, 6)
    case.complete(
        "contract", "s01.principal", "signed", contract_years=4, contract_from="2027-01-01", probation_months=12
    )
    signed = [event for event in timeline.events(db.session(), f"instance:{case.id}") if event.kind == "task.signed"]
    assert signed[-1].body["values"]["contract_years"] == 4


def test_every_parameter_of_a_whole_case_is_recorded(driver):
    case = reviewed(start(driver, count=1))
    case.complete("filing", "bureau.hr", "accept")
    to_choice(driver, case, "s01.hr", "s01.hr")
    hire(case, "s01", "hire_filing", "bureau.hr")
    assert used(case).keys() >= {
        "parallel_review_workdays", "filing_workdays", "filing_silence_accepts", "plan_needs_hr_approval",
        "handling_workdays", "announcement_workdays", "opening_ratio", "exam_workdays", "written_weight_percent",
        "publicity_workdays", "contract_years", "probation_months", "onboarding_workdays", "service_lock_years",
        "reminder_workdays", "review_reminder_workdays",
    }  # fmt: skip


def test_replacement_limit_is_recorded_when_a_candidate_fails(driver):
    case = chosen(driver)
    case.complete("medical", "s01.hr", "fail", medical_on="2026-11-05")
    assert used(case)["max_replacement_rounds"]["value"] == 2
    contracted(case, "s01", "hire_filing", "bureau.hr")
    assert case.open() == ["onboarding"]

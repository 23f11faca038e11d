"""A policy parameter that a decision or a condition read stands in its event and in the reason of the task."""

from datetime import date

from service.audit import timeline
from service.db import db
from service.tasks.reasons import reasons
from tests.driver import Case, Driver
from tests.parameters import SetParameter, set_parameter
from tests.service.tasks import flows
from tests.workflows import diagrams as d

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="urn:f">
<decision id="size" name="规模"><decisionTable id="t" hitPolicy="FIRST"><input id="i" label="人数">
<inputExpression id="e" typeRef="number"><text>count</text></inputExpression></input><output id="o" name="size"/>
<rule id="r1"><description>多于每岗人数</description><inputEntry id="a"><text>&gt; parameters.opening_ratio</text>
</inputEntry><outputEntry id="b"><text>"large"</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c"><text>-</text></inputEntry><outputEntry id="g"><text>"small"</text></outputEntry>
</rule></decisionTable></decision></definitions>"""
NODES = [
    d.rule("ask", "size", "size"),
    d.gateway("exclusive", "g", default="g_end"),
    flows.task(
        "check", assignee="=initiator", decisions="approve", dueIn='=string(parameters.approval_workdays) + " workdays"'
    ),
]
LINKS = [
    d.path("start", "ask", "g", "end"),
    d.flow("g", "check", "=count - 1 >= parameters.max_replacement_rounds"),
    d.path("check", "end"),
]
FILES = {**flows.flow(NODES, LINKS), "size.dmn": TABLE.encode()}
SET = {"value": 2, "unit": "applicants", "source": "教〔2026〕7号", "valid_from": "2026-01-01"}


def told(driver: Driver, case: Case) -> tuple[dict, list]:
    """Bodies of the events by kind, and the reasons of the open task."""
    events = timeline.events(db.session(), f"instance:{case.id}")
    found = reasons(case.task("check"), driver.county.persons["s01.hr"], events)
    db.session.rollback()
    return {event.kind: event.body for event in events}, list(found)


def test_values_stand_in_the_event_and_in_the_reason(driver: Driver) -> None:
    command = SetParameter("opening_ratio", 2, date(2026, 1, 1), "教〔2026〕7号")
    set_parameter(command, now=driver.now)
    driver.deploy(FILES)
    case = driver.start("small", "s01.hr", count=3)
    bodies, found = told(driver, case)
    made = bodies["decision.made"]
    assert (made["value"], made["name"], made["parameters"]) == ("large", "规模", {"opening_ratio": SET})
    used = bodies["parameters.used"]
    assert used["weighed"] == ["max_replacement_rounds"]
    assert used["parameters"].keys() == {"opening_ratio", "max_replacement_rounds", "approval_workdays"}
    assert used["parameters"]["max_replacement_rounds"]["valid_from"] is None
    (row,) = [one for one in found if one.code == "reason.rule"]
    assert (row.decision_id, row.row, row.params["parameters"]) == ("size", 1, {"opening_ratio": SET})
    assert "table" not in row.params
    (weighed,) = [one for one in found if one.code == "reason.parameter"]
    assert (weighed.params["key"], weighed.params["value"]) == ("max_replacement_rounds", 2)


def test_a_value_entered_later_does_not_change_what_was_told(driver: Driver) -> None:
    driver.deploy(FILES)
    case = driver.start("small", "s01.hr", count=3)
    command = SetParameter("opening_ratio", 9, date(2026, 1, 1), "教〔2026〕8号")
    set_parameter(command, now=driver.now)
    bodies, found = told(driver, case)
    assert bodies["decision.made"]["parameters"]["opening_ratio"]["value"] == 3
    assert [one.row for one in found if one.code == "reason.rule"] == [2]

"""The gate in front of publishing: what it refuses is told with element, line and remedy, and never stored."""

from collections.abc import Mapping

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.access.actor import Actor
from service.audit.chain import EVENT
from service.clock import SetClock
from service.db import db
from service.deployments import queries
from service.deployments.commands import Publish, Published, publish
from service.errors import Fault, Forbidden, Invalid
from tests.driver import Driver
from tests.service.people import county as counties
from tests.service.tasks import flows
from tests.workflows import diagrams as d
from workflows.models import ProcessDefinition, Resource

CHECK = flows.task("check", "bureau_hr_officer", form="small-start", decisions="approve")
GOOD = flows.line(CHECK, ids=("check",))
PYTHON = d.node(
    "scriptTask", "count_up", d.tag("bpmn:script", "total = __import__('os').getpid()"), scriptFormat="python"
)
DOCTYPE = b'<!DOCTYPE x [<!ENTITY a "b">]>\n<bpmn:definitions'

REFUSED = {
    "a script in Python": (flows.line(PYTHON, ids=("count_up",)), "count_up", "count_up"),
    "an unknown operation": (
        flows.line(d.service("seize", "ledger.seize"), ids=("seize",)), "seize", "ledger.seize",
    ),
    "an unknown form": (
        flows.line(flows.task("check", "bureau_hr_officer", form="nowhere"), ids=("check",)), "check", "nowhere",
    ),
    "a role that nobody can reach": (
        flows.line(flows.task("check", "grand_vizier"), ids=("check",)), "check", "grand_vizier",
    ),
    "a task for nobody": (flows.line(d.user("check"), ids=("check",)), "check", "check"),
    "DOCTYPE": (
        {**GOOD, "flow.bpmn": GOOD["flow.bpmn"].replace(b"<bpmn:definitions", DOCTYPE, 1)}, "", "",
    ),
    "10 MB": ({**GOOD, "flow.bpmn": GOOD["flow.bpmn"] + b" " * 10_000_000}, "", ""),
}  # fmt: skip


@pytest.fixture
def driver(app: Flask, clock: SetClock) -> Driver:
    return Driver(counties.build(), clock)


def send(driver: Driver, files: Mapping[str, bytes], by: str = "admin") -> Published:
    return publish(driver.actor(by), Publish(files), now=driver.now)


def stored() -> tuple[int, int, int]:
    """Definitions, files, events of publishing."""
    published = select(func.count()).select_from(EVENT).where(EVENT.c.kind == "definition.published")
    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (ProcessDefinition, Resource)]
    found = (*counts, db.session.scalar(published))
    db.session.rollback()
    return found


def place(fault: Fault) -> tuple[str, int, str]:
    """File, line and element of a fault."""
    where, _, element = fault.path.partition("#")
    file, _, line = where.rpartition(":")
    return file, int(line), element


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_run_is_refused_at_its_element_with_a_remedy_and_leaves_nothing(driver: Driver, what: str) -> None:
    files, element, named = REFUSED[what]
    with pytest.raises(Invalid) as refused:
        send(driver, files)
    assert refused.value.code == "deployment.refused"
    fault = next(fault for fault in refused.value.faults if place(fault)[2] == element)
    file, line, _ = place(fault)
    assert file == "flow.bpmn"
    finding = fault.params["finding"]
    assert line >= 1 and finding.line == line
    assert finding.remedy("zh") and finding.remedy("en") != finding.remedy("zh")
    if element:
        text = files["flow.bpmn"].decode().split("\n")[line - 1]
        assert element in text or named in text
    assert named in fault.message or named in finding.message("en")
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize("what", ["a script in Python", "DOCTYPE", "10 MB"])
def test_dry_run_tells_the_same_and_stores_nothing(driver: Driver, what: str) -> None:
    files, element, _ = REFUSED[what]
    with pytest.raises(Invalid) as refused:
        send(driver, files)
    dry = [finding for finding in queries.dry_run(driver.actor("admin"), files) if finding.severity == "error"]
    assert [finding.rule.id for finding in dry] == [fault.code for fault in refused.value.faults]
    assert element in {finding.element_id for finding in dry}
    assert stored() == (0, 0, 0)


def test_dry_run_of_a_good_flow_stores_nothing_either(driver: Driver) -> None:
    assert [found for found in queries.dry_run(driver.actor("admin"), GOOD) if found.severity == "error"] == []
    db.session.rollback()
    assert stored() == (0, 0, 0)


def test_the_same_files_are_the_same_version_and_a_change_is_the_next(driver: Driver) -> None:
    first = send(driver, GOOD)
    again = send(driver, dict(reversed(GOOD.items())))
    assert (first.version, again.version, again.definition_id) == (1, 1, first.definition_id)
    changed = {**GOOD, "flow.toml": GOOD["flow.toml"].replace("小流程".encode(), "新流程".encode())}
    assert send(driver, changed).version == 2


def test_republishing_is_recorded_as_an_act_but_makes_no_new_rows(driver: Driver) -> None:
    send(driver, GOOD)
    definitions, files, _ = stored()
    send(driver, GOOD)
    assert stored()[:2] == (definitions, files)


def test_running_cases_stay_with_their_version_after_a_refusal(driver: Driver) -> None:
    send(driver, GOOD)
    case = driver.start("small", by="s01.principal", count=1)
    with pytest.raises(Invalid):
        send(driver, REFUSED["an unknown operation"][0])
    case.complete("check", "bureau.hr", "approve", count=1)
    assert case.state == "completed"


@pytest.mark.parametrize("who", ["bureau.hr", "s01.principal", "auditor"])
def test_only_an_admin_publishes_or_tries(driver: Driver, who: str) -> None:
    with pytest.raises(Forbidden):
        send(driver, GOOD, by=who)
    with pytest.raises(Forbidden):
        queries.dry_run(driver.actor(who), GOOD)
    assert stored() == (0, 0, 0)


def test_a_release_of_the_house_is_published_by_the_system(driver: Driver) -> None:
    done = publish(Actor.system(), Publish(GOOD), now=driver.now)
    assert [finding for finding in done.findings if finding.severity == "error"] == []

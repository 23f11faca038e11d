"""Cases that move to another version of their flow, scene by scene: what may, what stays and why, what is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import orjson
import pytest
from sqlalchemy.orm import Session

from tests.workflows import diagrams as d
from tests.workflows.driver import NOW, Driver
from tests.workflows.migration_scenes import OPERATIONS, REMIND, SCENES, TABLE, A, Scene, line, toml
from workflows.checks.context import GateContext
from workflows.definition import Definition, build
from workflows.migration import Facts, Plan, Planner, migrate
from workflows.models import ProcessDefinition


@dataclass
class Moving:
    """One case and the version to which it is to move."""

    session: Session
    scene: Scene
    driver: Driver = field(init=False)

    def __post_init__(self) -> None:
        old = self.version("definition", self.scene.before, self.scene.settings[0], 1)
        self.new = self.version("second", self.scene.after, self.scene.settings[1], 2)
        nothing = dict.fromkeys(OPERATIONS, lambda call: None)
        self.driver = Driver(self.session, self.scene.before, operations=nothing)
        self.driver.flow = old
        self.driver.start()
        for element_id in self.scene.done:
            self.driver.complete(element_id)

    def version(self, id_: str, content: bytes, settings: str, number: int) -> Definition:
        row = ProcessDefinition(
            id=id_, key="main", version=number, name="", state="active", checksum="", manifest={}, deployed_at=NOW
        )
        return build(row, {"main.bpmn": content, "rank.dmn": TABLE.encode(), **(toml(settings) if settings else {})})

    def plan(self) -> Plan:
        passed = frozenset(name for step in self.driver.steps for name in step.passed)
        facts = Facts(passed, frozenset(self.driver.variables), self.scene.holds)
        planner = Planner(self.driver.flow, self.new, GateContext(operations=OPERATIONS))
        return planner.plan(orjson.loads(self.driver.held.tokens), facts)

    def go(self) -> "Moving":
        plan = self.plan()
        assert plan.safe, plan.refusals
        step, self.kept = migrate(self.driver.held, self.new, plan, self.driver.around)
        self.driver.flow = self.new
        self.driver._took(step)
        return self


@pytest.fixture
def move(session: Session) -> Callable[[Scene], Moving]:
    session.add(
        ProcessDefinition(
            id="second", key="main", version=2, name="", state="active", checksum="", manifest={}, deployed_at=NOW
        )
    )
    session.flush()
    return lambda scene: Moving(session, scene)


@pytest.mark.parametrize("what", SCENES)
def test_scene(move: Callable[[Scene], Moving], what: str) -> None:
    scene = SCENES[what]
    moving = move(scene)
    plan = moving.plan()
    assert [refusal.code for refusal in plan.refusals][:1] == ([scene.why] if scene.why else []), plan.refusals
    if scene.why:
        return
    before = {one.token for one in moving.driver.current if one.state == "open"}
    moving.go()
    assert {one.token for one in moving.driver.current if one.state == "open"} == before
    assert moving.driver.held.definition_id == "second"
    while moving.driver.open:
        moving.driver.complete(moving.driver.open[0])
    while moving.driver.timers:
        moving.driver.fire(moving.driver.timers[0].element_id)
    assert moving.driver.state == "completed"


def test_a_running_deadline_keeps_its_moment_and_an_added_one_begins_now(move: Callable[[Scene], Moving]) -> None:
    kept = move(SCENES["the rule of a running timer changes"])
    due = kept.driver.timers[0].due_at
    kept.driver.later(timedelta(minutes=20))
    (row,) = kept.go().driver.timers
    assert (row.due_at, row.rule) == (due, "PT1H")
    added = move(SCENES["an event on the open step is added"])
    added.driver.later(timedelta(minutes=20))
    (row,) = added.go().driver.timers
    assert row.due_at.replace(tzinfo=NOW.tzinfo) == NOW + timedelta(minutes=80)
    assert [one.element_id for one in added.driver.step.scheduled] == ["late"]


def test_an_event_that_has_happened_does_not_begin_again(move: Callable[[Scene], Moving]) -> None:
    diagram = d.diagram(A, REMIND, d.path("start", "a", "end"))
    moving = move(Scene(diagram, diagram))
    moving.driver.fire("late")
    assert moving.driver.open == ["a", "x"]
    assert not moving.go().driver.timers
    assert moving.driver.open == ["a", "x"]


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ({"decisions": "approve, reject"}, {"decisions": "approve，reject"}, ()),
        ({"decisions": "approve, reject"}, {"decisions": "reject, approve"}, ("decisions",)),
        ({"fields": "grade:read"}, {"fields": "grade:write"}, ("fields",)),
        ({"paper": "allowed"}, {}, ("paper",)),
        ({"final": "true", "escalateTo": "chief"}, {}, ("final", "escalateTo")),
    ],
)
def test_a_plan_says_what_is_different_of_an_open_step(
    move: Callable[[Scene], Moving], was: dict[str, str], now: dict[str, str], told: tuple[str, ...]
) -> None:
    before, after = (line(d.user("a", d.properties(**one)), ids="a") for one in (was, now))
    plan = move(Scene(before, after)).plan()
    assert plan.safe
    assert plan.redrawn == ({"a": told} if told else {})


def test_open_steps_are_told_as_the_new_version_describes_them(move: Callable[[Scene], Moving]) -> None:
    new = line(d.user("a", d.properties(decisions="approve, reject"), d.zeebe("formDefinition", formId="f")), ids="a")
    moving = move(Scene(line(A, ids="a"), new)).go()
    (task,) = moving.kept
    assert (task.element_id, task.form_id, task.properties["decisions"]) == ("a", "f", "approve, reject")

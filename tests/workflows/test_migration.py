"""Cases that move to another version of their flow, scene by scene: what may, what stays and why, what is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import orjson
import pytest
from sqlalchemy.orm import Session

from tests.workflows import diagrams as d
from tests.workflows.driver import NOW, Driver
from tests.workflows.migration_scenes import HOUR, KEY, OPERATIONS, REMIND, SCENES, TABLE, A, B, C, Scene, X, line, toml
from workflows.checks.context import GateContext
from workflows.definition import Definition, build
from workflows.errors import Invalid
from workflows.migration import Facts, Plan, Planner, migrate
from workflows.models import ProcessDefinition


@dataclass
class Moving:
    """One case and the version to which it is to move."""

    session: Session
    scene: Scene
    driver: Driver = field(init=False)
    mapping: dict[str, str] = field(default_factory=dict)

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
        planner = Planner(self.driver.flow, self.new, GateContext(operations=OPERATIONS), self.mapping)
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


def test_a_step_under_another_id_takes_the_place_of_the_open_one_when_somebody_says_so(
    move: Callable[[Scene], Moving],
) -> None:
    before = d.diagram(A, B, REMIND, d.path("start", "a", "b", "end"))
    after = line(d.user("renamed"), X, B, ids="renamed x b")
    moving = move(Scene(before, after))
    assert [refusal.code for refusal in moving.plan().refusals] == ["migrate.element_gone"]
    moving.mapping = {"a": "renamed"}
    plan = moving.plan()
    assert (plan.safe, plan.dropped) == (True, ("late",))
    token = moving.driver.current[0].token
    moving.go()
    assert (moving.driver.open, moving.driver.current[0].token) == (["renamed"], token)
    for element_id in ("renamed", "x", "b"):
        moving.driver.complete(element_id)
    assert moving.driver.state == "completed"


def test_a_step_that_was_done_counts_as_the_one_that_stands_in_its_place(move: Callable[[Scene], Moving]) -> None:
    settings = ("", '[mandatory]\nc = ["renamed"]\n')
    scene = Scene(line(A, B, C, ids="a b c"), line(d.user("renamed"), B, C, ids="renamed b c"), "", ("a",), settings)
    moving = move(scene)
    assert [refusal.code for refusal in moving.plan().refusals] == ["migrate.mandatory_missed"]
    moving.mapping = {"a": "renamed"}
    assert moving.plan().safe


def test_a_wait_under_another_id_keeps_its_row_and_its_moment(move: Callable[[Scene], Moving]) -> None:
    before, after = (d.diagram(d.catch(name, HOUR), B, d.path("start", name, "b", "end")) for name in ("pause", "rest"))
    moving = move(Scene(before, after))
    (row,) = moving.driver.timers
    assert [refusal.code for refusal in moving.plan().refusals] == ["migrate.element_gone"]
    moving.mapping = {"pause": "rest"}
    moving.go()
    (kept,) = moving.driver.timers
    assert (kept.id, kept.due_at, kept.element_id) == (row.id, row.due_at, "rest")
    assert moving.driver.fire("rest").open == ["b"]


def test_a_receive_task_and_a_call_under_another_id_go_on_where_they_are(move: Callable[[Scene], Moving]) -> None:
    receive = '<bpmn:receiveTask id="{0}" name="{0}" messageRef="message_letter"/>'
    for kind in (receive, d.call("{0}", "inner", inside="")):
        inner = d.process(d.start("s1"), A, d.end("e1"), d.path("s1", "a", "e1"), id_="inner")
        before, after = (
            d.document(
                KEY,
                d.process(d.start(), kind.replace("{0}", name), B, d.end(), d.path("start", name, "b", "end")),
                inner,
            )
            for name in ("old", "fresh")
        )
        moving = Moving(move(Scene(line(A, ids="a"), line(A, ids="a"))).session, Scene(before, after))
        moving.mapping = {"old": "fresh"}
        moving.go()
        driver = moving.driver
        driver.deliver("fresh") if driver.subscriptions else driver.complete("a")
        assert driver.open == ["b"]


def test_what_waits_for_several_things_keeps_the_name_of_each(move: Callable[[Scene], Moving]) -> None:
    inside = (
        KEY, d.gateway("eventBased", "first"), d.catch("pause", HOUR), d.catch("post", d.on("message", "letter")),
        d.path("start", "first", "pause", "b"), d.path("first", "post", "b"),
    )  # fmt: skip
    before = d.diagram(*inside[1:], B, d.path("b", "end"), around=inside[:1])
    after = d.diagram(*inside[1:], B, X, d.path("b", "x", "end"), around=inside[:1])
    moving = move(Scene(before, after)).go()
    assert [row.element_id for row in (*moving.driver.timers, *moving.driver.subscriptions)] == ["pause", "post"]


def renamed(content: bytes, *names: str) -> bytes:
    """The diagram with elements under other ids: each name with an r behind."""
    for name in names:
        content = content.replace(f'"{name}"'.encode(), f'"{name}r"'.encode())
    return content


def test_a_sub_process_under_another_id_goes_on_inside(move: Callable[[Scene], Moving]) -> None:
    late = d.boundary("late", "sub", HOUR, interrupting=False) + d.path("late", "x", "gone") + X + d.end("gone")
    inner = d.sub("deep", d.start("s2"), A, B, d.end("e2"), d.path("s2", "a", "b", "e2"))
    outer = d.sub("sub", d.start("s1"), inner, d.end("e1"), d.path("s1", "deep", "e1"))
    before = d.diagram(outer, C, late, d.path("start", "sub", "c", "end"))
    moving = move(Scene(before, renamed(before, "sub", "deep")))
    assert [refusal.code for refusal in moving.plan().refusals][:1] == ["migrate.element_gone"]
    moving.mapping = {"sub": "subr"}
    assert [refusal.code for refusal in moving.plan().refusals][:1] == ["migrate.element_gone"]
    moving.mapping = {"sub": "subr", "deep": "deepr"}
    (row,) = moving.driver.timers
    moving.go()
    assert [(kept.id, kept.due_at) for kept in moving.driver.timers] == [(row.id, row.due_at)]
    assert moving.driver.complete("a").complete("b").open == ["c"]


def test_a_gateway_that_waits_for_events_goes_on_waiting_for_each_under_other_ids(
    move: Callable[[Scene], Moving],
) -> None:
    before = d.diagram(
        d.gateway("eventBased", "first"), d.catch("pause", HOUR), d.catch("post", d.on("message", "letter")), B,
        d.path("start", "first", "pause", "b", "end"), d.path("first", "post", "b"), around=[KEY],
    )  # fmt: skip
    moving = move(Scene(before, renamed(before, "first", "pause", "post")))
    moving.mapping = {"first": "firstr"}
    assert [refusal.code for refusal in moving.plan().refusals] == ["migrate.waits_changed"]
    moving.mapping = {"first": "firstr", "pause": "pauser", "post": "postr"}
    (row,) = moving.driver.timers
    moving.go()
    (kept,) = moving.driver.timers
    assert (kept.id, kept.due_at, kept.element_id) == (row.id, row.due_at, "pauser")
    assert [one.element_id for one in moving.driver.subscriptions] == ["postr"]
    assert moving.driver.deliver("postr").open == ["b"]


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_a_join_under_another_id_knows_who_has_come(move: Callable[[Scene], Moving], kind: str) -> None:
    gates = d.gateway(kind, "fork", "fork_b" if kind == "inclusive" else None) + d.gateway(kind, "join")
    ways = d.flow("fork", "a", "=true" if kind == "inclusive" else None) + d.flow(
        "fork", "x", "=true" if kind == "inclusive" else None
    )
    rest = d.path("fork", "b", "join") + d.path("a", "join", "c", "end") + d.path("x", "join") + d.path("start", "fork")
    before = d.diagram(A, B, C, X, gates, ways, rest)
    after = before.replace(b"a_join", b"a_to_join").replace(b'targetRef="join"', b'targetRef="joinr"')
    after = after.replace(b'id="join"', b'id="joinr"').replace(b'sourceRef="join"', b'sourceRef="joinr"')
    moving = move(Scene(before, after, done=("a",)))
    assert [refusal.code for refusal in moving.plan().refusals] == ["migrate.element_gone"]
    moving.mapping = {"join": "joinr"}
    moving.go()
    while moving.driver.open != ["c"]:
        assert "a" not in moving.driver.open
        moving.driver.complete(moving.driver.open[0])
    assert moving.driver.complete("c").state == "completed"


@pytest.mark.parametrize(
    "mapping", [{"a": "x1"}, {"a": "nothing"}, {"start": "b"}, {"a": "b", "b": "b"}, {"x1": "x1"}, {"a": "pause"}]
)
def test_only_steps_and_waits_of_one_kind_stand_for_each_other_and_each_for_one(
    move: Callable[[Scene], Moving], mapping: dict[str, str]
) -> None:
    gated = d.diagram(
        A, B, d.gateway("exclusive", "x1"), d.catch("pause", HOUR), d.path("start", "a", "x1", "b", "pause", "end")
    )
    moving = move(Scene(gated, gated))
    moving.mapping = mapping
    with pytest.raises(Invalid, match=r"migrate\.mapping"):
        moving.plan()


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

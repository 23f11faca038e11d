"""Cases that move to another version of their flow, scene by scene: what may, what stays and why, what is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import orjson
import pytest
from sqlalchemy.orm import Session

from tests.workflows import diagrams as d
from tests.workflows.driver import NOW, Driver
from workflows.checks.context import GateContext
from workflows.definition import Definition, build
from workflows.migration import Facts, Plan, Planner, migrate
from workflows.models import ProcessDefinition

A, B, C, X = (d.user(name) for name in ("a", "b", "c", "x"))
HOUR = d.timer("Duration", "PT1H")
AND = d.gateway("parallel", "fork") + d.gateway("parallel", "join")
BRANCHES = d.path("start", "fork", "a", "join", "c", "end") + d.path("fork", "b", "join")
SUB = d.sub("sub", d.start("s1"), A, B, d.end("e1"), d.path("s1", "a", "b", "e1"))
EACH = d.each("=[1, 2]")
REMIND = d.boundary("late", "a", HOUR, interrupting=False) + d.path("late", "x", "gone") + X + d.end("gone")
KEY = d.message("letter", '="k"')


def line(*nodes: str, ids: str, around: tuple[str, ...] = ()) -> bytes:
    return d.diagram(*nodes, d.path("start", *ids.split(), "end"), around=around)


def toml(text: str) -> dict[str, bytes]:
    return {"flow.toml": text.encode()}


@dataclass(frozen=True)
class Scene:
    """A diagram, the steps done in it, another diagram, and why the case stays ("" when it moves)."""

    before: bytes
    after: bytes
    why: str = ""
    done: tuple[str, ...] = ()
    settings: tuple[str, str] = ("", "")


def called(*inside: str) -> bytes:
    return d.document(
        d.process(d.start(), d.call("go", "inner"), C, d.end(), d.path("start", "go", "c", "end")),
        d.process(d.start("s1"), *inside, d.end("e1"), id_="inner"),
    )


def choosing(*extra: str) -> bytes:
    """After `a` a gateway reads what is in `extra`."""
    return d.diagram(
        A, C, *extra, d.gateway("exclusive", "x1", default="other"), d.path("start", "a", "x1"),
        d.flow("x1", "c", "=grade > 3"), d.flow("x1", "end", None, "other"), d.path("c", "end"),
    )  # fmt: skip


def waiting(*events: str) -> bytes:
    ways = "".join(d.path("events", name, "end") for name in ("letter", *(["later"] if events else [])))
    letter = d.catch("letter", d.on("message", "letter"))
    return d.diagram(d.gateway("eventBased", "events"), letter, *events, d.path("start", "events"), ways, around=[KEY])


def asked(name: str = "letter", key: str = '="k"') -> bytes:
    known = d.message(name, key)
    return line(d.catch("letter", d.on("message", name)), ids="letter", around=(known,))


TIMED = line(d.catch("pause", HOUR), ids="pause")
SCENES = {
    "nothing changed": Scene(line(A, ids="a"), line(A, ids="a")),
    "a step after the open one is added": Scene(line(A, ids="a"), line(A, B, ids="a b")),
    "a step before the open one is added": Scene(line(B, ids="b"), line(A, B, ids="a b")),
    "the open step is gone": Scene(line(A, B, ids="a b"), line(B, ids="b"), "migrate.element_gone"),
    "a step that was done is gone": Scene(line(A, B, ids="a b"), line(B, ids="b"), done=("a",)),
    "the open step does something else": Scene(
        line(A, ids="a"), line(d.service("a", "op"), ids="a"), "migrate.kind_changed"
    ),
    "an event on the open step is removed": Scene(
        d.diagram(A, REMIND, d.path("start", "a", "end")), line(A, ids="a")
    ),
    "an event on the open step is added": Scene(line(A, ids="a"), d.diagram(A, REMIND, d.path("start", "a", "end"))),
    "a branch is added after the split": Scene(
        d.diagram(A, B, C, AND, BRANCHES),
        d.diagram(A, B, C, X, AND, BRANCHES, d.path("fork", "x", "join")),
        "migrate.would_wait",
    ),
    "a branch is added after the split, and one has arrived": Scene(
        d.diagram(A, B, C, AND, BRANCHES),
        d.diagram(A, B, C, X, AND, BRANCHES, d.path("fork", "x", "join")),
        "migrate.would_wait",
        done=("a",),
    ),
    "the branches come one after the other": Scene(
        d.diagram(A, B, C, AND, BRANCHES), line(A, B, C, ids="a b c"), "migrate.twice"
    ),
    "the join is gone while one waits in it": Scene(
        d.diagram(A, B, C, AND, BRANCHES), line(A, B, C, ids="a b c"), "migrate.element_gone", done=("a",)
    ),
    "steps one after the other come side by side": Scene(
        line(A, B, C, ids="a b c"), d.diagram(A, B, C, AND, BRANCHES), "migrate.would_wait"
    ),
    "a step in a branch is added": Scene(
        d.diagram(A, B, C, AND, BRANCHES),
        d.diagram(A, B, C, X, AND, d.path("start", "fork", "a", "x", "join", "c", "end"), d.path("fork", "b", "join")),
    ),
    "a step behind a running sub process is added": Scene(
        d.diagram(SUB, d.path("start", "sub", "end")), d.diagram(SUB, C, d.path("start", "sub", "c", "end"))
    ),
    "the open step moves out of its sub process": Scene(
        d.diagram(SUB, d.path("start", "sub", "end")), line(A, B, ids="a b"), "migrate.element_gone"
    ),
    "the open step moves into a sub process": Scene(
        line(A, B, ids="a b"), d.diagram(SUB, d.path("start", "sub", "end")), "migrate.scope_changed"
    ),
    "a step is added in a process that runs for it": Scene(
        called(A, d.path("s1", "a", "e1")), called(A, B, d.path("s1", "a", "b", "e1"))
    ),
    "another process is called": Scene(
        called(A, d.path("s1", "a", "e1")),
        called(A, d.path("s1", "a", "e1")).replace(b'"inner"', b'"other"'),
        "migrate.called_changed",
    ),
    "the open step becomes one for each": Scene(
        line(A, ids="a"), line(d.user("a", inside=EACH), ids="a"), "migrate.loop_changed"
    ),
    "a step behind one for each is added": Scene(
        line(d.user("a", inside=EACH), ids="a"), line(d.user("a", inside=EACH), B, ids="a b")
    ),
    "the open step is for somebody else": Scene(
        line(d.user("a", d.zeebe("assignmentDefinition", candidateGroups="clerk")), ids="a"),
        line(d.user("a", d.zeebe("assignmentDefinition", candidateGroups="chief")), ids="a"),
        "migrate.holders_changed",
    ),
    "the open step is signed in another way": Scene(
        line(d.user("a", d.properties(signing="all")), ids="a"),
        line(d.user("a", d.properties(signing="any")), ids="a"),
        "migrate.signing_changed",
    ),
    "the open step is given something else": Scene(
        line(d.user("a", d.mapping({"one": "=1"})), ids="a"),
        line(d.user("a", d.mapping({"two": "=2"})), ids="a"),
        "migrate.inputs_changed",
    ),
    "another message is waited for": Scene(asked(), asked("parcel"), "migrate.message_changed"),
    "the message is waited for under another key": Scene(asked(), asked(key='="other"'), "migrate.message_changed"),
    "one more event is waited for": Scene(waiting(), waiting(d.catch("later", HOUR)), "migrate.waits_changed"),
    "the rule of a running timer changes": Scene(TIMED, TIMED.replace(b"PT1H", b"PT9H")),
    "a variable is read that a step before would write": Scene(
        line(A, ids="a"),
        choosing().replace(b'id="start_a"', b'id="start_a"'),
        "migrate.variable_missing",
    ),
    "a variable is read that a step ahead writes": Scene(
        line(A, C, ids="a c"),
        d.diagram(
            A, C, d.script("count", "=4", "grade"), d.gateway("exclusive", "x1", default="other"),
            d.path("start", "a", "count", "x1"), d.flow("x1", "c", "=grade > 3"),
            d.flow("x1", "end", None, "other"), d.path("c", "end"),
        ),
    ),
    "a mandatory step lies behind the case": Scene(
        line(B, C, ids="b c"),
        line(A, B, C, ids="a b c"),
        "migrate.mandatory_missed",
        settings=("", '[mandatory]\nc = ["a"]\n'),
    ),
    "a mandatory step was done": Scene(
        line(A, B, C, ids="a b c"),
        line(A, B, C, X, ids="a b x c"),
        done=("a",),
        settings=("", '[mandatory]\nc = ["a"]\n'),
    ),
    "what was sealed would be shown": Scene(
        line(d.user("a", d.properties(confidential="health")), B, ids="a b"),
        line(A, B, ids="a b"),
        "migrate.secrecy_lost",
        done=("a",),
    ),
}  # fmt: skip


@dataclass
class Moving:
    """One case and the version to which it is to move."""

    session: Session
    scene: Scene
    driver: Driver = field(init=False)

    def __post_init__(self) -> None:
        old = self.version("definition", self.scene.before, self.scene.settings[0], 1)
        self.new = self.version("second", self.scene.after, self.scene.settings[1], 2)
        self.driver = Driver(self.session, self.scene.before)
        self.driver.flow = old
        self.driver.start()
        for element_id in self.scene.done:
            self.driver.complete(element_id)

    def version(self, id_: str, content: bytes, settings: str, number: int) -> Definition:
        row = ProcessDefinition(
            id=id_, key="main", version=number, name="", state="active", checksum="", manifest={}, deployed_at=NOW
        )
        return build(row, {"main.bpmn": content, **(toml(settings) if settings else {})})

    def plan(self) -> Plan:
        passed = frozenset(name for step in self.driver.steps for name in step.passed)
        facts = Facts(passed, frozenset(self.driver.variables))
        planner = Planner(self.driver.flow, self.new, GateContext())
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


def test_open_steps_are_told_as_the_new_version_describes_them(move: Callable[[Scene], Moving]) -> None:
    new = line(d.user("a", d.properties(decisions="approve, reject"), d.zeebe("formDefinition", formId="f")), ids="a")
    moving = move(Scene(line(A, ids="a"), new)).go()
    (task,) = moving.kept
    assert (task.element_id, task.form_id, task.properties["decisions"]) == ("a", "f", "approve, reject")

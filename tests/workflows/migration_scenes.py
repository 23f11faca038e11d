"""Scenes of cases that move to another version of their flow: what was drawn, what is drawn, why the case stays."""

from dataclasses import dataclass

from tests.workflows import diagrams as d
from workflows.checks.context import Operation

A, B, C, X = (d.user(name) for name in ("a", "b", "c", "x"))
HOUR = d.timer("Duration", "PT1H")
AND = d.gateway("parallel", "fork") + d.gateway("parallel", "join")
BRANCHES = d.path("start", "fork", "a", "join", "c", "end") + d.path("fork", "b", "join")
SUB = d.sub("sub", d.start("s1"), A, B, d.end("e1"), d.path("s1", "a", "b", "e1"))
EACH = d.each("=[1, 2]")
REMIND = d.boundary("late", "a", HOUR, interrupting=False) + d.path("late", "x", "gone") + X + d.end("gone")
KEY = d.message("letter", '="k"')
OPERATIONS = {
    "take": Operation("take", ledger="reserves"),
    "free": Operation("free", ledger="settles"),
    "seat": Operation("seat", ledger="occupies"),
    "tell": Operation("tell"),
    "grade": Operation("grade", reads=("grade",)),
    "look": Operation("look", only="looks"),
    "count": Operation("count", only="checks"),
}
TAKE, FREE, SEAT, TELL, LOOK, COUNT = (
    d.service(name, name) for name in ("take", "free", "seat", "tell", "look", "count")
)
ELSE_FREE = d.gateway("exclusive", "x1", default="freely") + d.flow("x1", "free", None, "freely") + d.end("freed")
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="d">
<decision id="rank" name="rank"><decisionTable id="t" hitPolicy="FIRST"><input id="i"><inputExpression id="e">
<text>grade</text></inputExpression></input><output id="o" name="rank"/><rule id="r"><inputEntry id="c">
<text>-</text></inputEntry><outputEntry id="p"><text>1</text></outputEntry></rule></decisionTable></decision>
</definitions>
"""


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
    holds: bool = False


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


def seated(*nodes: str, ids: str) -> bytes:
    """After `ids` a post is taken up, or what is held is released."""
    return d.diagram(
        *nodes, SEAT, FREE, ELSE_FREE, d.path("start", *ids.split(), "x1"), d.flow("x1", "seat", "=initiator = 1"),
        d.path("seat", "end"), d.path("free", "freed"),
    )  # fmt: skip


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
    **{
        f"the open step has another {name}": Scene(
            line(d.user("a", d.properties(**{name: was})), ids="a"),
            line(d.user("a", d.properties(**{name: now})), ids="a"),
            "migrate.duty_changed",
        )
        for name, was, now in (("owedBy", "authority", "applicant"), ("onExpiry", "none", "decide:reject"))
    },
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
    "an operation reads what nothing writes": Scene(
        line(A, ids="a"), line(A, d.service("look", "grade"), ids="a look"), "migrate.variable_missing"
    ),
    "a table reads what nothing writes": Scene(
        line(A, ids="a"), line(A, d.rule("judge", "rank", "found"), ids="a judge"), "migrate.variable_missing"
    ),
    "what is held would end unsettled": Scene(
        seated(TAKE, A, ids="take a"), line(A, ids="a"), "migrate.hold_lost", holds=True
    ),
    "what is held would end unsettled in one branch": Scene(
        seated(TAKE, A, ids="take a"),
        d.diagram(A, d.gateway("exclusive", "x1", default="other"), SEAT, d.path("start", "a", "x1"),
                  d.flow("x1", "seat", "=initiator = 1"), d.flow("x1", "end", None, "other"), d.path("seat", "end")),
        "migrate.hold_lost",
        holds=True,
    ),
    "a step is added while something is held": Scene(
        seated(TAKE, A, ids="take a"), seated(TAKE, A, B, ids="take a b"), holds=True
    ),
    "one branch settles what is held": Scene(
        d.diagram(TAKE, A, B, SEAT, AND, d.path("start", "take", "fork", "a", "seat", "join", "end"),
                  d.path("fork", "b", "join")),
        d.diagram(TAKE, A, B, C, SEAT, AND, d.path("start", "take", "fork", "a", "c", "seat", "join", "end"),
                  d.path("fork", "b", "join")),
        holds=True,
    ),
    "what is held in a sub process would end unsettled behind it": Scene(
        d.diagram(TAKE, SUB, SEAT, d.path("start", "take", "sub", "seat", "end")),
        d.diagram(SUB, d.path("start", "sub", "end")),
        "migrate.hold_lost",
        holds=True,
    ),
    "the reservation is drawn before where the case is": Scene(
        seated(A, TAKE, B, ids="a take b"), seated(TAKE, A, B, ids="take a b"), "migrate.effect_skipped"
    ),
    "a post is taken up that was never reserved": Scene(
        line(A, ids="a"), seated(TAKE, A, ids="take a"), "migrate.hold_missing"
    ),
    "a reservation still ahead is enough": Scene(line(A, ids="a"), seated(A, TAKE, ids="a take")),
    "an operation that was done is drawn ahead": Scene(
        line(TELL, A, B, ids="tell a b"), line(A, TELL, B, ids="a tell b"), "migrate.effect_twice"
    ),
    "an operation that was done is drawn ahead under another id": Scene(
        line(TELL, A, B, ids="tell a b"),
        line(A, d.service("other", "tell"), B, ids="a other b"),
        "migrate.effect_twice",
    ),
    "an operation that is still to come is drawn behind": Scene(
        line(A, TELL, B, ids="a tell b"), line(TELL, A, B, ids="tell a b"), "migrate.effect_skipped"
    ),
    "what only looks comes to lie ahead again": Scene(
        line(LOOK, A, B, ids="look a b"), line(A, LOOK, B, ids="a look b")
    ),
    "what only looks comes to lie behind": Scene(line(A, LOOK, B, ids="a look b"), line(LOOK, A, B, ids="look a b")),
    "a check comes to lie ahead again": Scene(line(COUNT, A, B, ids="count a b"), line(A, COUNT, B, ids="a count b")),
    "a check that is still to come comes to lie behind": Scene(
        line(A, COUNT, B, ids="a count b"), line(COUNT, A, B, ids="count a b"), "migrate.effect_skipped"
    ),
    "an operation that is still to come is taken out": Scene(line(A, TELL, B, ids="a tell b"), line(A, B, ids="a b")),
    "an operation that is done in each round stays in the round": Scene(
        d.diagram(TELL, A, d.gateway("exclusive", "x1", default="on"), d.path("start", "tell", "a", "x1"),
                  d.flow("x1", "tell", "=again"), d.flow("x1", "end", None, "on")),
        d.diagram(TELL, A, B, d.gateway("exclusive", "x1", default="on"), d.path("start", "tell", "a", "x1"),
                  d.flow("x1", "tell", "=again"), d.flow("x1", "b", None, "on"), d.path("b", "end")),
    ),
    "what was sealed would be shown": Scene(
        line(d.user("a", d.properties(confidential="health")), B, ids="a b"),
        line(A, B, ids="a b"),
        "migrate.secrecy_lost",
        done=("a",),
    ),
}  # fmt: skip

"""Timers, messages, errors, escalations: rows decide, the engine asks no clock."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.workflows import diagrams as d
from workflows import engine
from workflows.errors import Conflict
from workflows.failures import EngineFault


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def waits(definition: str) -> bytes:
    return d.diagram(d.catch("wait", definition), d.user("after"), d.path("start", "wait", "after", "end"))


@pytest.mark.parametrize(
    ("kind", "rule", "due", "unit"),
    [
        ("Duration", "5 workdays", "2026-09-17T18:00:00+08:00", "workdays"),
        ("Duration", "P7D", "2026-09-17T18:00:00+08:00", "days"),
        ("Duration", "7 days", "2026-09-17T18:00:00+08:00", "days"),
        ("Duration", "PT4H", "2026-09-10T13:00:00+08:00", "instant"),
        ("Date", "2026-10-10T08:00:00+08:00", "2026-10-10T08:00:00+08:00", "instant"),
        ("Duration", '="P" + string(weeks * 7) + "D"', "2026-09-24T18:00:00+08:00", "days"),
        ("Duration", '=string(5) + " workdays"', "2026-09-17T18:00:00+08:00", "workdays"),
        ("Date", '=date and time("2026-10-10T08:00:00+08:00")', "2026-10-10T08:00:00+08:00", "instant"),
        ("Duration", '=duration("PT90M")', "2026-09-10T10:30:00+08:00", "instant"),
    ],
)
def test_a_timer_row_says_when_its_event_fires(drive, kind, rule, due, unit):
    case = drive(waits(d.timer(kind, rule))).start(weeks=2)
    (row,) = case.timers
    assert (row.kind, row.element_id, row.unit) == ("event", "wait", unit)
    assert row.due_at == at(due)
    assert [(timer.timer_id, timer.due_at) for timer in case.step.scheduled] == [(row.id, row.due_at)]
    assert case.fire("wait").open == ["after"]
    assert not case.timers
    assert case.step.dropped == (row.token,)


def test_the_saved_token_holds_no_due_time(drive):
    case = drive(waits(d.timer("Duration", "P7D"))).start()
    assert set(__import__("orjson").loads(case.held.tokens)["tokens"][0]) == {"element", "id"}


@pytest.mark.parametrize("rule", ["=null", "=1", '="soon"', '="R3/P1D"'])
def test_a_rule_without_meaning_faults_when_the_timer_is_armed(drive, rule):
    with pytest.raises(EngineFault) as fault:
        drive(waits(d.timer("Duration", rule))).start()
    assert (fault.value.code, fault.value.element_id) == ("timer.rule", "wait")


def guarded(definition: str, *, interrupting: bool, around: tuple[str, ...] = (), mapping: str = "") -> bytes:
    return d.diagram(
        d.user("work"), d.boundary("event", "work", definition, mapping, interrupting=interrupting), d.user("side"),
        d.user("after"), d.end("gone"), d.path("start", "work", "after", "end"), d.path("event", "side", "gone"),
        around=around,
    )  # fmt: skip


def test_an_interrupting_timer_takes_the_task_away(drive):
    case = drive(guarded(d.timer("Duration", "P5D"), interrupting=True)).start()
    token = case.token("work")
    case.fire("event")
    assert (case.open, case.step.closed) == (["side"], (token,))
    assert case.complete("side").state == "completed"


def test_a_timer_that_does_not_interrupt_fires_once_beside_the_task(drive):
    case = drive(guarded(d.timer("Duration", "P5D"), interrupting=False)).start()
    case.fire("event")
    assert (case.open, case.step.closed, list(case.timers)) == (["side", "work"], (), [])
    case.complete("work").complete("side")
    assert case.open == ["after"]


def test_finishing_the_task_deletes_its_timer(drive):
    case = drive(guarded(d.timer("Duration", "P5D"), interrupting=True)).start()
    (row,) = case.timers
    case.complete("work")
    assert (list(case.timers), case.step.dropped) == ([], (row.token,))
    with pytest.raises(Conflict, match=r"timer\.gone"):
        engine.fire_timer(case.held, row, case.around)


def test_a_cycle_reminds_as_often_as_it_says_and_its_row_moves_on(drive):
    case = drive(guarded(d.timer("Cycle", "R3/PT1H"), interrupting=False)).start()
    due = [case.timers[0].due_at]
    for left in (2, 1):
        case.fire("event")
        (row,) = case.timers
        assert row.remaining == left
        due.append(row.due_at)
    assert [later - earlier for earlier, later in pairwise(due)] == [timedelta(hours=1)] * 2
    case.fire("event")
    assert list(case.timers) == []
    assert case.open == ["side", "side", "side", "work"]


def test_missed_rounds_of_a_cycle_are_not_made_up_for(drive):
    case = drive(guarded(d.timer("Cycle", "R/PT1H"), interrupting=False)).start()
    first = case.timers[0].due_at
    case.later(timedelta(hours=10)).fire("event")
    (row,) = case.timers
    assert row.due_at == case.around.now + timedelta(hours=1)
    assert row.due_at > first + timedelta(hours=9)
    assert case.open.count("side") == 1


@pytest.mark.parametrize(
    ("rule", "late", "step"),
    [
        ("R/PT1H", timedelta(hours=10, minutes=20), timedelta(hours=1)),
        ("R/PT1H", timedelta(days=400, seconds=1), timedelta(hours=1)),
        ("R/P1DT0H", timedelta(days=3, hours=5), timedelta(days=1)),
        ("R/P1D", timedelta(days=3, hours=5), timedelta(days=1)),
    ],
)
def test_a_cycle_keeps_its_phase_however_late_it_fires(drive, rule, late, step):
    """After an outage too: the row is all that is kept, and the hour on the wall stays the same."""
    case = drive(guarded(d.timer("Cycle", rule), interrupting=False)).start()
    first = case.timers[0].due_at
    case.later(first - case.around.now + late).fire("event")
    (row,) = case.timers
    assert row.due_at > case.around.now
    assert (row.due_at - first) % step == timedelta(0)
    if step < timedelta(days=1):
        assert row.due_at - case.around.now <= step
    assert case.open.count("side") == 1


def test_a_round_of_working_days_is_counted_from_the_round_before_though_it_fired_late(drive):
    case = drive(guarded(d.timer("Cycle", "R/3 workdays"), interrupting=False)).start()
    on_time = drive(guarded(d.timer("Cycle", "R/3 workdays"), interrupting=False)).start()
    for _ in range(5):
        on_time.fire("event")
    while case.timers[0].due_at < on_time.timers[0].due_at:
        case.later(case.timers[0].due_at - case.around.now + timedelta(days=8, hours=3)).fire("event")
    dues = {on_time.timers[0].due_at}
    while max(dues) < case.timers[0].due_at:
        on_time.fire("event")
        dues.add(on_time.timers[0].due_at)
    assert case.timers[0].due_at in dues


def test_a_message_is_waited_for_under_its_key_and_writes_its_payload(drive):
    definition = d.on("message", "news")
    diagram = d.diagram(
        d.catch("wait", definition, d.mapping(None, {"answer": "=text"})), d.user("after"),
        d.path("start", "wait", "after", "end"), around=[d.message("news", "=school")],
    )  # fmt: skip
    case = drive(diagram).start(school="s01")
    (row,) = case.subscriptions
    assert (row.name, row.correlation_key, row.element_id) == ("news", "s01", "wait")
    case.deliver("wait", text="yes", noise=1)
    assert (case.open, case.variables) == (["after"], {"school": "s01", "answer": "yes"})
    with pytest.raises(Conflict, match=r"subscription\.gone"):
        engine.deliver(case.held, row, {}, case.around)


def test_a_message_without_a_key_faults_when_it_begins_to_be_waited_for(drive):
    diagram = d.diagram(d.catch("wait", d.on("message", "m")), d.path("start", "wait", "end"), around=[d.message("m")])
    with pytest.raises(EngineFault) as fault:
        drive(diagram).start()
    assert (fault.value.code, fault.value.element_id) == ("message.key", "wait")


def test_a_message_that_does_not_interrupt_may_come_again(drive):
    diagram = guarded(d.on("message", "news"), interrupting=False, around=(d.message("news"),))
    case = drive(diagram).start(key="k").deliver("event").deliver("event", n=2)
    assert (case.open, len(case.subscriptions)) == (["side", "side", "work"], 1)
    assert not case.complete("work").subscriptions


def test_a_receive_task_waits_like_an_event_and_can_be_guarded(drive):
    diagram = d.diagram(
        d.node("receiveTask", "wait", messageRef="message_news"), d.user("after"), d.user("late"),
        d.boundary("timeout", "wait", d.timer("Duration", "P5D")), d.path("start", "wait", "after", "end"),
        d.path("timeout", "late", "end"), around=[d.message("news")],
    )  # fmt: skip
    case = drive(diagram).start(key="k")
    assert (len(case.timers), len(case.subscriptions)) == (1, 1)
    assert case.deliver("wait", x=1).open == ["after"]
    assert not case.timers
    late = drive(diagram).start(key="k")
    assert late.fire("timeout").open == ["late"]
    assert not late.subscriptions


def race() -> bytes:
    return d.diagram(
        d.gateway("eventBased", "which"), d.catch("timeout", d.timer("Duration", "P5D")),
        d.catch("answer", d.on("message", "answer")), d.catch("refusal", d.on("message", "refusal")),
        d.user("late"), d.user("good"), d.user("bad"), d.path("start", "which"),
        *(d.path("which", event, task, "end") for event, task in
          (("timeout", "late"), ("answer", "good"), ("refusal", "bad"))),
        around=[d.message("answer"), d.message("refusal")],
    )  # fmt: skip


@pytest.mark.parametrize(("event", "way"), [("timeout", "late"), ("answer", "good"), ("refusal", "bad")])
def test_behind_an_event_gateway_the_first_event_decides_and_the_others_are_dropped(drive, event, way):
    case = drive(race()).start(key="k")
    assert (len(case.timers), len(case.subscriptions)) == (1, 2)
    case.fire(event) if event == "timeout" else case.deliver(event, got=1)
    assert (case.open, list(case.timers), list(case.subscriptions)) == ([way], [], [])
    assert case.step.passed[:3] == ("which", f"which_{event}", event)


def test_a_thrown_message_is_handed_out_with_key_and_payload(drive):
    sender = d.node(
        "intermediateThrowEvent", "tell", d.extra(d.mapping({"result": "=score + 1"})), d.on("message", "done")
    )
    diagram = d.diagram(sender, d.path("start", "tell", "end"), around=[d.message("done", "=case")])
    (thrown,) = drive(diagram).start(score=1, case="c7").step.thrown
    assert (thrown.name, thrown.correlation_key, thrown.element_id, thrown.payload) == (
        "done",
        "c7",
        "tell",
        {"result": 2},
    )


def failing(code: str, caught: str, *, interrupting_payload: str = "") -> bytes:
    inside = d.sub(
        "sub", d.start("s"), d.gateway("parallel", "fork"), d.user("inner"), d.user("other"), d.end("e"),
        d.end("bad", d.on("error", code)), d.path("s", "fork", "inner", "bad"), d.path("fork", "other", "e"),
    )  # fmt: skip
    return d.diagram(
        inside, d.boundary("catch", "sub", d.on("error", caught)), d.user("repair"), d.user("after"),
        d.path("start", "sub", "after", "end"), d.path("catch", "repair", "end"), around=[d.error("E1"), d.error("E2")],
    )  # fmt: skip


def test_an_error_end_event_leaves_the_sub_process_at_its_boundary(drive):
    case = drive(failing("E1", "E1")).start()
    other = case.token("other")
    case.complete("inner")
    assert case.open == ["repair"]
    assert other in case.step.closed


def test_an_error_that_nobody_catches_faults_with_its_code(drive):
    case = drive(failing("E1", "E2")).start()
    with pytest.raises(EngineFault) as fault:
        case.complete("inner")
    assert (fault.value.code, fault.value.params["error_code"]) == ("engine.error_uncaught", "E1")


def escalating(*, interrupting: bool) -> bytes:
    inside = d.sub(
        "sub", d.start("s"), d.node("intermediateThrowEvent", "raise", d.on("escalation", "late")), d.user("inner"),
        d.end("e"), d.path("s", "raise", "inner", "e"),
    )  # fmt: skip
    return d.diagram(
        inside, d.boundary("heard", "sub", d.on("escalation", "late"), interrupting=interrupting), d.user("chief"),
        d.path("start", "sub", "end"), d.end("gone"), d.path("heard", "chief", "gone"), around=[d.escalation("late")],
    )  # fmt: skip


def test_an_escalation_is_heard_beside_or_instead_of_the_sub_process(drive):
    assert drive(escalating(interrupting=False)).start().open == ["chief", "inner"]
    assert drive(escalating(interrupting=True)).start().open == ["chief"]


def test_an_escalation_that_nobody_hears_changes_nothing(drive):
    throw = d.node("intermediateThrowEvent", "raise", d.on("escalation", "late"))
    diagram = d.diagram(throw, d.user("t"), d.path("start", "raise", "t", "end"), around=[d.escalation("late")])
    assert drive(diagram).start().open == ["t"]


def test_a_message_that_does_not_interrupt_may_come_again_and_each_time_opens_its_path(drive):
    case = drive(d.diagram(
        d.user("work"), d.boundary("news", "work", d.on("message", "news"), interrupting=False), d.user("read"),
        d.end("read_end"), d.path("start", "work", "end"), d.path("news", "read", "read_end"),
        around=[d.message("news", '="key"')],
    )).start()  # fmt: skip
    for count in (1, 2, 3):
        case.deliver("news")
        assert case.open == ["read"] * count + ["work"]


def test_what_tells_of_something_that_ends_it_was_passed_all_the_same(drive):
    inside = d.sub("sub", d.start("s1"), d.user("a"), d.node("endEvent", "told", d.on("escalation", "late")),
                   d.path("s1", "a", "told"))  # fmt: skip
    heard = d.boundary("heard", "sub", d.on("escalation", "late")) + d.path("heard", "end")
    case = drive(d.diagram(inside, heard, d.path("start", "sub", "end"), around=[d.escalation("late")])).start()
    assert {"told", "heard"} <= set(case.complete("a").step.passed)

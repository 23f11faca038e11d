"""Service tasks: registered operations, their results, refusals and failures."""

from datetime import date
from decimal import Decimal

import pytest

from tests.workflows import diagrams as d
from tests.workflows.driver import NOW
from workflows import engine
from workflows.errors import Conflict
from workflows.failures import BusinessError, EngineFault


def served(*extensions: str, headers: dict[str, str] | None = None, boundary: str = "") -> bytes:
    return d.diagram(
        d.user("first"), d.service("reserve", "ledger.reserve", *extensions, headers=headers), d.user("after"),
        boundary, d.path("start", "first", "reserve", "after", "end"),
    )  # fmt: skip


def test_an_operation_is_told_where_it_runs_and_its_result_is_written(drive):
    seen: list[engine.Call] = []

    def reserve(call: engine.Call) -> dict[str, object]:
        seen.append(call)
        return {"entry": call.variables["count"] + 1, "on": date(2026, 9, 10), "sum": Decimal("1.5")}

    case = drive(served(headers={"account": "headcount"}), operations={"ledger.reserve": reserve}).start(count=1)
    case.complete("first")
    (call,) = seen
    assert (call.session, call.now, call.instance_id) == (case.session, NOW, case.instance_id)
    assert (call.element_id, call.headers) == ("reserve", {"account": "headcount"})
    assert case.variables == {"count": 1, "entry": 2, "on": "2026-09-10", "sum": 1.5}
    assert [(done.element_id, done.operation, dict(done.result)) for done in case.step.performed] == [
        ("reserve", "ledger.reserve", {"entry": 2, "on": "2026-09-10", "sum": 1.5})
    ]


def test_an_operation_sees_its_input_mapping_and_may_return_nothing(drive):
    seen = []
    mapping = d.mapping({"n": "=count * 10"})
    operations = {"ledger.reserve": lambda call: seen.append(call.variables["n"])}
    case = drive(served(mapping), operations=operations).start(count=2).complete("first")
    assert (seen, case.variables, case.open) == ([20], {"count": 2}, ["after"])


def test_an_operation_cannot_change_the_variables_it_is_shown(drive):
    def meddle(call: engine.Call) -> None:
        call.variables["count"] = 9  # type: ignore[index]

    case = drive(served(), operations={"ledger.reserve": meddle}).start(count=2)
    with pytest.raises(EngineFault) as fault:
        case.complete("first")
    assert isinstance(fault.value.cause, TypeError)


def test_an_unknown_operation_faults_with_its_element(drive):
    with pytest.raises(EngineFault) as fault:
        drive(served()).start().complete("first")
    assert (fault.value.code, fault.value.element_id) == ("engine.operation_unknown", "reserve")


def test_one_of_the_four_kinds_raised_by_an_operation_comes_out_as_it_is(drive):
    def full(call: engine.Call) -> None:
        raise Conflict("ledger.full", account_id="a1")

    case = drive(served(), operations={"ledger.reserve": full}).start()
    before = (case.held.version, case.held.tokens)
    with pytest.raises(Conflict, match=r"ledger\.full") as refused:
        case.complete("first")
    assert refused.value.params == {"account_id": "a1"}
    assert (case.held.version, case.held.tokens, case.open) == (*before, ["first"])


def test_any_other_failure_comes_out_as_a_fault_with_place_and_cause(drive):
    case = drive(served(), operations={"ledger.reserve": lambda call: 1 / 0}).start()
    with pytest.raises(EngineFault) as fault:
        case.complete("first")
    assert (fault.value.code, fault.value.element_id) == ("engine.fault", "reserve")
    assert isinstance(fault.value.cause, ZeroDivisionError)
    assert "division" in fault.value.params["reason"]


def refusing(caught: str | None) -> bytes:
    boundary = d.boundary("refused", "reserve", d.on("error", caught)) if caught else ""
    fix = d.user("fix") + d.path("refused", "fix", "after") if caught else ""
    return d.diagram(
        d.user("first"), d.service("reserve", "ledger.reserve"), boundary, fix, d.user("after"),
        d.path("start", "first", "reserve", "after", "end"), around=[d.error("FULL"), d.error("OTHER")],
    )  # fmt: skip


def no_room(call: engine.Call) -> None:
    raise BusinessError("FULL", "no headcount left", {"short_of": 2})


def test_a_business_error_goes_to_the_boundary_event_that_catches_its_code(drive):
    case = drive(refusing("FULL"), operations={"ledger.reserve": no_room}).start().complete("first")
    assert (case.open, case.variables) == (["fix"], {"short_of": 2})
    assert case.complete("fix").open == ["after"]


@pytest.mark.parametrize("caught", ["OTHER", None])
def test_a_business_error_that_the_diagram_does_not_catch_is_a_fault(drive, caught):
    case = drive(refusing(caught), operations={"ledger.reserve": no_room}).start()
    with pytest.raises(EngineFault) as fault:
        case.complete("first")
    assert (fault.value.code, fault.value.element_id) == ("engine.error_uncaught", "reserve")
    assert isinstance(fault.value.cause, BusinessError)


def test_a_business_error_inside_a_called_process_is_caught_around_the_call(drive):
    inner = d.process(
        d.start("s"), d.service("reserve", "ledger.reserve"), d.end("e"), d.path("s", "reserve", "e"), id_="inside"
    )
    outer = d.process(
        d.start(), d.call("call", "inside"), d.boundary("any", "call", d.on("error")), d.user("fix"), d.end(),
        d.path("start", "call", "end"), d.path("any", "fix", "end"),
    )  # fmt: skip
    case = drive(d.document(inner, outer), operations={"ledger.reserve": no_room}).start()
    assert (case.open, case.variables) == (["fix"], {"short_of": 2})


def test_throw_and_end_events_may_perform_operations_too(drive):
    done = []
    work = d.extra(d.zeebe("taskDefinition", type="note"))
    diagram = d.diagram(
        d.node("intermediateThrowEvent", "tell", work, d.on("message", "m")), d.node("endEvent", "over", work),
        d.path("start", "tell", "over"), around=[d.message("m")],
    )  # fmt: skip
    case = drive(diagram, operations={"note": lambda call: done.append(call.element_id)}).start()
    assert (done, case.state, case.step.thrown) == (["tell", "over"], "completed", ())

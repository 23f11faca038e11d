"""Timers and messages: rules that stop a case, cycles that do not advance, holidays that count though unsaid."""

from typing import Any

from tests.workflows.checks.wrong.proofs import goes_wrong
from tests.workflows.checks.wrong.runs import Files, begun
from tests.workflows.driver import CALENDAR, NOW
from workflows.case import WAITING, Case
from workflows.deadlines import next_round, subscription_row, timer_row
from workflows.engine import Surroundings
from workflows.errors import Invalid
from workflows.failures import EngineFault
from workflows.nodes.events import MESSAGE, TIMER, Boundary, Waiting

AROUND = Surroundings(None, NOW, lambda _: None, CALENDAR.due)  # type: ignore[arg-type, return-value]


class Row:
    """A stored row."""

    def __init__(self, **columns: Any) -> None:
        self.__dict__.update(columns)


def waiting(case: Case, trigger: str) -> Any:
    """The token that waits for an event of a kind."""
    tokens = [token for token in case.tokens() if token._state == WAITING and isinstance(token.node, Waiting)]
    return next(token for token in tokens if token.node.trigger == trigger)


def row_of(token: Any) -> dict[str, Any]:
    """The row of a timer, as it is written when the case comes there."""
    place = token.parent if isinstance(token.node, Boundary) else token
    return timer_row("case", token, token.node, place, AROUND)


@goes_wrong("timer.unreadable", "timer.zero_period", "timer.cycle_place")
def timer_stops_the_case(files: Files) -> bool:
    """An incident where the wait begins or its second round does, or only the first of several rounds comes."""
    case = begun(files, wait="P1D")
    token = waiting(case, TIMER)
    node = token.node
    try:
        row = row_of(token)
        again = next_round(Row(**row), AROUND) if row["unit"] == "cycle" else None
    except (EngineFault, Invalid):
        return True
    node.fire(token, {}, **({"again": again is not None} if isinstance(node, Boundary) else {}))
    case.run()
    left = any(other.node is node and other._state == WAITING for other in case.tokens())
    return again is not None and not left


@goes_wrong("timer.pause")
def holidays_count_though_it_does_not_say_false(files: Files) -> bool:
    """Whatever is not true counts school holidays, as false does."""
    token = waiting(begun(files), TIMER)
    said, rule = token.node.element.properties["pauseOnHolidays"], row_of(token)["rule"]
    paused = files["flow.bpmn"].replace(
        f'"pauseOnHolidays" value="{said}"'.encode(), b'"pauseOnHolidays" value="false"'
    )
    same = rule == row_of(waiting(begun({**files, "flow.bpmn": paused}), TIMER))["rule"]
    return said != "false" and same


@goes_wrong("event.no_correlation", "feel.equals_missing")
def every_case_waits_by_one_word(files: Files) -> bool:
    """A key without = is a word: the message with the number of a case reaches none."""
    token = waiting(begun(files, case="ZP-2026-0001"), MESSAGE)
    return subscription_row("case", token, token.node, token)["correlation_key"] != "ZP-2026-0001"

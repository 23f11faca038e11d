"""Decision tables as they lie in bpmn/, asked with facts and with the parameters' declared defaults."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from service.parameters.registry import PARAMETERS
from workflows.decisions import Decision, Outcome, parse_decisions
from workflows.feel import Scope

BPMN = Path(__file__).parents[2] / "bpmn"
DEFAULTS = {key: parameter.default for key, parameter in PARAMETERS.items()}
AT = datetime(2026, 9, 10, tzinfo=UTC)


@cache
def decisions(file: str) -> dict[str, Decision]:
    """The decisions of a file under bpmn/, by id."""
    return parse_decisions((BPMN / file).read_bytes(), file)


def outcome(file: str, decision: str, **variables: Any) -> Outcome:
    """The whole answer; `parameters` given here go before the defaults."""
    parameters = DEFAULTS | variables.pop("parameters", {})
    return decisions(file)[decision].evaluate({"parameters": parameters, **variables}, Scope(AT, None, {}, []))


def ask(file: str, decision: str, **variables: Any) -> tuple[Any, list[int]]:
    """The value and the rows that answered, counted from 1."""
    found = outcome(file, decision, **variables)
    return found.value, [rule.index for rule in found.rules]


def rows(file: str, decision: str) -> range:
    """The numbers of a table's rows."""
    table = decisions(file)[decision].table
    assert table is not None
    return range(1, len(table.rules) + 1)

"""FEEL and decision tables: `python -m benchmarks.feel` (targets of the FEEL issue; output as in design §8)."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from workflows.decisions import parse_decisions
from workflows.feel import compile_expression
from workflows.feel.expression import _expression

CONDITION = 'staffing_check.decision = "approve" and count > 2'
PYTHON = 'v["staffing_check"]["decision"] == "approve" and v["count"] > 2'
VARIABLES: dict[str, Any] = {f"variable_{index}": index for index in range(18)}
VARIABLES |= {"staffing_check": {"decision": "approve"}, "count": 3}
ROWS = 50
TARGETS = {"condition_us": 10.0, "table_50_rows_us": 300.0, "compile_ms": 2.0}


def table_xml() -> bytes:
    """A FIRST table of 50 rows and 3 inputs of which only the last row matches."""
    cells = ["<inputEntry><text>{}</text></inputEntry>" for _ in range(3)]
    rows = []
    for row in range(1, ROWS + 1):
        texts = ('"一级", "二级"', f"[{row * 10}..{row * 10 + 9}]", "-")
        entries = "".join(cell.format(text) for cell, text in zip(cells, texts, strict=True))
        rows.append(f'<rule id="r{row}">{entries}<outputEntry><text>{row}</text></outputEntry></rule>')
    columns = "".join(
        f'<input label="{name}"><inputExpression><text>{name}</text></inputExpression></input>'
        for name in ("职称", "count", "variable_1")
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="t" name="t"><decisionTable hitPolicy="FIRST">{columns}<output name="o"/>{"".join(rows)}'
        "</decisionTable></decision></definitions>"
    ).encode()


def best(run: Callable[[], Any], times: int, rounds: int = 7) -> float:
    """CPU seconds of one call, the best of some rounds."""
    found = []
    for _ in range(rounds):
        started = time.process_time()
        for _ in range(times):
            run()
        found.append((time.process_time() - started) / times)
    return min(found)


def _compile() -> None:
    _expression.cache_clear()
    compile_expression(CONDITION)


def main() -> int:
    """Measure, print a table and the line of JSON; 1 when a target is missed."""
    expression, code = compile_expression(CONDITION), compile(PYTHON, "peer", "eval")
    decision = parse_decisions(table_xml())["t"]
    variables = {**VARIABLES, "职称": "二级", "count": ROWS * 10}
    assert decision.evaluate(variables).value == ROWS
    condition = best(lambda: expression.evaluate(VARIABLES), 20_000)
    peer = best(lambda: eval(code, {"v": VARIABLES}), 20_000)
    figures = {
        "condition_us": condition * 1e6,
        "table_50_rows_us": best(lambda: decision.evaluate(variables), 200) * 1e6,
        "compile_ms": best(_compile, 50) * 1e3,
        "python_eval_us": peer * 1e6,
        "ratio_to_python_eval": condition / peer,
    }
    for name, value in figures.items():
        target = f"  target {TARGETS[name]:g}" if name in TARGETS else ""
        print(f"{name:24} {value:10.2f}{target}")
    ok = all(figures[name] <= bound for name, bound in TARGETS.items())
    rounded = {name: round(value, 3) for name, value in figures.items()}
    print(json.dumps({"benchmark": "feel", "figures": rounded, "target": TARGETS, "ok": ok}))
    return int(not ok)


if __name__ == "__main__":
    sys.exit(main())

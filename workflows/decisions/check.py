"""What is suspicious in a decision table: overlaps, gaps, rows that never answer, values of the wrong type."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from workflows.decisions.columns import input_findings, output_findings
from workflows.decisions.cover import Cover, TooLarge
from workflows.decisions.decision import Decision
from workflows.decisions.findings import Finding, finding, shown
from workflows.decisions.model import Table
from workflows.decisions.outputs import same_outputs
from workflows.decisions.regions import Box, Column, box_of, columns_of, example, meet

MOST = 100
"""Findings of one kind that are told of one table."""
GAPS = 3
COMPARED = frozenset(("UNIQUE", "ANY", "FIRST"))
WHAT = {
    "gaps": ("没有一行命中的情形", "inputs that no row answers"),
    "unreachable": ("永远轮不到的行", "rows that are never reached"),
    "overlaps": ("同时命中的行", "rows that match together"),
}


@dataclass(frozen=True)
class _Checked:
    """A table with its columns and rows as boxes: what rows surely accept, and what they may accept."""

    table: Table
    columns: Sequence[Column]
    surely: Sequence[Box]
    perhaps: Sequence[Box]

    @property
    def whole(self) -> Box:
        return tuple(column.domain for column in self.columns)

    def cover(self, boxes: Sequence[Box]) -> Cover:
        return Cover(boxes, [len(column.samples) for column in self.columns])

    def example(self, box: Box) -> str:
        return example(self.columns, box, shown)


def check(decision: Decision) -> list[Finding]:
    """Findings of a decision that is a table, by row; none for other decisions.

    Rows are compared by cells that hold literals only (ranges, lists and not(…) of them). Cells that compute are never
    blamed: `table.undecided` names them. A search that takes too long is told as `table.large`. About two seconds at
    most.
    """
    table = decision.table
    if table is None or not table.rules or any(len(rule.cells) != len(table.inputs) for rule in table.rules):
        return []
    columns = columns_of(table)
    rows = range(len(table.rules))
    surely, perhaps = ([box_of(columns, row, unknown) for row in rows] for unknown in (0, -1))
    checked = _Checked(table, columns, surely, perhaps)
    never = list(_never(checked))
    found = [*input_findings(table), *output_findings(table), *never, *_undecided(checked)]
    found += _limited("overlaps", _overlaps(checked))
    found += _limited("unreachable", _unreachable(checked, {one.row for one in never}))
    found += _limited("gaps", islice(_gaps(checked), GAPS))
    return sorted(found, key=lambda one: (one.row, one.code))


def _limited(what: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """The first findings of a search; says so when there are more, or when its budget ended."""
    try:
        for number, one in enumerate(findings):
            if number == MOST:
                yield finding(0, "table.more", what=WHAT[what], count=MOST)
                return
            yield one
    except TooLarge:
        yield finding(0, "table.large", what=WHAT[what])


def _never(checked: _Checked) -> Iterator[Finding]:
    for row in range(len(checked.table.rules)):
        for column in checked.columns:
            if column.accepted[row] == 0:
                yield finding(row + 1, "table.never", column=column.label)
                break


def _undecided(checked: _Checked) -> Iterator[Finding]:
    """The cells that only a case can answer, in tables whose rows are compared."""
    if checked.table.policy not in COMPARED:
        return
    rows = checked.table.rules
    cells = [
        (rule.index, column.label)
        for at, rule in enumerate(rows)
        for column in checked.columns
        if column.accepted[at] is None
    ]
    if cells:
        places = [(f"第 {row} 行“{label}”", f"“{label}” of row {row}") for row, label in cells[:5]]
        more = ("等", " and more") if len(cells) > 5 else ("", "")
        words = ("、".join(zh for zh, _ in places) + more[0], ", ".join(en for _, en in places) + more[1])
        yield finding(0, "table.undecided", cells=words)


def _overlaps(checked: _Checked) -> Iterator[Finding]:
    table, boxes = checked.table, checked.surely
    if table.policy not in ("UNIQUE", "ANY"):
        return
    for second, rule in enumerate(table.rules):
        for first in range(second):
            common = meet(boxes[first], boxes[second])
            if common is None:
                continue
            if table.policy == "UNIQUE":
                code = "table.overlap"
            elif same_outputs(table, table.rules[first], rule) is False:
                code = "table.conflict"
            else:
                continue
            yield finding(rule.index, code, other=first + 1, example=checked.example(common))


def _unreachable(checked: _Checked, dead: set[int]) -> Iterator[Finding]:
    """Rows under FIRST all of whose inputs are answered by rows above, by one or by several together."""
    if checked.table.policy != "FIRST":
        return
    cover = checked.cover(checked.surely)
    for row in range(1, len(checked.table.rules)):
        if row + 1 in dead:
            continue
        above = sum(1 << other for other in range(row) if meet(checked.surely[other], checked.perhaps[row]))
        if next(cover.uncovered(checked.perhaps[row], above), None) is None:
            yield finding(row + 1, "table.unreachable")


def _gaps(checked: _Checked) -> Iterator[Finding]:
    """Inputs that surely no row accepts, where that gives null: not under COLLECT and its like, nor with defaults."""
    table = checked.table
    if any(output.default for output in table.outputs) or table.policy.startswith(("COLLECT", "RULE", "OUTPUT")):
        return
    rows = (1 << len(table.rules)) - 1
    for box in checked.cover(checked.perhaps).uncovered(checked.whole, rows):
        yield finding(0, "table.gap", example=checked.example(box))

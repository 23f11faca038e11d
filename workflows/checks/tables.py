"""DMN files at the gate: what keeps a decision from being evaluated, and what is suspicious in a table."""

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from workflows import decisions
from workflows.checks.diagram import line_of
from workflows.checks.findings import ERROR, WARNING, Finding, Rule
from workflows.decisions.faults import TEXTS as FAULTS
from workflows.decisions.findings import TEXTS as SUSPICIONS
from workflows.xml import local

_WORDS, _REMEDY = ("{said}", "{said}"), ("{instead}", "{instead}")
_BROKEN = frozenset({"table.overlap", "table.conflict", "table.input_type", "table.output_type", "table.output_value"})
RULES: Mapping[str, Rule] = {
    **{code: Rule(code, ERROR, _WORDS, _REMEDY) for code in FAULTS},
    **{code: Rule(code, ERROR if code in _BROKEN else WARNING, _WORDS, _REMEDY) for code in SUSPICIONS},
}
_MEND: Mapping[str, tuple[str, str]] = {
    "table.overlap": (
        "缩小其中一行的条件，或改用命中策略 FIRST 并排好顺序。",
        "Narrow one of the rows, or use the hit policy FIRST and put the rows in order.",
    ),
    "table.conflict": (
        "缩小其中一行的条件，或让两行的结果相同。",
        "Narrow one of the rows, or give both the same results.",
    ),
    "table.gap": (
        "补一行（各输入写 -），或确认流程能处理没有结果的情况。",
        "Add a row (inputs: -), or make sure that the flow copes with no result.",
    ),
    "table.unreachable": ("删去该行，或移到前面。", "Remove the row or move it up."),
    "table.never": ("改正该单元格的条件。", "Correct the tests of that cell."),
    "table.input_type": ("改成与该列同类型的值。", "Write a value of the type of that column."),
    "table.output_type": ("改成该列的类型。", "Write a value of the type of that column."),
    "table.undecided": (
        "能写成常量、区间或列表的写成那样；否则请自行核对这些行。",
        "Write constants, ranges or lists where possible; else compare these rows yourself.",
    ),
    "table.large": ("拆成几张较小的表。", "Split it into several smaller tables."),
    "table.more": ("先改正列出的，再检查一次。", "Mend those that are listed, then check again."),
    "table.output_value": ("改成允许的值，或在列中补上它。", "Use an allowed value, or allow it in the column."),
}


def names(root: etree._Element) -> list[str]:
    """How flow.toml may call the decisions and knowledge models of a DMN file: by their ids, and by their names."""
    found = (each for each in root.iter() if local(each) in ("decision", "businessKnowledgeModel"))
    return [value for each in found for value in (each.get("id"), each.get("name")) if value]


def ids(root: etree._Element) -> list[str]:
    """The ids of the decisions of a DMN file."""
    return [element.get("id", "") for element in _decisions(root)]


def check(
    roots: Mapping[str, etree._Element], given: Mapping[str, bytes], beside: Mapping[str, bytes]
) -> Iterator[Finding]:
    """All rules about the DMN files of a folder; `roots` are theirs, `given` all files, `beside` shared DMN files."""
    models = decisions.read_models({**beside, **{file: given[file] for file in roots}})
    for file, root in roots.items():
        yield from _model(models[file], file, root)


def _model(model: decisions.Model, file: str, root: etree._Element) -> Iterator[Finding]:
    if model.faults:
        yield from (_fault(file, fault.code, fault.params, fault.message) for fault in model.faults)
        return
    places = {element.get("id", ""): element for element in _decisions(root)}
    for name, decision in model.decisions.items():
        for suspicion in decisions.check(decision):
            said = (suspicion.text("zh"), suspicion.text("en"))
            line = _row_line(places[name], suspicion.row)
            shown = {"said": said, "instead": _MEND[suspicion.code]}
            yield Finding(RULES[suspicion.code], file, line, name, shown)


def _fault(file: str, code: str, params: Mapping[str, Any], message: str) -> Finding:
    said = (message, params.get("message_en") or message)
    instead = (params.get("remedy", ""), params.get("remedy_en", ""))
    line, name = int(params.get("line", 1)), str(params.get("element_id", ""))
    return Finding(RULES[code], file, line, name, {"said": said, "instead": instead})


def _decisions(root: etree._Element) -> list[etree._Element]:
    return [element for element in root.iterchildren() if local(element) == "decision"]


def _row_line(decision: etree._Element, row: int) -> int:
    """The line of a row of the table (0: of the decision)."""
    rows = [element for element in decision.iter() if local(element) == "rule"]
    return line_of(rows[row - 1]) if 0 < row <= len(rows) else line_of(decision)

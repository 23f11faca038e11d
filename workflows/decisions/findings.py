"""Findings about decision tables and their words in both languages."""

from dataclasses import dataclass, field
from typing import Any

from workflows.feel import plain

TEXTS: dict[str, tuple[str, str]] = {
    "table.overlap": (
        "第 {row} 行与第 {other} 行同时命中，例如 {example}",
        "row {row} and row {other} both match, such as {example}",
    ),
    "table.conflict": (
        "第 {row} 行与第 {other} 行同时命中但结果不同，例如 {example}",
        "row {row} and row {other} both match with different results, such as {example}",
    ),
    "table.gap": ("没有一行命中，例如 {example}", "no row matches, such as {example}"),
    "table.unreachable": (
        "第 {row} 行永远轮不到：前面的行已全部命中",
        "row {row} is never reached: rows above match first",
    ),
    "table.never": ("第 {row} 行的“{column}”没有值能满足", "nothing satisfies “{column}” of row {row}"),
    "table.input_type": (
        "第 {row} 行的“{column}”应与 {expected} 比较，写的是 {found}",
        "“{column}” of row {row} is compared with {found}, but holds {expected}",
    ),
    "table.output_type": (
        "第 {row} 行的“{column}”应为 {expected}，写的是 {found}",
        "“{column}” of row {row} is {found} instead of {expected}",
    ),
    "table.output_value": (
        "第 {row} 行的“{column}”的值 {found} 不在允许的 {expected} 之内",
        "“{column}” of row {row} is {found}, which is not one of {expected}",
    ),
    "table.undecided": (
        "{cells} 要到求值时才知道，重叠、遗漏与先后未对其比较",
        "{cells} can only be told when a case is decided: overlaps, gaps and order were not compared there",
    ),
    "table.large": (
        "表太大，{what}没有查完",
        "the table is too large: {what} were not searched to the end",
    ),
    "table.more": ("{what}只列出前 {count} 处", "only the first {count} {what} are listed"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: the row from 1 (0: the whole table), its code, the words in Chinese and English."""

    row: int
    code: str
    message: str
    message_en: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, locale: str = "zh") -> str:
        """The words in one language."""
        return self.message_en if locale.startswith("en") else self.message


def finding(row: int, code: str, **params: Any) -> Finding:
    """A finding; a parameter that is a pair is (Chinese, English)."""
    zh, en = (
        text.format_map({"row": row} | {name: _side(value, side) for name, value in params.items()})
        for side, text in enumerate(TEXTS[code])
    )
    return Finding(row, code, zh, en, {"row": row, **params})


def _side(value: Any, side: int) -> Any:
    return value[side] if isinstance(value, tuple) else value


def shown(value: Any) -> str:
    """A value as a cell would hold it; a text that stands for all those after another ends in “…”."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return f'"{value[:-1]}…"' if value.endswith("\0") else f'"{value}"'
    return str(plain(value))

"""The title of a case in flow.toml: its sentences name parts that there are, and its parts are FEEL."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workflows.checks.expressions import SYNTAX
from workflows.checks.findings import Finding, error
from workflows.feel import FeelError, compile_expression

PART = error(
    "title.part",
    ("标题用到“{part}”，没有这一项。", 'The title uses "{part}", which is no part.'),
    ("在 [title.parts] 中写明，或改用：{known}。", "Declare it in [title.parts], or use one of: {known}."),
)
_NAMED = re.compile(r"\{(\w+)\}")


def check(file: str, lines: Sequence[str], section: Mapping[str, Any]) -> Iterator[Finding]:
    """All rules about `[title]`."""
    parts = section.get("parts")
    parts = parts if isinstance(parts, Mapping) else {}
    known = {"school", *parts}
    for text in (section.get("zh"), section.get("en")):
        for part in _NAMED.findall(text) if isinstance(text, str) else ():
            if part not in known:
                told = {"part": part, "known": ", ".join(sorted(known))}
                yield Finding(PART, file, _line(lines, str(text)), params=told)
    for name, text in parts.items():
        if isinstance(text, str):
            yield from _syntax(file, lines, name, text)


def _syntax(file: str, lines: Sequence[str], name: str, text: str) -> Iterator[Finding]:
    try:
        compile_expression(text.removeprefix("="))
    except FeelError as wrong:
        told = {
            "place": f"title.parts.{name}",
            "row": wrong.line or 1,
            "column": wrong.column + 1,
            "reason": (wrong.text("zh"), wrong.text("en")),
            "text": text,
        }
        yield Finding(SYNTAX, file, _line(lines, text), params=told)


def _line(lines: Sequence[str], text: str) -> int:
    return next((number for number, line in enumerate(lines, 1) if text in line), 1)

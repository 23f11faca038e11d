"""Small DMN files, written as the tests need them."""

from collections.abc import Callable, Sequence
from html import escape

import pytest

from workflows.decisions import Decision, parse_decisions

Column = tuple[str, str]
Row = tuple[Sequence[str], Sequence[str]]
Write = Callable[..., bytes]


def definitions(body: str) -> bytes:
    """A DMN 1.3 file with this body."""
    head = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="file" name="file" namespace="n">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n{body}\n</definitions>'.encode()


def _text(tag: str, text: str, attributes: str = "") -> str:
    return f"<{tag}{attributes}><text>{escape(text, quote=False)}</text></{tag}>"


def table(
    inputs: Sequence[Column],
    outputs: Sequence[Column],
    rows: Sequence[Row],
    policy: str = "UNIQUE",
    aggregation: str = "",
    extra: Sequence[str] = (),
) -> str:
    """A <decisionTable>: columns are (text or name, typeRef), `extra` is put into the outputs in order."""
    parts = [
        f'<decisionTable id="the_table" hitPolicy="{policy}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    ]
    parts.append(">")
    for text, kind in inputs:
        inner = _text("inputExpression", text, f' typeRef="{kind}"' if kind else "")
        parts.append(f'<input label="{text}">{inner}</input>')
    for index, (name, kind) in enumerate(outputs):
        inside = extra[index] if index < len(extra) else ""
        parts.append(f'<output name="{name}"' + (f' typeRef="{kind}"' if kind else "") + f">{inside}</output>")
    for number, (cells, results) in enumerate(rows, start=1):
        inner = "".join(_text("inputEntry", cell) for cell in cells) + "".join(_text("outputEntry", r) for r in results)
        note = f"<annotationEntry><text>note {number}</text></annotationEntry>"
        parts.append(f'<rule id="row_{number}">{inner}{note}</rule>')
    return "".join(parts) + "</decisionTable>"


@pytest.fixture
def write() -> Write:
    """A DMN file with one table."""

    def run(*args: object, **kwargs: object) -> bytes:
        return definitions(f'<decision id="d" name="表">{table(*args, **kwargs)}</decision>')  # type: ignore[arg-type]

    return run


@pytest.fixture
def decide(write: Write) -> Callable[..., Decision]:
    """The decision of a DMN file with one table."""
    return lambda *args, **kwargs: parse_decisions(write(*args, **kwargs), "t.dmn")["d"]


@pytest.fixture
def parse() -> Callable[[str], dict[str, Decision]]:
    """The decisions of a body."""
    return lambda body: parse_decisions(definitions(body), "t.dmn")

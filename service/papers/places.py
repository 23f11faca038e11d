"""The paragraphs of a document, each with the place by which a person finds it: `p3`, `t1.r2.c3.p1`, `header.p1`.

Elements are those of WordprocessingML (ECMA-376 part 1, chapter 17), as python-docx holds them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
P, TBL, TR, TC, R, T, TAB, BR, CR = (f"{W}{name}" for name in ("p", "tbl", "tr", "tc", "r", "t", "tab", "br", "cr"))
SDT, CONTENT, SMART = f"{W}sdt", f"{W}sdtContent", f"{W}smartTag"
FIELD, INSTRUCTION = f"{W}fldChar", f"{W}instrText"
VALUE = f"{W}val"
BREAK = "\x00"
"""Stands for a tab or a break between the texts of a paragraph."""


@dataclass(frozen=True)
class Place:
    """A paragraph and where it stands."""

    path: str
    element: Any


def parts(document: Any) -> list[tuple[str, Any]]:
    """(prefix of the path, element) of the body and of header and footer where the document has its own."""
    section = document.sections[0]
    around = (("header.", section.header), ("footer.", section.footer))
    linked = [(prefix, part._element) for prefix, part in around if not part.is_linked_to_previous]
    return [("", document.element.body), *linked]


def places(document: Any) -> Iterator[Place]:
    """Every paragraph of every part, in order; a paragraph in a cell of a table in a cell is left out."""
    for prefix, part in parts(document):
        yield from within(part, prefix)


def within(container: Any, prefix: str) -> Iterator[Place]:
    """The paragraphs of a body, header, footer, table row or cell."""
    paragraphs = tables = 0
    for child in container:
        if child.tag == P:
            paragraphs += 1
            yield Place(f"{prefix}p{paragraphs}", child)
        elif child.tag == TBL:
            tables += 1
            for number, row in enumerate(child.findall(TR), start=1):
                yield from in_row(row, f"{prefix}t{tables}.r{number}.")


def in_row(row: Any, prefix: str) -> Iterator[Place]:
    """The paragraphs of a row, cell by cell."""
    for number, cell in enumerate(row.findall(TC), start=1):
        for paragraph, element in enumerate(cell.findall(P), start=1):
            yield Place(f"{prefix}c{number}.p{paragraph}", element)


def runs(paragraph: Any) -> list[Any]:
    """The runs of a paragraph, in order."""
    return list(paragraph.findall(R))


def flatten(document: Any) -> None:
    """Put what stands in content controls and smart tags where they stand: they say nothing on paper."""
    for _, part in parts(document):
        for wrapper in [*part.iter(SDT), *part.iter(SMART)]:
            inner = wrapper.find(CONTENT) if wrapper.tag == SDT else wrapper
            for child in list(inner) if inner is not None else []:
                if not child.tag.endswith("Pr"):
                    wrapper.addprevious(child)
            wrapper.getparent().remove(wrapper)


def text_of(paragraph: Any) -> str:
    """What is read in a paragraph; a tab or a break in a line is a blank."""
    said = []
    for run in runs(paragraph):
        for child in run:
            said.append((child.text or "") if child.tag == T else " " if child.tag in (TAB, BR, CR) else "")
    return "".join(said)


def joined(paragraph: Any) -> str:
    """The text in which fields are found: what stands between texts is a BREAK, which no field may hold."""
    said = []
    for run in runs(paragraph):
        for child in run:
            if child.tag in (T, TAB, BR, CR):
                said.append((child.text or "") if child.tag == T else BREAK)
    return "".join(said)


def lines(document: Any) -> list[str]:
    """The text of a document, a line each paragraph; what its digest and its reader go by."""
    return [text_of(place.element) for place in places(document)]

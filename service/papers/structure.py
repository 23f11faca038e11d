"""What a template may be made of: what is printed by Word and by us alike, on A4, by a plain laser printer."""

import re
from collections.abc import Iterator
from typing import Any

from service.errors import Fault
from service.papers import places
from service.papers.places import BR, CR, FIELD, INSTRUCTION, TAB, TBL, TC, TR, VALUE, P, R, T, W

A4_TWIPS = (11906, 16838)
MARGIN_TWIPS = 1134
"""20 mm: what a plain laser printer prints, with room to be filed."""
TWIPS_PER_MM = 56.693
SLACK = 30
FAR = 60
"""Faults told at once."""
BLOCKS = {P, TBL, f"{W}sectPr"}
INLINE = {R, f"{W}pPr"}
MARKS = {
    f"{W}{name}" for name in (
        "bookmarkStart", "bookmarkEnd", "proofErr", "permStart", "permEnd", "lastRenderedPageBreak", "noBreakHyphen",
        "softHyphen",
    )
}  # fmt: skip
"""What prints nothing, or nothing but a line."""
IN_RUN = {T, TAB, BR, CR, f"{W}rPr", FIELD, INSTRUCTION}
CODES = {
    **dict.fromkeys(("ins", "del", "moveFrom", "moveTo"), "paper.block.revision"),
    **dict.fromkeys(("moveFromRangeStart", "moveToRangeStart"), "paper.block.revision"),
    **dict.fromkeys(("commentRangeStart", "commentRangeEnd", "commentReference"), "paper.block.comment"),
    **dict.fromkeys(("drawing", "pict", "object", "AlternateContent", "txbxContent"), "paper.block.drawing"),
    **dict.fromkeys(("footnoteReference", "endnoteReference"), "paper.block.footnote"),
    "hyperlink": "paper.block.link",
    **dict.fromkeys(("fldSimple", FIELD.removeprefix(W)), "paper.block.word_field"),
    "altChunk": "paper.doc.embedded",
    "sym": "paper.block.symbol",
}  # fmt: skip
"""Local name of an element → why it is refused; any other one is `paper.block.other`."""
PAGE_FIELD = re.compile(r"\s*(PAGE|NUMPAGES)\b.*")


def faults(document: Any) -> Iterator[Fault]:
    """What stands in the way of printing it, place by place."""
    yield from _page(document)
    for prefix, part in places.parts(document):
        yield from _blocks(part, prefix, in_cell=False)
    numbering = _numbered_styles(document)
    for place in places.places(document):
        if _style_of(place.element) in numbering:
            yield Fault(place.path, "paper.block.numbering")


def _page(document: Any) -> Iterator[Fault]:
    if len(document.sections) != 1:
        yield Fault("file", "paper.page.sections")
        return
    section = document.sections[0]
    size = tuple(round((one or 0) / 635) for one in (section.page_width, section.page_height))
    if any(abs(found - wanted) > SLACK for found, wanted in zip(size, A4_TWIPS, strict=True)):
        yield Fault("file", "paper.page.size", params={"width": _mm(size[0]), "height": _mm(size[1])})
    sides = (section.left_margin, section.right_margin, section.top_margin, section.bottom_margin)
    if any((one or 0) / 635 < MARGIN_TWIPS - SLACK for one in sides):
        yield Fault("file", "paper.page.margins")
    if section.different_first_page_header_footer or document.settings.odd_and_even_pages_header_footer:
        yield Fault("file", "paper.page.headers")


def _mm(twips: int) -> int:
    return round(twips / TWIPS_PER_MM)


def _blocks(container: Any, prefix: str, *, in_cell: bool) -> Iterator[Fault]:
    paragraphs = tables = 0
    for child in container:
        if child.tag == P:
            paragraphs += 1
            yield from _paragraph(child, f"{prefix}p{paragraphs}")
        elif child.tag == TBL:
            tables += 1
            if in_cell:
                yield Fault(f"{prefix}t{tables}", "paper.block.nested")
            else:
                yield from _table(child, f"{prefix}t{tables}.")
        elif child.tag not in BLOCKS | MARKS and child.tag != f"{W}tcPr":
            yield _refused(child, f"{prefix}p{paragraphs}")


def _table(table: Any, prefix: str) -> Iterator[Fault]:
    for number, row in enumerate(table.findall(TR), start=1):
        for cell_number, cell in enumerate(row.findall(TC), start=1):
            yield from _blocks(cell, f"{prefix}r{number}.c{cell_number}.", in_cell=True)
    for child in table:
        if child.tag not in (TR, f"{W}tblPr", f"{W}tblGrid") and child.tag not in MARKS:
            yield _refused(child, f"{prefix}r1")


def _paragraph(paragraph: Any, path: str) -> Iterator[Fault]:
    if paragraph.find(f"{W}pPr/{W}numPr") is not None:
        yield Fault(path, "paper.block.numbering")
    if paragraph.find(f"{W}pPr/{W}sectPr") is not None:
        yield Fault(path, "paper.page.sections")
    for child in paragraph:
        if child.tag == R:
            yield from _run(child, path)
        elif child.tag not in INLINE | MARKS:
            yield _refused(child, path)


def _run(run: Any, path: str) -> Iterator[Fault]:
    around = path.startswith(("header.", "footer."))
    for child in run:
        if child.tag in (FIELD, INSTRUCTION):
            word = child.text or "PAGE" if child.tag == INSTRUCTION else "PAGE"
            if not around or not PAGE_FIELD.fullmatch(word):
                yield Fault(path, "paper.block.word_field")
        elif child.tag == BR and child.get(f"{W}type") == "column":
            yield Fault(path, "paper.block.other", params={"name": "column break"})
        elif child.tag not in IN_RUN | MARKS:
            yield _refused(child, path)


def _refused(element: Any, path: str) -> Fault:
    name = str(element.tag).rsplit("}", 1)[-1]
    return Fault(path, CODES.get(name, "paper.block.other"), params={"name": name})


def _numbered_styles(document: Any) -> set[str | None]:
    """Ids of paragraph styles that number by themselves."""
    return {
        style.get(f"{W}styleId")
        for style in document.styles.element.iter(f"{W}style")
        if style.find(f"{W}pPr/{W}numPr") is not None
    }


def _style_of(paragraph: Any) -> str | None:
    """The id of the style that a paragraph names."""
    found = paragraph.find(f"{W}pPr/{W}pStyle")
    return None if found is None else found.get(VALUE)

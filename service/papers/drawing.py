"""A filled document as a page for the PDF library: the same paragraphs, tables, sizes and breaks, on A4, in black.

What a template may hold (`structure`) is what is drawn here; fonts are the families that Debian has, by their manner.
"""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from service.papers import places
from service.papers.places import BR, FIELD, INSTRUCTION, TAB, TBL, TC, TR, VALUE, P, R, T, W
from service.sheets import practice_mark

EMU_PER_PT = 12700
TWIPS_PER_PT = 20
SIZE = 16.0
"""三号, what GB/T 9704-2012 sets the text of an official paper in."""
SERIF = '"Noto Serif CJK SC", "Noto Serif SC", serif'
SANS = '"Noto Sans CJK SC", "Noto Sans SC", sans-serif'
KAI = '"AR PL UKai CN", "Noto Serif CJK SC", serif'
ALIGN = {"center": "center", "right": "right", "end": "right", "both": "justify", "distribute": "justify"}

_STYLE = f"""
@page {{ size: A4; margin: %s; @top-center {{ content: element(head) }} @bottom-center {{ content: element(foot) }} }}
.head {{ position: running(head) }} .foot {{ position: running(foot); font-size: 9pt }}
* {{ box-sizing: border-box; color: #000 }}
body {{ margin: 0; font: {SIZE}pt/1.75 {SERIF} }}
p {{ margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; min-height: 1em }}
table {{ border-collapse: collapse; width: 100%%; table-layout: fixed; font-size: 12pt; line-height: 1.5 }}
.ruled td {{ border: .5pt solid #000 }} td {{ padding: 2pt 5pt; overflow-wrap: anywhere }} tr {{ break-inside: avoid }}
.page::after {{ content: counter(page) }} .pages::after {{ content: counter(pages) }}
.proof {{ margin-top: 14pt; break-inside: avoid; border-top: .5pt solid #000; padding-top: 4pt; font: 8pt/1.4 {SANS} }}
.proof td {{ vertical-align: middle; border: 0 }} .proof td:first-child {{ width: 26mm }}
.proof table {{ font-size: 8pt }} .proof img {{ width: 22mm; height: 22mm }}
.draft {{ position: fixed; top: 40%%; left: 10%%; font: 60pt {SANS}; color: #ccc; transform: rotate(-30deg) }}
"""


def page(document: Any, code: str, picture: str, *, mark: str = "") -> str:
    """The page of a document with the code by which it is checked, `picture` its QR code as a `data:` address.

    `mark` is written across every page of what is none: a trial, a look beforehand, or practice.
    """
    section = document.sections[0]
    sides = (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    margins = " ".join(f"{side / EMU_PER_PT:.1f}pt" for side in sides)
    styles = _Styles(document)
    inner: dict[str, Markup] = {}
    for prefix, part in places.parts(document):
        inner[prefix] = Markup("").join(_blocks(part, styles))
    around = Markup("").join(
        Markup('<div class="{}">{}</div>').format(name, inner[prefix])
        for prefix, name in (("header.", "head"), ("footer.", "foot")) if prefix in inner
    )  # fmt: skip
    mark = mark or practice_mark()
    across = Markup('<div class="draft">{}</div>').format(mark) if mark else ""
    return str(
        Markup('<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{}</title><style>{}</style>').format(
            code, Markup(_STYLE % margins)  # noqa: S704 - numbers alone are put in
        ) + around + Markup("<body>{}{}{}</body></html>").format(across, inner[""], _proof(code, picture))
    )  # fmt: skip


def _proof(code: str, picture: str) -> Markup:
    if not code:
        return Markup("")
    made = Markup('<div class="proof"><table><tr><td><img src="{}" alt=""></td><td>核验码：{}</td></tr></table></div>')
    return made.format(picture, code)


class _Styles:
    """What paragraphs and runs look like by the styles of the document, which rest on each other."""

    def __init__(self, document: Any) -> None:
        element = document.styles.element
        self._by_id = {style.get(f"{W}styleId"): style for style in element.iter(f"{W}style")}
        normal = element.find(f"{W}style[@{W}type='paragraph'][@{W}default='1']")
        self._normal = None if normal is None else normal.get(f"{W}styleId")
        self._defaults = element.find(f"{W}docDefaults")

    def of(self, properties: str, style_id: str | None, own: Any) -> dict[str, Any]:
        """Local name → element of `pPr` or `rPr`, the nearest one winning: own, style, what it rests on, defaults."""
        found: dict[str, Any] = {}
        for source in (own, *self._chain(properties, style_id or self._normal), self._default(properties)):
            for child in source if source is not None else ():
                found.setdefault(str(child.tag).removeprefix(W), child)
        return found

    def _chain(self, properties: str, style_id: str | None) -> Iterator[Any]:
        seen: set[str] = set()
        while style_id in self._by_id and style_id not in seen:
            assert style_id is not None
            seen.add(style_id)
            style = self._by_id[style_id]
            yield style.find(f"{W}{properties}")
            rests = style.find(f"{W}basedOn")
            style_id = None if rests is None else rests.get(VALUE)

    def _default(self, properties: str) -> Any:
        return None if self._defaults is None else self._defaults.find(f"{W}{properties}Default/{W}{properties}")


def _blocks(container: Any, styles: _Styles) -> Iterator[Markup]:
    for child in container:
        if child.tag == P:
            yield _paragraph(child, styles)
        elif child.tag == TBL:
            yield _table(child, styles)


def _paragraph(paragraph: Any, styles: _Styles) -> Markup:
    own = paragraph.find(f"{W}pPr")
    named = None if own is None else own.find(f"{W}pStyle")
    style_id = None if named is None else named.get(VALUE)
    looks = _paragraph_looks(styles.of("pPr", style_id, own))
    inner = Markup("").join(_runs(paragraph, styles, style_id))
    return Markup('<p style="{}">{}</p>').format("; ".join(looks), inner)


def _paragraph_looks(found: dict[str, Any]) -> Iterator[str]:
    if "jc" in found:
        yield f"text-align: {ALIGN.get(found['jc'].get(VALUE), 'left')}"
    if "ind" in found:
        yield from _indents(found["ind"])
    if "spacing" in found:
        spacing = found["spacing"]
        for side, name in (("before", "top"), ("after", "bottom")):
            yield f"margin-{name}: {_points(spacing.get(f'{W}{side}')):.1f}pt"
        line, rule = spacing.get(f"{W}line"), spacing.get(f"{W}lineRule", "auto")
        if line:
            yield (
                f"line-height: {int(line) / 240 * 1.3:.2f}" if rule == "auto" else f"line-height: {_points(line):.1f}pt"
            )
    if "pageBreakBefore" in found and _on(found["pageBreakBefore"]):
        yield "break-before: page"
    if "keepNext" in found and _on(found["keepNext"]):
        yield "break-after: avoid"


def _indents(indents: Any) -> Iterator[str]:
    for side, names in (("left", ("left", "start")), ("right", ("right", "end"))):
        value = next((indents.get(f"{W}{name}") for name in names if indents.get(f"{W}{name}")), None)
        if value:
            yield f"padding-{side}: {_points(value):.1f}pt"
    if chars := indents.get(f"{W}firstLineChars"):
        yield f"text-indent: {int(chars) / 100:.1f}em"
    elif first := indents.get(f"{W}firstLine"):
        yield f"text-indent: {_points(first):.1f}pt"
    elif hanging := indents.get(f"{W}hanging"):
        yield f"text-indent: -{_points(hanging):.1f}pt"


def _runs(paragraph: Any, styles: _Styles, style_id: str | None) -> Iterator[Markup]:
    """The runs; of a page field its number is counted by the page, and what Word had counted is left out."""
    inside = False
    for run in paragraph.findall(R):
        looks = "; ".join(_run_looks(styles.of("rPr", style_id, run.find(f"{W}rPr"))))
        for child in run:
            if child.tag == FIELD:
                inside = child.get(f"{W}fldCharType") != "end"
            elif child.tag == INSTRUCTION:
                name = "pages" if "NUMPAGES" in (child.text or "") else "page"
                yield Markup('<span class="{}" style="{}"></span>').format(name, looks)
            elif not inside:
                yield _inline(child, looks)


def _inline(child: Any, looks: str) -> Markup:
    if child.tag == T:
        return Markup('<span style="{}">{}</span>').format(looks, child.text or "")
    if child.tag == TAB:
        return Markup("&emsp;&emsp;")
    if child.tag == BR and child.get(f"{W}type") == "page":
        return Markup('<span style="break-after: page; display: block"></span>')
    return Markup("<br>") if child.tag in (BR, places.CR) else Markup("")


def _run_looks(found: dict[str, Any]) -> Iterator[str]:
    if "sz" in found:
        yield f"font-size: {int(found['sz'].get(VALUE)) / 2:.1f}pt"
    if "rFonts" in found:
        name = found["rFonts"].get(f"{W}eastAsia") or found["rFonts"].get(f"{W}ascii") or ""
        yield f"font-family: {_family(name)}"
    for name, look in (("b", "font-weight: bold"), ("i", "font-style: italic")):
        if name in found and _on(found[name]):
            yield look
    if "u" in found and found["u"].get(VALUE) != "none":
        yield "text-decoration: underline"


def _family(name: str) -> str:
    """A family by its manner: 楷 as brush, 黑 and sans as sans serif, everything else (宋, 仿宋) as serif."""
    lowered = name.lower()
    if "楷" in name or "kai" in lowered:
        return KAI
    sans = any(word in lowered for word in ("黑", "hei", "sans", "gothic", "arial", "yahei"))
    return SANS if sans else SERIF


def _table(table: Any, styles: _Styles) -> Markup:
    widths = [int(column.get(f"{W}w") or 0) for column in table.findall(f"{W}tblGrid/{W}gridCol")]
    total = sum(widths) or 1
    columns = Markup("").join(
        Markup('<col style="width: {}%">').format(f"{width / total * 100:.2f}") for width in widths
    )
    rows = table.findall(TR)
    drawn = [_row(rows, number, styles) for number in range(len(rows))]
    heads = next((number for number, row in enumerate(rows) if not _is_head(row)), 0)
    inner = Markup("<thead>{}</thead>").format(Markup("").join(drawn[:heads])) if heads else Markup("")
    inner += Markup("").join(drawn[heads:])
    return Markup('<table class="{}">{}{}</table>').format("ruled" if _is_ruled(table) else "", columns, inner)


def _is_head(row: Any) -> bool:
    """Whether the row stands again at the top of every page that the table reaches."""
    found = row.find(f"{W}trPr/{W}tblHeader")
    return found is not None and _on(found)


def _keeps(row: Any) -> bool:
    """Whether the row stays on one page with the next, as its paragraphs say."""
    found = row.find(f"{TC}/{P}/{W}pPr/{W}keepNext")
    return found is not None and _on(found)


def _is_ruled(table: Any) -> bool:
    borders = table.find(f"{W}tblPr/{W}tblBorders")
    if borders is not None:
        return any(side.get(VALUE) not in (None, "nil", "none") for side in borders)
    named = table.find(f"{W}tblPr/{W}tblStyle")
    return named is not None and "grid" in (named.get(VALUE) or "").lower()


def _row(rows: list[Any], number: int, styles: _Styles) -> Markup:
    row, at, cells = rows[number], 0, []
    height = row.find(f"{W}trPr/{W}trHeight")
    for cell in row.findall(TC):
        span = _span(cell)
        if _merge(cell) != "continue":
            looks = [f"vertical-align: {_upright(cell)}"]
            if height is not None and height.get(VALUE):
                looks.append(f"height: {_points(height.get(VALUE)):.1f}pt")
            down = _down(rows, number, at) if _merge(cell) == "restart" else 1
            made = Markup('<td colspan="{}" rowspan="{}" style="{}">{}</td>')
            cells.append(made.format(span, down, "; ".join(looks), Markup("").join(_blocks(cell, styles))))
        at += span
    kept = "break-after: avoid" if _keeps(row) else ""
    return Markup('<tr style="{}">{}</tr>').format(kept, Markup("").join(cells))


def _span(cell: Any) -> int:
    found = cell.find(f"{W}tcPr/{W}gridSpan")
    return 1 if found is None else int(found.get(VALUE))


def _merge(cell: Any) -> str:
    """`restart` where cells begin to be one, `continue` below it, "" for a cell alone."""
    found = cell.find(f"{W}tcPr/{W}vMerge")
    return "" if found is None else found.get(VALUE) or "continue"


def _upright(cell: Any) -> str:
    found = cell.find(f"{W}tcPr/{W}vAlign")
    return {"center": "middle", "bottom": "bottom"}.get("" if found is None else found.get(VALUE), "top")


def _down(rows: list[Any], number: int, column: int) -> int:
    """Over how many rows a cell reaches."""
    reached = 1
    for row in rows[number + 1 :]:
        at = 0
        for cell in row.findall(TC):
            if at == column:
                break
            at += _span(cell)
        else:
            return reached
        if _merge(cell) != "continue":
            return reached
        reached += 1
    return reached


def _points(twips: str | None) -> float:
    return int(twips or 0) / TWIPS_PER_PT


def _on(switch: Any) -> bool:
    return switch.get(VALUE) not in ("0", "false", "off")

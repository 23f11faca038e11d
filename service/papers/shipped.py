"""The templates that come with the house, one of each kind, written here: a bureau puts its own in their place.

Laid out after GB/T 9704-2012: 小标宋 22 pt for the title, 仿宋 16 pt, first lines two characters in, the seal over the
date at the end. No picture of a seal is ever set: the space is left for the real one.
"""

from collections.abc import Callable, Sequence
from typing import Any

from service.papers import package

TITLE, TEXT, TABLE = 22, 16, 12
"""Points."""
FONT, TITLE_FONT = "仿宋", "宋体"
SEAL = "（盖章处）"
Draw = Callable[[Any], None]


def content(kind: str) -> bytes:
    """The template of a kind as a .docx; KeyError for an unknown one."""
    document = _empty()
    DRAWN[kind](document)
    return package.saved(document)


def _empty() -> Any:
    from docx import Document
    from docx.enum.text import WD_LINE_SPACING
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(25)
    section.left_margin, section.right_margin = Mm(26), Mm(26)
    normal = document.styles["Normal"]
    normal.font.size = Pt(TEXT)
    _font(normal.element.get_or_add_rPr(), FONT)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = Pt(28)
    _numbered(section.footer.paragraphs[0])
    return document


def _numbered(paragraph: Any) -> None:
    """— 1 —, at the foot of every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run("— ")
    for kind in ("begin", "", "end"):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = "PAGE"
        run._element.append(element)
    run.add_text(" —")
    run.font.size = Pt(14)


def _font(properties: Any, name: str) -> None:
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    for which in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(which), name)


def _title(document: Any, text: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(6)
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(TITLE), True
    _font(run._element.get_or_add_rPr(), TITLE_FONT)


def _number(document: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document.add_paragraph("{= paper.number}").alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("")


def _to(document: Any, text: str) -> None:
    document.add_paragraph(text)


def _say(document: Any, text: str) -> None:
    from docx.shared import Pt

    document.add_paragraph(text).paragraph_format.first_line_indent = Pt(2 * TEXT)


def _table(document: Any, headings: Sequence[str], each: str, cells: Sequence[str], widths: Sequence[int]) -> None:
    """A ruled table with a row for every item, its headings on every page; widths in mm."""
    from docx.oxml import OxmlElement

    table = document.add_table(rows=2, cols=len(headings))
    _ruled(table, widths)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for number, (heading, text) in enumerate(zip(headings, cells, strict=True)):
        _cell(table.cell(0, number), heading, bold=True)
        _cell(table.cell(1, number), (each if number == 0 else "") + text)
    document.add_paragraph("")


def _ruled(table: Any, widths: Sequence[int]) -> None:
    from docx.shared import Mm

    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _cell(cell: Any, text: str, *, bold: bool = False) -> None:
    from docx.enum.text import WD_LINE_SPACING
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(TABLE), bold


def _attached(document: Any, title: str) -> None:
    """What is attached begins on a page of its own."""
    document.add_paragraph("附件").paragraph_format.page_break_before = True
    _title(document, title)


def _signed(document: Any) -> None:
    """Who issues it and when, with the space for the seal; never on a page without the end of the text."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    document.paragraphs[-1].paragraph_format.keep_with_next = True
    for number, text in enumerate(("{= bureau.name}", "{= paper.on}", SEAL)):
        paragraph = document.add_paragraph(text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(3 * TEXT)
        paragraph.paragraph_format.keep_with_next = number < 2
        if number == 0:
            paragraph.paragraph_format.space_before = Pt(42)


def _publicity(document: Any) -> None:
    _title(document, "{= notice.heading}")
    _number(document)
    _say(document, "按照有关规定，现将拟定人员名单予以公示。公示时间为{= notice.from_on}至{= notice.until}"
                   "（{= notice.days}个工作日）。")  # fmt: skip
    _table(document, ("序号", "姓名", "学校", "事项"), "{each line in notice.lines}",
           ("{= row}", "{= line.name}", "{= line.place}", "{= line.what}"), (14, 30, 60, 54))  # fmt: skip
    _say(document, "公示期内，任何单位和个人对公示人员有异议的，可以通过来信、来电、来访或者公示网页向本局反映。"
                   "提倡实名反映，并请提供具体事实；反映人信息予以保密。")  # fmt: skip
    _say(document, "受理部门及联系方式：{= given.contact}。")
    _signed(document)


def _filing(document: Any) -> None:
    _title(document, "{= bureau.name}关于{= given.matter}备案的函")
    _number(document)
    _to(document, "{= given.to}：")
    _say(document, '{= if given.basis = "" then "" else "根据" + given.basis + "，"}现将{= case.title}（办件编号'
                   "{= case.number}）确定的{= given.matter}共{= count(persons)}人报请备案，名单附后。")  # fmt: skip
    _say(document, "专此函达。")
    _say(document, "附件：{= given.matter}名单")
    _signed(document)
    _attached(document, "{= given.matter}名单")
    _table(document, ("序号", "姓名", "性别", "学历", "学校", "岗位或事项"), "{each person in persons}",
           ("{= row}", "{= person.name}", "{= person.sex}", "{= person.degree}", "{= person.place}",
            "{= person.what}"), (14, 24, 14, 20, 44, 42))  # fmt: skip


def _correction(document: Any) -> None:
    _title(document, "{= bureau.name}更正公告")
    _number(document)
    _say(document, "经核查，{= given.original}有误，现予更正：")
    _say(document, "原文：{= given.wrong}")
    _say(document, "更正为：{= given.right}")
    _say(document, "更正原因：{= given.because}。其余内容不变。")
    _say(document, '{if given.again != ""}{= given.again}。')
    _say(document, "对更正内容有异议的，请向本局反映。受理部门及联系方式：{= given.contact}。")
    _signed(document)


_FORM = (
    ("姓名", "{= person.name}", "性别", "{= person.sex}"),
    ("出生日期", "{= person.born_on}", "学历", "{= person.degree}"),
    ("毕业院校", "{= person.graduated_from}", "教师资格证", "{= person.certificate}"),
    ("聘用单位", "{= person.place}", "岗位", "{= person.what}"),
    ("学科", "{= person.subject}", "岗位等级", "{= person.band}"),
    ("聘期起", "{= person.from_on}", "聘期止", "{= person.until}"),
    ("依据", "{= given.basis}", "办件编号", "{= case.number}"),
)
_OPINIONS = ("用人单位意见", "教育局意见", "人力资源社会保障部门意见")


def _approval(document: Any) -> None:
    from docx.shared import Mm

    _title(document, "事业单位聘用审批表")
    _number(document)
    table = document.add_table(rows=len(_FORM), cols=4)
    _ruled(table, (28, 51, 28, 51))
    for row, texts in enumerate(_FORM):
        for column, text in enumerate(texts):
            _cell(table.cell(row, column), text, bold=column % 2 == 0)
    document.add_paragraph("")
    _table(document, ("环节", "结论", "意见", "签署人", "日期"), "{each one in decisions}",
           ("{= one.step}", "{= one.decision}", "{= one.opinion}", "{= one.by}", "{= one.on}"),
           (32, 18, 50, 24, 34))  # fmt: skip
    sealed = document.add_table(rows=len(_OPINIONS), cols=2)
    _ruled(sealed, (45, 113))
    for row, text in enumerate(_OPINIONS):
        sealed.rows[row].height = Mm(23)
        _cell(sealed.cell(row, 0), text, bold=True)
        _cell(sealed.cell(row, 1), f"签字：　　　　　{SEAL}　　　　年　　月　　日")
        for cell in sealed.rows[row].cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = row < len(_OPINIONS) - 1


def _introduction(document: Any) -> None:
    _title(document, "介绍信")
    _number(document)
    _to(document, "{= given.to}：")
    _say(document, "兹介绍{= person.name}同志到你处报到，岗位：{= person.what}。请予接洽，并于{= given.report_by}前办理"
                   "报到手续。")  # fmt: skip
    _say(document, "此致")
    _to(document, "敬礼")
    _signed(document)
    document.add_paragraph("")
    _to(document, "回执：{= person.name}同志已到我单位报到。")
    _to(document, "报到日期：　　　年　　月　　日　　　　（接收单位盖章处）")


def _transfer(document: Any) -> None:
    _title(document, "{= bureau.name}调令")
    _number(document)
    _to(document, "{= person.from_place}、{= person.to_place}：")
    _say(document, "经研究决定，{= person.name}同志由{= person.from_place}到{= person.to_place}工作"
                   "（{= person.manner}），自{= person.from_on}起执行。")  # fmt: skip
    _say(document, "请{= person.from_place}于{= given.report_by}前办结工作交接，{= person.name}同志按期到"
                   "{= person.to_place}报到。")  # fmt: skip
    _say(document, '{if given.basis != ""}依据：{= given.basis}。')
    _signed(document)


def _allocation(document: Any) -> None:
    _title(document, "{= bureau.name}关于预留岗位分配的决定")
    _number(document)
    _to(document, "{= given.to}：")
    _say(document, '{= if given.basis = "" then "" else "根据" + given.basis + "，"}经会同人力资源社会保障部门审定，'
                   "{= case.title}（办件编号{= case.number}）确定{= count(persons)}人借用预留岗位，"
                   "名单附后。")  # fmt: skip
    _say(document, "请有关学校于{= given.appoint_by}前办理聘任；逾期未聘任的，岗位收回。借用期满，岗位收回。")
    _say(document, "附件：预留岗位分配名单")
    _signed(document)
    _attached(document, "预留岗位分配名单")
    _table(document, ("序号", "姓名", "接收学校", "岗位", "借期起", "借期止"), "{each person in persons}",
           ("{= row}", "{= person.name}", "{= person.place}", "{= person.band}", "{= person.from_on}",
            "{= person.until}"), (14, 22, 34, 20, 34, 34))  # fmt: skip


def _revocation(document: Any) -> None:
    _title(document, "{= bureau.name}关于撤销职称的决定")
    _number(document)
    _to(document, "{= person.name}（{= person.place}）：")
    _say(document, "经查，{= given.found}。本局已听取你的陈述和申辩。")
    _say(document, "依据{= given.basis}，决定撤销你的{= person.title}职称（事由：{= person.manner}），"
                   "自{= person.from_on}起原证书作废，按该职称聘任的岗位同时变更。")  # fmt: skip
    _say(document, "{= given.review}。")
    _signed(document)
    document.add_paragraph("")
    _to(document, "本人签收：　　　　　　　　　　年　　月　　日")


DRAWN: dict[str, Draw] = {
    "publicity_notice": _publicity,
    "filing_letter": _filing,
    "correction_notice": _correction,
    "approval_form": _approval,
    "introduction_letter": _introduction,
    "transfer_order": _transfer,
    "allocation_decision": _allocation,
    "revocation_decision": _revocation,
}

"""Templates: what is refused when one is brought, place by place, and how one is filled."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import Invalid
from service.papers import checking, composing, package, places, privacy, shipped
from service.papers.filling import Filling, fill
from service.papers.kinds import KINDS
from tests.service.papers import files
from tests.service.people.county import id_number

PUBLIC, LETTER = KINDS["publicity_notice"], KINDS["filing_letter"]
GOOD = "{= paper.number}"


def bomb():
    """A part that unpacks to 11 MB from 11 KB."""
    return files.changed(files.template(GOOD), **{"word/filler.xml": b"<a>" + b" " * 11_000_000 + b"</a>"})


def encrypted():
    """A file whose members say that they are encrypted."""
    content = bytearray(files.template(GOOD))
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 8] |= 1
        at += 4
    return bytes(content)


def page(**changes):
    """A template whose page was set up otherwise, in EMU."""
    document = shipped._empty()
    document.add_paragraph(GOOD)
    for name, value in changes.items():
        setattr(document.sections[0], name, value)
    return package.saved(document)


def nested():
    document = shipped._empty()
    document.add_paragraph(GOOD)
    document.add_table(1, 1).cell(0, 0).add_table(1, 1)
    return package.saved(document)


def bulleted():
    document = shipped._empty()
    document.add_paragraph(GOOD, style="List Bullet")
    return package.saved(document)


def sections():
    document = shipped._empty()
    document.add_paragraph(GOOD)
    document.add_section()
    return package.saved(document)


def linked(target):
    rel = f'<Relationship Id="rX" Type="x" Target="{target}" TargetMode="External"/></Relationships>'.encode()
    return files.changed(files.template(GOOD), **{files.RELS: lambda xml: xml.replace(b"</Relationships>", rel)})


def doctype():
    head = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa">]>'
    return files.changed(files.template(GOOD), **{files.MAIN: lambda xml: head + xml.split(b"?>", 1)[1]})


def added(name):
    return files.changed(files.template(GOOD), **{name: b"x"})


def macro_type():
    swap = (b"wordprocessingml.document.main+xml", b"ms-word.document.macroEnabled.main+xml")
    return files.changed(files.template(GOOD), **{files.TYPES: lambda xml: xml.replace(*swap)})


def zipped(**members):
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return target.getvalue()


BAD = {
    "no zip": (lambda: b"not a zip", "file", "paper.doc.not_docx"),
    "another zip": (lambda: zipped(a=b"b"), "file", "paper.doc.not_docx"),
    "too large": (lambda: b"PK" + b"x" * 1_000_001, "file", "paper.doc.too_large"),
    "zip bomb": (bomb, "file", "paper.doc.bomb"),
    "encrypted": (encrypted, "file", "paper.doc.encrypted"),
    "macros": (lambda: added("word/vbaProject.bin"), "file", "paper.doc.macros"),
    "macro type": (macro_type, "file", "paper.doc.macros"),
    "embedded object": (lambda: added("word/embeddings/oleObject1.bin"), "file", "paper.doc.embedded"),
    "embedded page": (lambda: added("word/afchunk.html"), "file", "paper.doc.embedded"),
    "picture of a seal": (lambda: added("word/media/image1.png"), "file", "paper.doc.picture"),
    "external picture": (lambda: linked("http://example.org/seal.png"), "file", "paper.doc.external"),
    "external template": (lambda: linked("file:///share/a.dotm"), "file", "paper.doc.external"),
    "entities": (doctype, "file", "paper.doc.entities"),
    "broken xml": (lambda: files.changed(files.template(GOOD), **{files.MAIN: b"<w:doc"}), "file", "paper.doc.broken"),
    "letter size": (lambda: page(page_width=7772400, page_height=10058400), "file", "paper.page.size"),
    "narrow margins": (lambda: page(left_margin=360000), "file", "paper.page.margins"),
    "two sections": (sections, "file", "paper.page.sections"),
    "first page apart": (lambda: page(different_first_page_header_footer=True), "file", "paper.page.headers"),
    "table in a table": (nested, "t1.r1.c1.t1", "paper.block.nested"),
    "bullets": (bulleted, "p1", "paper.block.numbering"),
    "inserted text": (lambda: files.with_xml('<w:ins w:id="1" w:author="a"><w:r><w:t>x</w:t></w:r></w:ins>'), "p1",
                      "paper.block.revision"),
    "comment": (lambda: files.with_xml('<w:commentRangeStart w:id="0"/>'), "p1", "paper.block.comment"),
    "drawing": (lambda: files.with_xml("<w:r><w:drawing/></w:r>"), "p1", "paper.block.drawing"),
    "footnote": (lambda: files.with_xml('<w:r><w:footnoteReference w:id="1"/></w:r>'), "p1", "paper.block.footnote"),
    "link": (lambda: files.with_xml('<w:hyperlink w:anchor="a"><w:r><w:t>x</w:t></w:r></w:hyperlink>'), "p1",
             "paper.block.link"),
    "field of Word": (lambda: files.with_xml('<w:r><w:instrText> INCLUDETEXT "c:\\\\x" </w:instrText></w:r>'), "p1",
                      "paper.block.word_field"),
    "unknown element": (lambda: files.with_xml("<w:ruby/>"), "p1", "paper.block.other"),
    "no field": (lambda: files.template("只有文字"), "file", "paper.field.none"),
    "not closed": (lambda: files.template(GOOD, "{= case.title"), "p2", "paper.field.open"),
    "brace alone": (lambda: files.template(GOOD, "甲}"), "p2", "paper.field.stray"),
    "full-width braces": (lambda: files.template("｛= case.title｝"), "p1", "paper.field.fullwidth"),
    "Jinja": (lambda: files.template("{{ case.title }}"), "p1", "paper.field.unknown"),
    "syntax": (lambda: files.template("{= case.title + }"), "p1", "paper.field.syntax"),
    "unknown name": (lambda: files.template("{= school.name}"), "p1", "paper.field.name"),
    "unknown member": (lambda: files.template("{= case.titel}"), "p1", "paper.field.member"),
    "unknown member in a row": (lambda: files.template(rows=[("{each a in persons}{= a.nmae}", "")]), "t1.r1.c1.p1",
                                "paper.field.member"),
    "list as text": (lambda: files.template("{= persons}"), "p1", "paper.field.kind"),
    "each of no list": (lambda: files.template(rows=[("{each a in case}",)]), "t1.r1.c1.p1", "paper.field.not_list"),
    "each in the second cell": (lambda: files.template(rows=[(GOOD, "{each a in persons}")]), "t1.r1.c2.p1",
                                "paper.field.not_first"),
    "each behind words": (lambda: files.template("名单{each a in persons}{= a.name}"), "p1", "paper.field.not_first"),
    "twice each": (lambda: files.template("{each a in persons}{each b in persons}{= b.name}"), "p1",
                   "paper.field.each_once"),
    "tab in a field": (lambda: files.template("{= case.\ttitle}"), "p1", "paper.field.split"),
    "endless": (lambda: files.template("{= count(for a in 1..999, b in 1..999 return a)}"), "p1", "paper.field.budget"),
    "in the header": (lambda: files.template(GOOD, header="{= case.titel}"), "header.p1", "paper.field.member"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_no_template_may_hold_is_refused_at_its_place(what):
    make, path, code = BAD[what]
    with pytest.raises(Invalid, match=r"paper\.template") as refused:
        checking.check(LETTER, make())
    assert (path, code) in {(fault.path, fault.code) for fault in refused.value.faults}, refused.value.faults


PERSONAL = ("{= notice.lines[1].id_number}", '{= get value(notice.lines[1], "phone")}', "{= given.contact + born_on}",
            "{each a in notice.lines}{= a.sanction}", "{= notice.lines[1].身份证号}",
            "证件：110101199605040023")  # fmt: skip


@pytest.mark.parametrize("text", PERSONAL)
def test_a_template_for_the_public_names_nothing_personal(text):
    with pytest.raises(Invalid) as refused:
        checking.check(PUBLIC, files.template(GOOD, text))
    assert [one.code for one in refused.value.faults if one.code.startswith("paper.personal.")]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_house_s_own_templates_pass_and_leave_nothing_empty(kind):
    content = shipped.content(kind.code)
    assert checking.check(kind, content).fields > 5
    assert filled(kind, content).blanks == []


def filled(kind, content, known=None):
    """A template filled with the example of its kind, or with what is `known`."""
    document = package.opened(content)
    places.flatten(document)
    filling = Filling(known or kind.example(), checking.EXAMPLE_AT)
    fill(document, filling)
    filling.text = files.text_of(package.saved(document))
    return filling


def test_a_field_is_filled_whatever_runs_word_has_cut_it_into():
    document = shipped._empty()
    paragraph = document.add_paragraph("文号：")
    for piece in ("{", "= pap", "er.num", "ber}", "，", "{= case.number}。"):
        paragraph.add_run(piece)
    told = filled(LETTER, package.saved(document)).text
    assert told == "文号：示教公示〔2026〕1号，ZP-2026-0001。"


def test_rows_are_repeated_numbered_and_left_out_and_days_are_written_as_on_official_papers():
    rows = [("序号", "姓名"), ("{each a in persons}{if a.name != “示例甲”}{= row}", "{= a.name} {= a.from_on}")]
    told = filled(LETTER, files.template("{if false}不印{= paper.number}", rows=rows)).text
    assert "示例甲" not in told and "不印" not in told
    assert told.split("\n")[-4:] == ["序号", "姓名", "2", "示例乙 2026年9月1日"]


def test_an_empty_list_takes_its_row_away_and_a_missing_value_is_told_by_its_place():
    known = {**LETTER.example(), "persons": [{"name": None}]}
    assert filled(LETTER, files.template(rows=[("{each a in persons}{= a.name}",)]), known).blanks == ["t1.r1.c1.p1"]
    told = filled(LETTER, files.template(GOOD, rows=[("{each a in []}{= a.name}",)])).text
    assert told == "示教公示〔2026〕1号"


def test_what_is_put_in_cannot_become_a_field_or_markup():
    known = LETTER.example()
    known["case"] = {**known["case"], "title": "{= paper.number}<w:p/>&amp;\n第二行"}
    told = filled(LETTER, files.template("{= case.title}"), known).text
    assert told == "{= paper.number}<w:p/>&amp;\n第二行"


def spelled(number, signs):
    """A number with signs strewn in, as somebody might hide it."""
    return "".join(sign + between for sign, between in zip(number, signs, strict=False)) + number[len(signs) :]


GAPS = st.lists(st.sampled_from(["", " ", "-", "　", "\u200b", "·"]), min_size=18, max_size=18)
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 998), st.booleans(), GAPS, st.text("甲乙 ，0", max_size=6), st.sampled_from(["id", "phone", "word"])
)
def test_no_paper_for_the_public_is_issued_with_anything_personal_in_it_however_it_is_spelled(
    number, wide, gaps, around, which
):
    plain = {"id": id_number(number, "19960504"), "phone": f"138{number:08}", "word": "记 过"}[which]
    said = plain if which == "word" else spelled(plain, gaps)
    text = f"{around}，{said.translate(WIDE) if wide else said}，{around}"
    known = PUBLIC.example()
    known["notice"]["lines"] = [{"name": "示例甲", "place": "示例县第一小学", "what": text}]
    document = package.opened(PUBLISHED)
    filling = Filling(known, checking.EXAMPLE_AT)
    fill(document, filling)
    with pytest.raises(Invalid, match=r"paper\.personal"):
        composing._expect_public(document, filling, "人事科，13900000000")


PUBLISHED = files.template("{= paper.number}", rows=[("{each a in notice.lines}{= a.name}", "{= a.what}")])


@settings(max_examples=40, deadline=None)
@given(st.dates(), st.integers(1, 99_999), st.text("示例甲乙小学语文·（）2026-", max_size=20))
def test_what_a_notice_says_rightly_is_let_through(day, number, what):
    text = f"{what} {day.isoformat()} 教公示〔2026〕{number}号 0571-88123456"
    assert privacy.found_in(text) is None
    assert privacy.found_in(f"联系电话 139 0000 0000，{text}", "人事科 13900000000") is None

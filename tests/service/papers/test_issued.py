"""Papers of real cases: each kind with what it says in its .docx and PDF, numbered, frozen, marked, sealed."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from service.access.actor import Actor
from service.attachments import queries as attachments
from service.attachments.commands import StoreAttachment, store_attachment
from service.audit.chain import EVENT
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.evidence import pdf
from service.evidence.sheet import Code
from service.flows.publicity.declaring import PUBLISHED, Line
from service.instances import queries as cases
from service.instances.commands import CaseCommand, suspend_instance
from service.papers import composing, queries, shipped, trying
from service.papers.commands import AttachPaperScan, DrawPaper, IssuePaper, attach_paper_scan, draw_paper, issue_paper
from service.papers.commands_templates import AddTemplate, TemplateCommand, add_template, publish_template
from service.papers.kinds import KINDS
from service.people.commands import DeclareRelation, declare_relation
from tests.flows.hiring import acting
from tests.flows.hiring.county import id_number
from tests.service.papers import files

DECISIONS = [
    {"step": "备案", "decision": "接受备案", "opinion": "符合条件", "by": "bureau.hr", "on": date(2026, 9, 10)}
]
GIVEN = {
    "publicity_notice": {"contact": "人事科，0571-88123456"},
    "filing_letter": {"to": "青禾县人社局", "matter": "拟聘用人员", "basis": "县教育局党组会纪要"},
    "correction_notice": {
        "original": "教公示〔2026〕1号", "wrong": "考生1，数学", "right": "考生1，语文", "because": "录入有误",
        "again": "自即日起重新公示 7 个工作日", "contact": "人事科，0571-88123456",
    },
    "approval_form": {"basis": "县教育局党组会纪要"},
    "introduction_letter": {"to": "S01", "report_by": "2026-12-01"},
    "transfer_order": {"report_by": "2026-12-01", "basis": ""},
}  # fmt: skip
SAID = {
    "publicity_notice": ("拟聘用人员公示", "教公示〔2026〕1号", "考生1", "S01", "语文", "0571-88123456", "（盖章处）"),
    "filing_letter": ("教备〔2026〕1号", "青禾县人社局：", "根据县教育局党组会纪要，现将", "共1人", "考生1", "本科"),
    "correction_notice": ("更正公告", "原文：考生1，数学", "更正为：考生1，语文", "重新公示 7 个工作日"),
    "approval_form": ("事业单位聘用审批表", "考生1", "本科", "初级岗位", "接受备案", "符合条件"),
}


@pytest.fixture
def case(app, clock):
    """A hiring case in the publicity period of one candidate."""
    driver = acting.county(clock)
    found = acting.chosen(driver)
    found.complete("medical", "s01.hr", "pass", medical_on="2026-11-05")
    assert "publicity" in found.open()
    return found


def issue(case, kind, by="bureau.hr", **changes):
    command = IssuePaper(case.id, kind, GIVEN[kind], blanks=True, decisions=DECISIONS, **changes)
    found = issue_paper(case.driver.actor(by), command, now=case.driver.now)
    db.session.rollback()
    return found


def drawn(case, paper_id):
    """The text of the PDF, drawn as it is for whoever asks first."""
    content = pdf.render(queries.page_of(paper_id))
    draw_paper(Actor.system(), DrawPaper(paper_id, content), now=case.driver.now)
    kept = queries.file(case.driver.actor("bureau.hr"), paper_id, "pdf").path.read_bytes()
    assert kept == content
    pages = PdfReader(BytesIO(kept)).pages
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842]
    return "".join(page.extract_text() for page in pages)


def written(case, paper_id):
    return files.text_of(queries.file(case.driver.actor("bureau.hr"), paper_id, "docx").path.read_bytes())


def test_every_paper_of_a_hire_says_in_word_and_on_paper_what_the_case_knows(case):
    for kind, said in SAID.items():
        issued = issue(case, kind)
        word, paper = written(case, issued.paper_id), drawn(case, issued.paper_id)
        packed = "".join(paper.split())
        assert all(text in word and "".join(text.split()) in packed for text in said), (kind, word, paper)
        row = queries.paper(case.driver.actor("bureau.hr"), issued.paper_id).row
        assert "".join(row.code.split()) in packed and row.code in word
        assert (row.number.endswith("〔2026〕1号"), row.template_version, row.about) == (True, 1, "考生1")
    found = queries.of_case(case.driver.actor("s01.hr"), case.id)
    assert [one.kind.code for one in found] == list(SAID)
    the_code_is_the_hash_of_the_event_that_holds_number_and_text(case, found[0].row)
    the_letter_has_its_list_of_names(case, found[1].row.id, found[0].row.id)
    the_sealed_scan_lies_beside_it(case, found[0].row.id)


def the_code_is_the_hash_of_the_event_that_holds_number_and_text(case, row):
    code = Code.read(row.code)
    here = (EVENT.c.stream == f"instance:{case.id}", EVENT.c.seq == code.seq)
    event = db.session.execute(EVENT.select().where(*here)).one()
    assert event.kind == "paper.issued" and event.hash.hex().startswith(code.hash)
    assert row.digest in event.body and row.number in event.body and row.template_checksum in event.body


def the_letter_has_its_list_of_names(case, letter, notice):
    hr = case.driver.actor("bureau.hr")
    content = queries.file(hr, letter, "xlsx").path.read_bytes()
    rows = list(load_workbook(BytesIO(content)).active.iter_rows(values_only=True))
    who = ("1", "考生1", None, "本科", "S01", "语文 · 初级岗位")
    assert rows == [("序号", "姓名", "性别", "学历", "学校", "岗位或事项"), who]
    with pytest.raises(NotFound, match=r"paper\.no_file"):
        queries.file(hr, notice, "xlsx")


def the_sealed_scan_lies_beside_it(case, paper_id):
    hr = case.driver.actor("bureau.hr")
    sent = StoreAttachment(BytesIO(b"%PDF-1.4 sealed"), "盖章.pdf")
    scan = store_attachment(hr, sent, now=case.driver.now)
    attach_paper_scan(hr, AttachPaperScan(paper_id, scan), now=case.driver.now)
    db.session.rollback()
    assert [one for _, one in queries.paper(hr, paper_id).scans] == [scan]
    assert queries.scan(hr, paper_id, scan).path.read_bytes() == b"%PDF-1.4 sealed"
    with pytest.raises(Invalid, match=r"sheet\.scan"):
        attach_paper_scan(hr, AttachPaperScan(paper_id, ""), now=case.driver.now)
    with pytest.raises(Forbidden):
        attach_paper_scan(case.driver.actor("s01.hr"), AttachPaperScan(paper_id, scan), now=case.driver.now)


def test_numbers_of_a_kind_follow_each_other_and_what_is_refused_takes_none(case):
    numbers = [issue(case, "publicity_notice").number]
    with pytest.raises(Invalid, match=r"paper\.issue") as refused:
        issue_paper(case.driver.actor("bureau.hr"), IssuePaper(case.id, "publicity_notice"), now=case.driver.now)
    assert [fault.path for fault in refused.value.faults] == ["given.contact"]
    with pytest.raises(Conflict, match=r"paper\.blank"):
        command = IssuePaper(case.id, "approval_form", {"basis": ""})
        issue_paper(case.driver.actor("bureau.hr"), command, now=case.driver.now)
    with pytest.raises(Conflict, match=r"paper\.other_flow"):
        issue(case, "transfer_order")
    with pytest.raises(Conflict, match=r"paper\.nobody"):
        issue(case, "introduction_letter")
    numbers += [issue(case, "publicity_notice").number, issue(case, "approval_form").number]
    assert numbers == ["教公示〔2026〕1号", "教公示〔2026〕2号", "教聘〔2026〕1号"]
    assert case.fire("publicity_over")
    case.complete("hire_materials", "s01.hr", "submit")
    case.complete("hire_filing", "bureau.hr", "accept")
    letter = written(case, issue(case, "introduction_letter").paper_id)
    assert all(word in letter for word in ("兹介绍考生1同志", "2026年12月1日前", "教介〔2026〕1号"))
    suspend_instance(case.driver.actor("bureau.hr"), CaseCommand(case.id, reason="核查"), now=case.driver.now)
    with pytest.raises(Conflict, match=r"paper\.case_stands"):
        issue(case, "filing_letter")
    assert issue(case, "correction_notice").number == "教更〔2026〕1号"


def test_a_paper_issued_again_is_marked_says_why_and_takes_the_place_of_one_once(case):
    first = issue(case, "publicity_notice")
    with pytest.raises(Invalid) as refused:
        issue(case, "publicity_notice", replaces_id=first.paper_id)
    assert [fault.path for fault in refused.value.faults] == ["reason"]
    again = issue(case, "publicity_notice", replaces_id=first.paper_id, reason="学科有误")
    assert "（重新签发，替代教公示〔2026〕1号）" in written(case, again.paper_id)
    hr = case.driver.actor("bureau.hr")
    assert queries.paper(hr, first.paper_id).row.replaced_by_number == again.number
    with pytest.raises(Conflict, match=r"paper\.replaced"):
        issue(case, "publicity_notice", replaces_id=first.paper_id, reason="又有误")


def test_what_bears_an_id_number_is_for_the_bureau_alone_and_on_record(case):
    hr = case.driver.actor("bureau.hr")
    brought = AddTemplate("filing_letter", files.template("{= paper.number}", rows=[
        ("{each a in persons}{= a.name}", "{= a.id_number}")]), "需要身份证号")  # fmt: skip
    template = add_template(hr, brought, now=case.driver.now)
    publish_template(case.driver.actor("bureau.chief"), TemplateCommand(template), now=case.driver.now)
    before, blanks = queries.beforehand(
        hr, composing.Wanted(KINDS["filing_letter"], case.id, "", GIVEN["filing_letter"]), case.driver.now
    )
    assert id_number(1) not in before and blanks == ["t1.r1.c2.p1"]
    issued = issue(case, "filing_letter")
    assert id_number(1) in written(case, issued.paper_id)
    school = case.driver.actor("s01.hr")
    assert queries.of_case(school, case.id) == [] and attachments.of_instance(school, case.id) != []
    assert issued.number not in str([file.name for file in attachments.of_instance(school, case.id)])
    with pytest.raises(NotFound, match=r"paper\.absent"):
        queries.paper(school, issued.paper_id)
    assert id_number(1) not in str(cases.changes(hr, case.id))
    [body] = db.session.scalars(EVENT.select().with_only_columns(EVENT.c.body).where(EVENT.c.kind == "paper.issued"))
    assert '"opened":["id_number"]' in body.replace(" ", "")


def test_a_notice_is_read_once_more_and_issued_by_nobody_with_an_interest_or_of_the_school(case, monkeypatch):
    published = PUBLISHED["hiring"]
    leaking = [Line("k", "考生1", "S01", f"语文 {id_number(1)}")]
    monkeypatch.setitem(
        PUBLISHED,
        "hiring",
        replace(published, lines=lambda _session, periods, _locale: dict.fromkeys(periods, leaking)),
    )
    with pytest.raises(Invalid, match=r"paper\.personal"):
        issue(case, "publicity_notice")
    monkeypatch.undo()
    assert issue(case, "publicity_notice").number == "教公示〔2026〕1号"
    with pytest.raises(Forbidden, match=r"access\.role_missing"):
        issue(case, "publicity_notice", by="s01.hr")
    hr = case.driver.county.persons["bureau.hr"]
    relation = DeclareRelation(hr, "spouse", relative_name="考生1")
    declare_relation(case.driver.actor("bureau.chief"), relation, now=case.driver.now)
    with pytest.raises(Forbidden, match=r"paper\.interest"):
        issue(case, "publicity_notice")


def test_a_template_tried_with_cases_names_what_each_leaves_empty_and_what_none_fills(case):
    hr, now = case.driver.actor("bureau.hr"), case.driver.now
    found = trying.with_cases(hr, KINDS["filing_letter"], shipped.content("filing_letter"), now=now)
    assert [(one.instance_id, one.about, one.refused) for one in found.cases] == [(case.id, "考生1", None)]
    assert "person.sex" in found.never and "person.name" not in found.never
    assert found.cases[0].unfilled == found.never
    waits = trying.with_cases(hr, KINDS["transfer_order"], shipped.content("transfer_order"), now=now)
    assert (waits.cases, waits.never) == ([], ())
    with pytest.raises(Forbidden):
        trying.with_cases(case.driver.actor("s01.hr"), KINDS["filing_letter"], b"", now=now)

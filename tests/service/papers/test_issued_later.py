"""Papers of a round of reserved posts and of a revocation: for all who get a post, for whose title is taken."""

from datetime import date

import pytest
from docx import Document

from service.db import db
from service.errors import Conflict
from service.papers import queries
from service.papers.commands import IssuePaper, issue_paper
from tests.flows.reserved_posts import acting
from tests.flows.title import acting as titles
from tests.flows.title import county as title_county

GIVEN = {
    "publicity_notice": {"contact": "人事科，0571-88123456"},
    "allocation_decision": {"to": "各学校", "appoint_by": "2026-10-20", "basis": ""},
    "filing_letter": {"to": "县人社局", "matter": "预留岗位分配人员", "basis": ""},
    "revocation_decision": {"found": "论文系抄袭", "basis": "评审规定", "review": "三十日内可以申请复核"},
    "correction_notice": {
        "original": "教撤〔2026〕1号", "wrong": "弄虚作假", "right": "评审结果有误", "because": "登记有误",
        "again": "", "contact": "人事科，0571-88123456",
    },
}  # fmt: skip


def said(case, kind, *, blanks=False):
    """The text of the issued .docx."""
    hr = case.driver.actor("bureau.hr")
    found = issue_paper(hr, IssuePaper(case.id, kind, GIVEN[kind], blanks=blanks), now=case.driver.now)
    db.session.rollback()
    document = Document(queries.file(hr, found.paper_id, "docx").path)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_one_notice_and_one_decision_tell_of_everybody_who_gets_a_post_by_a_round(app, clock):
    driver = acting.county(clock)
    people = [acting.teacher(driver, 700 + one, exchange=("s02", 24 + one)) for one in range(3)]
    case = acting.called(driver, 2)
    applications = [acting.accepted(driver, person) for person in people]
    acting.ranked(case)
    with pytest.raises(Conflict, match=r"paper\.nobody"):
        said(case, "allocation_decision")
    acting.agreed(driver, case)
    notice = said(case, "publicity_notice")
    assert all(name in notice for name in ("预留岗位拟分配人员公示", "teacher.702", "teacher.701", "5个工作日"))
    assert "teacher.700" not in notice, "who got none is not published"
    with pytest.raises(Conflict, match=r"paper\.blank"):
        said(case, "allocation_decision")
    assert applications[2].fire("publicity_over")
    decision = said(case, "allocation_decision", blanks=True)
    assert all(told in decision for told in ("教配〔2026〕1号", "确定2人", "高级岗位", "2026年9月10日", "2029年9月9日"))
    assert "2020年" not in decision, "a loan that has not begun has no day of an earlier appointment"
    assert "共2人" in said(case, "filing_letter", blanks=True)


def test_a_revocation_is_told_to_whose_title_it_takes_and_a_correction_of_it_to_everybody(app, clock):
    driver = title_county.build(clock)
    title_county.experts(driver, 9)
    titles.confirmed(titles.passed(driver))
    case = titles.revocation(driver)
    with pytest.raises(Conflict, match=r"paper\.nobody"):
        said(case, "revocation_decision")
    told = said(titles.decided(case), "revocation_decision")
    on = f"{date(2026, 9, 10).year}年9月10日"
    assert all(part in told for part in ("教撤〔2026〕1号", "li（S02）", "一级职称", "弄虚作假", on, "三十日内"))
    assert "更正公告" in said(case, "correction_notice")

"""Cases on paper in the browser: the template filled in, wrong cells, the dry run, a second person, the ledger."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from service.access.actor import Actor
from service.columns import matched
from service.db import db
from service.instances import queries_paper_import
from service.instances.commands_paper_import import forget_faulty
from service.jobs import SENDERS
from service.notices import delivery
from service.runs import working
from service.runs.declaring import SHORT
from service.sheets import Heading, Page, book, read_book
from tests.conftest import START
from tests.flows.hiring.county import id_number
from tests.parameters import SetParameter, set_parameter
from tests.service.tasks import deputing
from tests.service.web.pages.browser import Site, Visitor

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
CASE = {
    "案件编号": "纸1", "单位": "s01", "申请人": "", "申请日期": "2026年8月3日", "停在步骤": "qualify_school",
    "学历要求": "本科及以上", "教师资格要求": "小学语文教师资格证", "定向招聘（到岗后有服务期）": "否",
    "需求理由": "退休 2 人",
    "校务会议日期": "2026-07-30", "校务会议纪要": "批文.pdf",
}  # fmt: skip
POST = {"案件编号": "纸1", "岗位学科": "语文", "学段": "小学"}
PAPER = {"案件编号": "纸1", "作出单位或个人": "县教育局", "文号": "教人〔2026〕31号", "扫描件文件名": "批文.pdf"}
DECIDED = (
    ("bureau_review", "2026/8/6", "同意", {}), ("编办核编 staffing_check", "2026-08-06", "同意", {}),
    ("post_check", "2026-08-06", "approve", {}), ("filing", "2026-08-11", "接受备案", {}),
    ("announce_school", "2026-08-13", "公告已发布", {"公告发布渠道": "教育局网站"}),
)  # fmt: skip


def rows_of(**changes: Any) -> dict[str, list[dict[str, str]]]:
    """A case that stands at the qualification, in the sheets of the template."""
    post = {**POST, "岗位级别": changes.pop("band", "初级"), "人数": changes.pop("count", "2")}
    steps = [{**PAPER, "步骤": name, "决定日期": day, "决定": said, **more} for name, day, said, more in DECIDED]
    return {"案件": [{**CASE, **changes}], "招聘岗位与人数": [post], "步骤": steps, "名单": []}


def workbook(rows: dict[str, list[dict[str, str]]]) -> bytes:
    pages = []
    for title, found in rows.items():
        headings = list(dict.fromkeys(name for row in found for name in row)) or ["案件编号", "步骤", "身份证号"]
        pages.append(
            Page(title, [Heading(name) for name in headings], [[row.get(n, "") for n in headings] for row in found])
        )
    return book(pages)


def upload(hr: Visitor, rows: dict[str, list[dict[str, str]]]) -> Any:
    sent = {
        "flow": "hiring",
        "sheet": (BytesIO(workbook(rows)), "纸质案件.xlsx"),
        "scans": [(BytesIO(PDF), "批文.pdf")],
    }
    return hr.post("/opening/paper-cases", sent)


def notice(site: Site, who: Visitor, said: str) -> str:
    """What somebody is told, after messages have arrived; the line of it."""
    assert delivery.deliver(site.driver.now, SENDERS).failed == 0
    return next(part for part in who.text("/notices").split('class="row ') if said in part)


def leads(site: Site, who: Visitor, said: str) -> str:
    """Where a notice leads."""
    href = notice(site, who, said).split('href="')[1].split('"')[0]
    return str(who.get(href).location)


def test_template_has_a_sheet_for_cases_lists_steps_and_rows(site: Site) -> None:
    hr = site.visitor("bureau.hr")
    found = read_book(hr.get("/opening/paper-cases/hiring/template.xlsx").data, 100)
    assert {"案件", "招聘岗位与人数", "步骤", "名单"} <= set(found)
    assert set(CASE) <= set(found["案件"].headings)
    assert "笔试日期" in found["步骤"].headings
    assert {"对象（身份证号）", "拟聘"} <= {*found["步骤"].headings, *found["名单"].headings}
    assert "签订聘用合同" in hr.text("/opening/paper-cases/hiring/places")
    assert site.visitor("s01.hr").get("/opening/paper-cases").status_code == 403


def test_no_heading_and_no_choice_of_the_template_is_a_machine_name_and_older_headings_are_still_understood(
    site: Site,
) -> None:
    hr = site.visitor("bureau.hr")
    layout = queries_paper_import.layout(site.driver.actor("bureau.hr"), "hiring")
    db.session.rollback()
    steps = next(part for part in layout.parts if part.kind == "steps")
    said = {text for part in layout.parts for column in part.columns for text in (column.zh, column.en)}
    said |= {text for both in layout.names.values() for text in both}
    assert [text for text in said if re.search(r"[a-z]+_[a-z]+", text)] == []
    for part in layout.parts:
        for language in ("zh", "en"):
            headings = [getattr(column, language) for column in part.columns]
            assert len(headings) == len(set(headings)), headings
    assert len({zh for zh, _ in layout.names.values()}) == len({en for _, en in layout.names.values()})
    assert len({zh for zh, _ in layout.names.values()}) == len(layout.names)
    found = matched(steps.columns, ["案件编号", "步骤", "决定日期", "作出单位或个人", "文号", "扫描件文件名",
                                    "批复文号（hire_approval_number）"])  # fmt: skip
    assert found["批复文号（hire_approval_number）"].name == "values.hire_approval_number"
    sheet = load_workbook(BytesIO(hr.get("/opening/paper-cases/hiring/template.xlsx").data))
    listed = str([one.formula1 for page in sheet.worksheets for one in page.data_validations.dataValidation])
    assert "报名与资格审查（学校）" in listed


def test_workbook_is_tried_handed_over_and_confirmed_by_a_second_person(site: Site) -> None:
    hr, chief = site.visitor("bureau.hr"), site.visitor("bureau.chief")
    deputing.give(site.driver, "s01.principal", "school_hr", "s01", "alternate")  # who stands in asks for nothing
    sent = upload(hr, rows_of())
    assert sent.status_code == 302, [part.split("<")[0] for part in sent.text.split("bad-word")[1:]]
    address = str(sent.location)
    working.work(SHORT)
    tried = hr.text(address)
    assert "可以补登" in tried and "资格审查" in tried and "空余 2" in tried
    assert hr.post(f"{address}/hand-over").status_code == 302
    assert "须由另一人确认" in hr.text(address)
    assert chief.post(f"{address}/confirm").status_code == 302
    working.work(SHORT)
    assert "已补登" in chief.text(address) and "查看案件" in chief.text(address)
    assert leads(site, chief, "1 件书面案件等您确认") == leads(site, hr, "一份书面案件已逐件处理完毕") == address
    assert "停在" in notice(site, site.visitor("s01.hr"), "书面案件已录入系统")
    assert chief.post(f"{address}/confirm").status_code == 409


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"单位": "没有的学校"}, "单位", "没有这个单位"),
        ({"申请人": "王五"}, "申请人", "找不到"),
        ({"申请日期": "八月"}, "申请日期", "日期看不懂"),
        ({"停在步骤": "公示期满"}, "停在步骤", "没有这个可以停留的步骤"),
        ({"校务会议纪要": "没有.pdf"}, "校务会议纪要", "没有上传这个文件名"),
        ({"学历要求": "博士后"}, "学历要求", "下拉列表"),
        ({"指名预留": "教人〔2025〕1号"}, "指名预留", "指名预留"),
        ({"案件编号": "纸2"}, "案件编号", "没有这个案件编号"),
    ],
)  # fmt: skip
def test_wrong_cell_is_named_and_nothing_is_kept(site: Site, changes: dict[str, str], column: str, said: str) -> None:
    refused = upload(site.visitor("bureau.hr"), rows_of(**changes))
    assert refused.status_code == 422
    assert column in refused.text and said in refused.text
    assert "还没有导入" in refused.text or "纸质案件.xlsx 中有误的单元格" in refused.text


def test_what_the_dry_run_finds_wrong_is_named_by_its_row_and_stays_behind(site: Site) -> None:
    hr, rows = site.visitor("bureau.hr"), rows_of()
    rows["步骤"][4]["决定日期"] = "2026-08-01"
    address = str(upload(hr, rows).location)
    working.work(SHORT)
    page = hr.text(address)
    assert "案件不会走到" in page and ">6<" in page
    assert hr.post(f"{address}/hand-over").status_code == 409
    later = site.driver.now + timedelta(days=400)
    assert [forget_faulty(Actor.system(), now=when) for when in (site.driver.now, later, later)] == [0, 1, 0]
    full = str(upload(hr, rows_of(count="9")).location)
    working.work(SHORT)
    assert ">编制不足：需要 9，空余 4" in hr.text(full)


def test_applicants_come_with_the_step_at_which_they_stood(site: Site) -> None:
    hr, rows = site.visitor("bureau.hr"), rows_of(停在步骤="exam_school")
    rows["步骤"].append({**PAPER, "步骤": "qualify_school", "决定日期": "2026-08-27", "决定": "资格审查完成"})
    rows["名单"] = [
        {"案件编号": "纸1", "步骤": "qualify_school", "岗位行号": "1", "姓名": f"考生{n}", "身份证号": id_number(n),
         "学历": "本科", "资格审查结果": "合格"}
        for n in range(1, 8)
    ]  # fmt: skip
    address = str(upload(hr, rows).location)
    working.work(SHORT)
    page = hr.text(address)
    assert "组织考试" in page


def test_named_hold_is_booked_on_the_page_of_the_account_and_ended_by_its_owner(site: Site) -> None:
    hr, school = site.visitor("bureau.hr"), site.organisation("s01")
    page = hr.text(f"/ledger/{school}")
    ids = [part.split('"')[0] for part in page.split('account_id" value="')[1:]]
    given = {"owner": f"school_hr@{school}", "reason": "纸质招聘", "document": "教人〔2026〕2号", "until": "2026-12-31",
             "decided_on": "2026-09-01", "lines.0.account_id": ids[0], "lines.0.count": "2"}  # fmt: skip
    assert hr.post(f"/ledger/{school}/named-holds", {**given, "lines.0.count": "9"}).status_code == 409
    assert hr.post(f"/ledger/{school}/named-holds", {**given, "until": "2026-01-01"}).status_code == 422
    assert hr.post(f"/ledger/{school}/named-holds", given).status_code == 302
    shown = site.visitor("s01.hr").text(f"/ledger/{school}")
    assert "纸质招聘" in shown and "新增指名预留" not in shown
    end = shown.split("/named-holds/")[1].split('"')[0]
    assert site.visitor("s01.hr").post(f"/named-holds/{end}", {"text": ""}).status_code == 422
    assert site.visitor("s01.hr").post(f"/named-holds/{end}", {"text": "取消"}).status_code == 302
    assert "教人〔2026〕2号" in site.visitor("s01.hr").text(f"/ledger/{school}")


def test_school_and_bureau_confirm_that_nothing_else_is_open(site: Site) -> None:
    set_parameter(SetParameter("no_open_cases_needed", True, START.date(), "教人〔2026〕1号"), now=START)
    school, clerk, hr = site.organisation("s01"), site.visitor("s01.hr"), site.visitor("bureau.hr")
    address = f"/opening/open-cases/{school}"
    assert "学校确认" in clerk.text("/opening/open-cases")
    assert clerk.post(address, {"act": "bureau"}).status_code in (403, 409)
    assert clerk.post(address, {"act": "school"}).status_code == 302
    assert hr.post(address, {"act": "bureau"}).status_code == 302
    assert hr.post(address, {"act": "bureau"}).status_code == 409
    assert "已完成 1 所" in hr.text("/opening/open-cases")
    assert hr.post(address, {"act": "back", "text": ""}).status_code == 422
    assert hr.post(address, {"act": "back", "text": "又有一件"}).status_code == 302

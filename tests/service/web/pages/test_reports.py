"""The leader's page in the browser: figures with their lists, the day in the address, tables to take away."""

import csv
from io import BytesIO, StringIO

from openpyxl import load_workbook

from service.reports import queries_frozen
from service.reports.registry import FIGURES
from tests.service.web.pages.browser import Site


def test_the_page_shows_every_figure_and_each_opens_its_list(site: Site) -> None:
    leader = site.visitor("bureau.leader")
    page = leader.text("/reports")
    assert "本学年要看的" in page
    assert "2026–2027 学年" in page
    for key in FIGURES:
        assert f"/reports/figures/{key}" in page, key
        assert leader.get(f"/reports/figures/{key}").status_code == 200, key


def test_lists_keep_the_day_of_the_report(site: Site) -> None:
    leader = site.visitor("bureau.leader", "en")
    assert "on=2026-09-01" in leader.text("/reports?on=2026-09-01")
    assert "as of 2026-09-01" in leader.text("/reports/figures/backbone_share?on=2026-09-01")
    assert leader.get("/reports?on=2030-01-01").status_code == 422


def test_a_list_is_taken_away_as_excel_and_csv_with_the_same_rows(site: Site) -> None:
    leader = site.visitor("bureau.leader")
    book = load_workbook(BytesIO(leader.get("/reports/figures/exchange_share.xlsx").data))
    rows = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]
    text = leader.get("/reports/figures/exchange_share.csv").data.decode("utf-8-sig")
    assert list(csv.reader(StringIO(text))) == rows
    assert rows[0][0] == "姓名"
    assert len(rows) > 3


def test_the_steps_of_a_flow_stand_on_its_diagram(site: Site) -> None:
    leader = site.visitor("bureau.leader")
    assert "各环节用时" in leader.text("/reports/steps")
    assert "diagram.bpmn" in leader.text("/reports/steps/hiring")
    assert leader.get("/reports/steps/nonsense").status_code == 404


def test_a_school_has_no_reports(site: Site) -> None:
    for path in (
        "/reports",
        "/reports/figures/backbone_share",
        "/reports/figures/backbone_share.csv",
        "/reports/steps",
    ):
        assert site.visitor("s01.principal").get(path).status_code == 403


def test_a_frozen_report_of_the_browser_is_read_printed_and_taken_away(site: Site) -> None:
    leader = site.visitor("bureau.leader")
    assert "给报表起名" in leader.post("/reports/frozen", {"name": " "}).text
    reply = leader.post("/reports/frozen", {"name": "学年报表", "on": "2026-09-01"})
    address = reply.headers["Location"]
    assert "哈希一致" in leader.text(address)
    assert "没有差异" in leader.text(f"{address}/difference")
    assert "交流开始" in leader.text(f"{address}/figures/exchange_share")
    book = load_workbook(BytesIO(leader.get(f"{address}.xlsx").data))
    assert len(book.sheetnames) == len(FIGURES) + 1
    assert book.worksheets[0]["A2"].value == "交流轮岗占参加改革人数"
    assert leader.get(f"{address}.pdf").data.startswith(b"%PDF")
    assert [row.name for row in queries_frozen.reports(site.driver.actor("auditor"))] == ["学年报表"]


def test_the_turn_of_the_year_is_looked_at_and_kept_on_its_page(site: Site) -> None:
    hr, leader = site.visitor("bureau.hr"), site.visitor("bureau.leader")
    assert "这是预演" in leader.text("/reports/turn")
    assert "保存本年提议" not in leader.text("/reports/turn")
    assert "保存本年提议" in hr.text("/reports/turn")
    assert "保存本年提议" not in hr.text("/reports/turn?year=2027")
    assert hr.post("/reports/turn", {"year": "2026"}).headers["Location"] == "/reports/turn?year=2026"
    assert "由 bureau.hr 保存" in hr.text("/reports/turn?year=2026")

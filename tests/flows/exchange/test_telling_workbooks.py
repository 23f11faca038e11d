"""Plans and placements of an exchange by workbook, as HR fills in the template: read, tried, handed over, confirmed."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from service.db import db
from service.flows.exchange.casework import ROUND
from service.instances import commands_paper_import, queries_paper_import
from service.instances.commands_paper_import import KeepWorkbook
from service.instances.models import ProcessCase
from service.runs import working
from service.runs.declaring import SHORT
from service.sheets import read_book
from service.web.papercaseview import blank
from tests.driver import Case
from tests.flows import telling
from tests.flows.exchange import driving
from tests.flows.exchange.test_telling_placements import number_of
from tests.flows.exchange.test_telling_plans import carried_out, held

PAPER = {"案件编号": "纸1", "作出单位或个人": "县教育局", "文号": "教人〔2026〕31号", "扫描件文件名": "批文.pdf"}
PLAN = {"案件编号": "纸1", "单位": "bureau", "申请人": "bureau.hr", "申请日期": "2026-06-01",
        "停在步骤": "集体研究决定",
        "年度": "2026", "到岗日期": "2026-11-02"}  # fmt: skip
STEPS = (
    ("学校核对名单、申报岗位", "2026-06-05", "核对完毕", {"对象（学校，或“全部”）": "全部"}),
    ("list_settle", "2026-06-12", "确认名单", {}),
    ("school_opinions", "2026-07-10", "意见完毕", {"对象（学校，或“全部”）": "全部"}),
    ("match", "2026-07-15", "采用该轮结果", {"采用第几轮": "1"}),
)


@pytest.fixture
def world(app, clock):
    return driving.world(clock)


def filled(world, key, rows):
    """The template with these rows under its own headings: a heading that it has not fails the test."""
    actor, now = world.actor("bureau.hr"), world.now
    sheets = read_book(blank(queries_paper_import.layout(actor, key), "zh"), 100)
    for title, found in rows.items():
        headings = sheets[title].headings
        assert {name for row in found for name in row} <= set(headings), (title, headings)
        numbered = [(place, {name: row.get(name) for name in headings}) for place, row in enumerate(found, start=2)]
        sheets[title] = replace(sheets[title], rows=numbered)
    found, faults = queries_paper_import.read(actor, key, sheets, {"批文.pdf": telling.scan(world)}, now)
    db.session.rollback()
    return found, faults


def entered(world, key, rows):
    """The cases that come of it, after a second person has confirmed them."""
    found, faults = filled(world, key, rows)
    assert faults == []
    hr, chief = world.actor("bureau.hr"), world.actor("bureau.chief")
    import_id = commands_paper_import.keep_workbook(hr, KeepWorkbook(key, "计划.xlsx", found), now=world.now)
    working.work(SHORT)
    assert commands_paper_import.hand_over(hr, import_id, now=world.now) == len(found)
    commands_paper_import.confirm_workbook(chief, import_id, now=world.now)
    working.work(SHORT)
    rows_ = world.rows(select(ProcessCase.instance_id).where(ProcessCase.definition_key == key))
    return [Case(world, row.instance_id) for row in rows_]


def test_plan_with_its_places_applications_and_matching_comes_by_workbook(world):
    number, name = number_of(world, "a1")
    who = {"案件编号": "纸1", "身份证号": number, "姓名": name, "岗位序号": "1"}
    place = {"案件编号": "纸1", "步骤": "list_check", "岗位序号": "1", "接收学校": "s02", "学科": "语文",
             "学段": "小学", "人数": "1", "交流方式": "调入"}  # fmt: skip
    rows = {
        "案件": [PLAN],
        "步骤": [{**PAPER, "步骤": step, "决定日期": day, "决定": said, **more} for step, day, said, more in STEPS],
        "名单": [place, {**who, "步骤": "school_opinions", "学校意见": "同意"}, {**who, "步骤": "match"}],
    }
    (case,) = entered(world, "exchange", rows)
    assert (case.open(), held(world)) == (["decision"], (1, 1))
    assert world.row(select(ROUND.c.solver)).solver == "paper"
    carried_out(world, case)


def test_placements_come_by_workbook_and_a_school_that_is_none_is_a_wrong_cell(world):
    number, name = number_of(world, "a1")
    case = {"案件编号": "纸1", "单位": "s02", "申请人": "bureau.hr", "申请日期": "2026-07-20", "停在步骤": "到校报到",
            "教师姓名": name, "身份证号": number, "原学校": "s01", "交流方式": "调入", "到岗日期": "2026-11-02",
            "交流期限（年）": "3", "交流决定文号": "教人〔2026〕20号", "交流决定日期": "2026-07-20"}  # fmt: skip
    _, faults = filled(world, "exchange_placement", {"案件": [{**case, "原学校": "没有"}]})
    assert [(fault.code, fault.params["column"]) for fault in faults] == [("told.organisation", "原学校")]
    (found,) = entered(world, "exchange_placement", {"案件": [case]})
    assert (found.open(), held(world)) == (["arrival"], (1, 1))


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [("跨校竞聘", "√", "told.word"), ("人数", "两人", "told.whole"), ("学段", "小学校", "told.word")],
)
def test_word_or_number_that_a_column_of_rows_does_not_know_is_a_wrong_cell(world, heading, cell, code):
    place = {"案件编号": "纸1", "步骤": "list_check", "岗位序号": "1", "接收学校": "s02", "学科": "语文",
             "学段": "小学", "人数": "1", "交流方式": "调入", heading: cell}  # fmt: skip
    step, day, said, more = STEPS[0]
    steps = [{**PAPER, "步骤": step, "决定日期": day, "决定": said, **more}]
    _, faults = filled(world, "exchange", {"案件": [PLAN], "步骤": steps, "名单": [place]})
    assert [(fault.code, fault.params["column"], fault.params["row"]) for fault in faults] == [(code, heading, 2)]

"""Many changes from a sheet: the dry run names every wrong cell, then each row becomes a case of its own."""

import pytest
from sqlalchemy import select

from service.attachments.queries import of_instance
from service.db import db
from service.errors import Invalid, LecternError, NotFound
from service.flows.personnel import queries_import
from service.flows.personnel.change import CHANGE
from service.instances import queries_batches
from service.instances.commands_batches import RowStep, StartMany, refuse_row, start_many, start_row
from service.people.members import PERSON
from service.runs import working
from service.runs.declaring import Lost, Running
from service.sheets import Sheet
from tests.flows.personnel import acting
from tests.service.people.county import id_number

HEADINGS = (
    "异动种类",
    "姓名",
    "身份证号",
    "生效日期",
    "文件名称和文号",
    "文件日期",
    "岗位类别",
    "岗位级别",
    "岗位等级",
)
PAPER = ("2026-09-10", "青教人〔2026〕8号", "2026/09/08")
KNOWN = id_number(900, "19850101")


def sheet(*rows):
    return Sheet(HEADINGS, tuple((n, dict(zip(HEADINGS, row, strict=False))) for n, row in enumerate(rows, start=2)))


def row(kind, name, number, *more, paper=PAPER):
    return (kind, name, number, *paper, *more)


@pytest.fixture
def personnel(app, clock):
    return acting.county(clock)


def plan(personnel, found, by="s01.hr"):
    return queries_import.plan(personnel.driver.actor(by), personnel.driver.county.organisations["s01"], found)


def test_each_wrong_cell_is_named_by_row_and_column(personnel):
    found = plan(personnel, sheet(
        row("辞职", "赵远", KNOWN),
        row("退休", "赵近", id_number(901, "19850101")),
        row("升官", "甲", id_number(902)),
        row("调入", "乙", "110101198001010000", "专业技术"),
        row("调入", "丙", id_number(903), "专业技术", "初级", 3),
        row("岗位等级变动", "赵远", KNOWN, None, None, 5),
        row("调入", "丁", id_number(904), None, paper=("九月", None, "2026-09-08")),
        row("调入", "戊", id_number(907), "专业技术", "中级", 10),
    ))  # fmt: skip
    assert [(fault.path, fault.code) for fault in found.faults] == [
        ("rows.3.id_number", "personnel.not_here"),
        ("rows.4.kind", "personnel.word"),
        ("rows.5.id_number", "person.id_number_check"),
        ("rows.6.grade", "appointment.grade"),
        ("rows.7.id_number", "personnel.twice"),
        ("rows.8.document", "field.required"),
        ("rows.8.effective_on", "personnel.day"),
        ("rows.9.title", "personnel.title_of_arrival"),
    ]
    assert found.faults[1].params["column"] == "异动种类"
    assert [label for label, _ in found.rows] == ["2: 赵远 辞职"]


def test_who_is_too_young_to_retire_is_told_in_the_dry_run(personnel):
    found = plan(personnel, sheet(row("退休", "赵远", KNOWN)))
    assert [(fault.path, fault.code) for fault in found.faults] == [
        ("rows.2.effective_on", "personnel.retires_too_early")
    ]


def test_a_sheet_without_a_column_or_a_row_is_refused_and_so_is_another_school(personnel):
    with pytest.raises(Invalid) as refused:
        plan(personnel, Sheet(("姓名",), ((2, {"姓名": "甲"}),)))
    assert refused.value.code == "import.headings"
    with pytest.raises(Invalid):
        plan(personnel, Sheet(HEADINGS, ()))
    with pytest.raises(NotFound):
        plan(personnel, sheet(row("退休", "赵远", KNOWN)), by="s02.hr")


def test_each_row_becomes_a_case_with_its_own_scan_and_a_refused_one_stops_no_other(any_app, clock):
    personnel = acting.county(clock, headcount=(97, 96))
    found = plan(personnel, sheet(
        row("调入", "乙", id_number(905), "专业技术", "初级", 12),
        row("调入", "丙", id_number(906), "专业技术", "初级", 12),
        row("辞职", "赵远", KNOWN),
    ))  # fmt: skip
    assert found.faults == []
    actor, now = personnel.driver.actor("s01.hr"), personnel.driver.now
    scan = acting.scan(personnel.driver, "s01.hr")
    command = StartMany(
        "personnel", personnel.driver.county.organisations["s01"], "异动.xlsx", found.rows, {"scan": [scan]}
    )
    batch_id = start_many(actor, command, now=now)
    assert working.work("short") == 1
    batch = queries_batches.batch(actor, batch_id)
    assert [(one.state, one.code) for one in batch.rows] == [
        ("done", None), ("refused", "ledger.full"), ("done", None)
    ]  # fmt: skip
    cases = [one.instance_id for one in batch.of("done")]
    assert sorted(db.session.scalars(select(CHANGE.c.instance_id))) == sorted(cases)
    files = [file.id for case in cases for file in of_instance(actor, case)]
    assert len(set(files)) == 2
    assert scan not in files
    over = Running(batch.run_id, actor, {}, 1, "a process that was too slow")
    with pytest.raises(Lost):
        start_row(actor, RowStep(over, batch_id, 1), now=now)
    with pytest.raises(Lost):
        refuse_row(actor, RowStep(over, batch_id, 1), LecternError("late"), now=now)
    with pytest.raises(NotFound):
        queries_batches.batch(personnel.driver.actor("s02.hr"), batch_id)
    assert db.session.scalar(select(PERSON.c.id).where(PERSON.c.name == "乙")) is None


def test_a_batch_has_rows_and_not_too_many(personnel):
    command = StartMany("personnel", personnel.driver.county.organisations["s01"], "x", [], {})
    with pytest.raises(Invalid) as refused:
        start_many(personnel.driver.actor("s01.hr"), command, now=personnel.driver.now)
    assert refused.value.code == "batch.size"

"""Candidates' sheets: template, rows, faults by row and column, all or nothing."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from service import sheets
from service.access.actor import Actor
from service.db import db
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.flows.hiring import commands, commands_import, queries
from service.flows.hiring.staging import IMPORT
from tests.conftest import START
from tests.flows.hiring import county
from tests.service.flows.hiring.test_candidates import CLERK, OFFICER, STRANGER, register

HEADINGS = ["岗位行号", "姓名", "身份证号", "手机号", "学历", "毕业院校", "教师资格证", "资格审查结果", "不合格理由"]


def sheet(*rows, headings=HEADINGS):
    book = Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def row(serial, *, line=1, result="合格", reason=None, **changed):
    cells = {"name": f"考生{serial}", "id_number": county.id_number(serial), "phone": "13812345678", "degree": "本科"}
    cells |= changed
    return [line, *cells.values(), "师范大学", "小学语文", result, reason]


def bring(case, content, by=CLERK, **options):
    return commands.import_candidates(by, commands.ImportCandidates(case.id, content, **options), now=case.now)


def faults(refused):
    return [(fault.params["row"], fault.params["column"], fault.code) for fault in refused.value.faults]


def test_sheet_of_applicants_is_entered_with_one_event(case):
    imported = bring(case, sheet(row(1), row(2, result="不合格", reason="专业不符"), row(3, result=None)))
    assert (imported.rows, imported.inserted, imported.changed) == (3, 3, 0)
    found = queries.candidates(CLERK, case.id)
    assert [view.state for view in found] == ["qualified", "unqualified", "registered"]
    assert found[0].degree == "bachelor"
    assert found[0].phone == "138****5678"


def test_one_wrong_row_keeps_everything_out_and_every_fault_is_named(case):
    content = sheet(row(1), row(2, id_number="123", degree="小学"), row(3, line=7), row(1), row(4, result="也许"))
    with pytest.raises(Invalid) as refused:
        bring(case, content)
    assert refused.value.code == "import.rows"
    assert faults(refused) == [
        (3, "身份证号", "person.id_number_form"),
        (3, "学历", "candidate.degree"),
        (4, "岗位行号", "candidate.line"),
        (5, "身份证号", "candidate.twice"),
        (6, "资格审查结果", "candidate.state"),
    ]
    assert refused.value.faults[0].params["zh"] == "身份证号应为 18 位。"
    assert refused.value.faults[0].params["en"] == "The ID number must have 18 characters."
    assert queries.candidates(CLERK, case.id) == []


def test_right_rows_are_kept_when_that_was_asked_for(case):
    imported = bring(case, sheet(row(1), row(2, name=" "), row(3)), keep_good=True)
    assert (imported.rows, imported.inserted, len(imported.faults)) == (3, 2, 1)
    assert [view.name for view in queries.candidates(CLERK, case.id)] == ["考生1", "考生3"]


def test_who_is_in_the_case_already_is_not_entered_twice(case):
    register(case)
    with pytest.raises(Invalid) as refused:
        bring(case, sheet(row(1)))
    assert faults(refused) == [(2, "身份证号", "candidate.twice")]


def test_an_id_number_that_excel_made_a_number_is_refused_with_the_remedy(case):
    with pytest.raises(Invalid) as refused:
        bring(case, sheet(row(1, id_number=110101199501010010)))
    assert faults(refused) == [(2, "身份证号", "import.number_not_text")]
    assert "文本" in refused.value.faults[0].params["zh"]


def test_phone_may_be_a_number_and_empty_rows_do_not_count(case):
    imported = bring(case, sheet(row(1, phone=13812345678), [None] * 9, row(2, phone=None)))
    assert (imported.rows, imported.inserted) == (2, 2)


def test_english_headings_are_understood_and_missing_ones_named(case):
    english = ["Line of the post", "Name", "ID number", "Degree"]
    assert bring(case, sheet([1, "Lin", county.id_number(1), "master"], headings=english)).inserted == 1
    with pytest.raises(Invalid) as refused:
        bring(case, sheet(headings=["姓名", "学历"]))
    assert [fault.path for fault in refused.value.faults] == ["line", "id_number"]


def test_scores_come_back_in_the_sheet_that_was_downloaded(case):
    people = case.register(3)
    case.complete("qualify_school", "confirm").complete("ratio_decision", "keep")
    book = load_workbook(BytesIO(queries.sheet(CLERK, case.id)))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0] == ("编号（勿改）", "岗位行号", "姓名", "笔试成绩")
    assert [found[0] for found in rows[1:]] == people
    for number, score in ((2, 88), (3, 91.5)):
        book.active.cell(number, 4).value = score
    packed = BytesIO()
    book.save(packed)
    assert bring(case, packed.getvalue()).changed == 2
    assert [view.written for view in queries.candidates(CLERK, case.id)] == [88, 91.5, None]


def test_wrong_scores_and_strangers_are_named(case):
    people = case.register(2)
    case.complete("qualify_school", "confirm").complete("ratio_decision", "keep")
    headings = ["编号（勿改）", "岗位行号", "姓名", "笔试成绩"]
    with pytest.raises(Invalid) as refused:
        bring(case, sheet([people[0], 1, "甲", 101], ["nobody", 1, "乙", 90], headings=headings))
    assert faults(refused) == [(2, "笔试成绩", "candidate.score"), (3, "编号（勿改）", "candidate.absent")]
    assert [view.written for view in queries.candidates(CLERK, case.id)] == [None, None]


def test_template_of_registration_is_empty_and_can_be_read_back(case):
    found = sheets.read_workbook(queries.sheet(CLERK, case.id))
    assert (list(found.headings), found.rows) == (HEADINGS, ())
    assert sheets.read_workbook(queries.sheet(CLERK, case.id, locale="en")).headings[0] == "Line of the post"


def test_no_sheet_is_taken_where_none_is_expected(case):
    case.register(3)
    for step in ("qualify_school", "ratio_decision", "exam_school", "interview", "inspection"):
        case.complete(step, "keep" if step == "ratio_decision" else "confirm")
    for attempt in (lambda: bring(case, sheet()), lambda: queries.sheet(CLERK, case.id)):
        with pytest.raises(Conflict):
            attempt()


def test_import_is_for_the_side_whose_step_it_is(case):
    with pytest.raises(Forbidden):
        bring(case, sheet(row(1)), OFFICER)
    with pytest.raises(NotFound):
        bring(case, sheet(row(1)), STRANGER)


def test_what_is_no_workbook_or_too_large_is_refused_before_it_is_unpacked(case):
    bomb = BytesIO()
    with ZipFile(bomb, "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.MAX_UNPACKED + 1))
    empty = BytesIO()
    with ZipFile(empty, "w") as packed:
        packed.writestr("a.txt", "a")
    for content, code in (
        (b"name,id", "import.unreadable"),
        (empty.getvalue(), "import.unreadable"),
        (bomb.getvalue(), "import.too_large"),
        (b"x" * (sheets.MAX_BYTES + 1), "import.too_large"),
    ):
        with pytest.raises(Invalid) as refused:
            bring(case, content)
        assert refused.value.code == code


def test_more_rows_than_the_limit_are_refused(case, monkeypatch):
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    with pytest.raises(Invalid) as refused:
        bring(case, sheet(*(row(number) for number in range(1, 5))))
    assert refused.value.code == "import.too_many_rows"


def test_english_words_and_any_case_are_understood_beside_chinese(case):
    english = ["Line of the post", "Name", "ID number", "Phone", "Degree", "Graduated from", "Teaching certificate",
               "Result of the review", "Reason when unqualified"]  # fmt: skip
    rows = [
        row(1, degree="Master’s", result="Qualified"),
        row(2, degree="phd", result="Not qualified", reason="late"),
        row(3, degree="本科", result="合格"),
    ]
    bring(case, sheet(*rows, headings=english))
    found = [(view.degree, view.state) for view in queries.candidates(CLERK, case.id)]
    assert found == [("master", "qualified"), ("phd", "unqualified"), ("bachelor", "qualified")]


def test_the_template_and_a_wrong_line_say_which_line_is_which_subject(case):
    template = load_workbook(BytesIO(queries.sheet(CLERK, case.id)))
    listed = [tuple(cells) for cells in template.worksheets[1].iter_rows(min_row=2, values_only=True)]
    subjects = {line: subject for line, subject, _ in listed}
    assert subjects
    with pytest.raises(Invalid) as refused:
        bring(case, sheet(row(1, line=99)))
    words = refused.value.faults[0].params["zh"]
    assert all(f"{line} = {subject}" in words for line, subject in subjects.items())


def begun(case, content, by=CLERK):
    return commands_import.begin_import(by, commands_import.BeginImport(case.id, content, "表.xlsx"), now=case.now)


def go(import_id, by=CLERK):
    return commands_import.check_part(by, commands_import.ImportStep(import_id), now=START)


def finish(import_id, by=CLERK):
    return commands_import.finish_import(by, commands_import.ImportStep(import_id), now=START)


def test_an_import_in_parts_writes_nothing_before_its_end_and_then_everything(case):
    import_id = begun(case, sheet(*(row(n) for n in range(1, 301))))
    with pytest.raises(Conflict, match=r"import\.unchecked"):
        finish(import_id)
    told = [(go(import_id).done, len(queries.candidates(CLERK, case.id))) for _ in range(3)]
    assert told == [(100, 0), (200, 0), (300, 0)]
    assert finish(import_id).inserted == 300
    assert len(queries.candidates(CLERK, case.id)) == 300
    with pytest.raises(NotFound, match=r"import\.absent"):
        finish(import_id)


def test_who_stands_twice_in_different_parts_is_found_at_the_end_and_nothing_is_written(case):
    import_id = begun(case, sheet(*(row(n) for n in range(1, 120)), row(1)))
    assert [go(import_id).faults for _ in range(2)] == [(), ()]
    with pytest.raises(Invalid) as refused:
        finish(import_id)
    assert faults(refused) == [(121, "身份证号", "candidate.twice")]
    assert queries.candidates(CLERK, case.id) == []


def test_faults_of_every_part_are_kept_and_the_sheet_stands_encrypted(case):
    import_id = begun(case, sheet(row(1, degree="小学"), *(row(n) for n in range(2, 120)), row(120, line=7)))
    assert [fault.params["row"] for fault in go(import_id).faults] == [2]
    assert [fault.params["row"] for fault in go(import_id).faults] == [2, 121]
    (kept,) = db.session.execute(select(IMPORT)).all()
    db.session.rollback()
    assert county.id_number(2).encode() not in kept.sheet + kept.faults


def test_an_import_is_its_owners_ends_with_registration_and_is_dropped_after_a_day(case):
    import_id = begun(case, sheet(row(1)))
    with pytest.raises(NotFound, match=r"import\.absent"):
        go(import_id, OFFICER)
    with pytest.raises(NotFound):
        begun(case, sheet(row(1)), STRANGER)
    later = begun(case, sheet(row(2)))
    with pytest.raises(NotFound):
        go(import_id)
    assert commands_import.clean_up(Actor.system(), now=case.now + timedelta(hours=23)) == 0
    assert commands_import.clean_up(Actor.system(), now=case.now + timedelta(hours=25)) == 1
    with pytest.raises(NotFound):
        go(later)
    with pytest.raises(Invalid, match=r"import\.empty"):
        begun(case, sheet())

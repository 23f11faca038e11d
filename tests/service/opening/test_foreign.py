"""Sheets of other systems: a title above the headings, the same heading twice, names that are only alike."""

from datetime import date, datetime

import orjson
import pytest

from service.access.roles import ROLES as CODES
from service.errors import Invalid
from service.opening import mapping
from service.opening.cells import value_of
from service.opening.mapping import GUESSED, NONE, SURE
from service.opening.reading import expect_columns
from service.opening.shapes import year_of
from service.opening.templates import TABLES
from service.opening.vocabulary import ROLES, VALUES
from service.opening.workbook import blank
from service.records.rules import KINDS
from service.sheets import Heading, Page, book, read_book
from tests.service.opening import books


def foreign(*lines):
    """A sheet with these lines, the first a title."""
    return read_book(book([Page("在职人员", [Heading("青禾县在职教师名册")], lines)]), 100)


def test_a_title_above_the_headings_is_passed_over_and_rows_keep_their_numbers():
    sheet = foreign(["单位", "姓名", "身份证号"], ["s01", "林知远", books.number(1)])["在职人员"]
    assert sheet.headings == ("单位", "姓名", "身份证号")
    assert [number for number, _ in sheet.rows] == [3]


def test_a_cell_that_a_spreadsheet_keeps_as_a_day_is_the_day_also_after_it_was_put_by():
    day = datetime.fromisoformat("2010-09-01")
    [(_, cells)] = foreign(["单位", "姓名", "聘任日期"], ["s01", "林知远", day])["在职人员"].rows
    put_by = orjson.loads(orjson.dumps(cells))
    assert value_of(TABLES["staff"].column("appointed_on"), put_by["聘任日期"]) == date(2010, 9, 1)


def test_every_value_of_a_record_has_its_words_and_is_told_in_the_notes():
    notes = read_book(blank("zh", 2026, {}), 1_000)["填写说明"].rows
    told = {cells["列"]: cells["可填内容"] or "" for _, cells in notes if cells["表"] == "履历奖惩"}
    for kind in KINDS.values():
        assert [VALUES[word.casefold()] for word in told[kind.zh].split("、") if word] == list(kind.values)


def test_the_same_heading_twice_is_asked_for_and_never_read_in_silence():
    headings = ["单位", "姓名", "身份证号", "用工形式", "岗位类别", "聘任日期", "学历", "学历"]
    sheets = foreign(headings, ["s01", "林知远", books.number(1), "在编", "专业技术", "2010-09-01", "本科", "硕士"])
    [found] = mapping.propose(sheets, {})
    assert found.table == "staff" and [h.column for h in found.headings[-2:]] == ["degree", "degree"]
    with pytest.raises(Invalid, match=r"opening\.mapping"):
        expect_columns([found])


def test_headings_are_known_by_name_by_what_was_confirmed_or_guessed_to_be_looked_at():
    sheets = foreign(
        ["工作单位", "姓 名*", "公民身份号码", "岗位等级（级）", "聘任日 期", "聘任起始日期", "家庭住址"], ["x"] * 7
    )
    [found] = mapping.propose(sheets, {("staff", "家庭住址"): None})
    told = {one.heading: (one.column, one.how) for one in found.headings}
    assert told["公民身份号码"] == ("id_number", SURE) and told["岗位等级（级）"] == ("grade", SURE)
    assert told["聘任日 期"] == ("appointed_on", SURE) and told["家庭住址"] == (None, SURE)
    assert told["聘任起始日期"][1] in (GUESSED, NONE)


def test_a_bare_year_is_no_assessment():
    assert (year_of("2025"), year_of("2025年"), year_of("2025年工资")) == (None, None, None)
    assert {year_of(text) for text in ("2025年度考核", "2025年考核结果", "年度考核2025", "assessment2025")} == {2025}


def test_every_role_and_every_column_has_its_words():
    assert set(ROLES.values()) == set(CODES)
    for table in TABLES.values():
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names)) and set(table.identity) <= set(names)
        assert all(column.zh and column.en for column in table.columns)

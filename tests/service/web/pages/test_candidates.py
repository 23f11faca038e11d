"""The candidates of a case in the browser: entered, reviewed, scored, chosen; who may, and what is refused."""

import re
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from service.flows.hiring import commands_import
from service.runs.working import work
from tests.driver import Case
from tests.flows.hiring.county import id_number
from tests.service.web.pages.browser import Site, Visitor
from tests.service.web.pages.test_ledger import words_of

ONE = {"line": "1", "name": "林知远", "id_number": id_number(1), "phone": "13812340126", "degree": "master"}
ROW = re.compile(r'name="rows\.(\d+)\.(id|version)" value="([^"]+)"')


@pytest.fixture
def case(site: Site) -> Case:
    return site.registering()


def rows_of(clerk: Visitor, case: Case) -> dict[str, str]:
    """The hidden fields of the list, as the browser would send them."""
    page = clerk.text(f"/cases/{case.id}/candidates")
    return {f"rows.{number}.{name}": value for number, name, value in ROW.findall(page)}


def enter(clerk: Visitor, case: Case, count: int) -> None:
    for number in range(1, count + 1):
        entered = ONE | {"name": f"考生{number}", "id_number": id_number(number)}
        assert clerk.post(f"/cases/{case.id}/candidates/new", entered).status_code == 302


def mark(clerk: Visitor, case: Case, marks: list[str], **fields: str) -> Any:
    return clerk.post(f"/cases/{case.id}/candidates/marks", {**rows_of(clerk, case), "marks": marks, **fields})


def every(name: str, value: str, count: int) -> dict[str, str]:
    return {f"rows.{number}.{name}": value for number in range(count)}


def test_somebody_is_entered_and_shown_masked(site: Site, case: Case) -> None:
    clerk = site.visitor("s01.hr")
    assert "登记候选人" in clerk.text(f"/cases/{case.id}/candidates/new")
    assert clerk.post(f"/cases/{case.id}/candidates/new", ONE).location == f"/cases/{case.id}/candidates"
    page = clerk.text(f"/cases/{case.id}/candidates")
    assert "林知远" in page
    assert id_number(1) not in page
    assert f"110***********{id_number(1)[-4:]}" in page
    assert "硕士" in words_of(page)


def test_saving_and_entering_another_stays_on_the_form(site: Site, case: Case) -> None:
    reply = site.visitor("s01.hr").post(f"/cases/{case.id}/candidates/new", {**ONE, "another": "true"})
    assert reply.location == f"/cases/{case.id}/candidates/new"


def test_faults_stand_beside_their_fields_and_what_was_typed_is_kept(site: Site, case: Case) -> None:
    wrong = ONE | {"id_number": "1101011", "phone": "123"}
    refused = site.visitor("s01.hr").post(f"/cases/{case.id}/candidates/new", wrong)
    assert refused.status_code == 422
    assert 'id="c-id_number-error"' in refused.text
    assert "身份证号应为 18 位" in refused.text
    assert 'value="林知远"' in refused.text
    english = site.visitor("s01.hr", "en").post(f"/cases/{case.id}/candidates/new", wrong)
    assert "must have 18 characters" in english.text


def test_an_entry_is_corrected_and_an_empty_number_is_kept(site: Site, case: Case) -> None:
    clerk = site.visitor("s01.hr")
    enter(clerk, case, 1)
    (address,) = re.findall(r'href="(/candidates/[^"]+/edit)"', clerk.text(f"/cases/{case.id}/candidates"))
    assert id_number(1) not in clerk.text(address)
    changed = ONE | {"name": "林致远", "id_number": "", "phone": "", "version": "1"}
    assert clerk.post(address, changed).status_code == 302
    page = clerk.text(f"/cases/{case.id}/candidates")
    assert "林致远" in page
    assert f"110***********{id_number(1)[-4:]}" in page
    assert clerk.post(address, changed | {"name": "林志远"}).status_code == 409


def test_a_wrong_entry_is_removed_with_its_reason(site: Site, case: Case) -> None:
    clerk = site.visitor("s01.hr")
    enter(clerk, case, 1)
    (address,) = re.findall(r'href="(/candidates/[^"]+)/edit"', clerk.text(f"/cases/{case.id}/candidates"))
    assert clerk.post(f"{address}/remove", {"version": "1"}).status_code == 422
    assert clerk.post(f"{address}/remove", {"version": "1", "reason": "重复登记"}).status_code == 302
    assert "考生1" not in clerk.text(f"/cases/{case.id}/candidates")


def test_a_number_is_told_for_a_reason(site: Site, case: Case) -> None:
    clerk = site.visitor("s01.hr")
    enter(clerk, case, 1)
    (address,) = re.findall(
        r'hx-post="(/candidates/[^"]+/reveal/id_number)"', clerk.text(f"/cases/{case.id}/candidates")
    )
    assert id_number(1) not in clerk.post(address).text
    assert id_number(1) in clerk.post(address, {"reason": "核对原件"}).text
    assert site.visitor("s02.hr").post(address, {"reason": "好奇"}).status_code == 404


def test_the_whole_way_from_review_to_choice_is_filled_in_by_lists(site: Site, case: Case) -> None:
    clerk, by = site.visitor("s01.hr"), "s01.hr"
    enter(clerk, case, 7)
    case.fire("announcement_period")
    review = every("state", "qualified", 7) | {"rows.6.state": "unqualified", "rows.6.reason": "专业不符"}
    assert mark(clerk, case, ["state", "reason"], **review).status_code == 302
    assert "专业不符" in clerk.text(f"/cases/{case.id}/candidates")
    case.complete("qualify_school", by, "confirm")
    written = {f"rows.{number}.written": str(90.5 - number) for number in range(6)}
    assert mark(clerk, case, ["written"], **written).status_code == 302
    case.complete("exam_school", by, "confirm", exam_on="2026-10-20", written_pass_line=60)
    assert mark(clerk, case, ["interview"], **every("interview", "85", 6)).status_code == 302
    case.complete("interview", by, "confirm", interview_on="2026-10-27")
    assert mark(clerk, case, ["inspection"], **every("inspection", "passed", 6)).status_code == 302
    case.complete("inspection", by, "confirm", inspection_note="无异常")
    page = clerk.text(f"/cases/{case.id}/candidates")
    assert re.findall(r'name="rows\.(\d)\.chosen"[^>]* checked', page) == ["0", "1"]
    assert "87.75" in page
    assert mark(clerk, case, ["chosen"], **{"rows.0.chosen": "true", "rows.2.chosen": "true"}).status_code == 302
    page = clerk.text(f"/cases/{case.id}/candidates")
    assert re.findall(r'name="rows\.(\d)\.chosen"[^>]* checked', page) == ["0", "2"]


def test_one_wrong_mark_keeps_all_out_and_stands_beside_its_field(site: Site, case: Case) -> None:
    clerk = site.visitor("s01.hr")
    enter(clerk, case, 2)
    case.fire("announcement_period")
    review = {"rows.0.state": "qualified", "rows.1.state": "unqualified", "rows.1.reason": ""}
    refused = mark(clerk, case, ["state", "reason"], **review)
    assert refused.status_code == 422
    assert 'id="m-1-reason-error"' in refused.text
    assert "还没有保存" in refused.text
    assert re.search(r'value="unqualified" selected', refused.text)
    assert "selected" not in clerk.text(f"/cases/{case.id}/candidates")


def test_who_was_faster_wins_and_an_unchanged_row_is_no_conflict(site: Site, case: Case) -> None:
    clerk = site.visitor("s01.hr")
    enter(clerk, case, 2)
    case.fire("announcement_period")
    before = rows_of(clerk, case)
    assert mark(clerk, case, ["state", "reason"], **{"rows.0.state": "qualified"}).status_code == 302
    stale = {**before, "marks": ["state", "reason"], "rows.0.state": "qualified", "rows.1.state": "qualified"}
    assert clerk.post(f"/cases/{case.id}/candidates/marks", stale).status_code == 302
    stale["rows.0.state"], stale["rows.0.reason"] = "unqualified", "材料不全"
    assert clerk.post(f"/cases/{case.id}/candidates/marks", stale).status_code == 409


def test_a_sheet_goes_out_and_comes_back_and_its_faults_are_listed(site: Site, case: Case) -> None:
    clerk = site.visitor("s01.hr")
    sheet = clerk.get(f"/cases/{case.id}/candidates.xlsx")
    assert sheet.headers["Content-Disposition"] == 'attachment; filename="candidates-ZP-2026-0001.xlsx"'
    rows = [(1, "林知远", id_number(1), "13812340126", "硕士"), (1, "周望舒", "1101", None, "本科")]
    assert send(clerk, case, filled(sheet.data, rows)).status_code == 302
    assert work("short", pace=0) == 1
    refused = clerk.text(f"/cases/{case.id}/candidates")
    assert "1101" in words_of(refused) and "身份证号" in refused and "every 1s" not in refused
    assert "林知远" not in names_in(clerk, case)
    assert "写入 0 行，有误 1 行" in clerk.text("/my/runs")
    assert send(clerk, case, filled(sheet.data, rows[:1])).status_code == 302
    assert "every 1s" in clerk.text(f"/cases/{case.id}/candidates")
    assert "林知远" not in names_in(clerk, case)
    assert work("short", pace=0) == 1
    assert "林知远" in names_in(clerk, case)
    assert f'href="/cases/{case.id}/candidates">写入 1 行，有误 0 行' in clerk.text("/my/runs")
    assert send(clerk, case, b"no workbook").status_code == 422


def test_a_long_sheet_shows_how_far_it_is_and_nothing_is_there_before_the_end(
    site: Site, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, other = site.visitor("s01.hr"), site.visitor("s01.principal")
    template = clerk.get(f"/cases/{case.id}/candidates.xlsx").data
    rows = [(1, f"考生{n}", id_number(n), None, "Master") for n in range(1, 251)]
    send(clerk, case, filled(template, rows))
    told: list[tuple[list[str], list[str]]] = []
    check = commands_import.check_part

    def watched(*arguments: Any, **options: Any) -> Any:
        shown = re.findall(r"(\d+) / 250", clerk.text(f"/cases/{case.id}/candidates"))
        told.append((shown, names_in(other, case)))
        return check(*arguments, **options)

    monkeypatch.setattr(commands_import, "check_part", watched)
    assert work("short", pace=0) == 1
    assert told == [(["0"], []), (["100"], []), (["200"], [])]
    assert len(names_in(other, case)) == 250


NAME = re.compile(r'<td class="lead"><a class="name" href="[^"]+">([^<]+)<')


def names_in(clerk: Visitor, case: Case) -> list[str]:
    return NAME.findall(clerk.text(f"/cases/{case.id}/candidates"))


def filled(template: bytes, rows: list[tuple[Any, ...]]) -> bytes:
    book = load_workbook(BytesIO(template))
    for row in rows:
        book.worksheets[0].append(row)
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def send(clerk: Visitor, case: Case, content: bytes) -> Any:
    return clerk.post(f"/cases/{case.id}/candidates/import", {"sheet": (BytesIO(content), "报名表.xlsx")})


def test_the_bureau_looks_but_does_not_write_the_schools_review(site: Site, case: Case) -> None:
    enter(site.visitor("s01.hr"), case, 1)
    case.fire("announcement_period")
    officer = site.visitor("bureau.hr")
    page = officer.text(f"/cases/{case.id}/candidates")
    assert "考生1" in page
    assert 'name="marks"' not in page
    sent = rows_of(site.visitor("s01.hr"), case) | {"marks": "state", "rows.0.state": "qualified"}
    assert officer.post(f"/cases/{case.id}/candidates/marks", sent).status_code == 403


def test_another_school_gets_404_the_quota_office_403_no_token_400(site: Site, case: Case) -> None:
    clerk, other = site.visitor("s01.hr"), site.visitor("s02.hr")
    enter(clerk, case, 1)
    (address,) = re.findall(r'href="(/candidates/[^"]+/edit)"', clerk.text(f"/cases/{case.id}/candidates"))
    for path in ("", ".xlsx", "/new"):
        assert other.get(f"/cases/{case.id}/candidates{path}").status_code == 404
    assert other.get(address).status_code == 404
    assert other.post(f"/cases/{case.id}/candidates/new", ONE).status_code == 404
    assert site.visitor("staffing.office").get(f"/cases/{case.id}/candidates").status_code == 403
    assert clerk.post(f"/cases/{case.id}/candidates/new", ONE, with_token=False).status_code == 400


def test_after_registration_nobody_is_entered_any_more(site: Site) -> None:
    case = site.hiring()
    clerk = site.visitor("s01.hr")
    assert clerk.get(f"/cases/{case.id}/candidates/new").status_code == 409
    assert clerk.post(f"/cases/{case.id}/candidates/new", ONE).status_code == 409
    assert "还没有登记任何人" in clerk.text(f"/cases/{case.id}/candidates")


def test_the_same_in_english(site: Site, case: Case) -> None:
    clerk = site.visitor("s01.hr", "en")
    enter(clerk, case, 1)
    page = words_of(clerk.text(f"/cases/{case.id}/candidates"))
    assert "Enter a candidate" in page
    assert "1 candidate · 2 posts" in page
    assert "Registered" in page

"""Personnel changes in the browser: the kinds, whom, the form of a kind, the list and its table."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest

from service.attachments.commands import StoreAttachment, store_attachment
from service.db import transaction
from service.demo.cases import minutes_pdf
from service.records import writing
from service.records.rules import Entry
from service.runs import working
from service.sheets import XLSX
from tests.driver import BPMN, Case, folder
from tests.service.people.county import id_number
from tests.service.web.pages.browser import Site
from tests.service.web.pages.test_ledger import words_of
from workflows import catalogue


@pytest.fixture
def office(site: Site) -> Site:
    with transaction() as session:
        catalogue.deploy(session, folder(BPMN / "personnel"), now=site.driver.now)
    return site


def filled(site: Site, kind: str, who: str = "s01.teacher", **more: Any) -> dict[str, Any]:
    stored = StoreAttachment(BytesIO(minutes_pdf()), "文件.pdf")
    scan = store_attachment(site.driver.actor("s01.hr"), stored, now=site.driver.now)
    return {
        "organisation_id": site.organisation("s01"), "kind": kind, "person_id": site.driver.county.persons[who],
        "name": who, "effective_on": "2026-09-10", "document": "青教人〔2026〕8号", "document_on": "2026-09-08",
        "scan[]": scan, **more,
    }  # fmt: skip


def test_a_clerk_chooses_the_kind_and_the_person_and_fills_in_what_that_kind_asks(office: Site) -> None:
    clerk, person = office.visitor("s01.hr"), office.driver.county.persons["s01.teacher"]
    assert clerk.get("/start/personnel").location.endswith("/personnel/new")
    assert "公费师范生安置" in clerk.text("/personnel/new")
    assert "s01.teacher" in clerk.text("/personnel/new?kind=grade")
    form = clerk.text(f"/personnel/new?kind=grade&person={person}")
    assert 'name="grade"' in form
    assert 'name="new_name"' not in form
    arrival = clerk.text("/personnel/new?kind=transfer_in")
    assert 'name="id_number"' in arrival
    wrong = clerk.post("/personnel/new", filled(office, "grade", grade="5"))
    assert wrong.status_code == 422
    assert "跨级别变动请选晋级或降级" in wrong.text
    sent = clerk.post("/personnel/new", {**filled(office, "grade", grade="10"), "idempotency_key": "once"})
    assert sent.status_code == 302
    again = clerk.post("/personnel/new", {**filled(office, "grade", grade="10"), "idempotency_key": "once"})
    assert again.status_code in (302, 422)
    assert "岗位等级变动：s01.teacher" in clerk.text(sent.location)


def test_the_list_tells_each_school_what_is_open_and_hr_everything(office: Site) -> None:
    clerk, officer, other = (office.visitor(who) for who in ("s01.hr", "bureau.hr", "s02.hr"))
    retires = filled(office, "retirement", effective_on="2026-09-20", note="依据鉴定")
    assert clerk.post("/personnel/new", retires).status_code == 302
    mine = words_of(office.visitor("s01.teacher").text("/me"))
    assert "他人为我办理的" in mine and "退休：s01.teacher" in mine
    page = words_of(officer.text("/personnel"))
    assert "退休：s01.teacher" in page
    assert "2026-09-20" in page
    assert "退休：s01.teacher" not in officer.text("/personnel?kind=transfer")
    assert "退休：s01.teacher" not in officer.text("/personnel?state=done")
    assert "退休：s01.teacher" not in other.text("/personnel?state=all")
    table = officer.get("/personnel.xlsx")
    assert table.mimetype == XLSX


def test_a_full_ledger_comes_back_with_the_account(office: Site) -> None:
    clerk = office.visitor("s01.hr")
    rise = {"assessment": "excellent", "band": "senior", "grade": "7"}
    person_id = office.driver.county.persons["s01.teacher"]
    with transaction() as session:
        writing.add(session, person_id, Entry("title", date(2020, 9, 1), value="高级"), by="hr", now=office.driver.now)
    office.visitor("bureau.hr").post(f"/people/{person_id}/check-file", {"topic": "discipline"})
    refused = clerk.post("/personnel/new", filled(office, "promotion", **rise))
    assert refused.status_code == 409
    assert "高级" in words_of(refused.text)


def test_a_sheet_is_checked_then_handed_in_row_by_row(office: Site) -> None:
    clerk, template = office.visitor("s01.hr"), office.visitor("s01.hr").get("/personnel/template.xlsx")
    assert template.mimetype == XLSX
    assert "从表格批量登记" in clerk.text("/personnel/import")
    cells = "异动种类,姓名,身份证号,生效日期,文件名称和文号,文件日期,岗位等级\n"
    number = id_number(13)

    def sent(line: str) -> dict[str, Any]:
        return {"organisation_id": office.organisation("s01"), "scan": (BytesIO(minutes_pdf()), "文件.pdf"),
                "sheet": (BytesIO((cells + line).encode()), "异动.csv")}  # fmt: skip

    wrong = clerk.post("/personnel/import", sent(f"岗位等级变动,s01.teacher,{number},2026-09-10,文,2026-09-08,5"))
    assert wrong.status_code == 422
    assert "跨级别变动请选晋级或降级" in wrong.text
    right = clerk.post("/personnel/import", sent(f"岗位等级变动,s01.teacher,{number},2026-09-10,文,2026-09-08,10"))
    assert right.status_code == 302, words_of(right.text)
    assert working.work("short") == 1
    page = words_of(clerk.text(right.location))
    assert "已提交 1 件" in page
    assert "s01.teacher 岗位等级变动" in page


def test_a_returned_loan_goes_to_another_school_by_its_correction(office: Site) -> None:
    clerk, chief = office.visitor("s01.hr"), office.visitor("bureau.chief")
    wrong = clerk.post("/personnel/new", filled(office, "loan", loan="support", to_school=office.organisation("s02")))
    assert wrong.status_code == 302
    case = Case(office.driver, wrong.location.rpartition("/")[2])
    task = case.task("confirm")
    assert "S02" in chief.text(f"/tasks/{task.id}")
    case.complete("confirm", "bureau.chief", "return", "学校写错")
    form = clerk.text(f"/tasks/{case.task('correction').id}")
    assert 'name="to_school"' in form and office.organisation("point") in form
    scan = {"scan": case.variables["scan"]}
    paper = {"loan": "support", "effective_on": "2026-09-10", "document": "更正", "document_on": "2026-09-08", **scan}
    case.complete(
        "correction", "s01.hr", "resubmit", to_school=office.organisation("point"), name="s01.teacher", **paper
    )
    assert case.variables["to_school"] == office.organisation("point")

"""One hiring case from the school's demand to the new teacher, by people at browsers and nothing else."""

import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from service.runs.working import work
from tests.browser.people import PHONE, House, Person
from tests.service.people.county import id_number

pytestmark = pytest.mark.browser
START = {"posts__0__subject": "语文", "posts__0__stage": "primary", "posts__0__band": "junior"}
NEED = {
    "degree": "bachelor",
    "certificate": "小学语文教师资格证",
    "need": "本学年退休 2 人。",
    "meeting_on": "2026-09-08",
}


def demand(clerk: Person, count: int = 2) -> str:
    """Go through the start form; the number of the case that it brings."""
    clerk.go("/start/hiring")
    clerk.fill(**START, posts__0__count=count)
    expect(clerk.page.locator("#effect")).to_contain_text(f"本次 {count}")
    forward(clerk)
    clerk.fill(**NEED)
    forward(clerk)
    forward(clerk)
    expect(clerk.page.locator("main input[type=file]:visible")).to_have_count(1)  # the minutes are needed to go on
    clerk.upload()
    forward(clerk)
    clerk.sees(f"语文 · 小学 · 初级 · {count}", "[data-review]")
    clerk.page.locator("[data-send]:visible").first.click()
    clerk.page.wait_for_url("**/cases/*")
    return clerk.page.locator(".crumb .num").inner_text()


def forward(clerk: Person) -> None:
    clerk.page.locator("[data-next]:visible").first.click()


def fire(admin: Person, key: str) -> None:
    """An admin lets a waiting period of the case end now."""
    admin.go("/deadlines?kind=event")
    admin.page.locator("tbody tr", has_text=key).first.locator("button").click()
    admin.page.locator("dialog#confirm button[value=yes]").click()
    expect(admin.page.locator(".toast-line")).to_contain_text("已触发")


def enter_all(clerk: Person, path: str, field: str, values: list[str]) -> None:
    """Fill in one column of the candidates' list and save it."""
    clerk.go(path)
    controls = clerk.page.locator(f"[name^='rows.'][name$='.{field}']")
    expect(controls).to_have_count(len(values))
    for number, value in enumerate(values):
        if field in ("state", "inspection"):
            controls.nth(number).select_option(value)
        else:
            controls.nth(number).fill(value)
    clerk.page.get_by_role("button", name="保存").click()
    expect(clerk.page.locator(".toast-line")).to_contain_text("已保存")


def sheet(clerk: Person, path: str, folder: Path, numbers: range, *, wrong: bool = False) -> None:
    """Download the empty sheet, fill in a line for each number, and import it."""
    clerk.go(path)
    with clerk.page.expect_download() as download:
        clerk.page.get_by_role("link", name=re.compile("XLSX")).click()
    book = openpyxl.load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    page = book.worksheets[0]
    headings = [cell.value for cell in page[1]]
    for row, number in enumerate(numbers, start=2):
        told = {
            "岗位行号": 1,
            "姓名": f"考生{number}",
            "学历": "本科",
            "毕业院校": "师范大学",
            "教师资格证": "小学语文",
        }
        told["身份证号"] = "123" if wrong else id_number(number, "19950101")
        for column, heading in enumerate(headings, start=1):
            page.cell(row, column).value = told.get(heading)
    book.save(folder / "名单.xlsx")
    clerk.page.set_input_files("#sheet", folder / "名单.xlsx")
    clerk.page.get_by_role("button", name="核对并导入").click()
    expect(clerk.page.locator(".run progress")).to_be_visible()
    work("short")


def about(clerk: Person) -> str:
    """The candidate whom the open task is about."""
    return clerk.page.locator(".tags .tag", has_text="语文").inner_text().partition(" ")[0]


def reviewed(house: House, clerk: Person, key: str) -> None:
    """Three reviews: the HR bureau returns, the school corrects, the bureau cuts one post; then the filing."""
    officer, chief = house.person("bureau.hr"), house.person("bureau.chief")
    offices = [house.person("staffing.office"), house.person("hr.bureau")]
    offices[0].open(key).decide("approve")
    offices[1].open(key).decide("return", "请补充学科结构测算表。")
    officer.open(key).decide("approve")
    chief.open(key).decide("approve")
    clerk.open(key).sees("请补充学科结构测算表。", ".ask").fill(need="本学年退休 2 人，附测算表。").decide("resubmit")
    for office in offices:
        office.open(key).decide("approve")
    officer.open(key).fill(bureau_posts__0__granted=2, bureau_cut_reason="按测算核减 1 人。").decide("approve")
    chief.open(key).decide("approve")
    officer.open(key).fill(filing_number="备2026-1").decide("accept")


def registered(clerk: Person, people: str, folder: Path) -> None:
    """One applicant by form, six by a sheet; both are refused first for what is wrong in them."""
    clerk.go(f"{people}/new")
    entry = {"line": 1, "name": "考生1", "degree": "bachelor", "graduated_from": "师范大学"}
    clerk.fill(**entry, id_number=id_number(1, "19950101")[:-1] + "a").page.locator(".form-end .go").click()
    expect(clerk.page.locator(".error")).to_be_visible()
    clerk.fill(id_number=id_number(1, "19950101")).page.locator(".form-end .go").click()
    sheet(clerk, people, folder, range(2, 8), wrong=True)
    clerk.sees("6 行有误").check("import-refused")
    sheet(clerk, people, folder, range(2, 8))
    clerk.sees("7 名候选人")


def selected(clerk: Person, principal: Person, key: str, people: str) -> None:
    """Qualification, exam, interview, inspection, choice of the two who are first in rank."""
    clerk.open(key).decide("confirm", refused=True).sees("没有审查结果")
    enter_all(clerk, people, "state", ["qualified"] * 7)
    clerk.check("candidates")
    clerk.open(key).decide("confirm")
    enter_all(clerk, people, "written", [str(90 - number) for number in range(7)])
    clerk.open(key).fill(exam_on="2026-09-26").decide("confirm")
    enter_all(clerk, people, "interview", [str(90 - number) for number in range(7)])
    clerk.open(key).fill(interview_on="2026-09-28").decide("confirm")
    enter_all(clerk, people, "inspection", ["passed"] * 7)
    clerk.open(key).decide("confirm")
    clerk.go(people)
    assert clerk.page.locator("[name$='.chosen']:checked").count() == 2
    met(clerk.open(key), principal, key)


def met(clerk: Person, principal: Person, key: str) -> None:
    """The school's meeting chooses: the clerk enters its minutes, the principal was there and confirms them."""
    page, name = clerk.page, principal.who
    page.get_by_role("link", name="录入会议纪要").click()
    clerk.fill(minutes__meeting="校务会", minutes__held_on=clerk.house.site.driver.now.date().isoformat())
    page.locator("tbody tr", has_text=name).locator("select").select_option("present")
    page.locator("#chair_id").select_option(page.locator("#chair_id option", has_text=name).get_attribute("value"))
    clerk.upload()
    page.locator("input[name=decision][value=choose]").check()
    page.locator("[name=no_interest]").check()
    clerk.check("minutes")
    page.get_by_role("button", name="录入会议纪要").click()
    clerk.sees("考生1")
    principal.open(key).sees("考生1").page.locator("[name=no_interest]").check()
    principal.page.get_by_role("button", name="确认会议决定").click()
    principal.page.wait_for_url("**/")


def onboarded(house: House, clerk: Person, principal: Person, key: str) -> list[str]:
    """One fails the medical and the next follows, one objection is not upheld, two arrive: their names."""
    officer, admin = house.person("bureau.hr"), house.person("admin")
    clerk.go("/?box=claimable").locator(".inbox .row", has_text="体检 · 考生").first.wait_for()
    clerk.shot("inbox-slots")
    failed = about(clerk.open(key, "体检").sees("聘用一名人员：体检", ".panel.flow"))
    clerk.check("medical")
    clerk.fill(medical_on="2026-10-09").decide("fail", "复检仍不合格")
    for _ in range(2):
        clerk.open(key, "体检").fill(medical_on="2026-10-09").decide("pass")
    clerk.open(key, "公示").fill(objection_text="反映学历不实").decide("objection")
    officer.open(key).sees("反映学历不实").fill(inquiry_finding="经查学历属实").decide("cleared")
    fire(admin, key)
    fire(admin, key)
    for _ in range(2):
        clerk.open(key, "聘用").upload("聘用材料.pdf").decide("submit")
    for _ in range(2):
        officer.open(key).sees("聘用材料.pdf").decide("accept")
    for _ in range(2):
        principal.open(key).fill(contract_from="2026-10-20").decide("signed")
    hired = []
    for _ in range(2):
        hired.append(about(clerk.open(key, "到岗")))
        clerk.fill(onboarded_on="2026-09-10").decide("arrived")
    assert len({*hired, failed}) == 3
    return hired


def test_a_school_hires_two_teachers_from_demand_to_desk(house: House, tmp_path: Path) -> None:
    clerk, principal = house.person("s01.hr"), house.person("s01.principal")
    key = demand(clerk, 3)
    case = clerk.page.url.removeprefix(house.address)
    reviewed(house, clerk, key)
    clerk.open(key).fill(announced_at="县政府网站").decide("publish")
    registered(clerk, f"{case}/candidates", tmp_path)
    fire(house.person("admin"), key)
    selected(clerk, principal, key, f"{case}/candidates")
    hired = onboarded(house, clerk, principal, key)
    clerk.go(case)
    clerk.sees("办结", ".now").check("case-done")
    clerk.go("/ledger")
    clerk.sees("98").check("ledger")
    clerk.go(f"/organisations/{house.site.organisation('s01')}")
    for name in hired:
        clerk.sees(name)
    admin = house.person("admin")
    admin.go("/deadlines")
    admin.check("deadlines")


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_an_approver_decides_on_a_phone(house: House, locale: str) -> None:
    case = house.site.hiring()
    officer = house.person("bureau.hr", locale, PHONE)
    officer.go("/")
    officer.check(f"inbox-{locale}")
    officer.go("/")
    officer.page.locator(".inbox .row a.title").first.click()
    officer.check(f"task-{locale}")
    if locale == "en":
        own = officer.page.locator("main").inner_text()
        assert "Review by the HR section" in own
        assert "Check the demand against headcount" in own
    box = officer.page.locator(".diagram")
    box.scroll_into_view_if_needed()
    expect(box).to_have_attribute("data-drawn", "yes")
    expect(officer.page.locator('[data-element-id="bureau_review"]').first).to_be_in_viewport()
    officer.page.locator("section.dock button[value=return]").click()
    expect(officer.page.locator("#opinion-missing")).to_be_visible()
    officer.decide("approve")
    assert "bureau_review" in case.open()
    chief = house.person("bureau.chief", locale, PHONE)
    chief.open("", "").decide("approve")
    assert "bureau_review" not in case.open()

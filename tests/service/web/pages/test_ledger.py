"""The ledger in the browser: figures, filters, entries with their cases, and who may look."""

import re

from tests.service.web.pages.browser import Site


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_bureau_sees_every_school_its_figures_and_the_pool_below_its_floor(site: Site) -> None:
    site.hiring(count=3)
    page = words_of(site.visitor("bureau.hr").text("/ledger"))
    assert "全部 2 校中的 2 校" in page
    assert "96+3 / 100" in page
    assert "超 1" in page
    assert "3 个，下限 5（43 的 10%）" in page
    assert "低于下限 2" in page


def test_the_same_in_english(site: Site) -> None:
    page = words_of(site.visitor("bureau.hr", "en").text("/ledger"))
    assert "Headcount and posts" in page
    assert "3 posts, floor 5 (10% of 43)" in page
    assert "2 schools together" in page
    assert "编制" not in page


def test_filters_keep_the_schools_that_they_name(site: Site) -> None:
    site.hiring("s01")
    rows = re.compile(r'<td><a class="name" href="/ledger/([^"]+)"')
    hr = site.visitor("bureau.hr")
    assert rows.findall(hr.text("/ledger?show=reserved")) == [site.organisation("s01")]
    assert rows.findall(hr.text("/ledger?show=full")) == []
    assert len(rows.findall(hr.text("/ledger?show=excess"))) == 2
    assert hr.get("/ledger?show=nonsense").status_code == 422


def test_a_school_sees_its_own_account_and_no_pool(site: Site) -> None:
    page = site.visitor("s01.hr").text("/ledger")
    assert site.organisation("s01") in page
    assert site.organisation("s02") not in page
    assert "局预留岗位" not in page
    assert site.visitor("s01.hr").get(f"/ledger/{site.organisation('s02')}").status_code == 404


def test_a_teacher_may_not_enter(site: Site) -> None:
    assert site.visitor("s01.teacher").get("/ledger").status_code == 403
    assert site.visitor("s01.teacher").get(f"/ledger/{site.organisation('s01')}").status_code == 404


def test_entries_name_movement_change_case_and_who(site: Site) -> None:
    case = site.hiring(count=2)
    page = site.visitor("s01.principal").text(f"/ledger/{site.organisation('s01')}")
    read = words_of(page)
    assert "申请预留" in read
    assert "+2" in read
    assert f"/cases/{case.id}" in page
    assert "s01.hr" in read
    assert "期初余额" in read
    assert "县编〔2026〕1号" in read


def test_entries_of_one_account_only(site: Site) -> None:
    site.hiring()
    hr = site.visitor("bureau.hr")
    account = re.findall(r"account=([0-9a-f-]{36})", hr.text(f"/ledger/{site.organisation('s01')}"))[1]
    page = hr.text(f"/ledger/{site.organisation('s01')}?account={account}")
    assert page.count('data-label="变动"') == 1


def test_the_staffing_office_sees_the_figures_and_opens_only_cases_that_reached_it(site: Site) -> None:
    case = site.hiring()
    page = site.visitor("tdc").get("/ledger")
    assert page.status_code == 403
    assert f"/cases/{case.id}" in site.visitor("staffing.office").text(f"/ledger/{site.organisation('s01')}")


def test_without_a_session_every_page_leads_to_the_login(site: Site) -> None:
    reply = site.app.test_client().get("/ledger", headers={"Accept": "text/html"})
    assert reply.status_code == 302
    assert reply.location.startswith("/login?next=")

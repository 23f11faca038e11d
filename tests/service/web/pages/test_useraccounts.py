"""Accounts in bulk in the browser: the template, the sheet, slips to print, the first password."""

import re

from flask import Flask

from service.runs.declaring import SHORT
from service.runs.working import work
from service.sheets import read_workbook
from tests.service.web.api.outside import outside
from tests.service.web.api.test_useraccounts import PASSWORD, sheet, without_account
from tests.service.web.pages.browser import Site, Visitor


def test_in_the_browser_a_school_prints_slips_and_a_teacher_chooses_a_password(site: Site) -> None:
    without_account()
    address = f"/organisations/{site.organisation('s01')}/user-accounts"
    hr = site.visitor("bureau.hr")
    assert "/user-accounts" in hr.text(f"/organisations/{site.organisation('s01')}")
    template = read_workbook(hr.get(f"{address}/template.xlsx").data)
    assert [row["用户名"] for _, row in template.rows] == ["s01.001"]
    refused = hr.post(address, {"sheet": sheet(("nobody", "x", "li"))})
    assert refused.status_code == 422 and "该单位没有此人" in refused.text
    opened = hr.post(address, {"sheet": sheet(*[tuple(row.values()) for _, row in template.rows])})
    assert opened.status_code == 302
    office = hr.text(address)
    assert not re.findall(r'name="account_ids"[^>]* checked', office) and "只勾选学校负责人和干事" in office, (
        "the slip of a teacher is the clerk's to print"
    )
    clerk = site.visitor("s01.hr")
    chosen = re.findall(r'name="account_ids" value="([^"]+)"[^>]* checked', clerk.text(address))
    nobody = clerk.post(f"{address}/slips")
    assert nobody.status_code == 422
    [waiting] = re.findall(r'name="account_ids" value="([^"]+)"', clerk.text(address))
    assert chosen == [waiting]
    slips = clerk.post(f"{address}/slips", {"account_ids": waiting}).text
    code = re.search(r'class="num">([0-9A-Z-]{14})<', slips)
    assert code and "/activate" in slips
    assert not re.findall(r'name="account_ids"[^>]* checked', clerk.text(address)), (
        "a slip that was handed out stays good"
    )
    assert "s01.teacher" in slips
    stranger = Visitor(site.app, "", "zh")
    given = {"username": "s01.001", "code": code.group(1), "password": PASSWORD}
    assert stranger.post("/activate", {**given, "again": "other one here"}).status_code == 422
    assert "密码已设定" in activated(site.app, {**given, "again": PASSWORD})
    assert stranger.post("/activate", {**given, "again": PASSWORD}).status_code == 403
    assert stranger.post("/login", {"username": "s01.001", "password": PASSWORD}).status_code == 302
    assert site.visitor("s02.hr").get(address).status_code == 404


def test_in_the_browser_hr_opens_the_accounts_of_all_organisations_from_one_sheet(site: Site) -> None:
    without_account()
    hr = site.visitor("bureau.hr")
    assert 'href="/user-accounts"' in hr.text("/organisations")
    template = read_workbook(hr.get("/user-accounts/template.xlsx").data)
    assert [row["用户名"] for _, row in template.rows] == ["s01.001"]
    refused = hr.post("/user-accounts", {"sheet": sheet(("nobody", "x", "li"))})
    assert refused.status_code == 422 and "该单位没有此人" in refused.text
    rows = [tuple(row.values())[:3] for _, row in template.rows]
    asked = hr.post("/user-accounts", {"sheet": sheet(*rows)})
    assert asked.status_code == 302 and "run=" in asked.location
    assert "批量开通账号" in hr.text(asked.location)
    outside(lambda: worked(site.app))
    assert "开通 1 个账号" in hr.text(asked.location)
    assert site.visitor("s01.hr").get("/user-accounts").status_code == 403


def worked(app: Flask) -> None:
    with app.app_context():
        assert work(SHORT) == 1


def activated(app: Flask, given: dict[str, str]) -> str:
    """The page to which somebody comes who has chosen a password."""
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', outside(lambda: client.get("/activate")).text)
    assert token
    sent = {**given, "csrf_token": token.group(1)}
    return outside(lambda: client.post("/activate", data=sent, follow_redirects=True)).text

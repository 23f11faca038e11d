"""Notices in the browser: one's own, opened and read."""

import re
from datetime import timedelta

from sqlalchemy import select

from service.access.models import AccessToken
from service.db import db, transaction
from service.notices import outbox
from service.notices.delivery import deliver
from service.notices.outbox import Message
from tests.service.channels.mailhouse import with_mail
from tests.service.web.api.outside import outside
from tests.service.web.pages.browser import Site
from tests.statements import counted

RECALL = timedelta(minutes=2)
UNREAD = 'class="row unread"'
LINKS = re.compile(r'href="(/notices/[0-9a-f-]{36})"')


def test_a_notice_leads_to_its_task_and_is_read_then(site: Site) -> None:
    site.hiring()
    deliver(site.driver.now + RECALL)
    officer = site.visitor("bureau.hr")
    page = officer.text("/notices")
    assert "等您办理" in page
    assert UNREAD in page
    opened = officer.get(LINKS.findall(page)[0])
    assert opened.status_code == 302
    assert opened.location.startswith("/tasks/")
    assert UNREAD not in officer.text("/notices")
    assert UNREAD in site.visitor("staffing.office").text("/notices")


def test_all_are_read_at_once_in_english_as_well(site: Site) -> None:
    site.hiring()
    deliver(site.driver.now + RECALL)
    officer = site.visitor("bureau.hr", "en")
    assert "waiting for you" in officer.text("/notices")
    assert officer.post("/notices/read").location == "/notices"
    assert UNREAD not in officer.text("/notices")


def test_anothers_notice_is_404_and_stays_unread(site: Site) -> None:
    site.hiring()
    deliver(site.driver.now + RECALL)
    (link, *_) = LINKS.findall(site.visitor("bureau.hr").text("/notices"))
    assert site.visitor("s02.hr").get(link).status_code == 404
    assert UNREAD in site.visitor("bureau.hr").text("/notices")
    assert site.visitor("bureau.hr").post("/notices/read", with_token=False).status_code == 400
    assert UNREAD in site.visitor("bureau.hr").text("/notices")


def test_without_notices_the_page_says_so(site: Site) -> None:
    assert "没有通知" in site.visitor("s02.teacher").text("/notices")


def test_the_bell_counts_by_itself_is_304_when_nothing_is_new_and_keeps_no_session_alive(site: Site) -> None:
    site.hiring()
    officer = site.visitor("bureau.hr", "en")
    assert officer.get("/notices/unread").json == {"unread": 0, "label": "Notices, 0 unread"}
    deliver(site.driver.now + RECALL)
    client = officer._client()
    with counted() as statements:
        first = outside(lambda: client.get("/notices/unread"))
    assert first.json["unread"] == 1
    assert not [one for one in statements if one.startswith("UPDATE")]
    again = outside(lambda: client.get("/notices/unread", headers={"If-None-Match": first.headers["ETag"]}))
    assert (again.status_code, again.data) == (304, b"")
    assert 'data-bell="/notices/unread"' in officer.text("/notices")
    site.driver.clock.advance(timedelta(minutes=10))
    seen = db.session.scalars(select(AccessToken.last_seen_at)).all()
    db.session.rollback()
    outside(lambda: client.get("/notices/unread"))
    assert db.session.scalars(select(AccessToken.last_seen_at)).all() == seen
    db.session.rollback()
    gone = outside(lambda: site.app.test_client().get("/notices/unread", headers={"Accept": "application/json"}))
    assert gone.status_code == 401


def test_one_notice_is_read_without_opening_it(site: Site) -> None:
    site.hiring()
    deliver(site.driver.now + RECALL)
    officer = site.visitor("bureau.hr")
    [link] = LINKS.findall(officer.text("/notices"))
    assert officer.post(f"{link}/read").location == "/notices"
    assert UNREAD not in officer.text("/notices")
    assert site.visitor("s02.hr").post(f"{link}/read").status_code == 404


def test_settings_say_when_there_is_nothing_to_set(site: Site) -> None:
    assert "通知只在网页里" in site.visitor("s02.teacher").text("/settings/notices")
    assert "stand in the pages only" in site.visitor("s02.teacher", "en").text("/settings/notices")


def test_a_person_chooses_and_asks_for_a_code_in_the_page(site: Site) -> None:
    with_mail(site.app, 1)
    teacher = site.visitor("s02.teacher")
    chosen = {"choices.opened[]": "email", "digest": "weekly", "locale": "", "quiet_from": "", "quiet_until": ""}
    assert teacher.post("/settings/notices", chosen | {"version": "0"}).location == "/settings/notices"
    page = teacher.text("/settings/notices")
    assert 'name="choices.opened[]" value="email"' in page
    assert "checked" in page
    stale = teacher.post("/settings/notices", chosen | {"version": "0"})
    assert (stale.status_code, "请刷新后再改" in stale.text) == (422, True)
    wrong = teacher.post("/settings/notices/address", {"address": "nobody"})
    assert (wrong.status_code, "这不像电子邮箱地址" in wrong.text) == (422, True)
    assert teacher.post("/settings/notices/address", {"address": "t@school.test"}).status_code == 302
    assert "已发到 t@school.test 的验证码" in teacher.text("/settings/notices")
    assert teacher.post("/settings/notices/code", {"code": "x"}).status_code == 422
    assert teacher.post("/settings/notices/withdraw").status_code == 302
    assert "t@school.test" not in teacher.text("/settings/notices")


def test_an_admin_sees_failed_deliveries_with_their_reason_and_acts(site: Site) -> None:
    rows = [outbox.row_of(Message("task.opened", "person:x"), "email", site.driver.now) for _ in range(2)]
    with transaction() as session:
        outbox.insert_rows(
            session, [row | {"state": "failed", "attempts": 12, "last_error": "550 nobody"} for row in rows]
        )
    admin = site.visitor("admin")
    page = admin.text("/deliveries")
    assert page.count("550 nobody") == 2
    assert admin.post(f"/deliveries/{rows[0]['id']}/retry").status_code == 302
    assert admin.post(f"/deliveries/{rows[1]['id']}/drop").status_code == 302
    assert "没有发送失败" in admin.text("/deliveries")
    assert "重发" not in site.visitor("auditor").text("/deliveries")
    assert site.visitor("s01.hr").get("/deliveries").status_code == 403


def test_the_call_list_names_schools_and_masks_phones(site: Site) -> None:
    site.hiring()
    deliver(site.driver.now + RECALL)
    page = site.visitor("bureau.hr").text("/notices/calls")
    assert "staffing.office" in page
    assert "138****" in page
    assert "查看（留痕）" in page or "留痕" in page
    assert "Reached" in site.visitor("bureau.chief", "en").text("/notices/calls")
    assert site.visitor("s01.hr").get("/notices/calls").status_code == 403
    assert "/notices/calls" not in site.visitor("s01.hr").text("/notices")


def test_an_admin_declares_a_channel_in_the_page_and_is_told_what_is_wrong(site: Site) -> None:
    admin = site.visitor("admin")
    entered = {
        "key": "wecom", "name": "企业微信", "name_en": "WeCom", "url": "https://qyapi.weixin.test/send?key={{secret}}",
        "format": "json", "body": '{"touser": "{{recipient}}", "text": {{text}}}', "headers": "X-A: b",
        "signing": "none", "secret_name": "LECTERN_CHANNEL_WECOM", "recipient": "own", "expect": "errcode=0",
        "kinds": "", "active": "true", "version": "0",
    }  # fmt: skip
    wrong = admin.post("/channels", entered)
    assert (wrong.status_code, "不是正确的 JSON" in wrong.text) == (422, True)
    right = entered | {"body": '{"touser": "{{recipient}}", "text": "{{text}}"}'}
    assert admin.post("/channels", right).location == "/deliveries"
    assert "企业微信" in admin.text("/deliveries")
    assert "X-A: b" in admin.text("/channels/wecom")
    assert admin.post("/channels", right).status_code == 422
    unchecked = {name: value for name, value in right.items() if name != "active"}
    assert admin.post("/channels", unchecked | {"version": "1"}).status_code == 302
    assert "已停用" in admin.text("/deliveries")
    assert site.visitor("s01.hr").get("/channels/wecom").status_code == 403
    assert site.visitor("auditor").post("/channels", right | {"version": "2"}).status_code == 403

"""One's own settings, an address proven by a code, channels that an admin declares, deliveries that failed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service.audit import timeline
from service.channels import mail, rules
from service.channels.recipients import SETTING
from service.clock import SetClock
from service.db import db, transaction
from service.notices import outbox
from service.notices.delivery import work
from service.notices.outbox import OUTBOX, Message
from service.rotation import rotate
from tests.service.channels.mailhouse import mail_server, with_mail
from tests.service.people import county as counties
from tests.service.rotation.test_rotation import NEW
from tests.service.web.api.house import Caller, House

CHOICE: dict[str, Any] = {"choices": {"opened": ["email"]}, "digest": "daily", "locale": "en", "version": 0}
CHANNEL = {
    "name": "短信", "name_en": "Texts", "url": "https://sms.test/send?key={{secret}}", "format": "form",
    "body": "to={{recipient}}&text={{text}}", "secret_name": "LECTERN_CHANNEL_SMS", "recipient": "phone",
}  # fmt: skip


@pytest.fixture
def house(any_app: Flask, clock: SetClock) -> House:
    return House(any_app, clock, counties.build(), {})


@pytest.fixture
def officer(house: House) -> Caller:
    return house.caller("bureau.hr")


def settings(caller: Caller) -> dict[str, Any]:
    return caller.get("/me/notice-settings").json


def codes(reply: Any) -> list[tuple[str, str]]:
    return [(fault["path"], fault["code"]) for fault in reply.json["errors"]]


def test_a_person_chooses_and_finds_it_again_and_a_stale_page_changes_nothing(officer: Caller) -> None:
    assert settings(officer)["version"] == 0
    kept = officer.call("PUT", "/me/notice-settings", CHOICE | {"quiet_from": 20, "quiet_until": 8})
    assert kept.status_code == 200, kept.json
    found = settings(officer)
    assert (found["choices"], found["digest"], found["locale"]) == ({"opened": ["email"]}, "daily", "en")
    assert (found["quiet_from"], found["quiet_until"], found["version"]) == (20, 8, 1)
    stale = officer.call("PUT", "/me/notice-settings", CHOICE)
    assert (stale.status_code, stale.json["code"]) == (409, "notice.settings_stale")


def test_what_cannot_be_chosen_is_named(officer: Caller) -> None:
    wrong = {"choices": {"gossip": ["email"], "due": ["pigeon"]}, "quiet_from": 3, "handles": {"carrier": "x"}}
    reply = officer.call("PUT", "/me/notice-settings", CHOICE | wrong)
    assert reply.status_code == 422
    assert {code for _, code in codes(reply)} == {"notice.group", "notice.channel", "notice.quiet"}
    assert settings(officer)["version"] == 0


def test_an_address_is_used_only_when_its_code_has_come_back(house: House, officer: Caller, any_app: Flask) -> None:
    assert officer.post("/me/mail-address", {"address": "hr@bureau.test"}).json["code"] == "config.no_mail"
    with mail_server() as (kept, port):
        with_mail(any_app, port)
        assert officer.post("/me/mail-address", {"address": "hr at bureau"}).json["code"] == "mail.address"
        asked = officer.post("/me/mail-address", {"address": "hr@bureau.test"})
        assert (asked.status_code, asked.json["mail"], asked.json["asked"]) == (202, None, "hr@bureau.test")
        assert officer.post("/me/mail-address", {"address": "x@bureau.test"}).json["code"] == "mail.too_soon"
        with mail.opened(any_app.extensions["lectern.settings"].smtp) as send:
            assert work(rules.MAIL, send, house.clock).sent == 1
    code = next(w for w in kept.mails[0].get_body(("plain",)).get_content().split() if w.isdigit())  # type: ignore[union-attr]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    refused = officer.post("/me/mail-address/proof", {"code": wrong})
    assert (refused.status_code, refused.json["params"]["left"]) == (422, 4)
    assert officer.post("/me/mail-address/proof", {"code": code}).json["mail"] == "hr@bureau.test"
    assert officer.post("/me/mail-address/proof", {"code": code}).json["code"] == "mail.code_over"
    assert officer.call("DELETE", "/me/mail-address").status_code == 204
    assert settings(officer)["mail"] is None


def test_a_code_can_be_guessed_five_times_and_lives_half_an_hour(house: House, officer: Caller) -> None:
    with_mail(house.app, 1)
    address, person = {"address": "hr@bureau.test"}, house.county.persons["bureau.hr"]
    officer.post("/me/mail-address", address)
    code = mail.code_of(person, address["address"], house.clock.now())
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(rules.CODE_TRIES):
        assert officer.post("/me/mail-address/proof", {"code": wrong}).json["code"] == "mail.code_wrong"
    assert officer.post("/me/mail-address/proof", {"code": code}).json["code"] == "mail.code_over"
    house.clock.advance(timedelta(minutes=2))
    officer.post("/me/mail-address", address)
    code = mail.code_of(person, address["address"], house.clock.now())
    house.clock.advance(rules.CODE_LIFE + timedelta(seconds=1))
    assert officer.post("/me/mail-address/proof", {"code": code}).json["code"] == "mail.code_over"
    assert settings(officer)["asked"] is None


def test_an_address_is_encrypted_and_survives_a_rotation(house: House, officer: Caller) -> None:
    with_mail(house.app, 1)
    officer.post("/me/mail-address", {"address": "hr@bureau.test"})
    sealed = db.session.scalar(select(SETTING.c.mail_asked))
    db.session.rollback()
    assert sealed and b"bureau" not in sealed
    installed = house.app.extensions["lectern.settings"]
    house.app.extensions["lectern.settings"] = replace(installed, field_keys=(NEW, *installed.field_keys))
    assert max(done.written for done in rotate(house.clock.now()) if done.what == "addresses") == 1
    house.app.extensions["lectern.settings"] = replace(installed, field_keys=(NEW,))
    assert settings(officer)["asked"] == "hr@bureau.test"


def test_an_admin_declares_a_channel_that_people_then_may_choose(house: House, officer: Caller) -> None:
    admin = house.caller("admin")
    assert officer.call("PUT", "/notice-channels/sms", CHANNEL).status_code == 403
    made = admin.call("PUT", "/notice-channels/sms", CHANNEL)
    assert (made.status_code, made.json["version"]) == (200, 1), made.json
    assert admin.call("PUT", "/notice-channels/sms", CHANNEL).json["code"] == "channel.stale"
    assert [one["key"] for one in house.caller("auditor").get("/notice-channels").json["items"]] == ["sms"]
    assert settings(officer)["channels"] == [{"key": "sms", "name": "短信", "recipient": "phone"}]
    assert officer.call("PUT", "/me/notice-settings", CHOICE | {"choices": {"due": ["sms"]}}).status_code == 200
    closed = admin.call("PUT", "/notice-channels/sms", CHANNEL | {"active": False, "version": 1})
    assert closed.json["version"] == 2
    assert settings(officer)["channels"] == []


def test_a_key_that_stands_in_an_address_is_in_no_record(house: House) -> None:
    address = {"url": "https://sms.test/robot?key=5f1c-typed-in"}
    assert house.caller("admin").call("PUT", "/notice-channels/sms", CHANNEL | address).status_code == 200
    [event] = timeline.events(db.session(), "channel:sms")
    db.session.rollback()
    assert event.body["host"] == "sms.test"
    assert "5f1c" not in str(event.body)


@pytest.mark.parametrize(
    ("key", "change", "code"),
    [
        ("email", {}, "channel.key"),
        ("Sms", {}, "channel.key"),
        ("sms", {"url": "https://10.0.0.1/"}, "channel.inside"),
        ("sms", {"url": "https://sms.test/{{text}}"}, "channel.placeholder"),
        ("sms", {"body": "{{name}}"}, "channel.placeholder"),
        ("sms", {"format": "json", "body": "{{text}}"}, "channel.json"),
        ("sms", {"headers": {"Host": "x"}}, "channel.header"),
        ("sms", {"headers": {"X-A": "a\nB: c"}}, "channel.header"),
        ("sms", {"headers": {"X-A": "教育局"}}, "channel.header"),
        ("sms", {"expect": "errcode"}, "channel.expect"),
        ("sms", {"secret_name": "PATH"}, "channel.secret_name"),
        ("sms", {"secret_name": None}, "channel.secret_missing"),
    ],
)
def test_a_channel_that_could_do_harm_is_refused_by_name(
    house: House, key: str, change: dict[str, Any], code: str
) -> None:
    reply = house.caller("admin").call("PUT", f"/notice-channels/{key}", CHANNEL | change)
    assert reply.status_code == 422
    assert code in [one for _, one in codes(reply)]


def failed(house: House, count: int = 1) -> list[str]:
    rows = [outbox.row_of(Message("task.opened", "person:x"), rules.MAIL, house.clock.now()) for _ in range(count)]
    with transaction() as session:
        outbox.insert_rows(session, [row | {"state": "failed", "attempts": 12, "last_error": "550"} for row in rows])
    return sorted((row["id"] for row in rows), reverse=True)


def test_an_admin_sees_what_failed_tries_it_again_or_drops_it(house: House) -> None:
    first, second, third = failed(house, 3)
    admin = house.caller("admin")
    page = admin.get("/deliveries?limit=2").json
    assert [(one["id"], one["state"], one["error"]) for one in page["items"]] == [
        (first, "failed", "550"), (second, "failed", "550"),
    ]  # fmt: skip
    rest = admin.get(f"/deliveries?cursor={page['next']}").json
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([third], None)
    assert admin.post(f"/deliveries/{first}/retry").status_code == 204
    assert admin.call("DELETE", f"/deliveries/{second}").status_code == 204
    assert admin.call("DELETE", f"/deliveries/{second}").json["code"] == "outbox.absent"
    assert admin.post(f"/deliveries/{first}/retry").json["code"] == "outbox.absent"
    left = db.session.execute(select(OUTBOX.c.id, OUTBOX.c.state)).all()
    db.session.rollback()
    assert sorted(map(tuple, left)) == sorted([(first, "waiting"), (third, "failed")])
    assert house.caller("bureau.hr").get("/deliveries").status_code == 403

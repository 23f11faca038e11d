"""Declared channels over a real HTTP server: signed, filled, never beyond the fence, never with more than they may."""

import base64
import hmac
import json
import socket
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from service.channels import http, relay
from service.channels.fanout import fan_out
from service.channels.http import Outgoing
from service.channels.recipients import CHANNEL
from service.db import db, transaction
from service.notices import delivery
from service.notices.delivery import Delivered, RefusedError, UnreachableError
from service.notices.outbox import OUTBOX
from service.people.members import PERSON
from service.people.persons import PHONE
from tests.conftest import START
from tests.service.channels.gateway import Gateway, declare, gateway
from tests.service.channels.mailhouse import HOST, post, wants
from tests.service.people import county as counties

SECRET = "LECTERN_CHANNEL_HOOK"


@pytest.fixture(autouse=True)
def house(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    settings = any_app.extensions["lectern.settings"]
    any_app.extensions["lectern.settings"] = replace(
        settings, allowed_hosts=frozenset({HOST}), base_url="https://lectern.bureau.test"
    )
    monkeypatch.setenv(SECRET, "shared")
    return any_app


def carried(key: str = "hook", days: int = 0) -> Delivered:
    now = START + timedelta(days=days)
    delivery.deliver(now, fan_out=fan_out)
    channel = db.session.execute(select(CHANNEL).where(CHANNEL.c.key == key)).one()
    db.session.rollback()
    with relay.opened(channel) as send:
        return delivery.deliver(now, {key: send})


def error() -> str:
    found = db.session.scalar(select(OUTBOX.c.last_error).where(OUTBOX.c.channel == "hook"))
    db.session.rollback()
    return str(found)


def test_a_webhook_is_told_each_notice_once_signed_and_with_its_id() -> None:
    with gateway() as hook:
        declare(hook.url + "/in?x=1", signing="hmac", secret_name=SECRET)
        [notice] = post("role:principal", due_at="2026-09-17T10:00:00+00:00")
        assert carried() == Delivered(sent=1)
        assert carried() == Delivered()
    [(path, headers, body)] = hook.requests
    assert path == "/in?x=1"
    link = f"https://lectern.bureau.test/notices/{notice}"
    assert json.loads(body) == {"text": "等您办理", "flow": "", "due": "2026年09月17日 18:00", "link": link}
    stamp, sent_id = headers["X-Lectern-Timestamp"], headers["X-Lectern-Id"]
    assert int(stamp) == int(START.timestamp())
    expected = hmac.digest(b"shared", f"{stamp}.{sent_id}.".encode() + body, "sha256").hex()
    assert headers["X-Lectern-Signature"] == f"v1={expected}"


def test_a_repeat_carries_the_same_id_and_a_new_time() -> None:
    with gateway() as hook:
        declare(hook.url, signing="hmac", secret_name=SECRET)
        hook.status = 503
        post("role:principal")
        assert carried() == Delivered(failed=1, reachable=False)
        hook.status = 200
        assert carried(days=1) == Delivered(sent=1)
    first, second = (headers for _, headers, _ in hook.requests)
    assert first["X-Lectern-Id"] == second["X-Lectern-Id"]
    assert first["X-Lectern-Timestamp"] != second["X-Lectern-Timestamp"]


def test_a_robot_of_dingtalk_is_signed_in_its_address() -> None:
    with gateway() as robot:
        declare(robot.url + "/robot/send?access_token={{secret}}", signing="dingtalk", secret_name=SECRET)
        post("role:principal")
        carried()
    query = parse_qs(urlsplit(robot.requests[0][0]).query)
    stamp = query["timestamp"][0]
    assert query["access_token"] == ["shared"]
    expected = hmac.digest(b"shared", f"{stamp}\nshared".encode(), "sha256")
    assert base64.b64decode(query["sign"][0]) == expected


def test_a_gateway_of_texts_gets_the_phone_as_address_of_who_chose_it_and_nobody_else() -> None:
    people = counties.build().persons
    officer = people["bureau.hr"]
    with transaction() as session:
        phone = PHONE.columns(officer, "13800000001")
        session.execute(update(PERSON).where(PERSON.c.id == officer).values(phone))
    with gateway() as texts:
        declare(texts.url, recipient="phone", format="form", body="to={{recipient}}&text={{text}} {{link}}")
        wants(officer, choices={"opened": ["hook"]})
        wants(people["bureau.chief"], choices={"cases": ["hook"]})
        post("role:bureau_hr_officer", "role:bureau_hr_chief")
        assert carried() == Delivered(sent=1)
    sent = parse_qs(texts.requests[0][2].decode())
    assert sent["to"] == ["13800000001"]
    assert "JL-2026-0001" not in sent["text"][0]
    assert "程见山" not in sent["text"][0]


@pytest.mark.parametrize("status", [200, 400, 500])
def test_what_a_gateway_repeats_of_phone_and_secret_is_kept_nowhere(status: int) -> None:
    officer = counties.build().persons["bureau.hr"]
    with transaction() as session:
        phone = PHONE.columns(officer, "13800000001")
        session.execute(update(PERSON).where(PERSON.c.id == officer).values(phone))
    with gateway() as texts:
        body = '{"to": "{{recipient}}", "key": "{{secret}}"}'
        declare(texts.url, recipient="phone", body=body, secret_name=SECRET, expect="errcode=0")
        wants(officer, choices={"opened": ["hook"]})
        post("role:bureau_hr_officer")
        texts.status, texts.answer = status, b"shared may not send to 13800000001"
        assert carried().failed == 1
    assert error().endswith("… may not send to …")


def test_a_name_in_another_system_is_used_and_without_one_the_message_is_given_up() -> None:
    people = counties.build().persons
    with gateway() as other:
        declare(other.url, recipient="own", body='{"touser": "{{recipient}}", "text": "{{text}}"}', expect="errcode=0")
        wants(people["bureau.hr"], choices={"opened": ["hook"]}, handles={"hook": 'zhang"san'})
        wants(people["bureau.chief"], choices={"opened": ["hook"]})
        post("role:bureau_hr_officer", "role:bureau_hr_chief")
        assert carried() == Delivered(sent=1, failed=1)
    assert json.loads(other.requests[0][2])["touser"] == 'zhang"san'


def test_a_gateway_that_answers_200_and_did_not_take_it_is_asked_again() -> None:
    with gateway() as busy:
        declare(busy.url, expect="errcode=0")
        post("role:principal")
        for answer in (b'{"errcode": 45009}', b"<html>", b"[]"):
            busy.answer = answer
            assert carried(days=len(busy.requests)).failed == 1
        assert "lacks errcode=0" in error()
        busy.answer = b'{"errcode": 0, "errmsg": "ok"}'
        assert carried(days=9) == Delivered(sent=1)


def test_only_the_kinds_that_a_webhook_asked_for_are_told() -> None:
    with gateway() as hook:
        declare(hook.url, kinds=["instance.ended"])
        post("role:principal")
        post("role:principal", kind="instance.ended")
        assert carried() == Delivered(sent=1)


def test_a_missing_secret_is_said_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SECRET)
    with gateway() as hook:
        declare(hook.url, signing="hmac", secret_name=SECRET)
        post("role:principal")
        assert carried() == Delivered(failed=1, reachable=False)
    assert SECRET in error()
    assert hook.requests == []


def asked(hook: Gateway, allowed: tuple[str, ...] = (HOST,), whole: float = 5.0) -> bytes:
    return http.post(Outgoing(hook.url + "/", {}, b"{}"), allowed, whole)


def test_a_redirect_is_not_followed() -> None:
    with gateway() as elsewhere, gateway() as hook:
        hook.status, hook.location = 302, elsewhere.url
        with pytest.raises(UnreachableError, match="HTTP 302"):
            asked(hook)
    assert elsewhere.requests == []


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_speaks_of_the_message_itself_is_final(status: int) -> None:
    with gateway() as hook:
        hook.status = status
        with pytest.raises(RefusedError):
            asked(hook)


def test_an_address_of_the_own_network_is_not_reached_unless_it_is_named() -> None:
    with gateway() as hook:
        with pytest.raises(UnreachableError, match="no public address"):
            asked(hook, allowed=())
        assert hook.requests == []
        assert asked(hook) == hook.answer


def test_a_huge_reply_is_not_read_to_its_end() -> None:
    with gateway() as hook:
        hook.answer = b"x" * 300_000
        assert len(asked(hook)) == http.LARGEST_REPLY


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"])
def test_a_reply_a_drop_at_a_time_is_cut_off(begin: bytes) -> None:
    with socket.create_server((HOST, 0)) as dripping:
        port = dripping.getsockname()[1]

        def drip() -> None:
            line, _ = dripping.accept()
            with line:
                line.recv(1000)
                try:
                    line.sendall(begin)
                    for _ in range(100):
                        line.sendall(b"H")
                        time.sleep(0.1)
                except OSError:
                    return

        thread = Thread(target=drip, daemon=True)
        thread.start()
        began = time.monotonic()
        with suppress(UnreachableError):
            assert len(asked(Gateway(port), whole=0.5)) < 20
        assert time.monotonic() - began < 5
        thread.join(15)

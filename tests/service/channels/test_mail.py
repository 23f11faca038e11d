"""Mails over a real server: once each, with TLS and login, told apart by their id, and nobody's name in them."""

import socket
import ssl
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service.channels import couriers, mail, rules
from service.channels.fanout import CLOSING, fan_out
from service.clock import SetClock
from service.config import Smtp
from service.db import db, transaction
from service.notices import delivery, outbox
from service.notices.delivery import Delivered, UnreachableError
from service.notices.outbox import OUTBOX, Message
from tests.conftest import START
from tests.service.channels import mailhouse
from tests.service.channels.mailhouse import HOST, mail_server, post, wants, with_mail
from tests.service.people import county as counties


@pytest.fixture
def people(any_app: Flask) -> dict[str, str]:
    return counties.build().persons


def carried(app: Flask, now: Any = START) -> Delivered:
    """Deliver notices to the pages, then mails, without threads."""
    delivery.deliver(now, fan_out=fan_out)
    with mail.opened(app.extensions["lectern.settings"].smtp) as send:
        return delivery.deliver(now, {rules.MAIL: send})


def states() -> list[tuple[str, int]]:
    rows = db.session.execute(select(OUTBOX.c.state, OUTBOX.c.attempts).where(OUTBOX.c.channel == rules.MAIL)).all()
    db.session.rollback()
    return [tuple(row) for row in rows]


def test_a_notice_becomes_one_mail_that_names_flow_number_and_link_but_nobody(
    any_app: Flask, people: dict[str, str]
) -> None:
    with mail_server() as (kept, port):
        with_mail(any_app, port)
        wants(people["s01.principal"], "principal@school.test")
        [notice] = post(f"person:{people['s01.principal']}", due_at="2026-09-17T10:00:00+00:00")
        assert carried(any_app) == Delivered(sent=1)
        assert carried(any_app) == Delivered()
    [letter] = kept.mails
    assert (letter["To"], letter["Subject"]) == ("principal@school.test", "等您办理 · JL-2026-0001")
    text, page = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    for body in (text, page):
        assert f"https://lectern.bureau.test/notices/{notice}" in body
        assert "2026年09月17日 18:00" in body
        assert "程见山" not in body
    assert letter["Message-ID"] == f"<{letter['X-Lectern-Id']}@bureau.test>"


def test_everybody_behind_a_role_is_told_in_the_own_language_and_who_chose_nothing_is_not(
    any_app: Flask, people: dict[str, str]
) -> None:
    with mail_server() as (kept, port):
        with_mail(any_app, port)
        wants(people["bureau.hr"], "hr@bureau.test", locale="en")
        wants(people["bureau.chief"], "chief@bureau.test", choices={"cases": ["email"]})
        post("role:bureau_hr_officer", "role:bureau_hr_chief", "role:principal")
        carried(any_app)
    assert [(letter["To"], letter["Subject"]) for letter in kept.mails] == [
        ("hr@bureau.test", "Waiting for you · JL-2026-0001")
    ]


def test_without_a_mail_server_nothing_is_posted_for_one(any_app: Flask, people: dict[str, str]) -> None:
    wants(people["bureau.hr"], "hr@bureau.test")
    post("role:bureau_hr_officer")
    assert delivery.deliver(START, fan_out=fan_out) == Delivered(sent=1)
    assert states() == []


def test_who_is_unknown_there_is_given_up_at_once_and_who_is_busy_is_tried_again(
    any_app: Flask, people: dict[str, str]
) -> None:
    with mail_server() as (kept, port):
        with_mail(any_app, port)
        wants(people["bureau.hr"], "hr@bureau.test")
        kept.refuse = "450 mailbox busy"
        post("role:bureau_hr_officer")
        assert carried(any_app) == Delivered(failed=1)
        assert states() == [("waiting", 1)]
        kept.refuse = "550 <HR@bureau.test>: no such user"
        assert carried(any_app, START + timedelta(minutes=1)) == Delivered(failed=1)
        assert states() == [("failed", 2)]
    assert kept.mails == []
    said = db.session.scalar(select(OUTBOX.c.last_error).where(OUTBOX.c.channel == rules.MAIL))
    db.session.rollback()
    assert said == "RefusedError: 550 <…>: no such user"


def test_a_line_lost_after_the_last_byte_repeats_the_mail_under_the_same_id(
    any_app: Flask, people: dict[str, str]
) -> None:
    with mail_server() as (kept, port):
        with_mail(any_app, port)
        wants(people["bureau.hr"], "hr@bureau.test")
        post("role:bureau_hr_officer")
        kept.drop = True
        assert carried(any_app) == Delivered(failed=1, reachable=False)
        kept.drop = False
        assert carried(any_app, START + timedelta(minutes=1)) == Delivered(sent=1)
    assert len(kept.ids) == 2
    assert len({letter["Message-ID"] for letter in kept.mails}) == 1


@pytest.mark.parametrize("security", ["smtp+starttls", "smtps"])
def test_tls_with_login_and_a_certificate_that_is_checked(app: Flask, tmp_path: Path, security: str) -> None:
    pem = mailhouse.certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    inside = {"ssl_context": context} if security == "smtps" else {"tls_context": context, "require_starttls": True}
    account = {"authenticator": mailhouse.knows("clerk", "s3cret"), "auth_required": True}
    people = counties.build().persons
    wants(people["bureau.hr"], "hr@bureau.test")
    with mail_server(**inside, **account, auth_require_tls=security != "smtps") as (kept, port):
        for changes in ({"ca": None}, {"ca": str(pem), "password": "wrong"}):
            with_mail(app, port, security=security, user="clerk", **({"password": "s3cret"} | changes))
            post("role:bureau_hr_officer")
            assert carried(app) == Delivered(failed=1, reachable=False)
        with_mail(app, port, security=security, user="clerk", password="s3cret", ca=str(pem))
        assert carried(app, START + timedelta(minutes=1)).sent == 2
    assert len(kept.mails) == 2


def test_a_server_that_is_not_there_says_so_and_costs_one_attempt(app: Flask) -> None:
    people = counties.build().persons
    wants(people["bureau.hr"], "hr@bureau.test")
    with_mail(app, 1)
    post(*["role:bureau_hr_officer"] * 5)
    assert carried(app) == Delivered(failed=1, reachable=False)
    assert sorted(states()) == [("waiting", 0)] * 4 + [("waiting", 1)]


def test_quiet_hours_hold_a_mail_and_not_the_page(any_app: Flask, people: dict[str, str]) -> None:
    night = START.replace(hour=15)  # 23:00 in Shanghai
    with mail_server() as (kept, port):
        with_mail(any_app, port)
        wants(people["bureau.hr"], "hr@bureau.test", quiet_from=None, quiet_until=None)
        post("role:bureau_hr_officer", now=night)
        assert carried(any_app, night) == Delivered()
        assert carried(any_app, night + timedelta(hours=7, minutes=59)) == Delivered()
        assert carried(any_app, night + timedelta(hours=8)) == Delivered(sent=1)
    assert len(kept.mails) == 1


def test_a_digest_tells_all_unread_notices_once_at_the_start_of_the_next_working_day(
    any_app: Flask, people: dict[str, str]
) -> None:
    friday = START.replace(day=11)
    monday = START.replace(day=14, hour=0)
    with mail_server() as (kept, port):
        with_mail(any_app, port)
        wants(people["bureau.hr"], "hr@bureau.test", digest="daily", locale="en")
        post("role:bureau_hr_officer", now=friday)
        post("role:bureau_hr_officer", kind="task.overdue", now=friday)
        assert carried(any_app, friday) == Delivered()
        assert carried(any_app, monday - timedelta(seconds=1)) == Delivered()
        post("role:bureau_hr_officer", kind="task.due_soon", now=monday - timedelta(seconds=1))
        with mail.opened(any_app.extensions["lectern.settings"].smtp) as send:
            assert delivery.work(rules.MAIL, send, SetClock(monday)) == Delivered()
        delivery.deliver(monday - timedelta(seconds=1), fan_out=fan_out)
        assert carried(any_app, monday + CLOSING) == Delivered(sent=1)
    [letter] = kept.mails
    assert letter["Subject"] == "Lectern: 3 unread notices"
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.index("Waiting for you") < text.index("Overdue")


def test_a_code_reaches_the_address_that_it_proves(app: Flask) -> None:
    people = counties.build().persons
    officer = people["bureau.hr"]
    sealed = mailhouse.recipients.ASKED.seal(officer, "new@bureau.test")
    wants(officer, "old@bureau.test", mail_asked=sealed, mail_asked_at=START)
    with mail_server() as (kept, port):
        with_mail(app, port)
        message = Message(rules.CODE, f"person:{officer}", {"asked_at": START.isoformat()})
        with transaction() as session:
            outbox.insert_rows(session, [outbox.row_of(message, rules.MAIL, START)])
        carried(app)
    [letter] = kept.mails
    assert letter["To"] == "new@bureau.test"
    code = mail.code_of(officer, "new@bureau.test", START)
    assert code in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert code != mail.code_of(officer, "new@bureau.test", START + timedelta(seconds=1))


def test_a_server_that_never_answers_ends_the_attempt(app: Flask) -> None:
    with socket.create_server((HOST, 0)) as deaf:
        server = Smtp(HOST, deaf.getsockname()[1])
        with mail.MailServer(server, timeout=0.2) as silent, pytest.raises(UnreachableError, match="timed out"):
            silent.send(EmailMessage())


def test_couriers_carry_each_channel_beside_the_tick(any_app: Flask, people: dict[str, str]) -> None:
    with mail_server() as (kept, port):
        with_mail(any_app, port)
        wants(people["bureau.hr"], "hr@bureau.test")
        post(*["role:bureau_hr_officer"] * 20)
        delivery.deliver(START, fan_out=fan_out)
        couriers.send_out()
        any_app.extensions[couriers.EXTENSION].wait(30)
    assert len(kept.ids) == len(set(kept.ids)) == 20
    assert states() == [("sent", 1)] * 20

"""A channel that is dead or slow delays neither the tick nor another channel, and is left in peace for a while."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from flask import Flask
from prometheus_client import REGISTRY
from sqlalchemy import select

from service import jobs
from service.channels import couriers, mail, rules
from service.channels.smtp import MailServer
from service.db import db
from service.notices import delivery
from service.notices.outbox import OUTBOX
from tests.conftest import START
from tests.service.channels.gateway import declare, gateway
from tests.service.channels.mailhouse import HOST, post, wants, with_mail
from tests.service.people import county as counties

SMTP_SECONDS = 1.5


@pytest.fixture
def house(any_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A mail server that takes connections and never says a word, and a clerk who wants mail."""
    monkeypatch.setattr(mail, "MailServer", partial(MailServer, timeout=SMTP_SECONDS))
    wants(counties.build().persons["bureau.hr"], "hr@bureau.test")
    with socket.create_server((HOST, 0)) as deaf:
        with_mail(any_app, deaf.getsockname()[1])
        settings = any_app.extensions["lectern.settings"]
        any_app.extensions["lectern.settings"] = replace(settings, allowed_hosts=frozenset({HOST}))
        yield any_app
        home(any_app)


def home(app: Flask) -> None:
    if couriers.EXTENSION in app.extensions:
        app.extensions[couriers.EXTENSION].wait(30)


def states(channel: str) -> list[tuple[str, int]]:
    rows = db.session.execute(select(OUTBOX.c.state, OUTBOX.c.attempts).where(OUTBOX.c.channel == channel)).all()
    db.session.rollback()
    return sorted(tuple(row) for row in rows)


def until(channel: str, state: str, count: int) -> float:
    """Seconds until so many messages of a channel are in a state."""
    began = time.monotonic()
    while [name for name, _ in states(channel)].count(state) < count:
        assert time.monotonic() - began < 20
        time.sleep(0.02)
    return time.monotonic() - began


def test_the_tick_ends_and_another_channel_delivers_while_the_mail_server_is_silent(house: Flask) -> None:
    with gateway() as hook:
        declare(hook.url)
        post(*["role:bureau_hr_officer"] * 5)
        jobs.deliver(START)
        until("hook", "sent", 5)
        assert states(rules.MAIL) == [("waiting", 0)] * 5, "the mail server has not even timed out"
        home(house)
    assert states(rules.MAIL) == [("waiting", 0)] * 4 + [("waiting", 1)]
    assert len(hook.requests) == 5


def test_a_silent_channel_is_left_in_peace_and_counted(house: Flask) -> None:
    post(*["role:bureau_hr_officer"] * 5)
    jobs.deliver(START)
    home(house)
    for _ in range(3):
        jobs.deliver(START)
        home(house)
    assert states(rules.MAIL) == [("waiting", 0)] * 4 + [("waiting", 1)]
    assert REGISTRY.get_sample_value("lectern_channels_silent") == 1
    failed = REGISTRY.get_sample_value("lectern_deliveries_total", {"channel": "email", "outcome": "failed"})
    assert failed is not None


def test_nothing_to_carry_starts_no_thread(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(couriers.threading, "Thread", lambda *_, **__: pytest.fail("a thread for nothing"))
    jobs.deliver(START)
    assert not delivery.waits(rules.MAIL, START)

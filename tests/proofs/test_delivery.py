"""Mails arrive once: processes that share the work, one killed in the middle, a server that is down for an hour."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.channels import mail, rules
from service.channels.fanout import fan_out
from service.clock import SetClock
from service.db import db
from service.notices import delivery
from service.notices.outbox import OUTBOX
from tests.conftest import START
from tests.processes import environment
from tests.proofs.killing import HOUSE
from tests.service.channels.mailhouse import HOST, Kept, free_port, mail_server, post, wants, with_mail
from tests.service.people import county as counties

MAILS = 2_000 if "LECTERN_PROVE" in os.environ else 60
OFFICER = "role:bureau_hr_officer"


@pytest.fixture
def officer(any_app: Flask) -> Flask:
    wants(counties.build().persons["bureau.hr"], "hr@bureau.test")
    return any_app


def waiting(count: int) -> None:
    """So many mails that are due."""
    post(*[OFFICER] * count)
    delivery.deliver(START, fan_out=fan_out)


def states() -> dict[str, int]:
    counted = select(OUTBOX.c.state, func.count()).where(OUTBOX.c.channel == rules.MAIL).group_by(OUTBOX.c.state)
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    db.session.rollback()
    return found


def test_four_that_deliver_at_once_send_every_mail_once(officer: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    gate = Barrier(4)

    def courier(_number: int) -> int:
        with officer.app_context(), mail.opened(officer.extensions["lectern.settings"].smtp) as send:
            gate.wait()
            return delivery.work(rules.MAIL, send, SetClock(START)).sent

    with mail_server() as (kept, port):
        with_mail(officer, port)
        waiting(MAILS)
        began = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            shares = list(pool.map(courier, range(4)))
        seconds = time.monotonic() - began
    with capsys.disabled():
        print(f"\n{MAILS} mails by 4 couriers on {db.engine.dialect.name}: {shares}, {MAILS / seconds:.0f} a second")
    assert sum(shares) == MAILS
    assert max(Counter(kept.ids).values()) == 1
    assert len(kept.ids) == MAILS
    assert states() == {"sent": MAILS}


def courier(app: Flask, port: int, after: float) -> "subprocess.Popen[bytes]":
    """A process of its own that delivers through a port of this machine."""
    variables = environment(app.extensions["lectern.settings"]) | {
        "LECTERN_SMTP_URL": f"smtp://{HOST}:{port}",
        "LECTERN_MAIL_FROM": "lectern@bureau.test",
        "LECTERN_BASE_URL": "https://lectern.bureau.test",
    }
    command = [sys.executable, "-m", "tests.proofs.courier", str(after)]
    return subprocess.Popen(command, env=variables, cwd=HOUSE, stdout=subprocess.DEVNULL)


def killed(app: Flask, port: int, kept: Kept, many: int) -> None:
    """Kill -9 the courier when the server has accepted so many."""
    process = courier(app, port, 0)
    until = time.monotonic() + 60
    while len(kept.mails) < many and time.monotonic() < until:
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_a_courier_that_is_killed_loses_nothing_and_repeats_at_most_the_mail_in_its_hand(officer: Flask) -> None:
    with mail_server() as (kept, port):
        with_mail(officer, port)
        waiting(MAILS)
        killed(officer, port, kept, MAILS // 3)
        begun = len(kept.mails)
        assert MAILS // 3 <= begun < MAILS
        with mail.opened(officer.extensions["lectern.settings"].smtp) as send:
            delivery.work(rules.MAIL, send, SetClock(START + timedelta(seconds=1)))
            in_its_hand = states().get("waiting", 0)
            assert in_its_hand <= 1, "what nobody held is delivered at once"
            delivery.work(rules.MAIL, send, SetClock(START + delivery.LEASE))
    repeated = Counter(kept.ids)
    assert states() == {"sent": MAILS}
    assert len(repeated) == MAILS
    assert len(kept.ids) - MAILS <= 1
    same = [letter["Message-ID"] for letter in kept.mails if repeated[str(letter["X-Lectern-Id"])] > 1]
    assert len(set(same)) <= 1


def test_an_hour_without_a_mail_server_loses_nothing_and_repeats_nothing(officer: Flask) -> None:
    port, clock = free_port(), SetClock(START)
    with_mail(officer, port)
    posted = 0

    def minute() -> None:
        delivery.deliver(clock.now(), fan_out=fan_out)
        with mail.opened(officer.extensions["lectern.settings"].smtp) as send:
            delivery.work(rules.MAIL, send, clock)
        clock.advance(timedelta(minutes=1))

    for number in range(60):
        if number % 4 == 0:
            post(OFFICER, now=clock.now())
            posted += 1
        minute()
    attempts = db.session.scalar(select(func.max(OUTBOX.c.attempts)).where(OUTBOX.c.channel == rules.MAIL))
    db.session.rollback()
    assert attempts is not None
    assert 0 < attempts < delivery.ATTEMPTS
    assert states() == {"waiting": posted}
    with mail_server(port) as (kept, _):
        for _ in range(70):
            minute()
    assert states() == {"sent": posted}
    assert len(kept.ids) == len(set(kept.ids)) == posted

"""Logging in: the right password, the same answer for everybody else, and an end to guessing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import func, select, update

from service.access import commands, passwords, sessions
from service.access.actor import Actor
from service.access.commands import CleanUp, LogIn
from service.access.rules import ADDRESS_LIMIT, NAME_LIMIT, WINDOW
from service.access.sessions import ACCOUNT
from service.access.throttle import ATTEMPT
from service.audit.models import AuditEvent
from service.db import db, transaction
from service.errors import Forbidden
from tests.service.people.county import NOW
from tests.statements import counted

RIGHT = "correct horse battery"


@pytest.fixture
def clerk(county):
    with transaction() as session:
        known = update(ACCOUNT).where(ACCOUNT.c.username == "s01.hr")
        session.execute(known.values(password_hash=passwords.hashed(RIGHT)))
    return county


def log_in(password, username="s01.hr", address="10.0.0.1", now=NOW, kind="session"):
    return commands.log_in(Actor.anonymous(), LogIn(username, password, address, kind), now=now)


def refused(*arguments, **named):
    with pytest.raises(Forbidden) as refusal:
        log_in(*arguments, **named)
    return refusal.value


def test_right_password_opens_a_session_of_twelve_hours(clerk):
    opened = log_in(RIGHT)
    assert opened.expires_at == NOW + timedelta(hours=12)
    assert sessions.authenticate(opened.token, NOW).account_id == clerk.accounts["s01.hr"]


def test_name_is_compared_without_case_and_outer_blanks(clerk):
    assert log_in(RIGHT, username=" S01.HR ").token


def test_wrong_password_unknown_name_and_closed_account_get_one_answer(clerk):
    with transaction() as session:
        closed = update(ACCOUNT).where(ACCOUNT.c.username == "s02.hr")
        session.execute(closed.values(closed_at=NOW, password_hash=passwords.hashed(RIGHT)))
    answers = [refused("wrong"), refused("wrong", username="nobody"), refused(RIGHT, username="s02.hr")]
    assert {(answer.code, str(answer.params)) for answer in answers} == {("access.login_failed", "{}")}


def test_unknown_name_costs_the_same_statements_and_one_hash_as_a_wrong_password(clerk, monkeypatch):
    hashes = []
    verify = passwords.PasswordHasher.verify

    def counting(self, stored, password):
        hashes.append(passwords.PasswordHasher.check_needs_rehash(self, stored))
        return verify(self, stored, password)

    monkeypatch.setattr(passwords.PasswordHasher, "verify", counting)
    refused("warm", username="s01.hr"), refused("warm", username="nobody")
    hashes.clear()
    shapes = []
    for username in ("s01.hr", "nobody"):
        with counted() as statements:
            refused("wrong", username=username)
        shapes.append(statements)
    assert shapes[0] == shapes[1]
    assert hashes == [False, False], "both were verified at the cost of today"


def test_failures_of_a_name_are_counted_until_the_limit(clerk):
    for _ in range(NAME_LIMIT):
        assert refused("wrong").code == "access.login_failed"
    throttled = refused(RIGHT)
    assert throttled.code == "access.throttled"
    assert throttled.params == {"retry_after": WINDOW.total_seconds()}


def test_unknown_name_is_throttled_like_a_known_one(clerk):
    for _ in range(NAME_LIMIT):
        refused("wrong", username="nobody")
    assert refused("wrong", username="nobody").code == "access.throttled"


def test_throttle_opens_again_when_the_window_has_passed(clerk):
    for minute in range(NAME_LIMIT):
        refused("wrong", now=NOW + timedelta(minutes=minute))
    assert refused(RIGHT, now=NOW + WINDOW - timedelta(seconds=1)).params == {"retry_after": 1}
    assert log_in(RIGHT, now=NOW + WINDOW).token


def test_success_clears_the_name(clerk):
    for _ in range(3):
        for _ in range(NAME_LIMIT - 1):
            refused("wrong")
        assert log_in(RIGHT).token


def test_address_is_throttled_over_all_names_and_own_success_does_not_free_it(clerk):
    for number in range(ADDRESS_LIMIT - 1):
        refused("wrong", username=f"name{number}")
    log_in(RIGHT)
    refused("wrong", username="one more")
    assert refused(RIGHT).code == "access.throttled"
    assert log_in(RIGHT, address="10.0.0.2").token


def test_throttled_login_hashes_nothing(clerk, monkeypatch):
    for _ in range(NAME_LIMIT):
        refused("wrong")
    monkeypatch.setattr(passwords, "matches", lambda *_: pytest.fail("hashed for a throttled name"))
    refused("wrong")


def test_no_transaction_is_open_while_the_password_is_hashed(clerk, monkeypatch):
    real, seen = passwords.matches, []

    def watching(stored, password):
        seen.append(db.session().in_transaction())
        return real(stored, password)

    monkeypatch.setattr(passwords, "matches", watching)
    log_in(RIGHT)
    assert seen == [False]


def test_guesses_sent_at_once_get_no_more_answers_than_the_limit(clerk):
    app = current_app._get_current_object()

    def guess(number):
        with app.app_context():
            return refused(f"wrong {number}").code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(guess, range(3 * NAME_LIMIT)))
    assert codes.count("access.login_failed") == NAME_LIMIT
    assert codes.count("access.throttled") == 2 * NAME_LIMIT


def test_name_is_counted_as_a_digest(clerk):
    refused("wrong", username="my password by mistake")
    subjects = list(db.session.scalars(select(ATTEMPT.c.subject)))
    assert len(subjects) == 2
    assert not [subject for subject in subjects if "password" in subject]


def test_old_attempts_are_cleaned_up(clerk):
    refused("wrong")
    assert commands.clean_up(Actor.system(), CleanUp(), now=NOW + WINDOW) == 0
    assert commands.clean_up(Actor.system(), CleanUp(), now=NOW + WINDOW + timedelta(seconds=1)) == 2
    assert db.session.scalar(select(func.count()).select_from(ATTEMPT)) == 0


def test_logins_and_refusals_are_events_and_the_address_is_not_in_the_open(clerk):
    refused("wrong")
    log_in(RIGHT)
    stream = f"account:{clerk.accounts['s01.hr']}"
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.stream == stream).order_by(AuditEvent.seq)).all()
    assert [event.kind for event in events] == ["session.refused", "session.opened"]
    assert not [event for event in events if "10.0.0.1" in (event.body or "")]


def test_hash_of_another_cost_is_renewed_at_login(clerk):
    current_app.config["PASSWORD_COST"] = (1, 16, 1)
    log_in(RIGHT)
    renewed = db.session.scalar(select(ACCOUNT.c.password_hash).where(ACCOUNT.c.username == "s01.hr"))
    assert "m=16," in renewed
    assert log_in(RIGHT).token


def test_broken_hash_in_the_table_lets_nobody_in(clerk):
    assert refused("-", username="s02.hr").code == "access.login_failed"

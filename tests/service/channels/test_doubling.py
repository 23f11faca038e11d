"""A notice of a task reaches who represents its holder (代理), in the pages and by mail, while the period runs."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from service.channels.fanout import fan_out
from service.clock import SetClock
from service.db import db
from service.notices import delivery
from service.notices.models import Notice
from service.notices.outbox import OUTBOX
from service.notices.words import text
from tests.driver import Driver
from tests.service.channels.mailhouse import wants, with_mail
from tests.service.people import county as counties
from tests.service.tasks.deputing import UNTIL, check, following, stand_in, started

P, S = "bureau.hr", "bureau.chief"
PORT = 9  # nobody listens: what is posted is looked at, not sent


def told(driver: Driver, channel: str) -> list[str]:
    """Who is told of an opened task, `in_app` or by mail."""
    kind = OUTBOX.c.kind == "task.opened"
    found = select(Notice.holder).where(Notice.kind == "task.opened")
    if channel != "in_app":
        found = select(OUTBOX.c.holder).where(kind, OUTBOX.c.channel == channel)
    names = {f"person:{person_id}": who for who, person_id in driver.county.persons.items()}
    holders = sorted(names.get(holder, "role") for holder in db.session.scalars(found))
    db.session.rollback()
    return holders


def test_both_are_told_while_the_period_runs_and_nobody_twice(any_app: Flask, clock: SetClock) -> None:
    driver = Driver(counties.build(), clock)
    with_mail(any_app, PORT)
    for who in (P, S):
        wants(driver.county.persons[who], f"{who}@bureau.test")
    stand_in(driver, P, S)
    started(driver, check(), following())
    for _ in range(2):
        delivery.deliver(driver.now + timedelta(minutes=3), {}, fan_out)
    assert told(driver, "in_app") == [S, "role"]
    assert told(driver, "email") == [S, P]
    mine = select(Notice.params).where(Notice.holder == f"person:{driver.county.persons[S]}")
    row = db.session.execute(mine.where(Notice.kind == "task.opened")).scalar_one()
    db.session.rollback()
    assert text("task.opened", row, "zh").endswith(f"（代{P}）")
    clock.advance(timedelta(days=(UNTIL - driver.now.date()).days + 1))
    driver.start("small", "s01.hr", "s01", count=3)
    delivery.deliver(driver.now + timedelta(minutes=3), {}, fan_out)
    assert told(driver, "in_app") == [S, "role", "role"]

"""What a test enters into somebody's file."""

from datetime import date
from typing import Any

from sqlalchemy import delete, update

from service.db import transaction
from service.people.persons import APPOINTMENT
from service.records import writing
from service.records.reading import CHECK
from service.records.rules import Entry
from tests.conftest import START
from tests.driver import Driver
from tests.parameters import SetParameter, set_parameter

DAY, TODAY = date(2026, 9, 1), date(2026, 9, 10)


def enter(person: str, kind: str, day: date = DAY, **values: Any) -> str:
    """A record; its id."""
    with transaction() as session:
        return writing.add(session, person, Entry(kind, day, **values), by="system", now=START)


def end(record: str, day: date = TODAY) -> None:
    with transaction() as session:
        writing.end(session, record, day, by="system", now=START)


def unchecked(person: str, topic: str) -> None:
    """As if nobody had looked through the file yet."""
    with transaction() as session:
        session.execute(delete(CHECK).where(CHECK.c.person_id == person, CHECK.c.topic == topic))


def checked(person: str, topic: str) -> None:
    with transaction() as session:
        writing.confirm(session, [person], topic, TODAY, by="system", now=START)


def parameter(driver: Driver, key: str, value: Any) -> None:
    """A parameter from the first day of the tests on."""
    command = SetParameter(key, value, TODAY, "教〔2026〕9号")
    set_parameter(command, now=driver.now)


def leave(person: str, day: date = DAY) -> None:
    """The appointment is over; `day` is the first without it."""
    with transaction() as session:
        mine = (APPOINTMENT.c.person_id == person, APPOINTMENT.c.valid_until.is_(None))
        ended = update(APPOINTMENT).where(*mine).values(valid_until=day, ended_because="退休")
        session.execute(ended)

"""One person who acts by two accounts is one person: what came from who asks opens no second one for some days."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service.access import independence
from service.access.accounts import NewAssignment
from service.access.commands_accounts import CloseAccount, ResetPassword, close_account, reset_password
from service.access.commands_roles import EndRole, assign_role, end_role
from service.access.days import day_of
from service.access.models import Account
from service.clock import SetClock
from service.db import db, transaction
from service.people.commands_accounts import IssueSlips, issue_slips
from tests.driver import Driver
from tests.service.people import county as counties

PASSWORD = "Zheng-Tai-2026-shu"


@pytest.fixture
def county(app: Flask, clock: SetClock) -> Driver:
    return Driver(counties.build(), clock)


def depends(driver: Driver, who: str, on: str, days: int = 14) -> bool:
    persons = driver.county.persons
    found = independence.depends(
        db.session(), persons[who], [persons[on]], ("admin",), driver.now - timedelta(days=days)
    )
    db.session.rollback()
    return found


def reset(driver: Driver, whose: str, by: str = "admin") -> None:
    sent = ResetPassword(driver.county.accounts[whose], PASSWORD)
    reset_password(driver.actor(by), sent, now=driver.now)


def promote(driver: Driver, who: str) -> str:
    house = driver.county
    given = NewAssignment(house.persons[who], "admin", house.organisations["bureau"], day_of(driver.now))
    return assign_role(driver.actor("admin"), given, now=driver.now)


def slip(driver: Driver, whose: str) -> None:
    account = driver.county.accounts[whose]
    home = db.session.scalars(select(Account.organisation_id).where(Account.id == account)).one()
    db.session.rollback()
    sent = IssueSlips(str(home), (account,))
    issue_slips(driver.actor("admin"), sent, now=driver.now)


GIVINGS: dict[str, Callable[[Driver], Any]] = {
    "a password": lambda driver: reset(driver, "bureau.hr"),
    "a slip": lambda driver: slip(driver, "bureau.hr"),
    "a role": lambda driver: promote(driver, "bureau.hr"),
}


@pytest.mark.parametrize("what", GIVINGS)
def test_whom_somebody_gave_something_depends_on_that_person_for_some_days(county: Driver, what: str) -> None:
    assert not depends(county, "bureau.hr", "admin")
    GIVINGS[what](county)
    assert depends(county, "bureau.hr", "admin")
    assert not depends(county, "bureau.chief", "admin"), "another"
    assert not depends(county, "admin", "bureau.hr"), "not the other way round"
    county.clock.advance(timedelta(days=15))
    assert not depends(county, "bureau.hr", "admin")
    assert depends(county, "bureau.hr", "admin", days=16)


def test_a_chain_of_givers_counts_as_well(county: Driver) -> None:
    promote(county, "bureau.chief")
    reset(county, "bureau.hr", by="bureau.chief")
    assert depends(county, "bureau.hr", "bureau.chief")
    assert depends(county, "bureau.hr", "admin")


@pytest.mark.parametrize("how", ["account", "role"])
def test_who_removes_the_only_colleague_is_known_for_some_days(county: Driver, how: str) -> None:
    given = promote(county, "bureau.hr")
    admin, since = county.county.persons["admin"], county.now - timedelta(days=14)
    assert not independence.removed(db.session(), admin, ("admin",), since)
    db.session.rollback()
    county.clock.advance(timedelta(days=1))
    if how == "account":
        sent = CloseAccount(county.county.accounts["bureau.hr"])
        close_account(county.actor("admin"), sent, now=county.now)
    else:
        end_role(county.actor("admin"), EndRole(given, day_of(county.now)), now=county.now)
    assert independence.removed(db.session(), admin, ("admin",), county.now - timedelta(days=14))
    assert not independence.removed(db.session(), county.county.persons["auditor"], ("admin",), since)
    db.session.rollback()


def test_what_the_command_line_gives_is_nobodys(county: Driver) -> None:
    with transaction() as session:
        assert not independence.depends(
            session, county.county.persons["bureau.chief"], ["system"], ("admin", "bureau_hr_chief"),
            county.now - timedelta(days=10_000),
        )  # fmt: skip
    assert day_of(county.now) > counties.SINCE

"""Accounts in bulk, slips that work once, and who may issue them for whom."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from service.access import accounts, sessions
from service.access.accounts import ACCOUNT, SLIP, NewAccount
from service.access.actor import Actor
from service.access.commands import LogIn, log_in
from service.access.commands_slips import Activate, activate
from service.audit.timeline import events
from service.db import db, transaction
from service.errors import Forbidden, Invalid, NotFound
from service.people import queries_accounts
from service.people.commands_accounts import IssueSlips, OpenMany, Slip, issue_slips, open_many
from service.people.commands_county_accounts import AskAccounts, ask_accounts
from service.people.opening_accounts import COLUMNS, ORGANISATION
from service.people.persons import APPOINTMENT
from service.runs.declaring import SHORT
from service.runs.models import Run
from service.runs.working import work
from service.sheets import Heading, Sheet, read, workbook
from tests.service.people import county as counties
from tests.service.people.county import NOW, County, id_number
from workflows.base import table_of

RUN = table_of(Run)
PASSWORD = "a long enough one"


@pytest.fixture
def county(any_app: Flask) -> County:
    """The county; the teachers of s01 have no account yet, and the template of s01 would list one."""
    found = counties.build()
    with transaction() as session:
        session.execute(update(ACCOUNT).where(ACCOUNT.c.username == "s01.teacher").values(person_id=None))
    return found


def sheet(*rows: tuple[object, ...]) -> Sheet:
    return read(workbook("x", [Heading(column.zh) for column in COLUMNS], rows))


def opened(county: County, by: str = "bureau.hr") -> str:
    """The account of the teacher of s01, opened by a sheet."""
    school = county.organisations["s01"]
    found = read_suggested(county, by)
    plan = queries_accounts.plan(county.actor(by), school, found, NOW)
    assert plan.faults == []
    [account_id] = open_many(county.actor(by), OpenMany(school, tuple(plan.logins)), now=NOW)
    return account_id


def read_suggested(county: County, by: str) -> Sheet:
    return sheet(*queries_accounts.suggested(county.actor(by), county.organisations["s01"], NOW))


def slip(county: County, account_id: str, by: str = "s01.hr", school: str = "s01") -> Slip:
    command = IssueSlips(county.organisations[school], (account_id,))
    [found] = issue_slips(county.actor(by), command, now=NOW)
    return found


def used(found: Slip, code: str | None = None, days: int = 0) -> None:
    command = Activate(found.username, code or found.code, PASSWORD, "10.0.0.1")
    activate(Actor.anonymous(), command, now=NOW + timedelta(days=days))


def test_the_template_opens_an_account_that_nobody_can_use_before_the_slip_is(county: County) -> None:
    account_id = opened(county)
    found = slip(county, account_id)
    assert found.username == "s01.001"
    with pytest.raises(Forbidden, match="login_failed"):
        log_in(Actor.anonymous(), LogIn("s01.001", found.code, "10.0.0.1"), now=NOW)
    assert found.code not in str(db.session.execute(select(SLIP)).all())
    db.session.rollback()
    used(found, f" {found.code.lower().replace('-', ' ')} ")
    assert log_in(Actor.anonymous(), LogIn("s01.001", PASSWORD, "10.0.0.1"), now=NOW).token
    with pytest.raises(Forbidden, match="slip_refused"):
        used(found)
    told = [event.kind for event in events(db.session(), f"account:{account_id}")]
    db.session.rollback()
    assert [kind for kind in told if kind.startswith("account.")] == [
        "account.created", "account.slip_issued", "account.activated", "account.slip_refused"
    ]  # fmt: skip


def test_a_slip_expires_and_a_new_one_ends_the_old_the_password_and_the_sessions(county: County) -> None:
    account_id = opened(county)
    first = slip(county, account_id)
    with pytest.raises(Forbidden, match="slip_refused"):
        used(first, days=15)
    second = slip(county, account_id)
    with pytest.raises(Forbidden, match="slip_refused"):
        used(first)
    used(second)
    session = log_in(Actor.anonymous(), LogIn("s01.001", PASSWORD, "10.0.0.1"), now=NOW)
    slip(county, account_id)
    with pytest.raises(Forbidden, match="login_failed"):
        log_in(Actor.anonymous(), LogIn("s01.001", PASSWORD, "10.0.0.1"), now=NOW)
    assert sessions.authenticate(session.token, NOW) is None


def test_guesses_of_a_code_are_throttled(county: County) -> None:
    found = slip(county, opened(county))
    for _ in range(5):
        with pytest.raises(Forbidden, match="slip_refused"):
            used(found, "0000-0000-0000")
    with pytest.raises(Forbidden, match="throttled"):
        used(found)


@pytest.mark.parametrize(
    ("by", "of", "school", "refused"),
    [
        ("s01.hr", "s01.teacher", "s01", None),
        ("s01.principal", "s01.teacher", "s01", None),
        ("s01.hr", "s01.principal", "s01", Forbidden),
        ("s01.hr", "s01.vice", "s01", Forbidden),
        ("s01.hr", "s02.teacher", "s02", NotFound),
        ("s01.hr", "s02.teacher", "s01", NotFound),
        ("s01.teacher", "s01.teacher", "s01", Forbidden),
        ("bureau.hr", "s01.principal", "s01", None),
        ("bureau.hr", "bureau.leader", "bureau", Forbidden),
        ("bureau.hr", "admin", "bureau", Forbidden),
        ("auditor", "s01.teacher", "s01", Forbidden),
        ("admin", "bureau.leader", "bureau", None),
    ],
)
def test_who_may_issue_a_slip_for_whom(
    any_app: Flask, by: str, of: str, school: str, refused: type[Exception] | None
) -> None:
    found = counties.build()
    if refused is None:
        assert slip(found, found.accounts[of], by, school).username == of
        return
    with pytest.raises(refused):
        slip(found, found.accounts[of], by, school)
    assert db.session.scalar(select(SLIP.c.account_id)) is None
    db.session.rollback()


def test_every_wrong_cell_is_named_by_row_and_column_and_nothing_is_opened(county: County) -> None:
    teacher = county.persons["s01.teacher"]
    number = id_number(list(counties.PEOPLE).index("s01.teacher"))
    rows = (
        (teacher, "s01.teacher", "li"),
        (number, "s01.teacher", "wang"),
        (county.persons["s02.teacher"], "s02.teacher", "zhao"),
        (county.persons["s01.hr"], "s01.hr", "qian"),
        ("", "s01.teacher", "sun"),
        (number, "s01.teacher", "with blank"),
        (number, "s01.teacher", "s01.hr"),
        (number, "s01.teacher", "LI"),
    )
    plan = queries_accounts.plan(county.actor("admin"), county.organisations["s01"], sheet(*rows), NOW)
    told = {(fault.params["row"], fault.params["column_en"], fault.code) for fault in plan.faults}
    person, username = "Person or ID number", "User name"
    assert told >= {
        (3, person, "accounts.twice"), (4, person, "accounts.not_here"), (5, person, "accounts.has_one"),
        (6, person, "field.required"), (7, username, "account.username"), (8, username, "account.name_taken"),
        (9, username, "accounts.twice"),
    }  # fmt: skip
    assert [login.row for login in plan.logins] == [2]
    other = sheet((teacher, "somebody else", "li"))
    plan = queries_accounts.plan(county.actor("admin"), county.organisations["s01"], other, NOW)
    assert [fault.code for fault in plan.faults] == ["accounts.other_name"]


def test_a_school_does_not_open_accounts_and_sees_no_other_school(county: County) -> None:
    s01, s02 = county.organisations["s01"], county.organisations["s02"]
    with pytest.raises(NotFound):
        queries_accounts.plan(county.actor("s01.hr"), s01, sheet(), NOW)
    with pytest.raises(NotFound):
        queries_accounts.staff_accounts(county.actor("s01.hr"), s02, NOW)
    with pytest.raises(Forbidden):
        open_many(county.actor("s01.hr"), OpenMany(s01, ()), now=NOW)
    states = {one.name: one for one in queries_accounts.staff_accounts(county.actor("s01.hr"), s01, NOW)}
    assert states["s01.teacher"].state == "none"
    assert (states["s01.hr"].roles, states["s01.hr"].due) == (("school_hr",), False)
    assert states["s01.principal"].state == "active"
    assert not states["s01.principal"].may_issue


def test_a_short_password_is_refused_and_the_slip_stays_good(county: County) -> None:
    found = slip(county, opened(county))
    with pytest.raises(Invalid, match=r"account\.invalid"):
        activate(Actor.anonymous(), Activate(found.username, found.code, "short", "10.0.0.1"), now=NOW)
    used(found)


def test_who_leaves_takes_the_slip_along(county: County) -> None:
    found = slip(county, opened(county))
    with transaction() as session:
        accounts.leave(session, county.persons["s01.teacher"], counties.TODAY, NOW)
    with pytest.raises(Forbidden, match="slip_refused"):
        used(found)


def everywhere(county: County) -> Sheet:
    rows = queries_accounts.suggested_everywhere(county.actor("bureau.hr"), NOW)
    return read(workbook("x", [Heading(column.zh) for column in (*COLUMNS, ORGANISATION)], rows))


def worked(run_id: str) -> Mapping[str, Any]:
    """The run as the jobs of a server would carry it out."""
    assert work(SHORT) == 1
    row = db.session.execute(select(RUN).where(RUN.c.id == run_id)).mappings().one()
    db.session.rollback()
    assert row["state"] == "done", row
    return dict(row["result"])


def test_one_sheet_opens_accounts_of_many_organisations_in_the_background(county: County) -> None:
    with transaction() as session:
        session.execute(update(ACCOUNT).where(ACCOUNT.c.username.like("s02.%")).values(person_id=None))
    found = everywhere(county)
    assert [row["用户名"] for _, row in found.rows] == ["s01.001", "s02.001", "s02.002", "s02.003"]
    plan = queries_accounts.plan(county.actor("bureau.hr"), None, found, NOW)
    assert plan.faults == []
    run_id = ask_accounts(county.actor("bureau.hr"), AskAccounts(tuple(plan.logins)), now=NOW)
    with transaction() as session:
        accounts.leave(session, county.persons["s02.teacher"], counties.TODAY, NOW)
        ended = update(APPOINTMENT).where(APPOINTMENT.c.person_id == county.persons["s02.teacher"])
        session.execute(ended.values(valid_until=counties.TODAY))
        accounts.open_accounts(session, [NewAccount("s02.001", "-")], NOW)
    assert worked(run_id) == {"opened": 2, "refused": 2}
    after = queries_accounts.opening(county.actor("admin"), run_id)
    assert after.counts == {"waiting": 0, "opened": 2, "refused": 2}
    assert {row.fault for row in after.refused} == {"account.name_taken", "accounts.not_here"}
    made = db.session.execute(
        select(ACCOUNT.c.id, ACCOUNT.c.organisation_id).where(ACCOUNT.c.username == "s01.001")
    ).one()
    assert made.organisation_id == county.organisations["s01"]
    db.session.rollback()
    used(slip(county, made.id))


def test_a_sheet_of_many_names_the_wrong_cell_and_schools_have_none(county: County) -> None:
    teacher, other = county.persons["s01.teacher"], county.persons["s02.teacher"]
    headings = [Heading(column.zh) for column in (*COLUMNS, ORGANISATION)]
    wrong = read(workbook("x", headings, [(teacher, "s01.teacher", "li", "s02"), (other, "s02.teacher", "wang", "")]))
    plan = queries_accounts.plan(county.actor("admin"), None, wrong, NOW)
    told = [(fault.params["row"], fault.params["column_en"], fault.code) for fault in plan.faults]
    assert told == [(2, "Organisation", "accounts.other_organisation"), (3, "Person or ID number", "accounts.has_one")]
    for who in ("s01.hr", "bureau.leader"):
        with pytest.raises((Forbidden, NotFound)):
            queries_accounts.suggested_everywhere(county.actor(who), NOW)
        with pytest.raises((Forbidden, NotFound)):
            ask_accounts(county.actor(who), AskAccounts(()), now=NOW)

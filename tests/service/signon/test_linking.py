"""A subject becomes an account by an explicit act alone: by a slip, or by the admin."""

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from service.access import sessions
from service.access.accounts import IDENTITY
from service.access.commands_signon import LinkIdentity, UnlinkIdentity, link_identity, unlink_identity
from service.cli import main
from service.db import db, transaction
from service.errors import Conflict, Forbidden, NotFound
from service.operation import checks_machine
from service.people.commands_accounts import IssueSlips, issue_slips
from tests.conftest import KEY
from tests.service.people.county import NOW, County
from tests.service.signon.browser import Browser
from tests.service.signon.house import CLIENT, House
from tests.service.signon.linked import actor_of, both, link, told
from tests.service.web.api.outside import outside


@both
def test_an_unknown_subject_is_linked_by_a_slip_once_and_never_by_its_mail_or_name(
    county: County, house: House, browser: Browser
) -> None:
    reply = browser.sign_on()
    assert browser.at == "/login/sso/link" and not browser.session
    page = browser.get(browser.at)
    assert "4711" in page.text and "王老师" in page.text
    wrong = browser.post("/login/sso/link", "/login/sso/link", username="s01.teacher", code="0000-0000-0000")
    assert wrong.status_code == 403 and not browser.session
    command = IssueSlips(county.organisations["s01"], (county.accounts["s01.teacher"],))
    [slip] = issue_slips(county.actor("s01.hr"), command, now=NOW)
    reply = browser.post("/login/sso/link", "/login/sso/link", username=slip.username, code=slip.code)
    assert reply.status_code == 302, reply.text
    actor = actor_of(browser.session)
    assert actor and actor.account_id == county.accounts["s01.teacher"]
    assert [kind for kind, _ in told(actor.account_id)][-2:] == ["account.identity_linked", "session.opened"]
    again = Browser(browser.app)
    again.sign_on()
    assert actor_of(again.session) is not None
    used = again.post("/login/sso/link", "/login", username=slip.username, code=slip.code)
    assert used.status_code == 403


@both
def test_only_the_admin_links_by_hand_and_one_subject_is_one_account(county: County, house: House) -> None:
    account_id = link(county, house)
    for who in ("bureau.hr", "s01.hr", "auditor"):
        with pytest.raises((Forbidden, NotFound)):
            link_identity(county.actor(who), LinkIdentity(account_id, house.issuer, "12"), now=NOW)
    with pytest.raises(Conflict, match="linked_elsewhere"):
        link(county, house, "s01.hr")
    with transaction() as session:
        token = sessions.open_token(session, account_id, "session", timedelta(hours=1), NOW).token
    link(county, house, subject="12")
    assert actor_of(token) is None, "another subject, another holder"
    unlink_identity(county.actor("admin"), UnlinkIdentity(account_id), now=NOW)
    with pytest.raises(Conflict, match="not_linked"):
        unlink_identity(county.actor("admin"), UnlinkIdentity(account_id), now=NOW)
    kinds = [kind for kind, _ in told(account_id) if "identity" in kind]
    assert kinds == ["account.identity_linked", "account.identity_linked", "account.identity_unlinked"]
    link(county, house, "s01.hr", "12")


def test_a_new_slip_ends_the_link(county: County, house: House, browser: Browser) -> None:
    account_id = link(county, house)
    issue_slips(county.actor("s01.hr"), IssueSlips(county.organisations["s01"], (account_id,)), now=NOW)
    browser.sign_on()
    assert browser.at == "/login/sso/link"


def test_the_admin_links_on_a_page_and_by_the_api(county: County, house: House, browser: Browser) -> None:
    account_id = county.accounts["s01.teacher"]
    address = f"/user-accounts/{account_id}/identity"
    link(county, house, "admin", "the admin")
    house.subject = "the admin"
    browser.sign_on()
    listed = browser.get(f"/organisations/{county.organisations['s01']}/user-accounts").text
    assert address in listed and "未关联" in listed
    assert browser.post(address, address, subject="the admin").status_code == 409
    assert browser.post(address, address, subject=" ").status_code == 422
    assert browser.post(address, address, subject="4711").status_code == 302
    assert "4711" in browser.get(address).text
    assert browser.post(f"{address}/end", address).status_code == 302
    client, api = browser.app.test_client(), f"/api/v1{address}"
    with transaction() as session:
        admin, hr = (
            sessions.open_token(session, county.accounts[who], "bearer", timedelta(hours=1), NOW).token
            for who in ("admin", "bureau.hr")
        )
    by = {"Authorization": f"Bearer {admin}"}
    assert outside(lambda: client.put(api, json={"subject": "4711"}, headers=by)).status_code == 204
    found = outside(lambda: client.get(api, headers=by)).json
    assert (found["issuer"], found["subject"]) == (house.issuer, "4711")
    other = {"Authorization": f"Bearer {hr}"}
    for refused in (lambda: client.get(api, headers=other), lambda: client.delete(api, headers=other)):
        assert outside(refused).status_code == 403
    assert outside(lambda: client.delete(api, headers=by)).status_code == 204
    assert outside(lambda: client.delete(api, headers=by)).status_code == 409


def test_the_command_line_links_the_first_admin_and_the_doctor_looks_at_the_provider(
    installation: Any, county: County, house: House
) -> None:
    settings = installation.extensions["lectern.settings"]
    variables = {
        "LECTERN_SECRET_KEY": settings.secret_key, "LECTERN_FIELD_KEYS": KEY, "LECTERN_SIGNING_KEY": KEY,
        "LECTERN_DATABASE_URL": settings.database_url, "LECTERN_DATA_DIR": str(settings.data_dir),
        "LECTERN_OIDC_ISSUER": house.issuer, "LECTERN_OIDC_CLIENT_ID": CLIENT, "LECTERN_BASE_URL": "http://localhost",
    }  # fmt: skip
    done = CliRunner().invoke(main, ["link-identity", "Admin", "root"], env=variables)
    assert done.exit_code == 0, done.output
    assert db.session.scalar(select(IDENTITY.c.account_id)) == county.accounts["admin"]
    db.session.rollback()
    [found] = list(checks_machine.sign_on())
    assert (found.level, found.code) == ("ok", "doctor.sign_on")
    installation.extensions.pop("lectern.signon")
    house.says = {"issuer": "https://elsewhere.example"}
    [found] = list(checks_machine.sign_on())
    assert (found.level, found.code) == ("error", "doctor.sign_on_silent")

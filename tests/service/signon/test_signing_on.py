"""Single sign-on with a provider that runs: who comes in, and how a session ends."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select, update

from service.access import accounts, passwords
from service.access.accounts import ACCOUNT, IDENTITY
from service.access.sessions import TOKEN
from service.db import db, transaction
from tests.service.people import county as counties
from tests.service.people.county import NOW, County
from tests.service.signon.browser import Browser
from tests.service.signon.house import CLIENT, House
from tests.service.signon.linked import PASSWORD, actor_of, both, given, link, told


@both
def test_a_linked_subject_comes_in_with_the_roles_of_the_account_and_to_the_page_that_was_wanted(
    county: County, house: House, browser: Browser
) -> None:
    account_id = link(county, house)
    sent = browser.depart("/requests")
    assert (sent["response_type"], sent["code_challenge_method"], sent["client_id"]) == ("code", "S256", CLIENT)
    assert sent["scope"].split() == ["openid", "profile"]
    assert min(len(sent[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert browser.get(browser.decide()).status_code == 302
    assert browser.at == "/requests"
    actor = actor_of(browser.session)
    assert actor and actor.account_id == account_id
    assert {held.role for held in actor.roles} == {"teacher"}
    assert ("session.opened", {"kind": "session", "via": "oidc", "issuer": house.issuer}) in told(account_id)


def test_the_provider_is_asked_again_after_the_hours_of_the_parameter(
    county: County, house: House, browser: Browser
) -> None:
    link(county, house)
    for hours in (2, 1):
        browser.sign_on()
        with transaction() as session:
            session.execute(update(TOKEN).values(last_seen_at=NOW + timedelta(hours=hours, minutes=-1)))
        assert actor_of(browser.session, NOW + timedelta(hours=hours, seconds=-1)) is not None, "in use until then"
        assert actor_of(browser.session, NOW + timedelta(hours=hours)) is None
        given("sign_on_session_hours", 1)


def test_keys_change_and_one_that_is_not_known_is_asked_for(county: County, house: House, browser: Browser) -> None:
    link(county, house)
    browser.sign_on()
    house.rotate()
    browser.sign_on()
    assert browser.at == "/"
    browser.sign_on()
    assert (house.asked.count("metadata"), house.asked.count("keys")) == (1, 2)


def test_what_the_provider_itself_refuses_is_told_and_counted(county: County, house: House, browser: Browser) -> None:
    for _ in range(5):
        sent = browser.depart()
        reply = browser.get(f"/login/sso/callback?error=access_denied&state={sent['state']}")
        assert reply.status_code == 403 and "没有完成" in reply.text
    assert told("unknown")[-1] == ("session.refused", {"via": "oidc", "why": "access_denied"})


def test_logging_out_leads_to_the_provider_and_back(county: County, house: House, browser: Browser) -> None:
    link(county, house)
    browser.sign_on()
    token = browser.session
    assert browser.post("/logout", "/notices").status_code == 302
    assert browser.at == "/logged-out"
    assert actor_of(token) is None
    assert browser.get(browser.at).headers["Refresh"] == "0;url=/login/sso/logout"
    browser.get("/login/sso/logout")
    sent = parse_qs(urlsplit(browser.at).query)
    assert browser.at.startswith(f"{house.issuer}/bye?")
    assert sent == {"client_id": [CLIENT], "post_logout_redirect_uri": ["http://localhost/login"]}


def test_who_leaves_is_let_in_no_more_and_loses_the_session(county: County, house: House, browser: Browser) -> None:
    link(county, house)
    browser.sign_on()
    token = browser.session
    assert actor_of(token) is not None
    with transaction() as session:
        accounts.leave(session, county.persons["s01.teacher"], counties.TODAY, NOW)
    assert actor_of(token) is None
    assert db.session.execute(select(IDENTITY)).all() == []
    db.session.rollback()
    other = Browser(browser.app)
    other.sign_on()
    assert other.at == "/login/sso/link" and not other.session


def test_bureau_and_offices_may_be_kept_from_passwords_and_schools_go_on(
    county: County, house: House, browser: Browser
) -> None:
    with transaction() as session:
        everybody = update(ACCOUNT).values(password_hash=passwords.hashed(PASSWORD))
        session.execute(everybody)
    given("offices_sign_on_only", True)
    for who, admitted in (("bureau.hr", False), ("staffing.office", False), ("admin", False), ("s01.hr", True)):
        visitor = Browser(browser.app)
        reply = visitor.post("/login", "/login", username=who, password=PASSWORD)
        assert (reply.status_code == 302, bool(visitor.session)) == (admitted, admitted), who
        if not admitted:
            assert "只能用统一认证" in reply.text
    refused = Browser(browser.app).post("/login", "/login", username="bureau.hr", password="wrong")
    assert refused.status_code == 401, "who does not know the password learns nothing"
    link(county, house, "bureau.hr")
    browser.sign_on()
    actor = actor_of(browser.session)
    assert actor and actor.account_id == county.accounts["bureau.hr"]


def test_without_a_provider_there_is_no_sign_on_and_no_rule_about_it(app: Any, county: County) -> None:
    given("offices_sign_on_only", True)
    with transaction() as session:
        session.execute(update(ACCOUNT).values(password_hash=passwords.hashed(PASSWORD)))
    visitor = Browser(app)
    assert "/login/sso" not in visitor.get("/login").text
    assert visitor.get("/login/sso").status_code == 404
    assert visitor.post("/login", "/login", username="bureau.hr", password=PASSWORD).status_code == 302

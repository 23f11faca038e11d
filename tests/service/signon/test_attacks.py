"""What is tried against single sign-on, and what each attempt meets."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import select, update

from service.access import commands, passwords
from service.access.accounts import ACCOUNT, USED
from service.access.actor import Actor
from service.access.commands import CleanUp
from service.db import db, transaction
from tests.service.people.county import NOW, County
from tests.service.signon.browser import Browser
from tests.service.signon.house import CLIENT, KEYS, SECRET, House
from tests.service.signon.linked import PASSWORD, both, link, told


def _of(**changes: Any) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    return lambda _header, claims: claims.update(changes)


def _without(name: str) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    return lambda _header, claims: claims.pop(name)


def _unsigned(_header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + "."


def _by_secret(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Signed with the client's secret, as HS256 would be."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"])


def _by_stranger(_header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, KEYS[1], algorithms=["RS256"])


AT = int(NOW.timestamp())


TWISTS = {
    "wrong nonce": _of(nonce="another"),
    "no nonce": _without("nonce"),
    "wrong audience": _of(aud="another client"),
    "two audiences and no authorised party": _of(aud=["another client", CLIENT]),
    "another authorised party": _of(azp="another client"),
    "other issuer": _of(iss="https://elsewhere.example"),
    "expired": _of(exp=AT - 61, iat=AT - 400),
    "no end": _without("exp"),
    "from the future": _of(iat=AT + 600),
    "no subject": _of(sub=""),
    "too long a subject": _of(sub="x" * 300),
    "another access token": _of(at_hash="AAAA"),
    "alg none": _unsigned,
    "alg HS256": _by_secret,
    "a stranger's key": _by_stranger,
    "no token at all": lambda *_: "no.token.atall",
}


def test_what_the_provider_answers_is_believed_only_if_all_of_it_is_right(
    county: County, house: House, browser: Browser
) -> None:
    link(county, house)
    for name, twist in TWISTS.items():
        house.twist = twist
        reply = browser.sign_on()
        assert (reply.status_code, browser.session) == (403, ""), name
        assert "无法核实" in reply.text
    refused = [body for kind, body in told("unknown") if kind == "session.refused"]
    assert len(refused) == len(TWISTS) and all(body["via"] == "oidc" for body in refused)
    house.twist = None
    assert browser.sign_on().status_code == 302
    assert browser.session


def test_a_state_of_another_browser_and_none_at_all_are_refused(
    county: County,
    house: House,
    browser: Browser,
) -> None:
    link(county, house)
    browser.depart()
    back = browser.decide()
    other = Browser(browser.app)
    assert other.get(back).status_code == 403 and not other.session
    other.depart()
    assert other.get(back).status_code == 403 and not other.session
    changed = back.replace("state=", "state=x")
    assert browser.get(changed).status_code == 403 and not browser.session
    assert house.codes, "the code was not even asked for"
    assert browser.get(back).status_code == 302


@both
def test_a_code_is_good_once_even_at_a_provider_that_takes_it_twice(
    county: County,
    house: House,
    browser: Browser,
) -> None:
    link(county, house)
    browser.depart()
    back = browser.decide()
    errand = browser.client.get_cookie("lectern_errand", path="/login/sso")
    assert errand
    assert browser.get(back).status_code == 302
    assert browser.client.get_cookie("lectern_errand", path="/login/sso") is None
    thief = Browser(browser.app)
    thief.client.set_cookie("lectern_errand", errand.value, path="/login/sso")
    assert thief.get(back).status_code == 403 and not thief.session, "the provider knows the code no more"
    house.keeps_codes = True
    browser.depart()
    back = browser.decide()
    errand = browser.client.get_cookie("lectern_errand", path="/login/sso")
    assert errand and browser.get(back).status_code == 302
    thief.client.set_cookie("lectern_errand", errand.value, path="/login/sso")
    assert thief.get(back).status_code == 409 and not thief.session, "the nonce was used"
    commands.clean_up(Actor.system(), CleanUp(), now=NOW + timedelta(days=2))
    assert db.session.execute(select(USED)).all() == []
    db.session.rollback()


def test_a_code_without_the_verifier_of_this_browser_buys_nothing(
    county: County, house: House, browser: Browser
) -> None:
    """PKCE: the code of one errand comes back with the state of another, which a leaked code would."""
    link(county, house)
    browser.depart()
    stolen = parse_qs(urlsplit(browser.decide()).query)["code"][0]
    thief = Browser(browser.app)
    sent = thief.depart()
    reply = thief.get(f"/login/sso/callback?code={stolen}&state={sent['state']}")
    assert reply.status_code == 403 and not thief.session


def test_another_issuer_in_the_reply_or_in_the_metadata_is_refused(
    county: County, house: House, browser: Browser
) -> None:
    link(county, house)
    browser.depart()
    assert browser.get(f"{browser.decide()}&iss=https://elsewhere.example").status_code == 403
    browser.app.extensions.pop("lectern.signon")
    house.says = {"issuer": "https://elsewhere.example"}
    assert browser.get("/login/sso").status_code == 503
    browser.app.extensions.pop("lectern.signon")
    house.says = {"token_endpoint": "http://elsewhere.example/token"}
    assert browser.get("/login/sso").status_code == 503
    assert "没有应答" in browser.get("/login/sso").text
    assert house.asked.count("metadata") == 3, "who did not answer is left in peace for a while"


ELSEWHERE = (
    "//elsewhere.example",
    "https://elsewhere.example",
    "/%5Celsewhere.example",
    "/%09/elsewhere.example",
    "inbox",
)


def test_nobody_is_led_out_of_the_house(county: County, house: House, browser: Browser) -> None:
    link(county, house)
    with transaction() as session:
        known = update(ACCOUNT).where(ACCOUNT.c.username == "s01.hr")
        session.execute(known.values(password_hash=passwords.hashed(PASSWORD)))
    for wanted in ELSEWHERE:
        browser.sign_on(wanted)
        assert browser.at == "/", wanted
        other = Browser(browser.app)
        other.post(f"/login?next={wanted}", "/login", username="s01.hr", password=PASSWORD)
        assert other.at == "/", wanted

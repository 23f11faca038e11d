"""Worked examples 2, 3 and 9 of policy.md §2 through the API, where a title, a change of staff and a vote run."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from service.clock import SetClock
from service.db import db, transaction
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from service.posts.posting import ACCOUNT
from tests.driver import Case, Driver
from tests.flows.title import acting as titles
from tests.flows.title import county as title_county
from tests.service.people.county import id_number
from tests.service.tasks import polls
from tests.service.web.api.house import PDF, House
from tests.service.web.api.test_examples import open_account, retire, senior, with_personnel


def house_of(app: Flask, driver: Driver) -> House:
    """A house round a county that a flow's own tests have built."""
    places = {place: code for code, place in driver.county.organisations.items()}
    rows = db.session.execute(select(ACCOUNT).where(~ACCOUNT.c.pool)).all()
    db.session.rollback()
    accounts = {(places[row.organisation_id], row.band or row.kind): row.id for row in rows}
    return House(app, driver.clock, driver.county, accounts)


def decided(house: House, by: str, case: str, element_id: str, decision: str, **values: Any) -> None:
    reply = house.decide(by, case, element_id, decision, **values)
    assert reply.status_code == 200, (element_id, reply.json)


def recommended(house: House, who: str) -> str:
    """A title application up to the committee; its id."""
    asked = {"definition_key": "title", "organisation_id": house.county.organisations["s02"], "variables": titles.ASKED}
    made = house.caller(who).post("/process-instances", asked)
    assert made.status_code == 201, made.json
    case = str(made.json["id"])
    decided(house, "s02.hr", case, "verification", "verify")
    decided(house, "s02.principal", case, "recommendation", "recommend", school_score=88.5, recommended_on="2026-09-10")
    house.fire(case, "publicity_over")
    decided(house, "bureau.hr", case, "bureau_review", "approve")
    return case


def test_example_2_of_two_recommended_one_passes_and_moves_up(app: Flask, clock: SetClock) -> None:
    driver = title_county.build(clock)
    house = house_of(app, driver)
    before = house.figures("s02"), house.figures("s02", "junior")
    cases = [recommended(house, title_county.teacher(driver, name)) for name in ("li", "zhao")]
    assert house.figures("s02", "middle") == (38, 2, 0)

    title_county.experts(driver, 9)
    session_id = titles.plan(driver)
    titles.drawn(driver, session_id)
    members = titles.opened(driver, session_id)
    titles.voted(Case(driver, cases[0]), members, 7)
    titles.voted(Case(driver, cases[1]), members, 0, 7)
    titles.counted([Case(driver, case) for case in cases])
    house.fire(cases[0], "publicity_over")
    decided(house, "bureau.chief", cases[0], "confirmation", "confirm", confirmation_document="职称〔2026〕1号",
            confirmed_on="2026-09-10")  # fmt: skip
    assert house.figures("s02", "middle")[0] == 39
    assert house.figures("s02", "junior")[0] == before[1][0] - 1
    assert house.figures("s02") == before[0]
    decided(house, "zhao", cases[1], "review_request", "accept")
    assert house.figures("s02", "middle") == (39, 0, 1)


def test_example_3_variant_the_post_moves_with_the_teacher(house: House) -> None:
    """A 20/20, B 5/5: the teacher leaves A, the free post moves to B, the teacher arrives there; the pool stands."""
    with_personnel(house)
    here, pool = house.accounts["s01", "senior"], open_account(house, "bureau", "senior", 10, 0, pool=True)
    there = open_account(house, "point", "senior", 5, 5)
    with transaction() as session:
        headcount = NewAccount(house.county.organisations["point"], "headcount", None, 40, 30)
        opening.open_accounts(session, Cause(None, "", "", "system", house.clock.now()), [headcount])
    retire(house, *senior(house, "s01", 1))
    move = {"target_id": there, "count": 1, "document": "教人〔2026〕8号", "decided_on": "2026-09-10"}
    assert house.caller("bureau.hr").post(f"/accounts/{here}/move-post", move).status_code == 200
    sent = {"file": (BytesIO(PDF), "调令.pdf")}
    principal = house.caller("point.principal")
    scan = principal.post("/attachments", data=sent, content_type="multipart/form-data").json["id"]
    arrival = {
        "kind": "transfer_in", "name": "高级1", "id_number": id_number(801), "post_category": "professional",
        "band": "senior", "grade": 6, "title": "高级", "effective_on": "2026-09-10", "document": "教人〔2026〕9号",
        "document_on": "2026-09-09", "scan": [scan],
    }  # fmt: skip
    asked = {
        "definition_key": "personnel",
        "organisation_id": house.county.organisations["point"],
        "variables": arrival,
    }
    made = principal.post("/process-instances", asked)
    assert made.status_code == 201, made.json
    decided(house, "bureau.chief", made.json["id"], "confirm", "approve")
    figures = {name: house.caller("bureau.hr").get(f"/accounts/{name}").json for name in (here, there, pool)}
    shown = {name: (one["approved"], one["occupied"], one["free"]) for name, one in figures.items()}
    assert shown == {here: (19, 19, 0), there: (6, 6, 0), pool: (10, 0, 10)}


@pytest.mark.parametrize(
    ("size", "yes", "no", "decision"),
    [(11, 4, 3, "no_quorum"), (11, 5, 3, "failed"), (11, 6, 2, "passed"), (25, 16, 0, "no_quorum"),
     (25, 13, 7, "failed"), (25, 14, 6, "passed"), (25, 12, 6, "passed"), (25, 11, 7, "failed")],
)  # fmt: skip
def test_example_9_quorum_and_two_thirds_are_counted_in_whole_persons(
    house: House, size: int, yes: int, no: int, decision: str
) -> None:
    driver = Driver(house.county, house.clock)
    members = polls.committee(driver, size)
    driver.deploy(polls.flow(driver, members))
    case = driver.start("small", by="s01.principal", count=3).id
    for who, choice in zip(members, ["yes"] * yes + ["no"] * no, strict=False):
        task = house.task(who, case, "vote")
        reply = house.caller(who).post(f"/tasks/{task['id']}/complete", {"decision": choice, "values": {}})
        assert reply.status_code == 200, reply.json
    house.clock.set(house.clock.now() + timedelta(days=10))
    house.fire(case, "vote")
    current = house.caller("bureau.hr").get(f"/process-instances/{case}").json["current"]
    assert [place["element_id"] for place in current] == [
        {"passed": "done", "failed": "again", "no_quorum": "none"}[decision]
    ]

"""Repeated requests over HTTP: the same Idempotency-Key gives the same answer, and its effect once (design §2)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from service.access.actor import Actor
from service.idempotency.commands import clean_up
from tests.service.people.county import id_number
from tests.service.web.api.house import House

KEY = {"Idempotency-Key": "k-1"}


def test_the_same_key_gives_the_first_answer_and_one_effect(any_house: House) -> None:
    body = {"variables": any_house.demand(2)}
    clerk = any_house.caller("s01.hr")
    first = clerk.post("/hiring-requests", body, headers=KEY)
    again = clerk.post("/hiring-requests", body, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert any_house.figures() == (96, 2, 2)


def test_the_same_key_with_another_body_is_refused(house: House) -> None:
    clerk = house.caller("s01.hr")
    body = {"variables": house.demand(1)}
    assert clerk.post("/hiring-requests", body, headers=KEY).status_code == 201
    changed = {"variables": {**body["variables"], "posts": house.posts(2)}}
    refused = clerk.post("/hiring-requests", changed, headers=KEY)
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency.key_reused")
    assert house.figures() == (96, 1, 3)


def test_a_key_belongs_to_who_sent_it_and_to_its_address(house: House) -> None:
    for who in ("s01.hr", "s01.principal"):
        answer = house.caller(who).post("/hiring-requests", {"variables": house.demand(1, who)}, headers=KEY)
        assert answer.status_code == 201
    assert house.figures() == (96, 2, 2)


def test_a_failure_stores_nothing_so_the_key_may_be_used_again(house: House) -> None:
    body = {"variables": house.demand(3)}
    clerk = house.caller("s01.hr")
    blocking = house.ask(3)
    assert clerk.post("/hiring-requests", body, headers=KEY).status_code == 409
    withdrawn = clerk.post(f"/process-instances/{blocking.json['id']}/withdraw", {"reason": "改期"})
    assert withdrawn.status_code == 200, withdrawn.json
    assert clerk.post("/hiring-requests", body, headers=KEY).status_code == 201
    assert house.figures() == (96, 3, 1)


def test_a_repeated_completion_is_answered_and_signs_once(any_house: House) -> None:
    case = any_house.ask(1).json["id"]
    task = any_house.task("staffing.office", case, "staffing_check")
    body = {"decision": "approve", "opinion": "", "values": {}, "version": task["version"]}
    answers = [
        any_house.caller("staffing.office").post(f"/tasks/{task['id']}/complete", body, headers=KEY) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200], answers[1].json
    assert answers[0].json == answers[1].json
    events = any_house.caller("bureau.hr").get(f"/process-instances/{case}/events").json["items"]
    assert sum(event["kind"] == "task.signed" for event in events) == 1


def test_a_key_is_forgotten_after_a_day(house: House) -> None:
    body = {"name": "新教师", "id_number": id_number(600)}
    officer = house.caller("bureau.hr")
    first = officer.post("/persons", body, headers=KEY)
    assert officer.post("/persons", body, headers=KEY).json == first.json
    house.clock.advance(timedelta(hours=25))
    assert clean_up(Actor.system(), now=house.clock.now()) == 1
    again = officer.post("/persons", body, headers=KEY)
    assert (again.status_code, again.json["code"]) == (409, "person.known")


def test_concurrent_twins_get_one_effect_and_the_same_answer(postgres_house: House) -> None:
    body = {"variables": postgres_house.demand(1)}
    clerk, together = postgres_house.caller("s01.hr"), Barrier(6)

    def send(_number: int):
        together.wait()
        return clerk.post("/hiring-requests", body, headers=KEY)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {answer.status_code for answer in answers} == {201}, [answer.json for answer in answers]
    assert len({answer.json["id"] for answer in answers}) == 1
    assert postgres_house.figures() == (96, 1, 3)


def test_twenty_threads_ask_for_the_last_headcount_and_exactly_one_gets_it(postgres_house: House) -> None:
    assert postgres_house.ask(3).status_code == 201
    clerk, together = postgres_house.caller("s01.hr"), Barrier(20)
    bodies = [{"variables": postgres_house.demand(1)} for _ in range(20)]

    def send(body: dict):
        together.wait()
        return clerk.post("/hiring-requests", body)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, bodies))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    refused = [answer.json for answer in answers if answer.status_code == 409]
    assert {problem["code"] for problem in refused} == {"ledger.full"}
    assert {problem["params"]["account_id"] for problem in refused} == {postgres_house.accounts["s01", "headcount"]}
    assert postgres_house.figures() == (96, 4, 0)
    held = sum(
        hold["count"]
        for item in postgres_house.caller("s01.hr").get("/hiring-requests").json["items"]
        for hold in postgres_house.caller("s01.hr").get(f"/hiring-requests/{item['id']}").json["holds"]
        if hold["account_id"] == postgres_house.accounts["s01", "headcount"]
    )
    assert held == 4

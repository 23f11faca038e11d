"""A plan through HTTP: every route of the exchange, by whom it is for, and closed to the others."""

import hashlib
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from service.db import db
from service.runs.commands import cancel_run
from service.runs.rows import RUN
from tests.flows.exchange import driving
from tests.flows.exchange.test_plan import lock, record
from tests.service.web.api.house import House


@pytest.fixture
def house(world, application, clock):
    yield House(application, clock, world.county, {})
    db.session.rollback()


def plan(house, **values):
    variables = {"year": 2026, "effective_on": driving.FIRST.isoformat(), **values}
    body = {"organisation_id": house.county.organisations["bureau"], "variables": variables}
    return house.caller("bureau.hr").post("/exchange-plans", body)


def entry_of(house, plan_id, who):
    found = house.caller(who).get(f"/exchange-plans/{plan_id}/entries").json["items"]
    return next(one for one in found if one["person_id"] == house.county.persons[who])


def posted(house, by, path, body=None, status=200):
    answer = house.caller(by).post(path, body if body is not None else {})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.json if status != 204 else None


def test_a_plan_short_of_what_is_needed_is_422_with_the_numbers(house):
    refused = plan(house, target=1)
    assert (refused.status_code, refused.json["code"]) == (422, "exchange.target_short")
    assert refused.json["params"] | {"staff": 14, "target": 2, "floor": 1, "backbone": 1} == refused.json["params"]
    assert [(one["path"], one["code"]) for one in refused.json["errors"]] == [("values.target", "exchange.short")]
    assert "2" in refused.json["errors"][0]["message"]


@dataclass
class Year:
    """A plan on its way through the API, with what its steps made."""

    house: House
    case: driving.Case
    opening: str = ""
    round_id: str = ""
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def base(self):
        return f"/exchange-plans/{self.case.id}"

    def post(self, by, path, body=None, status=200):
        return posted(self.house, by, path, body, status)

    def get(self, by, path):
        return self.house.caller(by).get(path).json


def test_a_year_of_exchange_runs_through_the_api(world, house):
    made = plan(house)
    assert made.status_code == 201, made.json
    assert {one["name"]: (one["reached"], one["needed"], one["base"]) for one in made.json["goals"]} == {
        "target": (0, 2, 14), "floor": (0, 1, 9), "backbone": (0, 1, 0),
    }  # fmt: skip
    year = Year(house, driving.Case(world, made.json["id"]))
    assert [one["id"] for one in year.get("bureau.hr", "/exchange-plans")["items"]] == [year.case.id]
    corrected(world, year)
    applied(year)
    ranked(world, year)
    matched(world, year)
    seen_by_all(year)
    appealed(world, year)
    begun(world, year)


def corrected(world, year):
    """The school offers places, the teacher corrects the list, the bureau answers and settles."""
    place = {"subject": "语文", "stage": "primary", "count": 1}
    year.opening = year.post("s02.hr", f"{year.base}/openings", place, 201)["id"]
    wrong = year.post("s02.hr", f"{year.base}/openings", {**place, "stage": "nowhere"}, 422)
    assert wrong["errors"][0]["code"] == "exchange.stage"
    other = year.post("s02.hr", f"{year.base}/openings", place, 201)["id"]
    year.post("s02.hr", f"/exchange-openings/{other}/take-back", status=204)
    found = {who: entry_of(year.house, year.case.id, who) for who in ("a1", "a2", "a3")}
    year.ids = {who: one["id"] for who, one in found.items()}
    said = year.post("a1", f"/exchange-entries/{year.ids['a1']}/corrections", {"text": "核对"}, 201)["id"]
    driving.checked(world, year.case)
    listed = year.get("bureau.hr", f"{year.base}/objections?kind=correction")["items"]
    assert [(one["id"], one["text"], one["name"]) for one in listed] == [(said, "核对", "a1")]
    answer = {"outcome": "declined", "text": "无误"}
    year.post("bureau.hr", f"/exchange-objections/{said}/answer", answer, 204)
    changed = {"result": "VOLUNTARY", "because": "核实", "version": found["a1"]["version"]}
    settled = year.post("bureau.hr", f"/exchange-entries/{year.ids['a1']}/settle", changed)
    assert settled["result"] == "VOLUNTARY"
    year.case.complete("list_settle", "bureau.hr", "settle")


def applied(year):
    """Two teachers apply; one takes the application back and applies again."""
    wishes = {"wishes": [year.opening], "motive": "离家近"}
    for who in ("a1", "a2"):
        found = year.post(who, f"/exchange-entries/{year.ids[who]}/apply", wishes)
        assert [one["opening_id"] for one in found["wishes"]] == [year.opening]
    assert year.post("a2", f"/exchange-entries/{year.ids['a2']}/withdraw-application")["state"] == "listed"
    year.post("a2", f"/exchange-entries/{year.ids['a2']}/apply", wishes)
    year.case.fire("applications_over")


def ranked(world, year):
    """Opinions, a nomination, the receiving school's ranking."""
    opinion = {"opinion": "support", "text": "同意"}
    year.post("s01.hr", f"/exchange-entries/{year.ids['a1']}/opinion", opinion)
    year.post("s01.hr", f"/exchange-entries/{year.ids['a3']}/nominate", {"reason": "满六年"})
    shown = year.get("s02.hr", f"{year.base}/openings")["items"][0]["applicants"]
    assert {one["name"] for one in shown} == {"a1", "a2"}
    assert year.get("a1", f"{year.base}/openings")["items"][0]["applicants"] == []
    ranking = {"ranked": [year.ids["a2"], year.ids["a1"]], "declined": {}}
    year.post("s02.hr", f"/exchange-openings/{year.opening}/rank", ranking, 204)
    marks = {"panel": [{"name": "评委甲"}], "marks": {year.ids["a1"]: ["90"]}, "no_interest": True}
    refused = year.post("s02.hr", f"/exchange-openings/{year.opening}/assess", marks, 409)
    assert refused["code"] == "exchange.no_competition"
    driving.opined(world, year.case)
    assert year.get("b1", f"{year.base}/published")["items"] == []


def matched(world, year):
    """A round in the background, its figures, its result, its explanations."""
    year.round_id = year.post("bureau.hr", f"{year.base}/rounds", {"seed": 5}, 202)["id"]
    world.work()
    found = year.get("bureau.leader", f"/exchange-rounds/{year.round_id}")
    assert (found["number"], found["seed"], found["quality"]["placed"], found["same"]) == (1, 5, 1, None)
    assert year.get("bureau.hr", f"{year.base}/rounds")["items"][0]["id"] == year.round_id
    inputs = year.house.caller("bureau.hr").get(f"/exchange-rounds/{year.round_id}/inputs")
    assert hashlib.sha256(inputs.data).hexdigest() == found["inputs_hash"]
    assert year.house.caller("a1").get(f"/exchange-rounds/{year.round_id}/inputs").status_code == 403
    result = year.get("bureau.hr", f"/exchange-rounds/{year.round_id}/result")["items"]
    assert (result[0]["name"], result[0]["wish"]) == ("a2", 1)
    explained = f"/exchange-entries/{year.ids['a1']}/explanation"
    assert year.house.caller("a1").get(explained).status_code == 404
    year.case.complete("match", "bureau.hr", "adopt", round_number=1)
    told = year.get("a1", explained)["missed"]
    assert [(one["number"], one["reason"], one["before"]) for one in told] == [(1, "ranked_higher", 1)]
    sent = year.get("s02.hr", f"/exchange-openings/{year.opening}/sent")["items"]
    assert [(one["name"], one["outcome"]) for one in sent] == [("a2", "here"), ("a1", "no_place")]


def seen_by_all(year):
    """Everybody on the list reads who goes where, and nothing else of anybody."""
    line = {"name": "a2", "source": "S01", "subject": "语文", "target": "S02", "manner": "move"}
    for who in ("b1", "a1", "s02.hr", "bureau.leader"):
        assert year.get(who, f"{year.base}/published")["items"] == [line], who
    assert year.house.caller("staffing.office").get(f"{year.base}/published").status_code == 404


def appealed(world, year):
    """An appeal, a replay that gives the same, its answer."""
    said = year.post("a1", f"/exchange-entries/{year.ids['a1']}/appeals", {"text": "请重放"}, 201)["id"]
    replayed = year.post("bureau.hr", f"/exchange-rounds/{year.round_id}/replay", status=202)["id"]
    world.work()
    assert year.get("bureau.hr", f"/exchange-rounds/{replayed}")["same"] is True
    year.case.complete("publicity", "bureau.hr", "objection")
    cleared = {"outcome": "cleared", "text": "重放结果相同"}
    year.post("bureau.hr", f"/exchange-objections/{said}/answer", cleared, 204)
    own = year.get("a1", f"{year.base}/objections?kind=appeal")["items"]
    assert [(one["outcome"], one["answer"]) for one in own] == [("cleared", "重放结果相同")]
    year.case.complete("inquiry", "bureau.hr", "done")


def begun(world, year):
    """The meeting approves; the run that begins the placements is cancelled and asked for again."""
    driving.published(world, year.case)
    driving.meet(world, year.case, "decision", "approve")
    twice = year.post("bureau.hr", f"{year.base}/begin-placements", status=409)
    run = world.row(select(RUN).where(RUN.c.kind == "case.begin_many"))
    cancel_run(world.actor("bureau.leader"), run.id, now=world.now)
    world.work()
    assert year.post("bureau.hr", f"{year.base}/begin-placements", status=202)["id"]
    assert (twice["code"], year.case.state) == ("exchange.beginning", "running")
    world.work()
    assert [one["placed"] for one in year.get("s01.hr", f"{year.base}/progress")["items"]] == [1]
    assert (year.case.state, len(world.placements(year.case))) == ("completed", 1)
    found = year.get("bureau.hr", f"{year.base}/placements?overdue=false")
    assert [(one["state"], one["step"]) for one in found["items"]] == [("waiting", "arrival")]
    assert [one["waiting"] for one in found["schools"]] == [1]


def test_an_exception_goes_through_the_api(world, house):
    lock(world, "a1")
    case = driving.start(world)
    mine = entry_of(house, case.id, "a1")
    assert (mine["result"], mine["reason"]) == ("INELIGIBLE", "service_lock")
    asked = posted(house, "s01.hr", f"/exchange-entries/{mine['id']}/ask-exception", {"reason": "夫妻团聚"})
    assert asked["exception"] == "asked"
    driving.checked(world, case)
    case.complete("list_settle", "bureau.hr", "settle")
    body = {"granted": True, "reason": "会议同意"}
    decided = posted(house, "bureau.hr", f"/exchange-entries/{mine['id']}/decide-exception", body)
    assert decided["exception"] == "granted"


def test_health_and_inquiries_are_seen_by_hr_and_the_person_alone(world, house):
    record(world, "a1", "health", value="pregnancy")
    record(world, "a2", "inquiry")
    case = driving.start(world)
    told = {}
    for who in ("bureau.hr", "s01.hr", "s01.principal", "bureau.leader", "auditor", "a1"):
        answer = house.caller(who).get(f"/exchange-plans/{case.id}/entries?limit=500").json
        assert "items" in answer, (who, answer)
        found = answer["items"]
        told[who] = {one["name"]: one["result"] for one in found if one["name"] in ("a1", "a2")}
    assert told["bureau.hr"] == {"a1": "DEFER", "a2": "HOLD"}
    assert told["a1"] == {"a1": "DEFER"}
    for who in ("s01.hr", "s01.principal", "bureau.leader", "auditor"):
        assert told[who] == {"a1": "ASK_HR", "a2": "ASK_HR"}, who
        for result in ("DEFER", "HOLD"):
            assert house.caller(who).get(f"/exchange-plans/{case.id}/entries?result={result}").json["items"] == []
    assert house.caller("s02.hr").get(f"/exchange-entries/{entry_of(house, case.id, 'a1')['id']}").status_code == 404

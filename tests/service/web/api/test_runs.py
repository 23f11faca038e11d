"""Background work through the API: one's own list, one of them, and cancelling it."""

from collections.abc import Mapping
from typing import Any

import pytest

from service.clock import Clock
from service.db import transaction
from service.errors import Invalid
from service.runs.asking import ask
from service.runs.declaring import KINDS, Kind, Progress, Running
from service.runs.working import work
from tests.service.web.api.house import House


def count(run: Running, _progress: Progress, _clock: Clock) -> Mapping[str, Any]:
    if run.arguments["fails"]:
        raise Invalid("run.ended", state="x")
    return {"n": 3}


def asked(house: House, *, fails: bool = False) -> str:
    clerk = house.county.actor("s01.hr", house.clock.now())
    with transaction() as session:
        return ask(session, clerk, "test.count", {"fails": fails}, now=house.clock.now(), total=3)


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "test.count", Kind("test.count", count, "清点", "Count", "共 {n} 项", "{n} in all"))


def test_a_run_is_read_listed_and_cancelled(any_house: House) -> None:
    clerk = any_house.caller("s01.hr")
    ids = [asked(any_house) for _ in range(3)]
    found = clerk.get(f"/runs/{ids[0]}", headers={"Accept-Language": "en"}).json
    assert (found["name"], found["state"], found["done"], found["total"]) == ("Count", "waiting", 0, 3)
    assert (found["may_cancel"], found["cancelling"], found["ended_at"]) == (True, False, None)
    assert clerk.post(f"/runs/{ids[0]}/cancel").json["state"] == "cancelled"
    again = clerk.post(f"/runs/{ids[0]}/cancel")
    assert (again.status_code, again.json["code"]) == (409, "run.ended")
    work("short")
    done = clerk.get(f"/runs/{ids[1]}").json
    assert (done["state"], done["result"], done["said"], done["may_cancel"]) == ("done", {"n": 3}, "共 3 项", False)
    first = clerk.get("/runs?limit=2").json
    rest = clerk.get(f"/runs?limit=2&cursor={first['next']}").json
    assert [one["id"] for one in [*first["items"], *rest["items"]]] == ids[::-1]
    assert rest["next"] is None


def test_a_run_that_failed_says_why(any_house: House) -> None:
    run_id = asked(any_house, fails=True)
    work("short")
    found = any_house.caller("s01.hr").get(f"/runs/{run_id}").json
    assert (found["state"], found["fault"]) == ("failed", "run.ended")
    assert found["reason"].startswith("这项后台任务已经结束")


def test_another_s_run_is_absent(any_house: House) -> None:
    run_id = asked(any_house)
    for call in (any_house.caller("s02.hr").get, any_house.caller("s01.principal").post):
        path = f"/runs/{run_id}" if call.__name__ == "get" else f"/runs/{run_id}/cancel"
        assert call(path).json["code"] == "run.absent"

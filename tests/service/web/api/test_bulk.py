"""Many tasks decided at once: each by itself, a reason for each that is refused, and a repeat that changes nothing."""

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from service.access.actor import Actor
from service.runs import commands as runs
from service.runs.working import work
from service.sheets import XLSX
from service.tasks import commands_bulk
from tests.driver import Driver
from tests.service.tasks import flows
from tests.service.web.api.house import Caller, House

MINE = {"assignee": "=initiator", "decisions": "approve,return"}
STEPS = {
    "plain": flows.task("plain", **MINE),
    "alone": flows.task("alone", bulk="no", **MINE),
    "declares": flows.task("declares", recuse="hiring.candidates", **MINE),
    "filled": flows.task("filled", form="small-start", fields="count:required", **MINE),
    "read": flows.task("read", form="small-start", fields="count:read", **MINE),
    "vote": flows.task("vote", '="principal@" + school', signing="vote", quorum="1/2", ratio="1/2"),
}


@pytest.fixture
def driver(any_house: House) -> Driver:
    return Driver(any_house.county, any_house.clock)


def opened(driver: Driver, name: str, count: int = 1) -> list[dict[str, Any]]:
    """Tasks of one kind, each of a case of its own, as they are chosen."""
    driver.deploy(flows.line(STEPS[name], ids=(name,)))
    cases = [driver.start("small", by="s01.principal", count=2) for _ in range(count)]
    found = [case.task(name) for case in cases]
    return [{"id": task.id, "version": task.version} for task in found]


def caller(house: House) -> Caller:
    return house.caller("s01.principal")


def states(report: Any) -> list[tuple[str, str | None]]:
    return [(row["state"], row["code"]) for row in report["rows"]]


def sent(house: House, tasks: Sequence[dict[str, Any]], **more: Any) -> Any:
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    reply = caller(house).post("/tasks/bulk-complete", {"tasks": list(tasks), **more}, headers=headers)
    assert reply.status_code == 200, reply.text
    return reply.json


def test_each_task_is_decided_or_refused_by_itself(any_house: House, driver: Driver) -> None:
    plain = opened(driver, "plain", 3)
    alone, declares, filled, read = (opened(driver, name)[0] for name in ("alone", "declares", "filled", "read"))
    stale = {**plain[1], "version": 9}
    unknown = {"id": "0198f000-0000-7000-8000-000000000000", "version": 1}
    report = sent(any_house, [plain[0], stale, alone, declares, filled, read, unknown], opinion="同意")
    assert states(report) == [
        ("done", None), ("refused", "task.stale"), ("refused", "bulk.alone"), ("refused", "bulk.declaration"),
        ("refused", "bulk.fields"), ("done", None), ("refused", "task.absent"),
    ]  # fmt: skip
    assert (report["done"], report["refused"], report["waiting"]) == (2, 5, 0)
    assert all(row["reason"] for row in report["rows"] if row["state"] == "refused")
    seat = caller(any_house).get(f"/tasks/{plain[0]['id']}").json["seats"][0]
    assert (seat["decision"], seat["opinion"]) == ("approve", "同意")
    assert caller(any_house).get(f"/tasks/{alone['id']}").json["state"] == "open"
    assert caller(any_house).get(f"/tasks/bulk-complete/{report['id']}").json == report
    assert any_house.caller("bureau.hr").get(f"/tasks/bulk-complete/{report['id']}").status_code == 404


def test_a_vote_and_a_decision_without_its_reason_are_refused(any_house: House, driver: Driver) -> None:
    vote, plain = opened(driver, "vote")[0], opened(driver, "plain")[0]
    assert states(sent(any_house, [vote]))[0][0] == "refused"
    assert states(sent(any_house, [vote])) == [("refused", "bulk.vote")]
    assert states(sent(any_house, [plain], decision="return")) == [("refused", "opinion.missing")]
    assert states(sent(any_house, [plain], decision="nonsense")) == [("refused", "decision.unknown")]
    assert states(sent(any_house, [plain], decision="return", opinion="缺材料")) == [("done", None)]


def test_a_repeated_key_gives_the_same_report_and_decides_nothing_more(any_house: House, driver: Driver) -> None:
    plain = opened(driver, "plain", 2)
    first = sent(any_house, [plain[0], {**plain[1], "version": 9}], key="k1")
    assert sent(any_house, [plain[0], {**plain[1], "version": 9}], key="k1") == first
    again = caller(any_house).post("/tasks/bulk-complete", {"tasks": plain}, headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.json["code"]) == (422, "idempotency.key_reused")
    assert states(sent(any_house, plain)) == [("refused", "task.closed"), ("done", None)]


def test_more_than_a_page_is_decided_in_the_background(
    any_house: House, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands_bulk, "AT_ONCE", 2)
    plain, alone = opened(driver, "plain", 3), opened(driver, "alone")
    begun = sent(any_house, [*plain, *alone], opinion="同意", key="k1")
    assert (begun["done"], begun["refused"], begun["waiting"]) == (0, 0, 4)
    run = caller(any_house).get(f"/runs/{begun['run_id']}").json
    assert (run["name"], run["state"], run["total"]) == ("批量审批", "waiting", 4)
    assert sent(any_house, [*plain, *alone], opinion="同意", key="k1") == begun
    assert work("short", pace=0) == 1
    report = caller(any_house).get(f"/tasks/bulk-complete/{begun['id']}").json
    assert states(report) == [("done", None)] * 3 + [("refused", "bulk.alone")]
    assert caller(any_house).get(f"/tasks/{plain[2]['id']}").json["seats"][0]["opinion"] == "同意"
    run = caller(any_house).get(f"/runs/{begun['run_id']}").json
    assert (run["state"], run["done"], run["said"]) == ("done", 4, "办理 3 项，未办 1 项")


def test_a_bulk_goes_on_after_its_process_was_killed_and_decides_nothing_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the row that is decided and the next: the next process takes up what waits."""
    monkeypatch.setattr(commands_bulk, "AT_ONCE", 2)
    driver = Driver(house.county, house.clock)
    plain = opened(driver, "plain", 3)
    begun = sent(house, plain)
    claimed = runs.claim(Actor.system(), "short", now=house.clock.now())
    assert claimed is not None
    step = commands_bulk.BulkStep(begun["id"], 0)
    commands_bulk.complete_row(driver.actor("s01.principal"), step, now=house.clock.now())
    house.clock.advance(runs.LEASE)
    assert work("short", pace=0) == 1
    assert states(caller(house).get(f"/tasks/bulk-complete/{begun['id']}").json) == [("done", None)] * 3


def test_a_cancelled_bulk_leaves_the_rest_as_it_was(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands_bulk, "AT_ONCE", 2)
    plain = opened(Driver(house.county, house.clock), "plain", 3)
    begun = sent(house, plain)
    decide = commands_bulk.complete_row

    def cancelled_meanwhile(actor: Actor, step: commands_bulk.BulkStep, *, now: datetime) -> None:
        decide(actor, step, now=now)
        runs.cancel_run(actor, begun["run_id"], now=now)

    monkeypatch.setattr(commands_bulk, "complete_row", cancelled_meanwhile)
    work("short", pace=0)
    report = caller(house).get(f"/tasks/bulk-complete/{begun['id']}").json
    assert states(report) == [("done", None), ("waiting", None), ("waiting", None)]
    assert caller(house).get(f"/tasks/{plain[1]['id']}").json["state"] == "open"


def test_what_is_sent_must_be_a_list_of_different_tasks(house: House) -> None:
    asked = caller(house)
    assert asked.post("/tasks/bulk-complete", {"tasks": []}).status_code == 422
    many = [{"id": f"t{number}", "version": 1} for number in range(1001)]
    assert asked.post("/tasks/bulk-complete", {"tasks": many}).status_code == 422
    twice = asked.post("/tasks/bulk-complete", {"tasks": [{"id": "t", "version": 1}, {"id": "t", "version": 1}]})
    assert (twice.status_code, twice.json["code"]) == (422, "bulk.twice")


def test_boxes_are_listed_each_by_its_name(house: House) -> None:
    driver = Driver(house.county, house.clock)
    mine = opened(driver, "plain")[0]["id"]
    listed = {box: caller(house).get(f"/tasks?box={box}").json["items"] for box in ("todo", "started", "overdue")}
    assert [(item["id"], item["unread"]) for item in listed["todo"]] == [(mine, True)]
    assert [item["id"] for item in listed["started"]] == [mine]
    assert listed["overdue"] == []
    assert caller(house).get("/tasks?box=copied").json["items"] == []
    assert caller(house).get("/tasks?box=attic").status_code == 422
    assert caller(house).get("/tasks?sort=colour").status_code == 422


def test_a_box_is_a_workbook_too_narrowed_as_the_list_is(house: House) -> None:
    driver = Driver(house.county, house.clock)
    opened(driver, "plain", 2)
    reply = caller(house).get("/tasks.xlsx?box=todo")
    assert (reply.status_code, reply.mimetype) == (200, XLSX)
    lines = list(load_workbook(BytesIO(reply.data)).active.iter_rows(values_only=True))
    listed = caller(house).get("/tasks?box=todo").json["items"]
    assert [line[0] for line in lines[1:]] == [item["business_key"] for item in listed]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", line[7]) for line in lines[1:])
    none = caller(house).get("/tasks.xlsx?box=todo&overdue=true")
    assert len(list(load_workbook(BytesIO(none.data)).active.iter_rows())) == 1
    assert caller(house).get("/tasks.xlsx?box=attic").status_code == 422

"""What was decided outside in a bundle: scan and minutes lie in it, and the record says who decided and who wrote."""

import json
from datetime import date
from typing import Any

import pytest

from service.audit import checkpoint
from service.evidence import offline
from tests.driver import Driver
from tests.service.people import county as counties
from tests.service.tasks import flows, scans
from tests.service.tasks.test_minutes import CHAIR, MEMBERS, confirmed, entered

PAPER = flows.task("check", "staffing_officer", decisions="approve,reject", paper="allowed")
MET = flows.task("decide", "bureau_hr_officer", decisions="approve,reject", collective="appointment")


@pytest.fixture
def driver(app: Any, clock: Any) -> Driver:
    return Driver(counties.build(), clock)


def test_paper_and_minutes_stand_in_the_bundle_with_what_they_rest_on(driver: Driver, export: Any, zipped: Any) -> None:
    driver.deploy(flows.line(PAPER, MET, ids=("check", "decide")))
    case = driver.start("small", by="s01.principal", count=3)
    scans.recorded(case, "check")
    assert confirmed(case, entered(case, held_on=date(2026, 9, 10))).outcome == "completed"
    checkpoint.seal(driver.now)
    files = export(case)
    assert offline.verify(zipped(files)).problems == []
    told = {event["kind"]: event for event in map(json.loads, files[offline.EVENTS].splitlines())}
    paper, met = (json.loads(told[kind]["body"]) for kind in ("paper.recorded", "minutes.confirmed"))
    names, persons = json.loads(files["names.json"]), driver.county.persons
    places = [one["file"] for one in json.loads(files["attachments/index.json"])]
    for attachment_id in (paper["paper"]["attachment_id"], met["meeting"]["attachment_id"]):
        [place] = [one for one in places if attachment_id in one]
        assert files[place].startswith(b"%PDF")
    assert paper["paper"]["decided_by"] == scans.BODY
    assert {persons[CHAIR], *(persons[one] for one in MEMBERS)} >= set(met["meeting"]["due"])
    assert {paper["paper"]["recorded_by"], met["meeting"]["chair_id"], met["meeting"]["entered_by"]} <= set(names)

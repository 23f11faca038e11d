"""Figures and their lists through the API: who may read them, what they hold, bad input."""

from datetime import date

from service.db import transaction
from service.records import writing
from service.records.rules import Entry
from tests.conftest import START
from tests.service.web.api.house import House

READERS = ("bureau.hr", "bureau.leader", "auditor")
OTHERS = ("s01.principal", "s01.hr", "s01.teacher", "staffing.office", "hr.bureau", "tdc", "admin")


def backbone(house: House, who: str, tier: str) -> None:
    with transaction() as session:
        entry = Entry("backbone", date(2025, 9, 1), value=tier)
        writing.add(session, house.county.persons[who], entry, by="system", now=START)


def test_only_hr_leaders_and_auditors_read_figures_and_lists(shared_house: House) -> None:
    for path in ("/reports/figures", "/reports/figures/backbone_share", "/reports/steps"):
        assert {shared_house.caller(who).get(path).status_code for who in READERS} == {200}
        assert {shared_house.caller(who).get(path).status_code for who in OTHERS} == {403}


def test_a_figure_has_numerator_denominator_unknown_target_and_day(any_house: House) -> None:
    backbone(any_house, "s01.teacher", "city")
    backbone(any_house, "s02.teacher", "school")
    leader = any_house.caller("bureau.leader")
    found = leader.get("/reports/figures").json
    assert found["as_of"] == "2026-09-10"
    figure = next(one for one in found["items"] if one["key"] == "backbone_share")
    assert figure["numerator"] == 1
    assert figure["unknown"] == figure["denominator"] - 1
    assert figure["target"] == {"value": 10, "sense": "least", "until": None}
    assert figure["verdict"] == "undecided" if figure["needed"] > 1 else "met"
    behind = leader.get("/reports/figures/backbone_share?which=counted").json
    assert [row["id"] for row in behind["items"]] == [any_house.county.persons["s01.teacher"]]
    assert behind["items"][0]["shown"] == "市级"
    assert behind["hidden"] == 0


def test_the_pages_of_a_list_hold_every_row_once(shared_house: House) -> None:
    caller = shared_house.caller("bureau.leader")
    whole = caller.get("/reports/figures/exchange_share?limit=200").json
    ids, cursor = [], ""
    while True:
        page = caller.get(f"/reports/figures/exchange_share?limit=3{cursor}").json
        ids += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert ids == [row["id"] for row in whole["items"]]
    assert len(set(ids)) == len(ids) == whole["figure"]["denominator"] > 3


def test_bad_questions_are_told_what_is_wrong(shared_house: House) -> None:
    caller = shared_house.caller("auditor")
    for path, status, code in (
        ("/reports/figures?on=2027-01-01", 422, "report.future"),
        ("/reports/figures/nonsense", 404, "report.figure_absent"),
        ("/reports/figures/backbone_share?cursor=9999", 422, "cursor.unreadable"),
        ("/reports/figures/backbone_share?cursor=x", 422, "cursor.unreadable"),
        ("/reports/figures/backbone_share?which=odd", 422, "request.invalid"),
        ("/reports/steps?on=yesterday", 422, "request.invalid"),
    ):
        reply = caller.get(path)
        assert (reply.status_code, reply.json["code"]) == (status, code), path


def test_the_day_of_a_report_decides_who_is_counted(house: House) -> None:
    caller = house.caller("bureau.leader")
    assert caller.get("/reports/figures/exchange_share?on=2019-12-31").json["figure"]["denominator"] == 0
    assert caller.get("/reports/figures/exchange_share?on=2020-01-01").json["figure"]["denominator"] > 0

"""Reserved posts through the API: a round to its end, the ranking, lent posts, who sees what, bad input."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from service.db import transaction
from service.jobs import SENDERS
from service.notices import delivery
from service.people.models import Organisation
from service.people.persons import APPOINTMENT
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from service.records import writing
from service.records.rules import Entry
from tests.conftest import START
from tests.driver import BPMN, folder
from tests.service.people import county as counties
from tests.service.web.api.house import House
from tests.service.web.api.test_examples import retire, with_personnel
from workflows import catalogue


def furnish(house: House) -> str:
    """A pool of ten senior posts, six of them lent, s02 remote, both flows; the id of the pool's account."""
    places = house.county.organisations
    with transaction() as session:
        lent = {places["s01"]: 6}
        pool = NewAccount(places["bureau"], "post", "senior", 10, pool=True, lent_to=lent)
        [account] = opening.open_accounts(session, Cause(None, "", "", "system", START), [pool])
        session.execute(update(Organisation).where(Organisation.id == places["s02"]).values(area="remote", weak=True))
        for name in ("reserved-round", "reserved-posts"):
            catalogue.deploy(session, folder(BPMN / name), now=START)
    return account


def teacher(house: House, number: int) -> str:
    """Somebody of s02 with a senior title, an exchange and a file that was looked through."""
    with transaction() as session:
        name = f"teacher.{number}"
        counties._write(session, house.county, number, name, "teacher", house.county.organisations["s02"])
        person = house.county.persons[name]
        exchange = Entry("exchange", date(2024, 9, 1), value="moved", organisation_id=house.county.organisations["s02"])
        title = Entry("title", date(2015, 6, number % 28 + 1), value="高级")
        writing.add_many(session, {person: [title, exchange]}, by="system", now=START)
        for topic in ("career", "discipline"):
            writing.confirm(session, [person], topic, START.date(), by="system", now=START)
    return str(person)


def begin(house: House, by: str, key: str, school: str, **variables: Any) -> Any:
    body = {"definition_key": key, "organisation_id": house.county.organisations[school], "variables": variables}
    return house.caller(by).post("/process-instances", body)


def decide(house: House, by: str, case: str, element_id: str, decision: str, **values: Any) -> None:
    reply = house.decide(by, case, element_id, decision, **values)
    assert reply.status_code == 200, (element_id, reply.json)


def called(house: House, senior: int = 1) -> str:
    """A round that takes applications."""
    case = str(begin(house, "bureau.hr", "reserved_round", "bureau", year=2026).json["id"])
    shown = house.task("bureau.chief", case, "pool_check")["form"]["data"]
    pool, kept = shown["pool"], [{**row, "moved": 0} for row in shown["allotment"]]
    offered = [{**row, "offered": senior if row["band"] == "senior" else 0} for row in pool]
    decide(house, "bureau.chief", case, "pool_check", "confirm", pool=offered, allotment=kept)
    decide(house, "bureau.hr", case, "call", "publish", call_text="请各校申请", call_days=10)
    return case


def apply(house: House, person: str) -> Any:
    return begin(house, "s02.hr", "reserved_post", "s02", person_id=person, band="senior", need="补足高级岗位")


def decided(house: House, case: str) -> None:
    """From the end of the window to the outcome."""
    house.fire(case, "call_period")
    decide(house, "bureau.hr", case, "collect", "rank")
    decide(house, "bureau.leader", case, "bureau_decision", "approve")
    decide(house, "hr.bureau", case, "hr_decision", "approve")
    assert delivery.deliver(house.clock.now(), SENDERS).failed == 0


def figures(house: House, account: str) -> tuple[int, int]:
    """(lent, free)."""
    found = house.caller("bureau.hr").get(f"/accounts/{account}").json
    return found["lent"], found["free"]


def lent_to(house: House, number: int = 700) -> tuple[str, str]:
    """A teacher who has been lent a post; (application, person)."""
    person, case = teacher(house, number), called(house)
    application = str(apply(house, person).json["id"])
    decide(house, "bureau.hr", application, "check", "approve")
    decided(house, case)
    house.fire(application, "publicity_over")
    return application, person


def test_examples_3_and_4_a_teacher_borrows_a_post_and_gives_it_back_by_retiring(any_house: House) -> None:
    house = any_house
    pool = furnish(house)
    assert figures(house, pool) == (6, 4)
    application, person = lent_to(house)
    assert figures(house, pool) == (7, 3)
    assert house.figures("s02", "senior") == (20, 0, 0)
    decide(house, "s02.principal", application, "appointment", "appointed", appointed_on="2026-09-10")
    assert house.figures("s02", "middle")[0] == 37, "the own post is left"
    [loan] = house.caller("s02.hr").get("/post-loans").json["items"]
    assert (loan["person_id"], loan["until"], loan["appointed_on"]) == (person, "2029-09-09", "2026-09-10")

    appointments = house.caller("bureau.hr").get(f"/persons/{person}").json["appointments"]
    [current] = [one for one in appointments if one["valid_until"] is None]
    assert current["band"] == "senior"
    before = house.figures("s02")
    retire(with_personnel(house), "s02", person)
    assert figures(house, pool) == (6, 4)
    assert house.figures("s02", "senior") == (20, 0, 0), "the school gains no vacancy"
    assert house.figures("s02")[0] == before[0] - 1
    assert delivery.deliver(house.clock.now(), SENDERS).failed == 0
    assert house.caller("s02.hr").get(f"/process-instances/{application}").json["state"] == "completed"
    assert house.caller("s02.hr").get("/post-loans").json["items"] == []
    [ended] = house.caller("bureau.hr").get("/post-loans?ended=true").json["items"]
    assert ended["ended_on"] == "2026-09-10"


def test_examples_5_6_and_11_stand_in_the_round(house: House) -> None:
    furnish(house)
    case = begin(house, "bureau.hr", "reserved_round", "bureau", year=2026).json["id"]
    found = house.caller("bureau.leader").get(f"/reserved-posts/{case}").json
    [senior, middle] = found["pool"]
    assert (senior["total"], senior["floor"], senior["approved"], senior["shortage"]) == (50, 5, 10, 0)
    assert (middle["total"], middle["floor"], middle["approved"], middle["shortage"]) == (80, 8, 0, 8)
    [school] = house.task("bureau.chief", case, "pool_check")["form"]["data"]["uplift"]
    assert (school["posts"], school["least"], school["has"], school["lacking"]) == (100, 62, 60, 2)


def test_the_ranking_is_told_with_reasons_and_exported(house: House) -> None:
    furnish(house)
    case = called(house)
    people = [teacher(house, number) for number in (701, 700)]
    for person in people:
        decide(house, "bureau.hr", apply(house, person).json["id"], "check", "approve")
    decided(house, case)
    rows = house.caller("hr.bureau").get(f"/reserved-posts/{case}/applications").json["items"]
    assert [(row["person_id"], row["rank"], row["granted"]) for row in rows] == [
        (people[1], 1, True),
        (people[0], 2, False),
    ]
    assert rows[1]["because"] == "title_since" and rows[1]["why"].endswith("前一名取得职称较早")
    found = house.caller("bureau.hr").get(f"/reserved-posts/{case}").json
    assert [(one["school_name"], one["held"], one["ended"]) for one in found["progress"]] == [("S02", 1, 1)]
    assert (found["state"], found["applications"], found["granted"]) == ("decided", 2, 1)
    book = load_workbook(BytesIO(house.caller("bureau.hr").get(f"/reserved-posts/{case}/export").data))
    assert [[cell.value for cell in row][:5] for row in book.active.iter_rows(min_row=2)] == [
        ["高级", "1", "teacher.700", "S02", "是"], ["高级", "2", "teacher.701", "S02", None],
    ]  # fmt: skip


def test_a_school_sees_its_own_applications_and_no_round_s_pool(house: House) -> None:
    furnish(house)
    case = called(house)
    apply(house, teacher(house, 700))
    assert len(house.caller("s02.hr").get(f"/reserved-posts/{case}/applications").json["items"]) == 1
    assert house.caller("s01.hr").get(f"/reserved-posts/{case}/applications").json["items"] == []
    assert house.caller("s01.hr").get("/reserved-posts").json["items"][0]["offered"] == {"senior": 1, "middle": 0}
    assert house.caller("s02.hr").get(f"/reserved-posts/{case}").status_code == 403
    assert house.caller("s02.hr").get(f"/reserved-posts/{case}/export").status_code == 403
    assert house.caller("bureau.hr").get("/reserved-posts/none").json["code"] == "reserved_round.absent"


def test_a_school_reads_nothing_of_an_ethics_case(house: House) -> None:
    furnish(house)
    called(house)
    person = teacher(house, 700)
    with transaction() as session:
        entry = Entry("ethics", date(2026, 9, 1), value="investigation", document="立〔2026〕1号")
        writing.add(session, person, entry, by="system", now=START)
    case = apply(house, person).json["id"]
    for path in (
        f"/process-instances/{case}",
        f"/process-instances/{case}/variables",
        f"/process-instances/{case}/events",
    ):
        told = house.caller("s02.hr").get(path).get_data(as_text=True)
        assert "investigation" not in told and "立〔2026〕1号" not in told
    assert house.caller("s02.hr").get(f"/process-instances/{case}").json["current"][0]["element_id"] == "ethics_hold"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"person_id": None}, 422, "reserved.person_missing"),
        ({"person_id": "nobody"}, 422, "reserved.person_unknown"),
        ({"band": "junior"}, 422, "field.invalid"),
        ({"band": "middle"}, 422, "reserved.band_not_offered"),
        ({"need": ""}, 422, "field.invalid"),
    ],
)
def test_bad_input_is_told_by_field(house: House, change: dict[str, Any], status: int, code: str) -> None:
    furnish(house)
    called(house)
    fields = {"person_id": teacher(house, 700), "band": "senior", "need": "补足", **change}
    reply = begin(house, "s02.hr", "reserved_post", "s02", **fields)
    assert reply.status_code == status, reply.json
    problem = reply.json
    assert code in (problem["code"], *(one["code"] for one in problem.get("errors", ())))
    assert problem["detail"] and "…" not in problem["detail"]


def test_applying_twice_late_or_before_the_call_is_refused_in_words(house: House) -> None:
    furnish(house)
    person = teacher(house, 700)
    assert apply(house, person).json["code"] == "reserved.no_call"
    case = called(house)
    assert apply(house, person).status_code == 201
    again = apply(house, person)
    assert (again.status_code, again.json["code"]) == (409, "reserved.applied")
    house.fire(case, "call_period")
    late = apply(house, teacher(house, 701))
    assert (late.status_code, late.json["code"]) == (422, "reserved.closed")
    assert "2026" in late.json["detail"]


def of_school(house: House, who: str, case: str) -> dict[str, Any]:
    """The one application of a round as somebody reads it."""
    [found] = house.caller(who).get(f"/reserved-posts/{case}/applications").json["items"]
    return dict(found)


def test_a_ranking_is_told_to_schools_only_once_both_bureaus_have_decided(house: House) -> None:
    furnish(house)
    case = called(house)
    application = str(apply(house, teacher(house, 700)).json["id"])
    decide(house, "bureau.hr", application, "check", "approve")
    house.fire(case, "call_period")
    decide(house, "bureau.hr", case, "collect", "rank")
    early, known = of_school(house, "s02.hr", case), of_school(house, "bureau.hr", case)
    assert (early["rank"], early["because"], early["granted"], early["why"]) == (None, None, False, "")
    assert (known["rank"], known["granted"]) == (1, True)
    counts = [house.caller(who).get("/reserved-posts").json["items"][0]["granted"] for who in ("s02.hr", "bureau.hr")]
    assert counts == [0, 1]
    decide(house, "bureau.leader", case, "bureau_decision", "approve")
    decide(house, "hr.bureau", case, "hr_decision", "approve")
    told = of_school(house, "s02.hr", case)
    assert (told["rank"], told["granted"]) == (1, True) and "交流" in told["why"]


def test_a_school_reads_an_outsider_s_criteria_only_while_the_application_is_open(house: House) -> None:
    furnish(house)
    case, person = called(house), teacher(house, 700)
    application = str(apply(house, person).json["id"])
    decide(house, "bureau.hr", application, "check", "approve")
    decided(house, case)
    with transaction() as session:
        moved = {"organisation_id": house.county.organisations["s01"]}
        session.execute(update(APPOINTMENT).where(APPOINTMENT.c.person_id == person).values(**moved))
    assert "交流" in of_school(house, "s02.hr", case)["why"]
    version = house.caller("s02.hr").get(f"/process-instances/{application}").json["version"]
    reply = house.caller("s02.hr").post(f"/process-instances/{application}/withdraw", {"version": version})
    assert reply.json["state"] == "withdrawn"
    assert "交流" not in of_school(house, "s02.hr", case)["why"]
    assert "交流" in of_school(house, "bureau.hr", case)["why"]

"""The worked examples of policy.md §2 through the API, number by number."""

from datetime import date
from io import BytesIO

from service.db import transaction
from service.people import staff
from service.people.staff import NewPerson, Terms
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from tests.driver import BPMN, folder
from tests.service.people.county import id_number
from tests.service.web.api.house import PDF, House
from workflows import catalogue

REVIEWS = (
    ("bureau.hr", "bureau_review"),
    ("bureau.chief", "bureau_review"),
    ("staffing.office", "staffing_check"),
    ("hr.bureau", "post_check"),
)
SINCE = date(2020, 9, 1)


def register(house: House, case: str, count: int) -> list[str]:
    """Enter qualified applicants in the qualification review, the best first in every score; their ids."""
    officer, found = house.caller("bureau.hr"), []
    for number in range(count):
        body = {"line": 1, "name": f"考生{number}", "id_number": id_number(700 + number), "degree": "bachelor"}
        made = officer.post(f"/hiring-requests/{case}/candidates", body)
        assert made.status_code == 201, made.json
        found.append(made.json["id"])
        mark(house, "bureau.hr", made.json["id"], state="qualified")
    return found


def mark(house: House, by: str, candidate_id: str, **fields: object) -> None:
    seen = house.caller(by).get(f"/candidates/{candidate_id}").json
    changed = house.caller(by).patch(f"/candidates/{candidate_id}", {**fields, "version": seen["version"]})
    assert changed.status_code == 200, changed.json


def decided(house: House, by: str, case: str, element_id: str, decision: str, **values: object) -> None:
    reply = house.decide(by, case, element_id, decision, **values)
    assert reply.status_code == 200, (element_id, reply.json)


def met(house: House, case: str, element_id: str, decision: str) -> None:
    """A meeting of the school decides: its clerk enters the minutes, the principal confirms them."""
    clerk, task = house.caller("s01.hr"), house.task("s01.hr", case, element_id)
    file = {"file": (BytesIO(PDF), "纪要.pdf")}
    scan = clerk.post("/attachments", data=file, content_type="multipart/form-data").json["id"]
    there, today = [house.county.persons["s01.principal"]], house.clock.now().date().isoformat()
    said = {"meeting": "校务会", "held_on": today, "due": there, "present": there, "chair_id": there[0],
            "decision": decision, "attachment_id": scan, "version": task["version"], "no_interest": True}  # fmt: skip
    entered = clerk.post(f"/tasks/{task['id']}/enter-minutes", said)
    assert entered.status_code == 200, entered.json
    confirming = {"version": entered.json["version"], "no_interest": True}
    reply = house.caller("s01.principal").post(f"/tasks/{task['id']}/confirm-minutes", confirming)
    assert reply.status_code == 200, reply.json


def chosen(house: House, case: str) -> list[str]:
    """From the reviews to the choice of whom to hire, three of three applicants."""
    for by, element_id in REVIEWS:
        decided(house, by, case, element_id, "approve")
    decided(house, "bureau.leader", case, "approval", "approve")
    decided(house, "bureau.hr", case, "announce_bureau", "publish", announced_at="市政府网站")
    house.fire(case, "announcement_period")
    people = register(house, case, 9)
    decided(house, "bureau.hr", case, "qualify_bureau", "confirm")
    for number, candidate_id in enumerate(people):
        mark(house, "bureau.hr", candidate_id, written=90 - number)
    decided(house, "bureau.hr", case, "exam_bureau", "confirm", exam_on="2026-10-10")
    for number, candidate_id in enumerate(people):
        mark(house, "s01.hr", candidate_id, interview=90 - number)
    decided(house, "s01.hr", case, "interview", "confirm", interview_on="2026-10-20")
    for candidate_id in people[:3]:
        mark(house, "s01.hr", candidate_id, inspection="passed")
    decided(house, "s01.hr", case, "inspection", "confirm")
    met(house, case, "choice", "choose")
    return people


def test_example_1_the_request_reserves_and_a_second_one_is_refused(any_house: House) -> None:
    house = any_house
    assert house.figures() == (96, 0, 4)
    first = house.ask(3)
    assert first.status_code == 201, first.json
    assert house.figures() == (96, 3, 1)
    assert {hold["count"] for hold in first.json["holds"]} == {3}

    refused = house.ask(2)
    assert refused.status_code == 409
    problem = refused.json
    assert problem["code"] == "ledger.full"
    assert problem["params"]["account_id"] == house.accounts["s01", "headcount"]
    assert (problem["params"]["asked"], problem["params"]["free"]) == (2, 1)
    assert house.figures() == (96, 3, 1)
    assert len(house.caller("s01.hr").get("/hiring-requests").json["items"]) == 1


def test_example_1_a_failed_medical_without_a_next_candidate_releases_one_and_two_onboard(house: House) -> None:
    case = house.ask(3).json["id"]
    chosen(house, case)
    medicals = open_tasks(house, case, "medical")
    assert len(medicals) == 3
    fail_until_the_list_is_used_up(house, case)
    assert house.figures() == (96, 2, 2)
    for _ in range(2):
        onboard(house, case)
    assert house.figures() == (98, 0, 2)
    assert house.figures(account="junior") == (38, 0, 2)


def open_tasks(house: House, case: str, element_id: str) -> list[str]:
    current = house.caller("bureau.hr").get(f"/process-instances/{case}").json["current"]
    return [place["task_id"] for place in current if place["element_id"] == element_id]


def fail_until_the_list_is_used_up(house: House, case: str) -> None:
    """One slot fails again and again, until two replacement rounds have passed."""
    others = set(open_tasks(house, case, "medical")[1:])
    for _ in range(3):
        [slot] = [task_id for task_id in open_tasks(house, case, "medical") if task_id not in others]
        answer = complete(house, slot, "fail")
        assert answer.status_code == 200, answer.json


def complete(house: House, task_id: str, decision: str, **values: object):
    seen = house.caller("bureau.hr").get(f"/tasks/{task_id}").json
    by = next(who for who in ("s01.hr", "bureau.hr", "bureau.leader", "s01.principal") if holds(house, who, seen))
    body = {"decision": decision, "opinion": "理由", "values": values, "version": seen["version"], "no_interest": True}
    return house.caller(by).post(f"/tasks/{task_id}/complete", body)


def holds(house: House, who: str, task: dict) -> bool:
    roles = {f"{held['role']}@{held['organisation_id']}" for held in house.caller(who).get("/me").json["roles"]}
    return bool(roles & set(task["candidate_groups"]))


def onboard(house: House, case: str) -> None:
    """One of the open slots, from the medical to the desk."""
    for element_id, decision, values in (
        ("medical", "pass", {"medical_on": "2026-11-10"}),
        ("publicity_over", None, {}),
        ("hire_materials", "submit", {}),
        ("hire_approval", "approve", {}),
        ("contract", "signed", {"contract_years": 3, "contract_from": "2027-01-18", "probation_months": 12}),
        ("onboarding", "arrived", {"onboarded_on": "2027-01-18"}),
    ):
        if decision is None:
            house.fire(case, element_id)
            continue
        answer = complete(house, open_tasks(house, case, element_id)[0], decision, **values)
        assert answer.status_code == 200, (element_id, answer.json)


def open_account(house: House, school: str, band: str, approved: int, occupied: int, *, pool: bool = False) -> str:
    with transaction() as session:
        cause = Cause(None, "", "", "system", house.clock.now())
        place = house.county.organisations[school]
        [found] = opening.open_accounts(session, cause, [NewAccount(place, "post", band, approved, occupied, pool)])
    return found


def senior(house: House, school: str, number: int) -> tuple[str, str]:
    """Somebody on a senior post of a school who uses no headcount: school and person."""
    with transaction() as session:
        new = NewPerson(senior_name(number), id_number(800 + number))
        person, _ = staff.write_person(session, new, by="system", now=house.clock.now())
        terms = Terms(house.county.organisations[school], SINCE, "filed", band="senior", grade=6)
        staff.appoint(session, person, terms, by="system", now=house.clock.now())
    return school, person


def senior_name(number: int) -> str:
    return f"高级{number}"


def retire(house: House, school: str, person: str) -> None:
    """The change of personnel by which somebody leaves, from the clerk to the section chief."""
    clerk = house.caller("bureau.hr")
    scan = {"file": (BytesIO(PDF), "退休.pdf")}
    name = clerk.get(f"/persons/{person}").json["name"]
    asked = {
        "kind": "retirement", "person_id": person, "name": name, "effective_on": "2026-09-10",
        "document": "教人〔2026〕7号", "document_on": "2026-09-09", "note": "依据鉴定",
        "scan": [clerk.post("/attachments", data=scan, content_type="multipart/form-data").json["id"]],
    }  # fmt: skip
    place = house.county.organisations[school]
    body = {"definition_key": "personnel", "organisation_id": place, "variables": asked}
    made = clerk.post("/process-instances", body)
    assert made.status_code == 201, made.json
    decided(house, "bureau.chief", made.json["id"], "confirm", "approve")


def with_personnel(house: House) -> House:
    with transaction() as session:
        catalogue.deploy(session, folder(BPMN / "personnel"), now=house.clock.now())
    return house


def test_example_10_excess_falls_before_a_vacancy_opens(any_house: House) -> None:
    house = with_personnel(any_house)
    account = open_account(house, "point", "senior", 20, 23)
    people = [senior(house, "point", number) for number in range(4)]
    assert figures(house, account) == (20, 3, 23, 0)
    for one in people[:3]:
        retire(house, *one)
    assert figures(house, account) == (20, 0, 20, 0)
    retire(house, *people[3])
    assert figures(house, account) == (20, 0, 19, 1)


def figures(house: House, account_id: str) -> tuple[int, int, int, int]:
    """(approved, excess, occupied, free)."""
    found = house.caller("bureau.hr").get(f"/accounts/{account_id}").json
    return found["approved"], found["excess"], found["occupied"], found["free"]


def test_example_11_a_vacated_post_moves_to_the_pool(any_house: House) -> None:
    house = with_personnel(any_house)
    school = open_account(house, "point", "senior", 605, 605)
    pool = open_account(house, "bureau", "senior", 0, 0, pool=True)
    move = {"target_id": pool, "count": 1, "document": "教人〔2026〕8号", "decided_on": "2026-09-10"}
    refused = house.caller("bureau.hr").post(f"/accounts/{school}/move-post", move)
    assert (refused.status_code, refused.json["code"]) == (409, "ledger.full")

    retire(house, *senior(house, "point", 9))
    moved = house.caller("bureau.hr").post(f"/accounts/{school}/move-post", move)
    assert moved.status_code == 200, moved.json
    assert figures(house, school) == (604, 0, 604, 0)
    assert figures(house, pool) == (1, 0, 0, 1)
    [sums] = [one for one in house.caller("bureau.hr").get("/ledger-sums").json if one["band"] == "senior"]
    assert (sums["approved"], sums["is_conserved"]) == (645, True)
    assert sums["pool"]["approved"] == 1

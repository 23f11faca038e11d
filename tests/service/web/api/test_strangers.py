"""Nobody learns of another school's cases, tasks, persons, files or posts by guessing ids: every route, every role."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from service.db import db
from service.people.models import Appointment
from tests.service.people.county import PEOPLE, id_number
from tests.service.web.api.house import PDF, House
from tests.service.web.api.test_examples import REVIEWS, decided

STRANGERS = ("s02.hr", "s02.principal", "s02.teacher", "point.principal", "district.principal")
PUBLIC = {"definition_id", "organisation_id", "authorisation_id", "key", "day", "token_id"}
"""What everybody who is signed in may know of, or what is looked for among one's own only."""
RESERVED = {"timer_id", "incident_id"}
"""Acts of admins, refused before anything is looked up: a real and an invented id are refused alike."""
INVENTED = "00000000-0000-7000-8000-000000000000"
TODAY = "2026-09-10"
PAPER = {"document": "教人〔2026〕1号", "decided_on": TODAY}
BODIES: dict[str, dict[str, Any]] = {
    "save_draft": {"values": {}},
    "complete_task": {"decision": "approve", "opinion": "可", "values": {}},
    "recuse_task": {"reason": "亲属", "version": 1},
    "register_candidate": {"line": 1, "name": "某", "id_number": id_number(650), "degree": "bachelor"},
    "edit_candidate": {"version": 1, "reason": "改"},
    "remove_candidate": {"version": 1, "reason": "误"},
    "unmask_candidate": {"field": "phone", "reason": "查"},
    "change_approved": {"approved": 100, **PAPER},
    "move_post": {"target_id": INVENTED, **PAPER},
    "vacate_post": {"on": TODAY, "because": "退休", "document": "教人〔2026〕1号"},
    "edit_organisation": {"version": 1, "name": "改名"},
    "authorise": {"kind": "own_titles", "valid_from": TODAY, "document": "教〔2026〕1号"},
    "end_authorisation": {"on": TODAY},
    "edit_person": {"version": 1, "degree": "master"},
    "unmask": {"field": "phone", "reason": "查"},
    "declare_relation": {"kind": "spouse", "relative_name": "某"},
    "appoint_person": {
        "organisation_id": INVENTED, "valid_from": TODAY, "employment_kind": "contract", "post_category": "support",
    },
    "end_appointment": {"on": TODAY, "because": "离职"},
    "end_role": {"on": TODAY},
    "set_absence": {"first": TODAY},
    "reset_password": {"password": "a long new password"},
    "set_parameter": {"value": 3, "valid_from": TODAY, "source": "规定"},
    "set_day": {"working": False, "name": "校庆"},
    "suspend_instance": {"reason": "暂停"},
    "cancel_instance": {"reason": "取消"},
}  # fmt: skip
"""Bodies that pass the schema, so that the answer is about the id."""


@dataclass
class Secret:
    """The house, and ids of what belongs to s01 by the name under which addresses carry them."""

    house: House
    ids: dict[str, str]


@pytest.fixture(scope="module")
def secret(shared_house: House) -> Secret:
    house = shared_house
    case = house.ask(1).json["id"]
    for by, element_id in REVIEWS[:3]:
        decided(house, by, case, element_id, "approve")
    task = house.task("hr.bureau", case, "post_check")["id"]
    other = announced(house)
    body = BODIES["register_candidate"]
    candidate = house.caller("s01.hr").post(f"/hiring-requests/{other}/candidates", body).json["id"]
    timer = house.caller("bureau.hr").get(f"/process-instances/{other}/timers").json[0]["id"]
    attachment = house.caller("bureau.hr").get(f"/process-instances/{case}/variables").json["variables"]["minutes"][0]
    county = house.county
    ids = {
        "instance_id": case,
        "task_id": task,
        "candidate_id": candidate,
        "timer_id": timer,
        "attachment_id": attachment,
        "account_id": house.accounts["s01", "headcount"],
        "person_id": county.persons["s01.teacher"],
        "appointment_id": appointment_of(county.persons["s01.teacher"]),
        "assignment_id": county.assignments["s01.principal"],
        "user_account_id": county.accounts["s01.hr"],
        "incident_id": INVENTED,
        "definition_id": house.caller("s02.hr").get("/process-definitions").json["items"][0]["id"],
        "organisation_id": county.organisations["s01"],
        "authorisation_id": INVENTED,
        "token_id": INVENTED,
        "key": "opening_ratio",
        "day": TODAY,
    }
    return Secret(house, ids)


def announced(house: House) -> str:
    case: str = house.ask(1).json["id"]
    for by, element_id in REVIEWS:
        decided(house, by, case, element_id, "approve")
    decided(house, "bureau.leader", case, "approval", "approve")
    decided(house, "bureau.hr", case, "announce_bureau", "publish", announced_at="市政府网站")
    return case


def appointment_of(person_id: str) -> str:
    found = db.session.query(Appointment.id).filter(Appointment.person_id == person_id).scalar()
    db.session.rollback()
    return str(found)


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method and route of the API that carries an id."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api.") and rule.arguments:
            yield from ((method, rule) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def ask(secret: Secret, who: str, method: str, rule: Rule, ids: dict[str, str]) -> Any:
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ids[found.group(1)], rule.rule)
    caller, name = secret.house.caller(who), rule.endpoint.removeprefix("api.")
    if name == "import_candidates":
        return caller.post(path, data={"file": (BytesIO(b"x"), "a.xlsx")}, content_type="multipart/form-data")
    body = BODIES.get(name, {}) if method != "GET" else None
    return caller.call(method, path, body)


def test_every_route_that_carries_an_id_is_closed_to_strangers(
    secret: Secret, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix: dict[str, dict[str, int]] = {}
    wrong = []
    for method, rule in routes(secret.house.app):
        line = f"{method:6} {rule.rule.removeprefix('/api/v1')}"
        private = rule.arguments - PUBLIC
        invented = {**secret.ids, **dict.fromkeys(private, INVENTED)}
        for who in STRANGERS:
            real = ask(secret, who, method, rule, secret.ids)
            matrix.setdefault(line, {})[who] = real.status_code
            if private:
                wrong += differs(line, who, real, ask(secret, who, method, rule, invented), private)
            elif real.status_code >= 500:
                wrong.append(f"{line} {who}: {real.status_code}")
    with capsys.disabled():
        print("\n" + table(matrix))
    assert len(matrix) > 50
    assert not wrong, "\n".join(wrong)


def differs(line: str, who: str, real: Any, invented: Any, private: set[str]) -> list[str]:
    """What tells a stranger that an id exists."""
    found = []
    if said(real) != said(invented):
        found.append(f"{line} {who}: {said(real)}, but of an invented id {said(invented)}")
    if real.status_code != 404 and not private <= RESERVED:
        found.append(f"{line} {who}: {real.status_code} {real.json['code']}")
    return found


def said(answer: Any) -> tuple[Any, ...]:
    """What an answer tells: everything but the ids that were asked for."""
    return answer.status_code, answer.json["code"], sorted(answer.json["params"]), answer.json["detail"]


def table(matrix: dict[str, dict[str, int]]) -> str:
    """Routes by roles, for people to read."""
    width = max(map(len, matrix))
    roles = list(next(iter(matrix.values())))
    lines = [" " * width + "  " + "  ".join(roles)]
    for line, found in matrix.items():
        lines.append(line.ljust(width) + "  " + "  ".join(str(found[who]).rjust(len(who)) for who in roles))
    return "\n".join(lines)


def test_no_role_makes_any_route_fail(secret: Secret, capsys: pytest.CaptureFixture[str]) -> None:
    """Every demo role reads everything that can be read by id: allowed, refused or absent, never a crash."""
    matrix: dict[str, dict[str, int]] = {}
    for method, rule in routes(secret.house.app):
        if method == "GET":
            answers = {who: ask(secret, who, method, rule, secret.ids).status_code for who in PEOPLE}
            matrix[rule.rule.removeprefix("/api/v1")] = answers
    with capsys.disabled():
        print("\n" + table(matrix))
    bad = {line: found for line, found in matrix.items() if set(found.values()) - {200, 403, 404, 409}}
    assert not bad, bad
    assert matrix["/process-instances/<instance_id>"]["s01.hr"] == 200
    assert matrix["/process-instances/<instance_id>"]["auditor"] == 200
    assert matrix["/process-instances/<instance_id>"]["admin"] == 404
    assert matrix["/candidates/<candidate_id>"]["staffing.office"] == 404
    assert matrix["/persons/<person_id>"]["s01.principal"] == 200


@pytest.mark.parametrize("who", STRANGERS)
def test_no_list_shows_a_stranger_what_belongs_to_another_school(secret: Secret, who: str) -> None:
    hidden = {value for name, value in secret.ids.items() if name not in PUBLIC and value != INVENTED}
    caller, seen = secret.house.caller(who), 0
    places = f"organisation_id={secret.ids['organisation_id']}"
    for path in (
        "/tasks?box=todo", "/tasks?box=claimable", "/tasks?box=done", "/process-instances", "/hiring-requests",
        "/accounts", "/role-assignments", "/incidents", "/notices", "/tokens", "/vacant-roles", "/ledger-sums",
        f"/process-instances?{places}", f"/accounts?{places}", f"/role-assignments?{places}",
        f"/organisations/{secret.ids['organisation_id']}/people", f"/persons?id_number={id_number(15)}",
    ):  # fmt: skip
        answer = caller.get(path)
        assert answer.status_code == 200, (path, answer.json)
        shown = answer.get_data(as_text=True)
        assert not [value for value in hidden if value in shown], path
        seen += 1
    assert seen == 17


@pytest.mark.parametrize("who", STRANGERS)
def test_a_case_of_another_school_cannot_be_named_in_a_query_or_body(secret: Secret, who: str) -> None:
    case, caller = secret.ids["instance_id"], secret.house.caller(who)
    assert caller.get(f"/attachments?process_instance_id={case}").status_code == 404
    sent = {"file": (BytesIO(PDF), "a.pdf"), "process_instance_id": case}
    assert caller.post("/attachments", data=sent, content_type="multipart/form-data").status_code == 404


def test_without_a_token_every_route_answers_401(secret: Secret) -> None:
    stranger = secret.house.stranger()
    wrong = []
    for rule in secret.house.app.url_map.iter_rules():
        if not rule.endpoint.startswith("api.") or rule.endpoint == "api.login":
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: secret.ids[found.group(1)], rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = stranger.call(method, path)
            if answer.status_code != 401 or "Bearer" not in answer.headers.get("WWW-Authenticate", ""):
                wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong, wrong

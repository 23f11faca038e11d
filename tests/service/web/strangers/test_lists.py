"""No list, query or body shows a stranger what belongs to another school; without a token nothing is answered."""

import re
from io import BytesIO

import pytest

from service.web.api import OPEN
from tests.service.people.county import id_number
from tests.service.web.api.house import PDF
from tests.service.web.strangers.asking import Asker
from tests.service.web.strangers.secrets import Secret

STRANGERS = ("s02.hr", "s02.principal", "s02.teacher", "point.principal", "district.principal")


@pytest.mark.parametrize("who", STRANGERS)
def test_no_list_shows_a_stranger_what_belongs_to_another_school(secret: Secret, who: str) -> None:
    caller, hidden, seen = secret.house.caller(who), secret.hidden_from(who), 0
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


def test_what_is_published_and_how_one_gets_in_is_all_that_needs_no_token() -> None:
    """Beside the login: what is published, and choosing a password with the code of a printed slip."""
    published = {"api.list_publicity", "api.get_publicity", "api.object_to_publicity"}
    assert {"api.login", "api.activate", *published} == OPEN


def test_without_a_token_every_route_answers_401(secret: Secret) -> None:
    stranger = secret.house.stranger()
    wrong = []
    for rule in secret.house.app.url_map.iter_rules():
        if not rule.endpoint.startswith("api.") or rule.endpoint in OPEN:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: secret.ids[found.group(1)], rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = stranger.call(method, path)
            if answer.status_code != 401 or "Bearer" not in answer.headers.get("WWW-Authenticate", ""):
                wrong.append(f"{method} {path}: {answer.status_code}")
    assert not wrong, wrong


def test_an_office_finds_its_own_task_and_the_head_of_the_case(secret: Secret) -> None:
    office, owner, case = Asker(secret, "staffing.office"), Asker(secret, "s01.hr"), secret.ids["case_id"]
    assert owner.page(f"/cases/{case}/candidates").status_code == 200
    page = office.page(f"/cases/{case}")
    assert page.status_code == 200 and "本学年退休 1 人" not in page.text
    assert office.page(f"/tasks/{secret.ids['task_id']}").status_code == 404
    assert office.page(f"/cases/{case}/candidates").status_code == 403
    assert office.page(f"/attachments/{secret.ids['attachment_id']}").status_code == 200

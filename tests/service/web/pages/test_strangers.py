"""No page that carries an id tells a clerk of another school that the id exists."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from service.db import db
from service.flows.hiring import commands
from service.notices.models import Notice
from tests.service.people.county import id_number
from tests.service.web.pages.browser import Site

INVENTED = "00000000-0000-7000-8000-000000000000"
PUBLIC = {"pages.organisation", "pages.start_flow"}
"""What everybody who is signed in may open: names of organisations, flows that one may start."""
GONE = {"pages.task_preview": 200}
"""The part beside the inbox tells of a task that is absent in its own words; every other page is a 404."""


@pytest.fixture
def ids(site: Site) -> dict[str, str]:
    """Ids of what belongs to s01, by the name under which addresses carry them."""
    case = site.registering()
    assert case.fire("announcement_period")
    clerk = site.driver.actor("s01.hr")
    fields = {"line": 1, "name": "考生", "id_number": id_number(650), "degree": "bachelor"}
    candidate = commands.register_candidate(clerk, commands.RegisterCandidate(case.id, fields), now=site.driver.now)
    notice = db.session.scalars(select(Notice.id).limit(1)).first()
    db.session.rollback()
    return {
        "case_id": case.id,
        "task_id": case.task("qualify_school").id,
        "candidate_id": candidate,
        "attachment_id": case.variables["minutes"][0],
        "organisation_id": site.organisation("s01"),
        "notice_id": notice or INVENTED,
    }


def addresses(site: Site, ids: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """(endpoint, its address, the same with invented ids) of every page that is read and carries an id."""
    for rule in site.app.url_map.iter_rules():
        private = rule.endpoint.startswith("pages.") and "GET" in (rule.methods or ()) and rule.arguments
        if private and rule.endpoint not in PUBLIC:
            yield rule.endpoint, filled(rule.rule, ids), filled(rule.rule, dict.fromkeys(ids, INVENTED))


def filled(address: str, ids: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda place: ids[place.group(1)], address)


@pytest.mark.parametrize("who", ["s02.hr", "s02.principal"])
def test_every_page_that_carries_an_id_is_absent_for_a_stranger(site: Site, ids: dict[str, str], who: str) -> None:
    visitor, owner, wrong, open_to_owner = site.visitor(who), site.visitor("s01.hr"), [], 0
    for endpoint, real, invented in addresses(site, ids):
        answer, of_nothing = visitor.get(real), visitor.get(invented)
        expected = GONE.get(endpoint, 404)
        if (answer.status_code, of_nothing.status_code) != (expected, expected):
            wrong.append(f"{endpoint}: {answer.status_code}, of an invented id {of_nothing.status_code}")
        for secret in ("考生", "纪要.pdf", "语文"):
            if secret in answer.text:
                wrong.append(f"{endpoint} shows {secret}")
        open_to_owner += owner.get(real).status_code == 200
    assert not wrong, "\n".join(wrong)
    assert open_to_owner >= 9


def test_an_office_finds_its_own_task_and_the_head_of_the_case(site: Site, ids: dict[str, str]) -> None:
    office, case_id = site.visitor("staffing.office"), ids["case_id"]
    page = office.text(f"/cases/{case_id}")
    assert "退休 2 人" not in page
    assert site.visitor("s01.hr").text(f"/cases/{case_id}")
    assert office.get(f"/tasks/{ids['task_id']}").status_code == 404
    preview = office.get(f"/tasks/{ids['task_id']}/preview").text
    assert preview == office.get(f"/tasks/{INVENTED}/preview").text
    assert office.get(f"/cases/{case_id}/candidates").status_code == 403
    assert office.get(f"/attachments/{ids['attachment_id']}").status_code == 200

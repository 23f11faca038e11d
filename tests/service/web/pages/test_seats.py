"""Operations on seats on the pages: the menu, choosing a person, the look ahead, refusals, the record in words."""

import re

from service.db import transaction
from tests.service.people import county as counties
from tests.service.web.pages.browser import Site


def started(site: Site) -> str:
    """A claimed task of the staffing office, which has one more officer."""
    with transaction() as session:
        office = site.driver.county.organisations["staffing"]
        counties._write(session, site.driver.county, 720, "hu", "staffing_officer", office)
    case = site.hiring()
    task = case.task("staffing_check")
    hu = site.visitor("hu")
    assert hu.post(f"/tasks/{task.id}/claim", {"version": task.version}).status_code == 302
    return task.id


def test_the_menu_leads_to_a_form_that_shows_what_comes_of_it(site: Site) -> None:
    task_id, person = started(site), site.driver.county.persons
    hu = site.visitor("hu", "en")
    page = hu.text(f"/tasks/{task_id}")
    assert set(re.findall(rf"/tasks/{task_id}/seats/(\w+)", page)) == {
        "before",
        "after",
        "transfer",
        "delegate",
        "copy",
    }
    form = hu.text(f"/tasks/{task_id}/seats/before")
    assert "staffing.office" in form and "s01.teacher" not in form
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    sent = {"version": version[1], "person_ids": person["staffing.office"], "q": "leader"}
    found = hu.post(f"/tasks/{task_id}/seats/before/people", sent).get_data(as_text=True)
    assert found.index("staffing.office") < found.index("bureau.leader") and "hr.bureau" not in found
    shown = hu.post(f"/tasks/{task_id}/seats/before/preview", sent).get_data(as_text=True)
    assert re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", shown)).split("like this ")[1].strip() == (
        "staffing.office advises · has the turn hu signs · afterwards"
    )
    wrong = hu.post(f"/tasks/{task_id}/seats/before", {**sent, "reason": ""})
    assert wrong.status_code == 422 and "Give the reason" in wrong.get_data(as_text=True)
    assert hu.post(f"/tasks/{task_id}/seats/before", {**sent, "reason": "Is it right?"}).status_code == 302
    advisers = site.visitor("staffing.office", "en").text(f"/tasks/{task_id}")
    assert "You advise, hu decides" in advisers and "Is it right?" in advisers
    assert "advises hu" in hu.text(f"/tasks/{task_id}")
    assert "hu asks staffing.office" in hu.text(f"/tasks/{task_id}")
    assert set(re.findall(rf"/tasks/{task_id}/seats/(\w+)", hu.text(f"/tasks/{task_id}"))) == {
        "transfer",
        "copy",
        "remove",
    }


def test_hr_hands_over_for_somebody_and_the_case_tells_both_names(site: Site) -> None:
    task_id, person = started(site), site.driver.county.persons
    chief = site.visitor("bureau.chief", "zh")
    form = chief.text(f"/tasks/{task_id}/seats/transfer")
    seat, version = re.search(r'name="seat_id" value="([^"]+)"', form), re.search(r'name="version" value="(\d+)"', form)
    assert seat and version
    sent = {"version": version[1], "seat_id": seat[1], "person_ids": person["staffing.office"], "reason": "病假"}
    assert chief.post(f"/tasks/{task_id}/seats/transfer", sent).status_code == 302
    assert "由hu转给staffing.office。病假" in chief.text(f"/tasks/{task_id}")
    assert chief.post(f"/tasks/{task_id}/seats/transfer", sent).status_code == 409


def test_there_is_no_other_operation(site: Site) -> None:
    assert site.visitor("bureau.hr").get(f"/tasks/{started(site)}/seats/steal").status_code == 404

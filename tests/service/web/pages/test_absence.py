"""The page of one's absence: planned, warned of, ended; and where a substitute reads for whom they act."""

import re
from datetime import timedelta
from io import BytesIO

from service.demo.cases import minutes_pdf
from tests.service.people.county import TODAY
from tests.service.tasks.deputing import give, stand_in
from tests.service.web.pages.browser import Site

P, S = "s01.hr", "s01.principal"
DAYS = {"first": TODAY.isoformat(), "last": (TODAY + timedelta(days=3)).isoformat()}


def test_an_absence_is_planned_on_its_page_and_ended(site: Site) -> None:
    mine = site.visitor(P)
    assert "s01.principal" in mine.text("/absence")
    sent = {**DAYS, "substitute_id": site.driver.county.persons[S], "flows": "hiring"}
    assert mine.post("/absence", sent).status_code == 302
    shown = mine.text("/absence")
    assert "谁代理我" in shown and "9月10日" in shown and "9月13日" in shown
    assert P in site.visitor(S).text("/absence")
    assert mine.post("/absence/end").status_code == 302
    assert "谁代理我" not in mine.text("/absence")


def test_what_would_lie_is_listed_before_with_links_and_a_count(site: Site) -> None:
    case = site.hiring()
    for element_id, who in (("staffing_check", "staffing.office"), ("post_check", "hr.bureau")):
        case.complete(element_id, who, "approve")
    asked = f"/absence?first={DAYS['first']}&last={DAYS['last']}"
    shown = site.visitor("bureau.hr").text(asked)
    assert "有 1 项未办任务无人可办" in shown
    assert f'href="/tasks/{case.task("bureau_review").id}"' in shown
    assert "1 open task would lie with nobody" in site.visitor("bureau.hr", "en").text(asked)
    assert "无人可办" not in site.visitor("staffing.office").text(asked)


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(site: Site) -> None:
    person = site.driver.county.persons[P]
    hr = site.visitor("bureau.hr")
    sent = {**DAYS, "person": person, "substitute_id": site.driver.county.persons[S]}
    refused = hr.post("/absence", sent)
    assert refused.status_code == 422
    assert "请写明其不能自行指定的原因" in refused.text and "请上传依据材料" in refused.text
    assert re.search(rf'value="{site.driver.county.persons[S]}" selected', refused.text)
    paper = {"reason": "住院", "paper": (BytesIO(minutes_pdf()), "a.pdf")}
    assert hr.post("/absence", sent | paper).status_code == 302
    assert hr.post("/absence", sent | paper | {"paper": (BytesIO(minutes_pdf()), "a.pdf")}).status_code == 409
    assert site.visitor("s02.hr").get(f"/absence?person={person}").status_code == 404


def test_inbox_and_task_say_for_whom_a_substitute_acts(site: Site) -> None:
    case = site.hiring()
    away, other = "bureau.hr", "s02.teacher"
    give(site.driver, other, "bureau_hr_officer", "hr")
    stand_in(site.driver, away, other)
    shown = site.visitor(other).text(f"/tasks/{case.task('bureau_review').id}")
    assert f"您代 {away} 办理" in shown
    assert f"您代{away}办理，至2026年9月14日止" in shown
    assert f"代 {away}" in site.visitor(other).text("/")

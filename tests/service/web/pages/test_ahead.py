"""Why a task is here and what comes next, on its page, on the case and before a case begins."""

from typing import Any

import pytest
from sqlalchemy import func, select

from service.audit.models import AuditEvent
from service.db import db
from service.tasks.models import Task
from tests.service.web.api.outside import outside
from tests.service.web.pages.browser import Site
from workflows.base import table_of

REVIEWS = (("bureau_review", "bureau.hr"), ("bureau_review", "bureau.chief"),
           ("staffing_check", "staffing.office"), ("post_check", "hr.bureau"))  # fmt: skip


def task_of(site: Site, case: Any, element_id: str, who: str, locale: str = "zh") -> dict[str, Any]:
    found: dict[str, Any] = asked(site, who, f"/tasks/{case.task(element_id).id}", locale)
    return found


def asked(site: Site, who: str, path: str, locale: str = "zh") -> Any:
    headers = {"Authorization": f"Bearer {site.visitor(who).token}", "Accept-Language": locale}
    reply = outside(lambda: site.app.test_client().get(f"/api/v1{path}", headers=headers))
    assert reply.status_code == 200, reply.text
    return reply.json


def recorded() -> tuple[int, int]:
    """Events and tasks in the database."""
    found = tuple(db.session.scalar(select(func.count()).select_from(table_of(of))) or 0 for of in (AuditEvent, Task))
    db.session.rollback()
    return found[0], found[1]


def names(path: list[dict[str, Any]]) -> list[str]:
    return [step["name"] or step["kind"] for step in path]


def test_the_reviewer_sees_what_follows_each_decision_with_holders_and_days(site: Site) -> None:
    case = site.hiring()
    found = task_of(site, case, "staffing_check", "staffing.office")
    approve, back, reject = found["next"]
    assert [one["label"] for one in found["next"]] == ["同意", "退回", "不同意"]
    assert names(back["path"])[-2:] == ["学校补正材料", "人事科审核、编办核编、人社局核岗"]
    assert names(reject["path"])[-1] == "不同意，结束"
    granted, route = [step for step in approve["path"] if step["kind"] == "fork"][:2]
    assert granted["branches"][0]["conditions"] == ["核定人数为 0"]
    assert route["depends_on"] == ["“核对招聘授权”的结果"]
    filing = route["branches"][0]["path"][0]
    assert (filing["name"], [one["role"] for one in filing["holders"]]) == ("受理备案", ["人事科经办"])
    assert filing["persons"] and filing["due_at"] is not None
    assert filing["due_at"] > found["due_at"]


def test_the_page_says_it_in_both_languages(site: Site) -> None:
    case = site.hiring()
    path = f"/tasks/{case.task('staffing_check').id}"
    chinese, english = site.visitor("staffing.office").text(path), site.visitor("staffing.office", "en").text(path)
    assert "选“退回”之后" in chinese and "视“核对招聘授权”的结果而定" in chinese
    assert "If you choose “Return”" in english and "The school holds an authorisation" in english
    assert "Depends on the outcome of “" in english and "而定" not in english


def test_a_task_tells_the_condition_that_led_to_it(site: Site) -> None:
    case = site.hiring()
    for element_id, who in REVIEWS:
        case.complete(element_id, who, "approve")
    reasons = task_of(site, case, "filing", "bureau.hr")["reasons"]
    told = [reason["text"] for reason in reasons if reason["code"] == "reason.condition"]
    assert told[0] == "因为：走备案"
    assert told[1].startswith("因为：核定了人数（") and told[1].endswith(" = 2）")


def test_the_school_sees_on_its_case_what_is_still_to_come_and_the_api_says_the_same(site: Site) -> None:
    case = site.hiring()
    page = site.visitor("s01.hr").text(f"/cases/{case.id}")
    assert "接下来" in page and "受理备案" in page and "审批招聘方案" in page
    preview = asked(site, "s01.hr", f"/process-instances/{case.id}/preview")
    assert {one["element_id"] for one in preview} == {"bureau_review", "staffing_check", "post_check"}


def test_before_a_case_begins_the_page_shows_the_three_reviews_side_by_side(site: Site) -> None:
    page = site.visitor("s01.hr").text("/start/hiring")
    assert "同时进行" in page and "人社局核岗" in page and "决定核减、取消或保留" in page


@pytest.mark.parametrize("who", ["bureau.hr", "staffing.office"])
def test_looking_ahead_writes_nothing(site: Site, who: str) -> None:
    case = site.hiring()
    element = "bureau_review" if who == "bureau.hr" else "staffing_check"
    before = recorded()
    task_of(site, case, element, who)
    assert recorded() == before

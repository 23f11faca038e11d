"""The inbox: many tasks decided from the list, the next task of the same list, what is unread, a list as a workbook."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

from service.instances.commands import StartInstance, start_instance
from service.runs.working import work
from service.tasks import commands_bulk
from service.tasks.commands import TaskCommand, claim_task
from tests.driver import Case
from tests.service.tasks import flows
from tests.service.web.pages.browser import Site, Visitor
from tests.service.web.pages.test_ledger import words_of

PLAIN = flows.task("plain", assignee="=initiator", decisions="approve,return", dueIn="5 workdays")
FILLED = flows.task("filled", assignee="=initiator", form="small-start", fields="count:required")
OPEN = flows.task("open", '="principal@" + school', decisions="approve,return")
WHO = "s01.principal"


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return site.visitor(WHO)


def started(site: Site, count: int, node: str = PLAIN, name: str = "plain") -> list[Case]:
    site.driver.deploy(flows.line(node, ids=(name,)))
    return [site.driver.start("small", WHO, "s01", count=1) for _ in range(count)]


def picked(case: Case, name: str = "plain") -> str:
    task = case.task(name)
    return f"{task.id}:{task.version}"


def test_two_of_four_chosen_tasks_are_refused_each_with_its_reason(site: Site, visitor: Visitor) -> None:
    plain = started(site, 3)
    [filled] = started(site, 1, FILLED, "filled")
    page = visitor.text("/")
    assert page.count('name="task_id"') == 4
    assert f'value="{picked(filled, "filled")}" form="bulk" disabled' in page
    stale = picked(plain[2]).rpartition(":")[0] + ":9"
    chosen = [picked(plain[0]), picked(plain[1]), stale, picked(filled, "filled")]
    sent = visitor.post("/bulk", {"task_id": chosen, "opinion": "同意", "box": "todo", "sort": "arrival"})
    assert sent.status_code == 302
    report = visitor.text(sent.headers["Location"])
    said = words_of(report)
    assert "未办理2 项" in said.replace(" ", "").replace("2项", "2 项")
    assert "请刷新后再办" in said and "请打开单独办理" in said
    assert "sort=arrival" in report
    assert [case.state for case in (*plain, filled)] == ["completed", "completed", "running", "running"]


def test_when_all_are_decided_the_list_comes_back(site: Site, visitor: Visitor) -> None:
    cases = started(site, 2)
    sent = visitor.post("/bulk", {"task_id": [picked(case) for case in cases], "box": "todo"})
    assert sent.headers["Location"] == "/?box=todo"
    assert visitor.post("/bulk", {"task_id": ["nonsense"]}).status_code == 422
    assert visitor.post("/bulk", {}).status_code == 422


def test_more_than_a_page_is_followed_while_it_is_decided(
    site: Site, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands_bulk, "AT_ONCE", 1)
    cases = started(site, 2)
    sent = visitor.post("/bulk", {"task_id": [picked(case) for case in cases], "box": "todo"})
    page = visitor.text(sent.headers["Location"])
    assert 'hx-trigger="every 1s"' in page and "等待中" in page and "已取消或中断" not in page
    assert work("short", pace=0) == 1
    report = visitor.text(sent.headers["Location"])
    assert 'hx-trigger="every 1s"' not in report and "已办理2项" in words_of(report).replace(" ", "")
    run = visitor.text("/my/runs")
    assert "办理 2 项，未办 0 项" in run and sent.headers["Location"].partition("?")[0] in run


def test_tasks_that_nobody_has_claimed_are_decided_together_too(site: Site, visitor: Visitor) -> None:
    cases = started(site, 2, OPEN, "open")
    assert visitor.text("/?box=claimable").count('name="task_id"') == 2
    sent = visitor.post("/bulk", {"task_id": [picked(case, "open") for case in cases], "box": "claimable"})
    assert sent.headers["Location"] == "/?box=claimable"
    assert [case.state for case in cases] == ["completed", "completed"]


def test_after_a_decision_the_next_task_of_the_same_list_is_opened(site: Site, visitor: Visitor) -> None:
    first, second, third = started(site, 3)
    listed = re.findall(r'class="title" href="(/tasks/[^"]+)"', visitor.text("/?box=todo&sort=arrival"))
    assert listed == [f"/tasks/{case.task('plain').id}?box=todo&amp;sort=arrival" for case in (third, second, first)]
    page = visitor.text(f"/tasks/{second.task('plain').id}?box=todo&sort=arrival")
    assert f'data-key="j" href="/tasks/{first.task("plain").id}?box=todo&amp;sort=arrival"' in page
    task = second.task("plain")
    answer = visitor.post(
        f"/tasks/{task.id}/complete?box=todo&sort=arrival", {"decision": "approve", "version": str(task.version)}
    )
    assert answer.headers["Location"] == f"/tasks/{first.task('plain').id}?box=todo&sort=arrival"
    rest, sent = third.task("plain"), first.task("plain")
    beside = {"decision": "approve", "version": str(sent.version), "from": "inbox"}
    answer = visitor.post(f"/tasks/{sent.id}/complete?box=todo&sort=arrival", beside)
    assert answer.headers["Location"] == f"/?box=todo&sort=arrival&task={rest.id}", (
        "who decides in the list stays there"
    )


def test_a_task_is_unread_until_it_is_opened(site: Site, visitor: Visitor) -> None:
    [case] = started(site, 1)
    assert "row unread" in visitor.text("/")
    visitor.text(f"/tasks/{case.task('plain').id}")
    assert "row unread" not in visitor.text("/")
    assert site.visitor("bureau.hr").get("/inbox/counts").json["todo"] == ""
    assert visitor.get("/inbox/counts").json == {"todo": 1, "overdue": "", "claimable": "", "copied": ""}


def test_a_list_is_exported_as_texts_that_nothing_computes(site: Site, visitor: Visitor) -> None:
    check = flows.task("check", "bureau_hr_officer", decisions="approve")
    site.driver.deploy(flows.line(check, ids=("check",)))
    school = site.organisation("s01")
    command = StartInstance("small", school, {"count": 1}, "=1+1")
    case = Case(site.driver, start_instance(site.driver.actor(WHO), command, now=site.driver.now).instance_id)
    task = case.task("check")
    claim_task(site.driver.actor("bureau.hr"), TaskCommand(task.id, task.version), now=site.driver.now)
    reply = site.visitor("bureau.hr").get("/inbox.xlsx?box=todo")
    assert reply.status_code == 200
    rows = list(load_workbook(BytesIO(reply.data)).active.iter_rows())
    assert rows[0][0].value == "案件号"
    assert [cell.value for cell in rows[1]][:2] == ["=1+1", task.case.title]
    assert {cell.data_type for row in rows for cell in row if cell.value} <= {"s", "inlineStr"}
    assert len(rows) == 2


def test_a_list_is_narrowed_to_an_organisation_where_cases_of_many_are_seen(site: Site, visitor: Visitor) -> None:
    site.driver.deploy(flows.line(flows.task("check", "bureau_hr_officer", decisions="approve"), ids=("check",)))
    for who, school in ((WHO, "s01"), ("s02.principal", "s02")):
        site.driver.start("small", who, school, count=1)
    page = site.visitor("bureau.hr").text("/?box=claimable")
    assert page.count('class="title"') == 2
    assert f'<option value="{site.organisation("s01")}">' in page
    page = site.visitor("bureau.hr").text(f"/?box=claimable&organisation_id={site.organisation('s01')}")
    assert page.count('class="title"') == 1
    assert f'<option value="{site.organisation("s01")}" selected>' in page
    assert 'name="organisation_id"' not in visitor.text("/")

"""Flows in the pages: from a draft to a version approved by somebody else, running cases on the diagram and moved."""

import re
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from service.runs.working import work
from tests.service.deployments.admins import second_admin, untried
from tests.service.tasks import flows
from tests.service.web.api.outside import outside
from tests.service.web.pages.browser import Site, Visitor

CHECK = flows.task("check", "bureau_hr_officer", form="small-start", decisions="approve")
CONFIRM = flows.task("confirm", "bureau_hr_chief", decisions="approve")
GOOD = flows.line(CHECK, ids=("check",))
LONGER = flows.line(CHECK, CONFIRM, ids=("check", "confirm"))


@pytest.fixture
def admins(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Two admins; the gate without its trial, which takes a second."""
    untried(monkeypatch)
    second_admin(site.driver.county, site.driver.now)
    return site


def imported(admin: Visitor, files: dict[str, bytes]) -> str:
    """The address of the draft that files become."""
    sent = {"files": [(BytesIO(content), name) for name, content in files.items()]}
    begun = admin.post("/definitions/import", sent)
    assert begun.status_code == 302, begun.text
    return str(begun.headers["Location"])


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found.group(1)


def act(visitor: Visitor, draft: str, name: str, reason: str = "") -> str:
    done = visitor.post(f"{draft}/{name}", {"version": version_in(visitor.text(draft)), "reason": reason})
    assert done.status_code == 302, done.text
    return str(done.headers["Location"])


def published(site: Site, files: dict[str, bytes]) -> str:
    draft = imported(site.visitor("admin"), files)
    act(site.visitor("admin"), draft, "ask", "上线")
    return act(site.visitor("bureau.chief"), draft, "approve")


def test_a_draft_is_asked_for_by_one_admin_and_published_by_another(admins: Site) -> None:
    admin, second = admins.visitor("admin"), admins.visitor("bureau.chief")
    draft = imported(admin, GOOD)
    assert "检查结果" in admin.text(draft)
    warning = "改动一处，您就成为编写人"
    assert warning in second.text(f"{draft}/edit") and warning not in admin.text(f"{draft}/edit")
    act(admin, draft, "ask", "按新办法修改")
    own = admin.post(f"{draft}/approve", {"version": "2"})
    assert own.status_code == 403 and "不能自己批准" in own.text
    unexplained = second.post(f"{draft}/refuse", {"version": "2", "reason": ""})
    assert unexplained.status_code == 422 and "请写明理由" in unexplained.text
    version = act(second, draft, "approve")
    shown = second.text(version)
    assert "按新办法修改" in shown and "bureau.chief" in shown
    assert admin.get(f"{version}/diagram.bpmn").mimetype == "application/xml"
    assert admin.get(f"{version}/export").mimetype == "application/zip"
    assert "小流程" in admin.text("/definitions")


def test_what_the_gate_refuses_cannot_be_asked_for_and_is_said(admins: Site) -> None:
    admin = admins.visitor("admin")
    draft = imported(admin, {**GOOD, "flow.bpmn": GOOD["flow.bpmn"].replace(b"bureau_hr_officer", b"grand_vizier")})
    page = admin.text(draft)
    assert "grand_vizier" in page and "请先改正上面的错误" in page
    assert "人事科科长" in page and "bureau_hr_chief" not in page.partition("改为已有的角色")[2][:200], (
        "roles are said in words"
    )
    refused = admin.post(f"{draft}/ask", {"version": "1", "reason": "上线"})
    assert refused.status_code == 422 and "没有通过检查" in refused.text


def test_a_stale_page_changes_nothing_and_says_who_was_faster(admins: Site) -> None:
    admin = admins.visitor("admin")
    draft = imported(admin, GOOD)
    body = {"version": 1, "files": {"flow.bpmn": "<x/>"}, "check": False}
    saved = put(admin, f"{draft}/contents", body)
    assert saved.status_code == 200 and saved.json["version"] == 2
    late = admin.post(f"{draft}/discard", {"version": "1"})
    assert late.status_code == 409 and "admin" in late.text
    stale = put(admin, f"{draft}/contents", body)
    assert (stale.status_code, stale.json["code"]) == (409, "draft.stale")
    assert "小流程" not in admin.get(f"{draft}/contents").json["contents"]["flow.bpmn"]
    assert admin.get(f"{draft}/diff.json").status_code == 200


def put(visitor: Visitor, path: str, body: dict[str, object]) -> TestResponse:
    """Save as the editor in the page does."""
    client = visitor._client()
    page = outside(lambda: client.get("/notices", headers={"Accept": "text/html"})).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    headers = {"Accept": "application/json", "X-CSRFToken": token.group(1)}
    return outside(lambda: client.put(path, json=body, headers=headers))


def test_files_that_are_none_of_a_flow_are_refused_on_the_page(admins: Site) -> None:
    admin = admins.visitor("admin")
    wrong = admin.post("/definitions/import", {"files": [(BytesIO(b"PK nothing"), "flow.zip")]})
    assert wrong.status_code == 422 and "不是完好的 ZIP" in wrong.text
    nameless = admin.post("/definitions/import", {"files": [(BytesIO(b"{}"), "a.form")]})
    assert nameless.status_code == 422 and "流程标识" in nameless.text
    bad = admin.post("/definitions/new", {"key": "1 2", "name": "x"})
    assert bad.status_code == 422
    new = admin.post("/definitions/new", {"key": "visit", "name": "外出研修"})
    assert new.status_code == 302 and "外出研修" in admin.text("/definitions")


def test_running_cases_are_counted_where_they_stand_and_moved_after_a_look(admins: Site) -> None:
    version = published(admins, GOOD)
    for _ in range(2):
        admins.driver.start("small", "s01.principal", count=1)
    newer = published(admins, LONGER)
    admin = admins.visitor("admin")
    assert f'href="{version}/cases"' in admin.text(f"{newer}/cases"), "cases of the older version are one click away"
    page = admin.text(f"{version}/cases")
    assert '"check":2' in page.replace(" ", "").replace("&#34;", '"')
    assert "XL-2026-0001" in admin.text(f"{version}/cases?element=check")
    assert "XL-2026-0001" not in admin.text(f"{version}/cases?state=failed")
    target = newer.rpartition("/")[2]
    looked = admin.post(f"{version}/migrate", {"target": target, "dry": "true"})
    outside(lambda: _work(admins))
    assert "能转" in admin.text(looked.headers["Location"])
    assert admin.post(f"{version}/migrate", {"target": target, "dry": "false"}).status_code == 422
    moved = admin.post(f"{version}/migrate", {"target": target, "dry": "false", "reason": "新办法"})
    outside(lambda: _work(admins))
    assert "已转" in admin.text(moved.headers["Location"])
    assert "XL-2026-0001" in admin.text(f"{newer}/cases")


def test_a_step_that_the_version_lacks_is_mapped_on_the_page(admins: Site) -> None:
    version = published(admins, GOOD)
    admins.driver.start("small", "s01.principal", count=1)
    renamed = flows.line(CHECK.replace('"check"', '"look"'), ids=("look",))
    newer, admin = published(admins, renamed), admins.visitor("admin")
    target = newer.rpartition("/")[2]
    looked = admin.post(f"{version}/migrate", {"target": target, "dry": "true"}).headers["Location"]
    outside(lambda: _work(admins))
    page = admin.text(looked)
    assert "新版本没有的步骤" in page and "look (look)" in page
    wrong = {"old": ["check"], "new": ["look"], "dry": "false", "reason": ""}
    assert admin.post(f"{looked}/again", wrong).status_code == 422
    moved = admin.post(f"{looked}/again", {**wrong, "reason": "步骤改名"}).headers["Location"]
    outside(lambda: _work(admins))
    assert "已转" in admin.text(moved)
    assert "XL-2026-0001" in admin.text(f"{newer}/cases")


def _work(site: Site) -> None:
    with site.app.app_context():
        work("long", pace=0)


def test_a_flow_is_retired_with_a_reason(admins: Site) -> None:
    version, admin = published(admins, GOOD), admins.visitor("admin")
    assert admin.post(f"{version}/retire", {"reason": ""}).status_code == 422
    assert admin.post(f"{version}/retire", {"reason": "并入新流程"}).status_code == 302
    second = admins.visitor("bureau.chief")
    request = re.findall(r'action="(/retirement-requests/[^"/]+)/approve"', second.text(version))[0]
    assert "申请停用的人不能自己批准" in admin.text(version)
    assert admin.post(f"{request}/approve").status_code == 403
    assert second.post(f"{request}/refuse", {"reason": ""}).status_code == 422
    assert second.post(f"{request}/approve").status_code == 302
    assert "已停用" in second.text(version)


@pytest.mark.parametrize(("who", "status"), [("auditor", 200), ("bureau.hr", 200), ("s01.principal", 403)])
def test_who_may_look_at_flows(admins: Site, who: str, status: int) -> None:
    assert admins.visitor(who).get("/definitions").status_code == status


def test_hr_puts_a_case_right_on_its_page(admins: Site) -> None:
    published(admins, GOOD)
    case = admins.driver.start("small", "s01.principal", count=1)
    hr, page = admins.visitor("bureau.hr"), f"/cases/{case.id}/operate"
    assert "operate" in hr.text(f"/cases/{case.id}")
    shown = hr.text(page)
    version = version_in(shown)
    refused = hr.post(page, {"act": "variable", "version": version, "name": "count", "value": '"x"', "reason": "笔误"})
    assert refused.status_code == 422 and "数字" in refused.text
    done = hr.post(page, {"act": "variable", "version": version, "name": "count", "value": "5", "reason": "笔误"})
    assert done.status_code == 302 and case.variables["count"] == 5
    past = hr.text(page).partition("以前的值")[2].partition("</details>")[0]
    assert re.findall(r'class="code">([^<]*)</td>', past) == ["1"]
    assert hr.post(page, {"act": "suspend", "version": version, "reason": "核查"}).status_code == 409
    assert hr.post(page, {"act": "suspend", "reason": "核查"}).status_code == 302
    assert hr.post(page, {"act": "resume"}).status_code == 302
    assert hr.post(page, {"act": "cancel", "reason": ""}).status_code == 422
    assert hr.post(page, {"act": "cancel", "reason": "重复"}).status_code == 302 and case.state == "cancelled"
    assert admins.visitor("s01.principal").get(page).status_code == 403

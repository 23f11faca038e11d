"""A person's desk: filters kept and shared as chips of the inbox, phrases offered in the opinion."""

from datetime import timedelta

from service.access import sessions
from service.db import transaction
from service.people.queries import organisation_names
from tests.service.tasks import flows
from tests.service.web.api.house import Caller
from tests.service.web.pages.browser import Site
from tests.service.web.pages.test_ledger import words_of

CHECK = flows.task("check", assignee="=initiator", decisions="approve,return")


def api(site: Site, who: str) -> Caller:
    with transaction() as session:
        account_id = site.driver.county.accounts[who]
        return Caller(
            site.app, sessions.open_token(session, account_id, "bearer", timedelta(days=1), site.driver.now).token
        )


def test_a_filter_is_a_chip_of_its_owner_and_of_those_it_is_shared_with(site: Site) -> None:
    section = site.organisation("hr")
    circle = f"organisation:{section}"
    chief, officer, stranger = (site.visitor(who) for who in ("bureau.hr", "bureau.chief", "s01.hr"))
    given = {"name": "数学招聘", "box": "claimable", "q": "数学", "sort": "arrival", "shared_with": circle}
    sent = chief.post("/filters", given)
    assert sent.status_code == 302, words_of(sent.text)
    assert "数学招聘" in chief.text("/")
    assert "box=claimable&amp;q=%E6%95%B0%E5%AD%A6&amp;sort=arrival" in chief.text("/")
    assert "数学招聘" in officer.text("/")
    assert "数学招聘" not in stranger.text("/")
    assert chief.post("/filters", given).status_code == 422
    assert chief.post("/filters", {**given, "name": " "}).status_code == 422
    other = f"principal@{site.organisation('s01')}"
    assert chief.post("/filters", {**given, "name": "别的", "shared_with": other}).status_code == 422


def test_a_filter_with_a_deadline_means_the_same_on_another_day(site: Site) -> None:
    site.driver.deploy(flows.line(flows.task("check", assignee="=initiator", dueIn="2 workdays"), ids=("check",)))
    task = site.driver.start("small", "s01.principal", "s01", count=1).task("check")
    mine, called = site.visitor("s01.principal"), api(site, "s01.principal")
    assert mine.post("/filters", {"name": "今天要办", "box": "todo", "due": "today"}).status_code == 302
    assert "box=todo&amp;due=today" in mine.text("/")
    for wrong in ({"due": "tomorrow"}, {"due": "today", "box": "done"}):
        assert called.post("/task-filters", {"name": "x", **wrong}).status_code == 422
        assert mine.post("/filters", {"name": "x", **wrong}).status_code == 422
    assert called.get("/tasks?box=copied&due=today").json["code"] == "due.undated"
    assert called.get("/task-filters").json["items"][0]["due"] == "today"

    def listed(due: str) -> tuple[bool, int]:
        found = api(site, "s01.principal").get(f"/tasks?due={due}").json["items"]
        return f"/tasks/{task.id}" in site.visitor("s01.principal").text(f"/?box=todo&due={due}"), len(found)

    assert [listed(due) for due in ("today", "soon", "week", "overdue")] == [
        (False, 0), (True, 1), (False, 0), (False, 0),
    ]  # fmt: skip
    site.driver.clock.set(task.due_at - timedelta(hours=1))
    assert listed("today") == (True, 1)
    site.driver.clock.set(task.due_at + timedelta(hours=1))
    assert listed("overdue") == (True, 1)


def test_what_i_started_is_the_same_list_on_the_page_and_in_the_api(site: Site) -> None:
    site.driver.deploy(flows.line(flows.task("check", "bureau_hr_officer", decisions="approve,return"), ids=("check",)))
    case = site.driver.start("small", "s01.principal", "s01", count=1)
    page = site.visitor("s01.principal").text("/?box=started")
    [listed] = api(site, "s01.principal").get("/tasks?box=started").json["items"]
    assert (listed["id"], listed["business_key"] in page) == (case.task("check").id, True)
    assert f'href="/cases/{case.id}"' in page and "人事科" in page
    english = words_of(site.visitor("s01.principal", "en").text("/?box=started"))
    with site.app.test_request_context():
        school = organisation_names([site.organisation("s01")], "en")[site.organisation("s01")]
    assert f" · {school} · " in english and f" · {school} · " not in words_of(page)
    case.complete("check", "bureau.hr", "approve")
    assert f'href="/cases/{case.id}"' not in site.visitor("s01.principal").text("/?box=started")


def test_only_its_owner_changes_and_deletes_a_filter(site: Site) -> None:
    owner, colleague = api(site, "bureau.hr"), api(site, "bureau.chief")
    shared = {"name": "待认领", "box": "claimable", "shared_with": f"organisation:{site.organisation('hr')}"}
    kept = owner.post("/task-filters", shared).json
    assert kept["mine"] and kept["sort"] == "due"
    assert [(one["name"], one["mine"]) for one in colleague.get("/task-filters").json["items"]] == [("待认领", False)]
    path = f"/task-filters/{kept['id']}"
    assert colleague.put(path, {"name": "改名"}).status_code == 404
    assert colleague.delete(path).status_code == 404
    assert owner.put(path, {"name": "改名", "box": "done"}).json["name"] == "改名"
    assert colleague.get("/task-filters").json["items"] == []
    assert owner.delete(path).status_code == 204
    assert owner.get("/task-filters").json["items"] == []
    assert owner.post("/task-filters", {"name": "x", "box": "attic"}).status_code == 422


def test_phrases_are_ones_own_and_then_the_bureaus(site: Site) -> None:
    site.driver.deploy(flows.line(CHECK, ids=("check",)))
    task = site.driver.start("small", "s01.principal", "s01", count=1).task("check")
    mine, chief = site.visitor("s01.principal"), site.visitor("bureau.chief")
    page = mine.text(f"/tasks/{task.id}")
    assert 'data-phrase="情况属实"' in page
    assert mine.post("/phrases", {"phrases": "符合规定\n\n  请核对编制 \n符合规定"}).status_code == 302
    assert chief.post("/phrases", {"phrases": "同意，依法办理", "whose": "bureau"}).status_code == 302
    page = mine.text(f"/tasks/{task.id}")
    offered = [part.partition('"')[0] for part in page.split('data-phrase="')[1:]]
    assert offered == ["符合规定", "请核对编制", "同意，依法办理"]
    assert mine.post("/phrases", {"phrases": "x", "whose": "bureau"}).status_code == 403
    assert mine.post("/phrases", {"phrases": "\n".join(map(str, range(31)))}).status_code == 422
    assert mine.post("/phrases", {"phrases": "长" * 201}).status_code == 422
    called = api(site, "s01.principal")
    assert called.get("/phrases").json == {"own": ["符合规定", "请核对编制"], "bureau": ["同意，依法办理"]}
    assert called.put("/phrases/own", {"phrases": ["好"]}).json["own"] == ["好"]
    assert called.put("/phrases/bureau", {"phrases": ["好"]}).status_code == 403


def test_a_list_that_is_to_be_kept_is_told_in_words(site: Site) -> None:
    page = site.visitor("bureau.chief").text(f"/filters?box=claimable&organisation_id={site.organisation('s01')}")
    with site.app.test_request_context():
        name = organisation_names([site.organisation("s01")], "zh")[site.organisation("s01")]
    assert f"· {name}</span>" in page

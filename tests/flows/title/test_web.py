"""Title evaluation as people meet it: through the API from the batch to the certificate, and on the pages."""

from dataclasses import dataclass
from dataclasses import field as made

import pytest

from service.access import sessions
from service.db import transaction
from service.people.queries import ORGANISATION
from service.web import edge
from tests.flows.title import acting, county
from tests.flows.title.acting import apply, at_committee, confirmed, passed
from tests.flows.title.webpages import checked, field
from tests.service.web.api.house import Caller
from tests.service.web.api.outside import outside
from tests.service.web.pages.browser import Visitor


@dataclass
class Site:
    """The pages and the API of a county, as somebody who is logged in."""

    app: object
    driver: object
    tokens: dict = made(default_factory=dict)

    def caller(self, who):
        if who not in self.tokens:
            with transaction() as session:
                account = self.driver.county.accounts[who]
                opened = sessions.open_token(session, account, "bearer", county.DAYS, self.driver.now)
            self.tokens[who] = opened.token
        return Caller(self.app, self.tokens[who])

    def page(self, who, path, data=None):
        self.caller(who)
        client = self.app.test_client()
        client.set_cookie(edge.SESSION_COOKIE, self.tokens[who])
        self.app.config["WTF_CSRF_ENABLED"] = False
        method = "GET" if data is None else "POST"
        return outside(lambda: client.open(path, method=method, data=data, headers={"Accept": "text/html"}))


@pytest.fixture
def site(app, driver):
    return Site(app, driver)


def test_the_api_opens_a_year_takes_an_application_and_tells_its_place(site, driver):
    hr = site.caller("bureau.hr")
    opened = {"year": 2027, "name": "2027", "levels": [{"level": "一级"}], "opens_on": "2027-03-01",
              "closes_on": "2027-04-01", "criteria": "标准"}  # fmt: skip
    batch = hr.post("/title-batches", opened)
    assert batch.status_code == 201, batch.json
    assert [one["year"] for one in hr.get("/title-batches").json["items"]] == [2027, 2026]
    assert hr.post("/title-batches", opened).json["code"] == "title.batch_exists"
    county.teacher(driver, "li")
    sent = site.caller("li").post("/title-applications", {"variables": acting.ASKED})
    assert sent.status_code == 201, sent.json
    assert sent.json["application"]["target"] == "一级"
    again = site.caller("li").post("/title-applications", {"variables": acting.ASKED})
    assert (again.status_code, again.json["code"]) == (409, "title.twice")
    assert site.caller("s01.hr").get("/title-applications").json["items"] == []
    mine = site.caller("li").get("/title-applications?mine=true").json["items"]
    assert [one["process_instance_id"] for one in mine] == [sent.json["id"]]
    progress = hr.get(f"/title-batches/{driver.batch}/progress").json["items"]
    assert [(one["total"], one["stages"]["school"]) for one in progress] == [(1, 1)]


def test_the_api_convenes_a_committee_and_members_vote_by_their_tasks(site, driver):
    case = at_committee(driver)
    hr, place = site.caller("bureau.hr"), driver.county.organisations["hr"]
    planned = {"organisation_id": place, "name": "评委会", "level": "一级", "kind": "other", "seats": 7,
               "filing": "1号", "filed_on": "2026-03-01", "meets_on": "2026-09-10",
               "vote_until": "2026-09-11"}  # fmt: skip
    refused = hr.post(f"/title-batches/{driver.batch}/sessions", {**planned, "seats": 6})
    assert {one["code"] for one in refused.json["errors"]} == {"title.seats_even", "title.seats_few"}
    sitting = hr.post(f"/title-batches/{driver.batch}/sessions", planned).json
    where = f"/title-sessions/{sitting['id']}"
    assert hr.post(f"{where}/candidates", {"version": 1}).json["code"] == "recusal.unanswered"
    assert hr.post(f"{where}/candidates", {"version": 1, "no_interest": True}).json == {"count": 1}
    drawn = hr.post(f"{where}/draw", {"version": 2, "no_interest": True}).json
    assert (len(drawn["member_list"]), drawn["reproducible"]) == (9, True)
    first = next(one["person_id"] for one in drawn["member_list"] if one["state"] == "seated")
    away = {"version": 3, "person_id": first, "reason": "出差", "no_interest": True}
    excused = hr.post(f"{where}/excuse", away).json
    assert sum(one["state"] == "seated" for one in excused["member_list"]) == 7
    mark = {"process_instance_id": case.id, "demonstration": 90, "interview": 85.5}
    marks = {"version": 4, "marks": [mark], "no_interest": True}
    assert hr.post(f"{where}/marks", marks).json == {"count": 1}
    assert hr.post(f"{where}/open-vote", {"version": 5, "no_interest": True}).json == {"count": 1}
    again = hr.post(f"/title-batches/{driver.batch}/sessions", planned).json
    cancelled = hr.post(f"/title-sessions/{again['id']}/cancel", {"version": 1, "reason": "台风"}).json
    assert (cancelled["state"], cancelled["cancelled_because"]) == ("cancelled", "台风")
    county.deliver(driver)
    member = acting.seated(driver, sitting["id"])[0]
    shown = site.caller(member).get(where).json
    assert (shown["member_list"], shown["candidates"][0]["mine"]) == ([], "open")
    assert site.caller("s02.hr").get(where).status_code == 404


def test_the_pages_of_the_year_show_each_reader_their_part(site, driver):
    county.teacher(driver, "li")
    apply(driver, "li")
    home = site.page("li", "/titles")
    assert home.status_code == 200 and "一级" in home.text and "开设年度评审" not in home.text
    assert "开设年度评审" in site.page("bureau.hr", "/titles").text
    start = site.page("li", "/start/title")
    assert start.status_code == 200 and "2018-09-01" in start.text and "不再受理" not in start.text
    assert start.text.index("申请内容") < start.text.index("证明材料")
    batch = site.page("bureau.hr", f"/title-batches/{driver.batch}")
    assert batch.status_code == 200 and "S02" in batch.text
    assert site.page("bureau.hr", f"/title-batches/{driver.batch}.xlsx").data[:2] == b"PK"
    wrong = {"year": "2028", "opens_on": "2028-05-01", "closes_on": "2028-04-01", "name": "", "criteria": "标准"}
    refused = site.page("bureau.hr", "/titles/batches", wrong)
    assert refused.status_code == 422 and "请填写，最多 120 个字" in refused.text
    for path, data in ((f"/title-batches/{driver.batch}/days", {"version": 1, "closes_on": "2026-12-15"}),
                       (f"/title-batches/{driver.batch}/close", {"version": 2})):  # fmt: skip
        assert site.page("bureau.hr", path, data).status_code == 302
    assert "不再受理" in site.page("li", "/start/title").text, "told before the form is filled in"
    assert site.page("li", f"/title-batches/{driver.batch}/close", {"version": 3}).status_code == 403


def test_a_member_casts_a_page_of_ballots_and_one_that_is_refused_takes_no_other_with_it(site, driver):
    cases = [at_committee(driver, name) for name in ("li", "zhao")]
    session_id = acting.plan(driver)
    acting.drawn(driver, session_id)
    where = f"/title-sessions/{session_id}"
    assert site.page("bureau.hr", where).status_code == 200
    member = acting.opened(driver, session_id)[0]
    tasks = [case.task("committee_vote") for case in cases]
    page = site.page(member, f"{where}/ballots")
    assert page.status_code == 200 and page.text.count('type="radio"') == 6
    rows = {f"rows.{n}.id": task.id for n, task in enumerate(tasks)} | {f"rows.{n}.version": 1 for n in range(2)}
    without = site.page(member, f"{where}/ballots", {**rows, "rows.0.decision": "yes"})
    assert without.status_code == 422, "nobody votes who has not said that nothing stands against it"
    assert checked(without) == [("rows.0.decision", "yes")], "what was chosen stands in the answer, and nowhere else"
    first = site.page(member, f"{where}/ballots", {**rows, "rows.0.decision": "yes", "no_interest": "true"})
    assert first.status_code == 302
    both = {**rows, "rows.0.decision": "no", "rows.1.decision": "abstain", "no_interest": "true"}
    answer = site.page(member, f"{where}/ballots", both)
    assert answer.status_code == 409, "the first cannot be changed"
    assert [case.task("committee_vote").seat_of(driver.county.persons[member]).state for case in cases] == [
        "signed"
    ] * 2


def test_the_recommendation_shows_the_post_that_it_would_hold(site, driver):
    case = apply(driver, county.teacher(driver, "li"))
    case.complete("verification", "s02.hr", "verify")
    page = site.page("s02.principal", f"/tasks/{case.task('recommendation').id}")
    assert page.status_code == 200 and "现在空余 2，另已推荐 0 人；校内公示期满后预留一个" in page.text


def test_who_reads_english_sees_the_english_names_of_schools_and_offices(site, driver):
    at_committee(driver)
    session_id = acting.plan(driver)
    acting.drawn(driver, session_id)
    site.caller("bureau.hr")
    reader = Visitor(site.app, site.tokens["bureau.hr"], "en")
    names = {"s02": ("县第二小学", "Second Primary School"), "hr": ("组织人事科", "HR section")}
    with transaction() as session:
        for code, (name, english) in names.items():
            mine = ORGANISATION.c.id == driver.county.organisations[code]
            session.execute(ORGANISATION.update().where(mine).values(name=name, name_en=english))
    for path in (f"/title-batches/{driver.batch}", f"/title-sessions/{session_id}", "/title-experts", "/titles"):
        told = reader.get(path).text
        main = told[told.index("<main") : told.index("</main>")]
        assert [name for name, _ in names.values() if name in main] == [], path
        assert any(english in main for _, english in names.values()), path


def test_a_certificate_is_paper_and_can_be_verified_by_anybody(site, driver):
    confirmed(passed(driver))
    shown = site.caller("li").get("/title-certificates/2026000001").json
    assert (shown["state"], shown["level"]) == ("valid", "一级")
    asked = f"/title-certificates/verify?number=2026000001&code={shown['code']}"
    assert site.caller("s01.hr").get(asked).json["genuine"] is True
    assert site.caller("s01.hr").get("/title-certificates/2026000001").status_code == 404
    paper = site.page("li", "/title-certificates/2026000001")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    line = f"LECTERN-TITLE 2026000001 {shown['code']}"
    anybody = outside(lambda: site.app.test_client().get("/verify-title", query_string={"number": line}))
    assert anybody.status_code == 200 and "真实有效" in anybody.text
    wrong = outside(lambda: site.app.test_client().get("/verify-title?number=2026000001&code=0"))
    assert "不是真实证书" in wrong.text


def test_experts_are_entered_and_ended_on_the_page_and_through_the_api(site, driver):
    person = driver.county.persons[county.teacher(driver, "zhou", title="正高", band="senior", grade=4)]
    term = {"organisation_id": driver.county.organisations["hr"], "person_id": person, "highest": "高级",
            "valid_from": "2026-01-01", "valid_until": "2030-01-01", "document": "库", "who": "zhou"}  # fmt: skip
    refused = site.page("bureau.hr", "/title-experts", term)
    assert "3 年" in refused.text
    assert (field(refused, "document"), "zhou" in refused.text) == ("库", True)
    missing = site.page("bureau.hr", "/title-experts", {**term, "valid_from": ""})
    assert (missing.status_code, field(missing, "document")) == (422, "库")
    assert site.page("bureau.hr", "/title-experts", {**term, "valid_until": "2028-01-01"}).status_code == 302
    found = site.caller("bureau.hr").get("/title-experts").json["items"]
    [known] = [one for one in found if one["person_id"] == person]
    assert "zhou" in site.page("bureau.hr", "/title-experts?name=zho").text
    assert "zhou" not in site.page("bureau.hr", "/title-experts?name=expert").text
    assert person in site.page("bureau.hr", "/title-experts?who=zhou").text
    first = site.caller("bureau.hr").get("/title-experts?limit=4").json
    rest = site.caller("bureau.hr").get(f"/title-experts?limit=200&cursor={first['next']}").json
    assert len(first["items"]) + len(rest["items"]) == 10
    ended = site.caller("bureau.hr").post(f"/title-experts/{known['id']}/end", {"on": "2027-01-01"}).json
    assert ended["valid_until"] == "2027-01-01"
    assert site.page("li" if "li" in driver.county.persons else "s01.teacher", "/title-experts").status_code == 403


def test_who_sits_on_a_committee_is_told_to_nobody_but_its_members_and_the_bureau(site, driver):
    case = at_committee(driver)
    session_id = acting.plan(driver)
    acting.drawn(driver, session_id)
    members = acting.opened(driver, session_id)
    task = case.task("committee_vote").id
    case.complete("committee_vote", members[0], "yes", "")
    for who, knows in (("li", False), ("s02.hr", False), (members[1], True), ("bureau.hr", True)):
        told = site.page(who, f"/cases/{case.id}").text + site.page(who, f"/tasks/{task}").text
        for path in (f"/tasks/{task}", f"/process-instances/{case.id}", f"/process-instances/{case.id}/events",
                     f"/process-instances/{case.id}/variables"):  # fmt: skip
            told += site.caller(who).get(path).text
        names = [name for name in members if name != who and (name in told or driver.county.persons[name] in told)]
        assert bool(names) == knows, (who, names)

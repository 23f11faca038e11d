"""The pages of the exchange: what each person sees and does on them through a year."""

import pytest
from flask import current_app
from sqlalchemy import select

from service.db import transaction
from service.flows.exchange.drawing_up import ENTRY
from service.people.commands_organisations import EditOrganisation, edit_organisation
from service.people.queries import ORGANISATION
from tests.flows import telling
from tests.flows.exchange import driving
from tests.flows.exchange.driving import FIRST
from tests.flows.exchange.test_competition import competed
from tests.flows.exchange.test_plan import lock, record
from tests.flows.exchange.test_telling_placements import ARRIVED
from tests.flows.exchange.test_telling_placements import told as placement
from tests.service.tasks import scans
from tests.service.web.pages.browser import Site


@pytest.fixture
def site(world, application):
    return Site(application, world)


def act(site, who, path, status=302, **form):
    answer = site.visitor(who).post(path, form)
    assert answer.status_code == status, answer.text
    return answer


def entry_path(world, case, who):
    return f"/exchange/entries/{world.entry(case, who).id}"


def test_the_exchange_of_one_teacher_is_begun_by_its_plan_alone(world, site):
    offered = site.visitor("bureau.hr").text("/start")
    assert "/start/exchange" in offered and "/start/exchange_placement" not in offered
    assert site.visitor("bureau.hr").get("/start/exchange_placement").status_code == 404


def test_a_year_on_the_pages(world, site):
    case = driving.start(world)
    school = f"/exchange/{case.id}/schools/{world.county.organisations['s02']}"
    shown = site.visitor("bureau.hr").text(f"/exchange/{case.id}")
    assert "参加改革 14 人" in shown and "待学校办理" in shown
    told = site.visitor("bureau.hr").text(f"/cases/{case.id}")
    led = site.visitor("a1").text(f"/exchange/{case.id}")
    assert f"/cases/{case.id}" in shown and f"/cases/{case.id}" not in led, "a teacher may not open the case"
    assert "学校核对名单、申报岗位 × " in told and told.count("学校人事干事</") >= 2
    place = {"organisation_id": world.county.organisations["s02"], "subject": "语文", "stage": "primary",
             "count": "1", "manner": "move"}  # fmt: skip
    wrong = {**place, "count": "51", "subject": "地方课程", "note": "须会方言", "manner": "loan"}
    refused = site.visitor("s02.hr").post(f"/exchange/{case.id}/openings", wrong)
    assert refused.status_code == 422 and "人数应为 1 至 50" in refused.text
    assert 'value="地方课程"' in refused.text and 'value="须会方言"' in refused.text
    assert '<option value="loan" selected>' in refused.text
    act(site, "s02.hr", f"/exchange/{case.id}/openings", **place)
    act(site, "s02.hr", f"/exchange/{case.id}/openings", **place)
    second = driving.openings(world, case)[1].id
    act(site, "s02.hr", f"/exchange/openings/{second}/take-back")
    assert "1 · 语文" in site.visitor("s02.hr").text(school)
    assert 'name="subject"' not in site.visitor("bureau.leader").text(school)
    act(site, "a1", entry_path(world, case, "a1"), act="correct", text="到校年份有误", wanted="VOLUNTARY")
    driving.checked(world, case)
    shown = site.visitor("bureau.hr").text(f"/exchange/{case.id}")
    assert "到校年份有误" in shown and "到校年份有误" not in site.visitor("s01.hr").text(f"/exchange/{case.id}")
    said = world.rows(driving.OBJECTION.select())[0].id
    answer = {"outcome": "accepted", "text": "属实", "result": "VOLUNTARY", "plan_id": case.id}
    refused = site.visitor("bureau.hr").post(f"/exchange/objections/{said}", {**answer, "outcome": "cleared"})
    assert refused.status_code == 422 and ">属实</textarea>" in refused.text
    act(site, "bureau.hr", f"/exchange/objections/{said}", **answer)
    case.complete("list_settle", "bureau.hr", "settle")
    applying(world, site, case)
    matching(world, site, case)


def applying(world, site, case):
    """Wishes that are refused come back as they were; then the schools say what they think."""
    opening = driving.openings(world, case)[0].id
    refused = site.visitor("a1").post(entry_path(world, case, "a1"), {"act": "apply", "wishes": [opening, opening]})
    assert refused.status_code == 422 and "这个岗位填了两次" in refused.text
    assert refused.text.count(f'value="{opening}" selected') == 2
    for who in ("a1", "a2"):
        act(site, who, entry_path(world, case, who), act="apply", wishes=opening, text="离家近")
    act(site, "a2", entry_path(world, case, "a2"), act="withdraw")
    act(site, "a2", entry_path(world, case, "a2"), act="apply", wishes=opening)
    case.fire("applications_over")
    act(site, "s01.hr", entry_path(world, case, "a1"), act="opine", opinion="oppose", text="学科缺人")
    act(site, "s01.hr", entry_path(world, case, "a3"), act="nominate", text="满六年")
    ids = {who: world.entry(case, who).id for who in ("a1", "a2")}
    page = site.visitor("s02.hr").text(f"/exchange/openings/{opening}")
    assert "离家近" in page and "不同意" in page
    assert site.visitor("s01.hr").get(f"/exchange/openings/{opening}").status_code == 404
    rows = {"rows.0.id": ids["a1"], "rows.0.rank": "", "rows.0.declined": "true", "rows.0.reason": "已有同类教师",
            "rows.1.id": ids["a2"], "rows.1.rank": "1", "rows.1.reason": ""}  # fmt: skip
    for wrong, told in (({"rows.1.rank": "甲"}, "排序请填整数"), ({"rows.0.reason": ""}, "请写明内容")):
        refused = site.visitor("s02.hr").post(f"/exchange/openings/{opening}/rank", {**rows, **wrong})
        assert refused.status_code == 422 and told in refused.text
        assert f'value="{wrong.get("rows.1.rank", "1")}"' in refused.text and "checked" in refused.text
    act(site, "s02.hr", f"/exchange/openings/{opening}/rank", **rows)
    driving.opined(world, case)


def test_the_marks_of_a_panel_are_entered_on_the_page_or_by_the_api(world, site):
    case = competed(world)
    opening = driving.openings(world, case)[0].id
    ids = {who: world.entry(case, who).id for who in ("a1", "a2")}
    given = {"rows.0.id": ids["a1"], "rows.1.id": ids["a2"], "no_interest": "true"}
    given |= {f"panel.{number}.name": f"评委{number}" for number in range(3)}
    given |= {f"rows.{row}.marks.{number}": f"8{row}.5" for row in range(2) for number in range(3)}
    path = f"/exchange/openings/{opening}/assess"
    refused = site.visitor("s02.hr").post(path, {**given, "rows.1.marks.2": "180"})
    assert refused.status_code == 422 and 'value="180"' in refused.text and "0 到 100" in refused.text
    unsigned = site.visitor("s02.hr").post(path, given)
    assert unsigned.status_code == 422 and "评分表" in unsigned.text
    sheet = scans.scan(world, "s02.hr")
    unasked = {name: value for name, value in given.items() if name != "no_interest"} | {"sheet[]": sheet}
    assert f'value="{sheet}"' in site.visitor("s02.hr").post(path, unasked).text
    act(site, "s02.hr", path, **given, **{"sheet[]": sheet})
    kept = site.visitor("s02.hr").get(f"/exchange/openings/{opening}/score-sheet")
    assert kept.data.startswith(b"%PDF") and "attachment" in kept.headers["Content-Disposition"]
    assert site.visitor("s01.hr").get(f"/exchange/openings/{opening}/score-sheet").status_code == 404
    assert "81.50" in site.visitor("s02.hr").text(f"/exchange/openings/{opening}")
    assert [(one.total, one.rank) for one in driving.applicants(world, opening)] == [("81.50", 1), ("80.50", 2)]


def matching(world, site, case):
    """A round with its progress, its result, why, an appeal and a replay."""
    went = act(site, "bureau.hr", f"/exchange/{case.id}/rounds", seed="9").location
    assert "稍后开始" in site.visitor("bureau.hr").text(went)
    world.work()
    shown = site.visitor("bureau.leader").text(went)
    saved = site.visitor("bureau.leader").get(f"{went}/inputs.json")
    assert (saved.status_code, saved.headers["Content-Disposition"]) == (200, "attachment; filename=round-1.json")
    assert "按志愿安排" in shown and "志愿都未能安排" in shown and "HiGHS" in shown
    assert site.visitor("s01.hr").get(went).status_code == 403
    case.complete("match", "bureau.hr", "adopt", round_number=1)
    mine = site.visitor("a1").text(entry_path(world, case, "a1"))
    assert "该校不接收" in mine and ">a2<" not in mine
    assert ">a2<" in site.visitor("b1").text(f"/exchange/{case.id}")
    opening = driving.openings(world, case)[0].id
    assert "安排到本校" in site.visitor("s02.hr").text(f"/exchange/openings/{opening}")
    act(site, "a1", entry_path(world, case, "a1"), act="appeal", text="请重放")
    again = act(site, "bureau.hr", f"{went}/replay").location
    world.work()
    assert "结果相同" in site.visitor("bureau.hr").text(again)
    late = act(site, "bureau.hr", f"/exchange/{case.id}/rounds", 409, seed="77")
    assert 'value="77"' in late.text or "计划现在不在这一步" in late.text
    sheet = site.visitor("bureau.hr").get(f"/exchange/{case.id}/list.xlsx")
    assert sheet.status_code == 200 and sheet.data[:2] == b"PK"
    assert "交流轮岗计划" in site.visitor("bureau.hr").text(f"/cases/{case.id}")
    act(site, "bureau.hr", f"/exchange/{case.id}/begin")
    for who, seen in (
        ("bureau.hr", True),
        ("s01.hr", True),
        ("s02.hr", True),
        ("a1", False),
        ("point.principal", False),
    ):
        assert (">a2<" in site.visitor(who).text(f"/exchange/{case.id}/placements")) is seen, who
    assert "待启动" in site.visitor("s02.hr").text(f"/exchange/{case.id}/placements")
    assert ">a2<" not in site.visitor("bureau.hr").text(f"/exchange/{case.id}/placements?overdue=true")
    sheet = site.visitor("bureau.hr").get(f"/exchange/{case.id}/placements.xlsx")
    assert sheet.status_code == 200 and sheet.data[:2] == b"PK"
    named_in_english(world, site, (went, f"/exchange/{case.id}/placements", f"/exchange/openings/{opening}",
                                   entry_path(world, case, "a2")))  # fmt: skip


def named_in_english(world, site, paths):
    """Who reads English sees the English name of a school that has one."""
    mine = ORGANISATION.c.id == world.county.organisations["s02"]
    with transaction() as session:
        session.execute(ORGANISATION.update().where(mine).values(name="县第二小学", name_en="Second Primary School"))
    for path in paths:
        told = site.visitor("bureau.hr", "en").text(path)
        assert "Second Primary School" in told and "县第二小学" not in told, path


def test_an_exception_is_asked_for_and_decided_on_the_persons_page(world, site):
    lock(world, "a1")
    case = driving.start(world)
    path = entry_path(world, case, "a1")
    act(site, "s01.hr", path, act="ask_exception", text="夫妻团聚")
    driving.checked(world, case)
    entry = world.entry(case, "a2")
    changed = {"act": "settle", "version": str(entry.version), "result": "EXEMPT", "text": "免除"}
    act(site, "bureau.hr", entry_path(world, case, "a2"), **changed)
    stale = site.visitor("bureau.hr").post(entry_path(world, case, "a2"), changed)
    assert stale.status_code == 409 and "免除" in stale.text
    case.complete("list_settle", "bureau.hr", "settle")
    act(site, "bureau.hr", path, act="decide_exception", granted="true", text="会议同意")
    assert "同意例外" in site.visitor("bureau.hr").text(f"/exchange/{case.id}")


def test_a_teacher_finds_the_own_place_and_nobody_elses_health(world, site):
    record(world, "a1", "health", value="pregnancy")
    case = driving.start(world)
    assert "缓期，本人自愿" in site.visitor("a1").text("/exchange")
    listed = site.visitor("s01.hr").text(f"/exchange/{case.id}/schools/{world.county.organisations['s01']}")
    assert "请问人事部门" in listed and "缓期" not in listed
    assert "must be exchanged" in site.visitor("a2", "en").text("/exchange")
    assert site.visitor("b1").get(entry_path(world, case, "a1")).status_code == 404
    place = world.county.organisations["s01"]
    mine, other, _ = sorted((case.task("list_check", n) for n in range(3)), key=lambda task: task.item != place)
    assert f"/exchange/{case.id}/schools/{place}" in site.visitor("s01.hr").text(f"/tasks/{mine.id}")
    assert site.visitor("s01.hr").get(f"/tasks/{other.id}").status_code == 404


def test_a_school_that_is_renamed_meanwhile_is_shown_by_its_name_of_today_and_receives_who_was_placed(waiting):
    world, one = waiting()
    site, school = Site(current_app._get_current_object(), world), world.county.organisations["s02"]
    renamed = EditOrganisation(school, 1, {"name": "新桥学校", "name_en": "Xinqiao School"})
    edit_organisation(world.actor("bureau.hr"), renamed, now=world.now)
    plan = world.row(select(ENTRY.c.instance_id).where(ENTRY.c.placement_id == one.id)).instance_id
    told = {who: site.visitor(who).text(f"/exchange/{plan}/placements") for who in ("bureau.hr", "s01.hr", "s02.hr")}
    assert all("新桥学校" in text for text in told.values())
    assert "a1" in site.visitor("bureau.hr").text(f"/exchange/{plan}/placements?school={school}")
    one.complete("arrival", "s02.hr", "arrived", arrived_on=FIRST.isoformat())
    mine = site.visitor("a1").text(f"/exchange/entries/{one.variables['entry_id']}")
    assert "新桥学校" in mine and world.appointment("a1") == "s02"


def test_own_place_of_an_exchange_told_from_paper_leads_to_no_list_on_which_nobody_stands(world, site):
    telling.begun(world, placement(world, "year_over", ARRIVED, manner="loan"))
    shown = site.visitor("a1").text("/exchange")
    assert 'class="name"' in shown and "/exchange/entries/" not in shown

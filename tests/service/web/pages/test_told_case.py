"""One case on paper told on pages: head, application, step by step with what comes next, a second person."""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from service.db import transaction
from service.flows.declaring import DECLARED
from tests.conftest import START
from tests.driver import BPMN, folder
from tests.flows.hiring.county import id_number
from tests.service.web.pages.browser import Site, Visitor
from tests.service.web.pages.test_paper_cases import PDF
from workflows import catalogue

HEAD = {
    "organisation_id": "", "initiator": "", "requested_on": "2026-08-03", "element_id": "exam_school",
    "business_key": "", "hold": "",
}  # fmt: skip
POST = {"subject": "语文", "stage": "primary", "band": "junior", "count": "2"}
REVIEWED = {"bureau_review": "人事科审核", "staffing_check": "编办核编", "post_check": "人社局核岗"}


def title(page: str) -> str:
    found = re.search(r"<title>([^<]*)", page)
    assert found
    return found.group(1).strip()


def uploaded(hr: Visitor) -> str:
    return str(hr.post("/attachments", {"file": (BytesIO(PDF), "批文.pdf")}).json["id"])


def application(file: str, **changes: str) -> dict[str, Any]:
    return {
        **{f"posts.0.{name}": value for name, value in POST.items()}, "degree": "bachelor",
        "certificate": "小学语文教师资格证", "need": "退休 2 人", "meeting_on": "2026-07-30",
        "minutes[]": file, **changes,
    }  # fmt: skip


def begun(site: Site, hr: Visitor, **changes: str) -> str:
    """The address of a case whose head is kept."""
    head = {**HEAD, "organisation_id": site.driver.county.organisations["s01"], **changes}
    sent = hr.post("/opening/paper-cases/hiring/new", head)
    assert sent.status_code == 302, sent.text
    return str(sent.location).removesuffix("/application")


def seen(hr: Visitor, address: str) -> str:
    """The print that a page of the draft carries: how the part stood when the page was made."""
    found = re.search(r'name="seen" value="([^"]*)"', hr.text(address))
    assert found
    return found.group(1)


def applied(hr: Visitor, address: str, filled: dict[str, Any]) -> Any:
    return hr.post(f"{address}/application", {**filled, "seen": seen(hr, f"{address}/application")})


def step(hr: Visitor, address: str, number: int, element: str, day: str, file: str, said: str, **more: str) -> Any:
    paper = {
        "decided_on": day,
        "decision": said,
        "decided_by": "县教育局",
        "document": "教人〔2026〕31号",
        "scan[]": file,
    }
    page = f"{address}/steps/{number}?element={element}"
    return hr.post(page, {**{f"paper.{name}": value for name, value in paper.items()}, "seen": seen(hr, page), **more})


def test_case_is_told_step_by_step_and_the_page_says_what_comes_next(site: Site) -> None:
    hr, chief = site.visitor("bureau.hr"), site.visitor("bureau.chief")
    address, file = begun(site, hr), uploaded(hr)
    assert "还没有填写" in hr.text(address)
    assert applied(hr, address, application(file)).status_code == 302
    assert "编办核编" in hr.text(address)
    for number, (element, name) in enumerate(REVIEWED.items()):
        assert title(hr.text(f"{address}/steps/{number}?element={element}")).startswith(name)
        assert step(hr, address, number, element, "2026-08-06", file, "approve").status_code == 302
    assert step(hr, address, 3, "filing", "2026-08-11", file, "accept").status_code == 302
    announced = {"announced_at": "教育局网站"}
    assert step(hr, address, 4, "announce_school", "2026-08-13", file, "publish", **announced).status_code == 302
    page = hr.text(f"{address}/steps/5?element=qualify_school")
    assert "rows.0.id_number" in page and "rows.0.degree" in page
    early = step(hr, address, 5, "qualify_school", "2026-08-20", file, "confirm", **rows(2))
    assert early.status_code == 422 and "2026-08-24" in early.text and id_number(1) in early.text
    assert "2026-08-24" in hr.text(address)
    assert step(hr, address, 5, "qualify_school", "2026-08-27", file, "confirm", **rows(9)).status_code == 302
    whole = hr.text(address)
    assert "提交第二人确认" in whole and "空余 2" in whole
    marks = hr.text(f"{address}/steps/6?element=exam_school")
    assert "rows.8.written" in marks and "rows.0.degree" not in marks
    assert chief.post(f"{address}/confirm").status_code == 409
    assert hr.post(f"{address}/hand-over").status_code == 302
    assert "考生1" in chief.text(address) and "批文.pdf" in chief.text(address)
    assert hr.post(f"{address}/confirm").status_code == 409
    assert chief.post(f"{address}/confirm").status_code == 302
    assert "查看案件" in chief.text(address)


def rows(count: int) -> dict[str, str]:
    found = {}
    for n in range(count):
        row = {
            "line": "1",
            "name": f"考生{n + 1}",
            "id_number": id_number(n + 1),
            "degree": "bachelor",
            "state": "qualified",
        }
        found |= {f"rows.{n}.{name}": value for name, value in row.items()}
    return found


def test_nothing_is_lost_where_something_is_wrong_and_a_step_is_taken_out_again(site: Site) -> None:
    hr = site.visitor("bureau.hr")
    assert hr.post("/opening/paper-cases/hiring/new", {**HEAD, "initiator": "王五"}).status_code == 422
    address, file = begun(site, hr), uploaded(hr)
    wrong = applied(hr, address, application(file, degree=""))
    assert wrong.status_code == 422 and "小学语文教师资格证" in hr.text(f"{address}/application")
    assert applied(hr, address, application(file)).status_code == 302
    refused = step(hr, address, 0, "bureau_review", "", file, "approve")
    assert refused.status_code == 422 and "教人〔2026〕31号" in hr.text(f"{address}/steps/0")
    assert "1. " in hr.text(address)
    assert hr.post(f"{address}/steps/0/remove", {"seen": seen(hr, address)}).status_code == 302
    assert "教人〔2026〕31号" not in hr.text(address)
    later = {**HEAD, "organisation_id": site.driver.county.organisations["s01"], "element_id": "bureau_review"}
    assert hr.post(f"{address}/head", {**later, "seen": seen(hr, f"{address}/head")}).status_code == 302
    assert "提交第二人确认" in hr.text(address)
    index = hr.text("/opening/paper-cases")
    assert re.search(rf'href="{address.rsplit("localhost")[-1]}"', index)
    assert hr.post(f"{address}/drop").status_code == 302
    assert "教人〔2026〕31号" not in hr.text(address) and hr.get(f"{address}/steps/0").status_code == 404


def test_flow_of_which_no_case_can_be_entered_says_so_at_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DECLARED, "exchange.draw_up", replace(DECLARED["exchange.draw_up"], live=True))
    with transaction() as session:
        catalogue.deploy(session, folder(BPMN / "exchange"), now=START)
    page = site.visitor("bureau.hr").text("/opening/paper-cases/exchange/new")
    assert "不能补登" in page and "/opening/paper-cases/exchange/places" in page and "保存并继续" not in page


def test_what_somebody_tells_is_changed_by_nobody_else(site: Site) -> None:
    hr, chief = site.visitor("bureau.hr"), site.visitor("bureau.chief")
    address = begun(site, hr)
    assert chief.post(f"{address}/hand-over").status_code == 404
    assert site.visitor("s01.hr").get(address).status_code == 403
    assert chief.post(f"{address}/drop").status_code == 404


def test_long_list_is_kept_while_it_is_typed_and_is_there_after_a_reload(site: Site) -> None:
    hr = site.visitor("bureau.hr")
    address, file = begun(site, hr), uploaded(hr)
    page = f"{address}/application"
    half = hr.post(f"{page}/draft", {"certificate": "小学语文教师资格证", "seen": seen(hr, page)})
    assert (half.status_code, half.json["seen"]) == (200, seen(hr, page))
    assert "小学语文教师资格证" in hr.text(page) and 'data-draft="' in hr.text(page)
    assert applied(hr, address, application(file)).status_code == 302
    list_ = f"{address}/steps/0?element=qualify_school"
    first = hr.post(f"{address}/steps/0/draft?element=qualify_school", {**rows(3), "seen": seen(hr, list_)})
    assert first.status_code == 200
    again = hr.post(f"{address}/steps/0/draft?element=qualify_school", {**rows(40), "seen": first.json["seen"]})
    assert again.json["seen"] not in ("", first.json["seen"])
    assert id_number(40) in hr.text(f"{address}/steps/0")
    assert "rows" in re.findall(r'data-private="([^"]*)"', hr.text(list_))[0].split()


def test_two_windows_keep_different_parts_and_neither_overwrites_the_same_one_unseen(site: Site) -> None:
    hr = site.visitor("bureau.hr")
    address, file = begun(site, hr), uploaded(hr)
    applied(hr, address, application(file))
    step(hr, address, 0, "bureau_review", "2026-08-06", file, "approve")
    page, draft = f"{address}/steps/0", f"{address}/steps/0/draft"
    window = seen(hr, page)
    applied(hr, address, application(file, need="退休 3 人"))
    assert hr.post(draft, {"paper.document": "甲号", "seen": window}).status_code == 200
    assert "退休 3 人" in hr.text(f"{address}/application")
    assert hr.post(draft, {"paper.document": "乙号", "seen": window}).status_code == 409
    assert "甲号" in hr.text(page)
    refused = hr.post(page, {"paper.document": "乙号", "seen": window})
    assert refused.status_code == 409 and "乙号" in refused.text and "另一个窗口" in refused.text
    assert "已经保存" not in refused.text
    assert hr.post(page, {"paper.document": "乙号", "seen": seen(hr, page)}).status_code == 422
    assert "乙号" in hr.text(page)
    assert hr.post(f"{address}/steps/5/draft?element=filing", {"seen": ""}).status_code == 404


def test_stale_application_is_not_said_to_be_kept_and_the_same_words_twice_are_no_conflict(site: Site) -> None:
    hr = site.visitor("bureau.hr")
    address, file = begun(site, hr), uploaded(hr)
    page = f"{address}/application"
    window = seen(hr, page)
    assert hr.post(page, {**application(file), "seen": window}).status_code == 302
    assert hr.post(page, {**application(file), "seen": window}).status_code == 302
    refused = hr.post(page, {**application(file, need="退休 3 人"), "seen": window})
    assert refused.status_code == 409 and "另一个窗口" in refused.text and "已经保存" not in refused.text


def test_a_window_takes_out_the_step_that_it_shows_and_no_other(site: Site) -> None:
    hr = site.visitor("bureau.hr")
    address, file = begun(site, hr), uploaded(hr)
    applied(hr, address, application(file))
    for number, element in enumerate(REVIEWED):
        step(hr, address, number, element, "2026-08-06", file, "approve")
    window = seen(hr, address)
    assert hr.post(f"{address}/steps/0/remove", {"seen": window}).status_code == 302
    refused = hr.post(f"{address}/steps/0/remove", {"seen": window})
    assert refused.status_code == 409 and "没有删去" in refused.text
    assert "1. 编办核编" in hr.text(address) and "2. 人社局核岗" in hr.text(address)
    assert hr.post(f"{address}/steps/2/remove", {"seen": ""}).status_code == 404

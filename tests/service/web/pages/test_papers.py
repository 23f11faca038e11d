"""Pages of decisions on paper: the offer, the form with its mistakes, what the record says afterwards, a dispute."""

from io import BytesIO

from service.attachments.commands import StoreAttachment, store_attachment
from service.demo.cases import minutes_pdf
from tests.service.tasks import flows
from tests.service.web.pages.browser import Site
from tests.workflows import diagrams as d


def scan(site: Site) -> str:
    stored = StoreAttachment(BytesIO(minutes_pdf()), "批复.pdf")
    return store_attachment(site.driver.actor("bureau.hr"), stored, now=site.driver.now)


def test_a_clerk_records_a_paper_and_every_page_says_whose_decision_it_is(site: Site) -> None:
    case = site.hiring()
    task, clerk = case.task("staffing_check"), site.visitor("bureau.hr", "en")
    assert f"/tasks/{task.id}/paper" in clerk.text(f"/tasks/{task.id}")
    assert f"/tasks/{task.id}/paper" not in site.visitor("s01.hr", "en").text(f"/tasks/{task.id}")
    assert "Scan of the sealed paper" in clerk.text(f"/tasks/{task.id}/paper")
    sent = {"paper.decided_by": "县委编办", "paper.document": "编办〔2026〕12号", "paper.decided_on": "2026-09-10",
            "decision": "approve", "version": str(task.version)}  # fmt: skip
    wrong = clerk.post(f"/tasks/{task.id}/paper", sent)
    page = wrong.get_data(as_text=True)
    assert (wrong.status_code, "Attach the scan of the sealed paper" in page, "编办〔2026〕12号" in page) == (
        422,
        True,
        True,
    )
    done = clerk.post(f"/tasks/{task.id}/paper", {**sent, "paper.scan[]": scan(site)})
    assert done.status_code == 302
    shown = clerk.text(f"/tasks/{task.id}")
    assert "Decided by 县委编办 on paper, recorded by bureau.hr." in shown
    assert "recorded the decision of 县委编办 on paper: Approve" in shown
    assert f"/tasks/{task.id}/dispute" not in shown
    sheet = clerk.text(f"/cases/{case.id}/sheet")
    assert "县委编办, on paper (编办〔2026〕12号, decided on 2026-09-10); recorded by bureau.hr" in sheet
    assert "县委编办书面决定" in site.visitor("bureau.hr").text(f"/cases/{case.id}/sheet")


def test_the_office_disputes_a_record_and_the_case_is_flagged(site: Site) -> None:
    case = site.hiring()
    task, clerk = case.task("staffing_check"), site.visitor("bureau.hr", "en")
    sent = {"paper.decided_by": "县委编办", "paper.document": "12号", "paper.decided_on": "2026-09-10",
            "decision": "approve", "version": str(task.version), "paper.scan[]": scan(site)}  # fmt: skip
    clerk.post(f"/tasks/{task.id}/paper", sent)
    office = site.visitor("staffing.office", "en")
    assert f"/tasks/{task.id}/dispute" in office.text(f"/tasks/{task.id}")
    assert "not undone by itself" in office.text(f"/tasks/{task.id}/dispute")
    assert office.post(f"/tasks/{task.id}/dispute", {"reason": "Only two"}).status_code == 302
    assert "is disputed" in clerk.text(f"/cases/{case.id}")
    assert "Disputed by staffing.office" in office.text(f"/tasks/{task.id}")


def test_a_secretary_enters_minutes_and_the_chair_confirms_them(site: Site) -> None:
    step = flows.task("decide", "bureau_hr_officer", decisions="approve,reject", collective="ordinary", recuse="true")
    site.driver.deploy(flows.line(step, ids=("decide",)))
    case = site.driver.start("small", by="s01.principal", count=3)
    task, persons = case.task("decide"), site.driver.county.persons
    secretary, chair = site.visitor("bureau.hr", "en"), site.visitor("bureau.leader", "en")
    page = secretary.text(f"/tasks/{task.id}")
    assert "Nobody decides this step alone" in page and 'name="decision"' not in page
    assert "bureau.leader" in secretary.text(f"/tasks/{task.id}/minutes")
    sent = {"minutes.meeting": "局务会", "minutes.held_on": "2026-09-10", "minutes.chair_id": persons["bureau.leader"],
            "minutes.scan[]": scan(site), "decision": "approve", "version": str(task.version),
            "no_interest": "true"}  # fmt: skip
    for number, (who, place) in enumerate({"bureau.leader": "present", "bureau.chief": "", "bureau.hr": ""}.items()):
        sent |= {f"minutes.members.{number}.id": persons[who], f"minutes.members.{number}.place": place}
    wrong = secretary.post(f"/tasks/{task.id}/minutes", {**sent, "minutes.meeting": " "})
    assert (wrong.status_code, "Name the meeting" in wrong.get_data(as_text=True)) == (422, True)
    assert secretary.post(f"/tasks/{task.id}/minutes", sent).status_code == 302
    assert f"/tasks/{task.id}/confirm-minutes" not in secretary.text(f"/tasks/{task.id}")
    offer = chair.text(f"/tasks/{task.id}")
    assert f"/tasks/{task.id}/confirm-minutes" in offer and 'name="no_interest"' in offer
    assert 'name="no_interest"' in secretary.text(f"/tasks/{task.id}/minutes")
    confirming = {"version": "1", "no_interest": "true"}
    assert chair.post(f"/tasks/{task.id}/confirm-minutes", confirming).status_code == 302
    assert "Entered by bureau.hr, confirmed by bureau.leader." in secretary.text(f"/tasks/{task.id}")
    sheet = secretary.text(f"/cases/{case.id}/sheet")
    assert "局务会 on 2026-09-10: 1 due, 1 present, 0 stepped aside; entered by bureau.hr, confirmed by bureau" in sheet


def test_a_paper_of_one_of_several_names_the_seat_on_every_page(site: Site) -> None:
    persons = site.driver.county.persons
    both = f'=["{persons["staffing.office"]}", "{persons["hr.bureau"]}"]'
    props = d.properties(signing="all", decisions="approve,reject", paper="allowed")
    site.driver.deploy(flows.line(d.user("check", d.zeebe("assignmentDefinition", candidateUsers=both), props),
                                  ids=("check",)))  # fmt: skip
    case = site.driver.start("small", by="s01.principal", count=3)
    task, clerk = case.task("check"), site.visitor("bureau.hr", "en")
    seats = {seat.person_id: seat.id for seat in task.seats}
    mine = seats[persons["staffing.office"]]
    blank = clerk.text(f"/tasks/{task.id}/form")
    assert all(f"{task.id} {seat_id}" in blank for seat_id in seats.values())
    assert seats[persons["hr.bureau"]] not in clerk.text(f"/tasks/{task.id}/form?seat={mine}")
    form = clerk.text(f"/tasks/{task.id}/paper?seat={mine}")
    assert "One paper a seat" in form and f'value="{mine}" required checked' in form
    sent = {"paper.decided_by": "县委编办", "paper.document": "12号", "paper.decided_on": "2026-09-10",
            "decision": "approve", "version": str(task.version), "paper.scan[]": scan(site)}  # fmt: skip
    missing = clerk.post(f"/tasks/{task.id}/paper", sent)
    assert (missing.status_code, "say whose decision the paper is" in missing.get_data(as_text=True)) == (422, True)
    assert clerk.post(f"/tasks/{task.id}/paper", {**sent, "paper.seat_id": mine}).status_code == 302
    shown = clerk.text(f"/tasks/{task.id}")
    assert "It is the decision of the seat of staffing.office." in shown
    assert "on paper, 2026-09-10" in shown and "seat of staffing.office · 12号, decided on 2026-09-10" in shown
    again = clerk.post(f"/tasks/{task.id}/paper", {**sent, "paper.seat_id": mine, "paper.scan[]": scan(site)})
    assert (again.status_code, "takes no second one" in again.get_data(as_text=True)) == (409, True)
    case.complete("check", "hr.bureau", "approve")
    sheet = clerk.text(f"/cases/{case.id}/sheet")
    assert "县委编办, on paper (seat of staffing.office; 12号, decided on 2026-09-10); recorded by bureau.hr" in sheet
    office = site.visitor("staffing.office", "en")
    assert f"/tasks/{task.id}/dispute?seat={mine}" in office.text(f"/tasks/{task.id}")
    assert "/dispute" not in site.visitor("hr.bureau", "en").text(f"/tasks/{task.id}")
    assert office.post(f"/tasks/{task.id}/dispute?seat={mine}", {"reason": "Not me"}).status_code == 302

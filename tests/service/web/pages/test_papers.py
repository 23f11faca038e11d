"""Pages of decisions on paper: the offer, the form with its mistakes, what the record says afterwards, a dispute."""

from io import BytesIO

from service.attachments.commands import StoreAttachment, store_attachment
from service.demo.cases import minutes_pdf
from tests.service.web.pages.browser import Site


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

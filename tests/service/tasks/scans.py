"""Papers for tests: an uploaded scan, and a decision recorded from it."""

from io import BytesIO
from typing import Any

from service.access.days import day_of
from service.attachments.commands import StoreAttachment, store_attachment
from service.tasks.commands_papers import RecordPaper, record_paper
from service.tasks.completion import Completed
from tests.driver import Case, Driver

BODY = "县委编办"
DOCUMENT = "编办〔2026〕12号"


def scan(driver: Driver, who: str = "bureau.hr") -> str:
    """A sealed paper that somebody has uploaded."""
    stored = StoreAttachment(BytesIO(b"%PDF-1.4 sealed"), "批复.pdf")
    return store_attachment(driver.actor(who), stored, now=driver.now)


def recorded(case: Case, element_id: str, by: str = "bureau.hr", **given: Any) -> Completed:
    """Record a decision on paper of the open task of an element; `given` changes what is sent."""
    driver, task = case.driver, case.task(element_id)
    sent: dict[str, Any] = {
        "decided_by": BODY,
        "document": DOCUMENT,
        "decided_on": day_of(driver.now),
        "decision": "approve",
    }
    sent |= given
    sent.setdefault("attachment_id", scan(driver, by))
    sent.setdefault("version", task.version)
    return record_paper(driver.actor(by), RecordPaper(task.id, **sent), now=driver.now)

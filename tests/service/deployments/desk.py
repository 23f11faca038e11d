"""A small flow that two admins redraw."""

from typing import Any

from service.db import db
from service.deployments import queries_drafts
from service.deployments.commands_approval import Reasoned
from service.deployments.commands_drafts import BeginDraft, SaveDraft, begin_draft, save_files
from tests.driver import Driver
from tests.service.deployments.admins import second_admin
from tests.service.tasks import flows
from workflows import catalogue

CHECK = flows.task("check", "bureau_hr_officer", form="small-start", decisions="approve")
GOOD = flows.line(CHECK, ids=("check",))
FAULTY = GOOD["flow.bpmn"].replace(b"bureau_hr_officer", b"grand_vizier").decode()
BETTER = GOOD["flow.bpmn"].replace(b'name="check"', b'name="Check it"').decode()


class Desk:
    """What two admins do to the draft of one flow."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.second = second_admin(driver.county, driver.now)
        driver.deploy(GOOD)
        self.base = self.newest().id
        self.draft = self.begin()

    def begin(self, **given: Any) -> str:
        sent = BeginDraft(**(given or {"definition_id": self.base}))
        return begin_draft(self.driver.actor("admin"), sent, now=self.driver.now)

    def newest(self) -> catalogue.Definition:
        found = catalogue.latest(db.session(), "small")
        db.session.rollback()
        return found

    def view(self, by: str = "admin") -> queries_drafts.DraftView:
        found = queries_drafts.draft(self.driver.actor(by), self.draft, self.driver.now)
        db.session.rollback()
        return found

    def save(self, text: str, version: int = 1, by: str = "admin") -> int:
        sent = SaveDraft(self.draft, version, {"flow.bpmn": text})
        return save_files(self.driver.actor(by), sent, now=self.driver.now)

    def say(self, command: Any, by: str, reason: str = "按新办法修改") -> Any:
        version = self.view().row.version
        return command(self.driver.actor(by), Reasoned(self.draft, version, reason), now=self.driver.now)

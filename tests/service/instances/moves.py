"""A flow with cases on its first version and a second version to which they may move."""

from typing import Any

from sqlalchemy import select

from service.db import db
from service.instances import queries_migrate
from service.instances.commands_migrate import MigrateInstance, MigrateMany, migrate_instance, migrate_many
from service.runs.working import work
from service.tasks.models import Task
from tests.driver import Case, Driver
from tests.service.tasks import flows
from workflows import catalogue

CHECK = flows.task("check", "bureau_hr_officer", decisions="approve, reject", dueIn="5 workdays", onExpiry="none")
FORMED = flows.task(
    "check", "bureau_hr_officer", form="small-start", decisions="approve, hold", dueIn="9 workdays", onExpiry="none"
)
CONFIRM = flows.task("confirm", "bureau_hr_chief", decisions="approve")
OLD = flows.line(CHECK, ids=("check",))
LONGER = flows.line(FORMED, CONFIRM, ids=("check", "confirm"))
OTHER = flows.line(CONFIRM, ids=("confirm",))


class County:
    """Cases on the first version of a flow, and a second one."""

    def __init__(
        self, driver: Driver, after: dict[str, bytes] = LONGER, count: int = 1, before: dict[str, bytes] = OLD
    ) -> None:
        self.driver = driver
        driver.deploy(before)
        self.cases = [driver.start("small", by="s01.principal", count=3) for _ in range(count)]
        driver.deploy(after)
        self.target = self.newest()
        self.mapping: dict[str, str] = {}

    def newest(self) -> str:
        found = catalogue.latest(db.session(), "small").id
        db.session.rollback()
        return found

    def move(self, case: Case, by: str = "admin", reason: str = "新办法") -> None:
        sent = MigrateInstance(case.id, self.target, reason, mapping=self.mapping)
        migrate_instance(self.driver.actor(by), sent, now=self.driver.now)

    def many(self, *, dry: bool = False) -> Any:
        sent = MigrateMany(self.target, "新办法", dry=dry, mapping=self.mapping)
        migration_id = migrate_many(self.driver.actor("admin"), sent, now=self.driver.now)
        assert work("long", pace=0) == 1
        return self.view(migration_id)

    def view(self, migration_id: str) -> Any:
        found = queries_migrate.migration(self.driver.actor("admin"), migration_id)
        db.session.rollback()
        return found


def task_row(case: Case) -> Any:
    row = db.session.execute(select(Task.__table__).where(Task.instance_id == case.id, Task.state == "open")).one()
    db.session.rollback()
    return row

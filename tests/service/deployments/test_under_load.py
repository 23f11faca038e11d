"""While a version is published, cases go on by theirs and none fails."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from service.access.actor import Actor
from service.db import db
from service.deployments.commands import Publish, publish
from service.tasks.commands import CompleteTask, complete_task
from tests.driver import Driver
from tests.service.tasks import flows

CHECK = flows.task("check", "bureau_hr_officer", form="small-start", decisions="approve")
NEXT = flows.task("next", "bureau_hr_chief", decisions="approve")
OLD = flows.line(CHECK, NEXT, ids=("check", "next"))


def test_completions_go_on_while_versions_are_published(any_app: Flask, any_driver: Driver) -> None:
    any_driver.deploy(OLD)
    cases = [any_driver.start("small", "s01.principal", count=1) for _ in range(16)]
    tasks = [case.task("check") for case in cases]
    officer, now = any_driver.actor("bureau.hr"), any_driver.now
    db.session.rollback()

    def complete(number: int) -> None:
        with any_app.app_context():
            sent = CompleteTask(
                tasks[number].id, tasks[number].version, "approve", None, {"count": 2}, no_interest=True
            )
            complete_task(officer, sent, now=now)

    def release(number: int) -> int:
        with any_app.app_context():
            diagram = OLD["flow.bpmn"].replace(b'name="next"', f'name="next {number}"'.encode())
            return publish(Actor.system(), Publish({**OLD, "flow.bpmn": diagram}), now=now).version

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(complete, number) for number in range(len(tasks))]
        made = [pool.submit(release, number) for number in range(3)]
        assert [one.result() for one in done] == [None] * len(tasks)
        assert {one.result() for one in made} == {2, 3, 4}
    assert {case.task("next").name for case in cases} == {"next"}, "each case goes on by the version it began with"

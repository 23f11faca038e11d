"""kill -9 between any two statements leaves the whole step or nothing; a repeat gets one answer and one effect.

A real server is killed over a real request, on both databases. LECTERN_PROVE=1 tries every statement.
"""

import os
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import func, select

from service.attachments.commands import StoreAttachment, store_attachment
from service.audit import timeline
from service.clock import SetClock
from service.db import db
from service.demo.cases import minutes_pdf
from service.instances.models import ProcessCase
from service.posts.posting import ENTRY
from tests.driver import Case, Driver
from tests.flows.hiring import acting
from tests.proofs.killing import Post, Servers, bearer, check_whole, everything, servers
from tests.service.tasks import flows

EVERY = 1 if os.environ.get("LECTERN_PROVE") else 5
MOST = 200
POINTS = ("transaction.begun:1", "transaction.before_commit:1", "transaction.committed:1")


@pytest.fixture
def driver(any_app: Flask, clock: SetClock) -> Driver:
    found = acting.county(clock)
    check = flows.task("check", "bureau_hr_officer", form="small-start", decisions="approve", dueIn="5 workdays")
    following = flows.task("next", assignee="=initiator", decisions="approve", dueIn="2 workdays")
    found.deploy(flows.line(check, following, ids=("check", "next")))
    return found


def faults() -> Iterator[str]:
    """Fault points in the order tried; the caller stops at the first statement that the request does not reach."""
    yield from POINTS
    yield from (f"statement:{number}" for number in count(1, EVERY))


def killed_everywhere(servers: Servers, driver: Driver, request: Callable[[], Post], settle: Callable[[], None]) -> int:
    """Kill a server at each point of a new request and check what is left; how many statements were tried.

    `settle` checks the effect of the request and makes room for the next.
    """
    for tried, fault in enumerate(faults()):
        assert tried < MOST
        post, before = request(), everything()
        first = post.to(servers.armed(fault))
        left = everything()
        if first is None:
            check_whole(driver)
        answer = post.to(servers.port)
        done = everything()
        assert answer is not None and answer[0] in (200, 201), (fault, answer)
        assert left in (before, done), fault
        assert done != before
        if fault.startswith("transaction"):
            assert first is None
            assert (left == done) is (fault == "transaction.committed:1"), fault
        assert post.to(servers.port) == answer
        assert everything() == done
        check_whole(driver)
        settle()
        if first is not None:
            assert first == answer
            return tried - len(POINTS)
    raise AssertionError


def test_a_completion_is_whole_or_absent_wherever_the_server_dies(driver: Driver) -> None:
    token, cases = bearer(driver, "bureau.hr"), list[Case]()

    def request() -> Post:
        cases.append(driver.start("small", by="s01.principal", count=3))
        task = cases[-1].task("check")
        body = {"version": task.version, "decision": "approve", "values": {"count": 2}}
        return Post(f"/api/v1/tasks/{task.id}/complete", body, token)

    def settle() -> None:
        case = cases[-1]
        assert case.open() == ["next"]
        assert case.variables["count"] == 2
        kinds = [event.kind for event in timeline.events(db.session(), f"instance:{case.id}")]
        db.session.rollback()
        assert (kinds.count("task.signed"), kinds.count("task.completed"), kinds.count("task.opened")) == (1, 1, 2)

    with servers() as running:
        assert killed_everywhere(running, driver, request, settle) * EVERY >= 15


def test_a_start_with_its_reservation_is_whole_or_absent_wherever_the_server_dies(driver: Driver) -> None:
    token, school = bearer(driver, "s01.hr"), driver.county.organisations["s01"]
    started = 0

    def request() -> Post:
        clerk = driver.actor("s01.hr")
        minutes = store_attachment(clerk, StoreAttachment(BytesIO(minutes_pdf()), "纪要.pdf"), now=driver.now)
        posts = [{"subject": "语文", "stage": "primary", "band": "junior", "count": 2}]
        demand = {
            "posts": posts, "degree": "bachelor", "certificate": "小学语文教师资格证", "need": "退休 2 人",
            "meeting_on": "2026-09-08", "minutes": [minutes],
        }  # fmt: skip
        body = {"definition_key": "hiring", "organisation_id": school, "variables": demand}
        return Post("/api/v1/process-instances", body, token)

    def settle() -> None:
        nonlocal started
        started += 1
        assert acting.figures(driver, "s01") == (96, 2, 2)
        newest = select(ProcessCase.instance_id).order_by(ProcessCase.instance_id.desc()).limit(1)
        instance_id = db.session.scalars(newest).one()
        cases = db.session.scalar(select(func.count()).select_from(ProcessCase))
        held = select(func.sum(ENTRY.c.reserved)).where(ENTRY.c.instance_id == instance_id)
        assert db.session.scalar(held) == 4, "two of the headcount, two junior posts"
        db.session.rollback()
        assert cases == started
        Case(driver, instance_id).withdraw("s01.hr")
        assert acting.figures(driver, "s01") == (96, 0, 4)

    with servers() as running:
        assert killed_everywhere(running, driver, request, settle) * EVERY >= 20

"""Messages between cases: thrown into the outbox, delivered as a command of their own, once."""

from service.db import db
from service.jobs import SENDERS
from service.notices import delivery
from tests.driver import Driver
from tests.service.tasks import flows
from tests.workflows import diagrams as d

WAITS = flows.task("after", assignee="=initiator", decisions="approve")


def message(name: str, key: str) -> str:
    return d.tag("bpmn:message", d.extra(d.zeebe("subscription", correlationKey=key)), id=f"message_{name}", name=name)


def folder(key: str, *nodes: str) -> dict[str, bytes]:
    process = d.process(d.start(), *nodes, d.end(), id_=key)
    found = flows.flow((), (), key)
    found["flow.toml"] = found["flow.toml"].replace(b'key = "small"', f'key = "{key}"'.encode())
    found["flow.bpmn"] = d.document(message("ready", "=note"), process)
    return found


def test_a_message_of_one_case_moves_the_case_that_waits_for_it(driver: Driver) -> None:
    driver.deploy(
        folder("waiter", d.catch("wait", d.on("message", "ready")), WAITS, d.path("start", "wait", "after", "end"))
    )
    driver.deploy(folder("sender", flows.task("first", assignee="=initiator", decisions="approve"), _throw(),
                         d.path("start", "first", "tell", "end")))  # fmt: skip
    waiter = driver.start("waiter", by="s01.principal", count=1, note="A-1")
    other = driver.start("waiter", by="s01.principal", count=1, note="A-2")
    sender = driver.start("sender", by="s01.principal", count=1, note="A-1")
    sender.complete("first", "s01.principal", "approve")
    assert waiter.open() == [], "nothing moves inside the sender's transaction"
    assert delivery.deliver(driver.now, SENDERS).failed == 0
    db.session.rollback()
    assert (waiter.open(), other.open()) == (["after"], [])
    delivery.deliver(driver.now, SENDERS)
    assert waiter.open() == ["after"]


def _throw() -> str:
    publishes = d.extra(d.zeebe("publishMessage", correlationKey="=note"))
    return d.node("intermediateThrowEvent", "tell", publishes, d.on("message", "ready"))

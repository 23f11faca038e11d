"""One step that several officers sign, alone or inside a parallel branch, and what they do with its seats."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import select

from service.access.actor import Actor
from service.access.days import day_of
from service.audit import timeline
from service.db import db, transaction
from service.tasks import commands, commands_seats, queries
from service.tasks.commands_papers import RecordPaper, record_paper
from service.tasks.commands_seats import AddSigners, CopyTask, DelegateTask, RemoveSigner, TransferTask
from service.tasks.facts import TaskFacts
from service.tasks.models import QueueEntry
from tests.driver import Case, Driver
from tests.service.people import county as counties
from tests.service.tasks import flows, scans
from tests.workflows import diagrams as d

OFFICERS = ("a", "b", "c", "x", "y", "z")
"""a, b and c are named as signers; the others are their colleagues."""
NAMED = OFFICERS[:3]
REMARK = {"id": "remark", "type": "default", "schemaVersion": 16, "components": [
    {"type": "textfield", "key": "remark", "label": "备注"},
]}  # fmt: skip


def staffed(driver: Driver) -> Driver:
    """The county with six more officers of the staffing office, who may do nothing but by their seats."""
    with transaction() as session:
        office = driver.county.organisations["staffing"]
        for number, name in enumerate(OFFICERS, start=700):
            counties._write(session, driver.county, number, name, "staffing_officer", office)
    return driver


def deploy(driver: Driver, signing: str, *, inside: bool = False, **props: str) -> str:
    """A flow with the step `check`, then `last`; its key. `role`: a single task of the role, else persons are named."""
    key = f"{signing}{'-inside' if inside else ''}"
    ids = ", ".join(f'"{driver.county.persons[name]}"' for name in NAMED)
    given = {"candidateUsers": f"=[{ids}]"}
    if signing in ("single", "role"):
        given = {"assignee": f'="{driver.county.persons["a"]}"'}
    if signing == "role":
        given = {"candidateGroups": "staffing_officer"}
    shown = {"signing": "single" if signing == "role" else signing, "decisions": "approve,return", **props}
    if signing == "vote":
        shown = {"signing": "vote", "dueIn": "5 workdays", **props}
    check = d.user("check", d.zeebe("assignmentDefinition", **given), d.properties(**shown),
                   d.zeebe("formDefinition", formId="remark"))  # fmt: skip
    last = flows.task("last", assignee="=initiator", decisions="approve")
    if not inside:
        driver.deploy(_keyed(flows.flow((check, last), [d.path("start", "check", "last", "end")], key), key))
        return key
    other = flows.task("other", assignee="=initiator", decisions="approve")
    nodes = (d.gateway("parallel", "split"), check, other, d.gateway("parallel", "join"), last)
    links = (d.path("start", "split", "check", "join"), d.path("split", "other", "join"), d.path("join", "last", "end"))
    driver.deploy(_keyed(flows.flow(nodes, links, key), key))
    return key


def _keyed(files: dict[str, bytes], key: str) -> dict[str, bytes]:
    return files | {
        "remark.form": orjson.dumps(REMARK),
        "flow.toml": files["flow.toml"].replace(b'key = "small"', f'key = "{key}"'.encode()),
    }


def acting(driver: Driver) -> dict[str, Actor]:
    """Who acts at a desk, logged in once."""
    return {name: driver.actor(name) for name in (*OFFICERS, "bureau.chief", "s01.hr", "s01.principal")}


class Desk:
    """The open step `check` of one case."""

    def __init__(self, driver: Driver, key: str, actors: Mapping[str, Actor]) -> None:
        self.driver = driver
        self.actors = actors
        self.case: Case = driver.start(key, by="s01.hr", count=3)
        self.names = {person: name for name, person in driver.county.persons.items()}
        self.task_id = self.case.task("check").id

    @property
    def task(self) -> TaskFacts:
        return self.case.task("check")

    @property
    def turn(self) -> list[str]:
        """Who could sign now."""
        return [self.names[seat.person_id] for seat in self.task.seats if seat.state == "open"]

    def transfer(self, by: str, to: str, seat_of: str | None = None) -> None:
        seat_id = None if seat_of is None else self.seat(seat_of)
        command = TransferTask(self.task_id, self.task.version, self.person(to), "出差", seat_id)
        commands_seats.transfer_task(self.actors[by], command, now=self.driver.now)

    def delegate(self, by: str, to: str) -> None:
        command = DelegateTask(self.task_id, self.task.version, self.person(to), "请先填")
        commands_seats.delegate_task(self.actors[by], command, now=self.driver.now)

    def before(self, by: str, *persons: str) -> None:
        self._add(by, "before", persons)

    def after(self, by: str, *persons: str) -> None:
        self._add(by, "after", persons)

    def _add(self, by: str, where: str, persons: Iterable[str]) -> None:
        ids = tuple(map(self.person, persons))
        command = AddSigners(self.task_id, self.task.version, ids, where, "请把关")
        commands_seats.add_signers(self.actors[by], command, now=self.driver.now)

    def remove(self, by: str, seat_of: str) -> None:
        command = RemoveSigner(self.task_id, self.task.version, self.seat(seat_of), "不需要")
        commands_seats.remove_signer(self.actors[by], command, now=self.driver.now)

    def copy(self, by: str, *persons: str) -> None:
        command = CopyTask(self.task_id, None, tuple(map(self.person, persons)), "供参考")
        commands_seats.copy_task(self.actors[by], command, now=self.driver.now)

    def claim(self, by: str) -> None:
        commands.claim_task(self.actors[by], commands.TaskCommand(self.task_id, self.task.version), now=self.driver.now)

    def sign(self, by: str, decision: str = "approve", **values: Any) -> bool:
        """Whether that decided the step."""
        words = "理由" if decision == "return" else None
        command = commands.CompleteTask(self.task_id, self.task.version, decision, words, values, no_interest=True)
        return commands.complete_task(self.actors[by], command, now=self.driver.now).decided

    def paper(self, whose: str | None, decision: str = "approve", by: str = "bureau.chief", **given: Any) -> bool:
        """Record the decision on paper of somebody who sits there; whether that decided the step."""
        task = queries.task(Actor.system(), self.task_id)
        db.session.rollback()
        seats = {seat.person_id: seat.id for seat in task.seats if seat.state != "removed"}
        sent = {"decided_by": "县委编办", "document": "编办〔2026〕12号", "decided_on": day_of(self.driver.now),
                "opinion": "理由", "attachment_id": scans.scan(self.driver, by), **given}  # fmt: skip
        sent.setdefault("seat_id", None if whose is None else seats[self.person(whose)])
        command = RecordPaper(self.task_id, task.version, decision=decision, no_interest=True, **sent)
        return record_paper(self.actors[by], command, now=self.driver.now).decided

    def person(self, name: str) -> str:
        return self.driver.county.persons[name]

    def seat(self, name: str) -> str:
        """The live seat of somebody."""
        return next(seat.id for seat in self.task.seats if seat.is_live and seat.person_id == self.person(name))

    def box(self, name: str) -> list[str]:
        found = select(QueueEntry.box).where(QueueEntry.task_id == self.task_id)
        boxes = db.session.scalars(found.where(QueueEntry.holder == f"person:{self.person(name)}")).all()
        db.session.rollback()
        return sorted(boxes)

    def kinds(self) -> list[str]:
        found = [event.kind for event in timeline.events(db.session(), f"instance:{self.case.id}", limit=500)]
        db.session.rollback()
        return found

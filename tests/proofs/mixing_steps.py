"""What is done at random in a county of all flows: begin a case, decide what is open, let a deadline pass."""

from collections.abc import Mapping
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from service.access.actor import Actor
from service.access.models import Account
from service.attachments.commands import StoreAttachment, store_attachment
from service.db import db
from service.demo.cases import minutes_pdf
from service.errors import Forbidden, NotFound
from service.flows.title.roster import APPLICATION
from service.instances.commands_timers import fire_timer
from service.instances.models import ProcessCase
from service.jobs import SENDERS
from service.notices import delivery
from service.tasks import forms, queries
from service.tasks.commands import CompleteTask, complete_task
from service.tasks.facts import TaskFacts
from service.tasks.models import Task
from service.tasks.view import TaskView, view
from tests.driver import Case
from tests.flows.exchange import driving
from tests.flows.title import acting
from tests.proofs.mixing_people import SCHOOLS, Changing
from tests.service.people import county as counties
from workflows.models import ProcessInstance, Timer

BANDS = ("senior", "middle", "junior")


class Beginning(Changing):
    """Begins cases of every flow."""

    batch: str

    def file(self, who: str) -> str:
        stored = StoreAttachment(BytesIO(minutes_pdf()), "文件.pdf")
        return store_attachment(self.actor(who), stored, now=self.now)

    def actor(self, who: str) -> Actor:
        """As `Driver`; whoever has left cannot log in any more."""
        opened = super().actor(who) if self.county.accounts[who] not in self._closed() else None
        if opened is None:
            raise Forbidden("access.login_needed", action="session.open")
        return opened

    def row(self, statement: Any) -> Any:
        """As `World`; who has left has no such row."""
        try:
            return super().row(statement)
        except NoResultFound as gone:
            db.session.rollback()
            raise NotFound("appointment.absent") from gone

    def _closed(self) -> set[str]:
        found = set(db.session.scalars(select(Account.id).where(Account.closed_at.is_not(None))))
        db.session.rollback()
        return found

    def running(self) -> list[str]:
        found = select(ProcessInstance.id).where(ProcessInstance.state == "running").order_by(ProcessInstance.id)
        return list(db.session.scalars(found))

    def hire(self) -> str:
        school = self.dice.choice(SCHOOLS)
        row = {
            "subject": "语文",
            "stage": "primary",
            "band": self.dice.choice(BANDS),
            "count": self.dice.randint(1, 3),
        }
        demand = {"posts": [row], "degree": "bachelor", "certificate": "教师资格证", "need": "缺编",
                  "meeting_on": "2026-09-08", "minutes": [self.file(f"{school}.hr")]}  # fmt: skip
        self.start("hiring", f"{school}.hr", school, **demand)
        return "hiring"

    def title(self) -> str:
        who = self.dice.choice(self.teachers)
        asked = {
            "target": self.dice.choice(("一级", "高级")),
            "subject": "语文",
            "statement": "任现职以来完成教学任务。",
        }
        self.start("title", who, self.appointment(who), **asked, confirmed=True)
        return "title"

    def round(self) -> str:
        self.start("reserved_round", "bureau.hr", "bureau", year=2026 + self.dice.randrange(3))
        return "round"

    def apply(self) -> str:
        who, school = self.dice.choice(self.teachers), self.dice.choice(SCHOOLS)
        number = counties.id_number(200 + int(who[1:]))
        fields = {"person_name": who, "id_number": number, "band": self.dice.choice(("senior", "middle"))}
        self.start("reserved_post", f"{school}.hr", school, **fields, need="补足")
        return "application"

    def sit(self) -> str:
        """A sitting of the committee for all that wait for one; mostly they pass."""
        running = set(self.running())
        found = db.session.scalars(select(APPLICATION.c.instance_id).order_by(APPLICATION.c.instance_id)).all()
        cases = [one for one in found if one in running and not queries.open_of(one)]
        if not cases:
            return "sit nothing"
        yes, today = (7 if self.dice.random() < 0.8 else 3), self.now.date()
        session_id = acting.plan(self, vote_until=today, meets_on=today)
        acting.drawn(self, session_id)
        members = acting.opened(self, session_id)
        for case in (Case(self, one) for one in cases):
            if "committee_vote" in case.open():
                acting.voted(case, members, yes, 7 - yes)
        return "sitting"

    def plan(self, ahead: int | None = None) -> str:
        """A plan of exchange up to placements, as `driving` takes it there: refused while another is under way."""
        year = self.now.year + (self.dice.randrange(4) if ahead is None else ahead)
        first = max(date(year, 11, 2), self.now.date() + timedelta(days=30))
        case = driving.start(self, year=year, effective_on=first.isoformat())
        found = driving.offer(self, case, "s02", manner=self.dice.choice(("move", "bring", "lend", "loan")), band="")
        driving.opened(self, case)
        driving.apply(self, case, self.dice.choice(self.teachers), found)
        driving.closed(self, case)
        driving.matched(self, case, seed=self.dice.randrange(100))
        driving.published(self, case)
        driving.meet(self, case, "decision", "approve")
        self.work()
        return "exchange"


class Walking(Beginning):
    """Decides what is open, lets deadlines pass, delivers, withdraws, waits."""

    def decide(self) -> str:
        """Somebody who may decides an open task, any way that it offers; the agreeing way more often."""
        found = select(Task.id, Task.instance_id).where(Task.state == "open").order_by(Task.id)
        opened = db.session.execute(found).all()
        if not opened:
            return "decide nothing"
        chosen = self.dice.choice(opened)
        task = next((one for one in queries.open_of(chosen.instance_id) if one.id == chosen.id), None)
        if task is None:
            return "decide nothing"
        if task.element_id == "publicity" and self.dice.random() < 0.8:
            Case(self, task.instance_id).fire("publicity_over")
            return "publicity over"
        who = self._able(task)
        if who is None:
            return "decide nobody"
        seen = view(self.actor(who), task.id)
        offered = [choice.value for choice in seen.choices]
        decision = offered[0] if self.dice.random() < 0.75 else self.dice.choice(offered)
        vote = task.signing == "vote"
        values = {} if vote else self._filled(seen, who)
        sent = CompleteTask(
            task.id, None if vote else task.version, decision, None if vote else "理由", values, no_interest=True
        )
        complete_task(self.actor(who), sent, now=self.now)
        return f"{task.case.definition_key}.{task.element_id}"

    def _able(self, task: TaskFacts) -> str | None:
        names = list(self.county.accounts)
        self.dice.shuffle(names)
        seated = {seat.person_id for seat in task.seats if seat.state == "open"}
        closed = self._closed()
        names = [who for who in names if self.county.accounts[who] not in closed]
        for who in names:
            if self.county.persons[who] in seated:
                return who
        for who in names:
            if set(task.groups) & set(self.actor(who).holders):
                return who
        return None

    def _filled(self, seen: TaskView, who: str) -> dict[str, Any]:
        wanted = {name for name, right in seen.rights.items() if right in ("write", "required")}
        asked = [one for one in forms.components(seen.form or {}) if one["key"] in wanted]
        found = {one["key"]: self._value(one, seen.data.get(one["key"]), who) for one in asked}
        return {name: value for name, value in found.items() if value is not None}

    def _value(self, component: Mapping[str, Any], known: Any, who: str) -> Any:
        """What stands there already, else something that the field takes."""
        kind, rules = component["type"], component.get("validate") or {}
        if known not in (None, "", []):
            return known
        if kind in ("textfield", "textarea"):
            return "说明"
        if kind == "number":
            return max(int(rules.get("min") or 0), 1)
        if kind == "checkbox":
            return self.dice.random() < 0.7
        if kind == "datetime":
            return self.now.date().isoformat()
        if kind == "filepicker":
            return [self.file(who)]
        if kind in ("select", "radio") and component.get("values"):
            return self.dice.choice(component["values"])["value"]
        return None

    def fire(self) -> str:
        """A deadline of a running case falls due."""
        cases = self.running()
        rows = list(db.session.execute(select(Timer).where(Timer.instance_id.in_(cases)).order_by(Timer.id)))
        if not rows:
            return "fire nothing"
        timer = self.dice.choice(rows)[0]
        element, due = timer.element_id, timer.due_at
        db.session.rollback()
        if timer.kind == "due" and due > self.now:
            self.clock.set(min(due, self.now + timedelta(days=40)))
        fire_timer(Actor.system(), timer.id, now=self.now)
        return f"fired {element}"

    def deliver(self) -> str:
        delivery.deliver(self.now, SENDERS, lambda *_: None)
        self.work()
        return "delivered"

    def withdraw(self) -> str:
        cases = self.running()
        if not cases or self.dice.random() < 0.5:
            return "withdraw nothing"
        case = Case(self, self.dice.choice(cases))
        begun = select(ProcessCase.initiator_id).where(ProcessCase.instance_id == case.id)
        initiator = str(self.row(begun).initiator_id)
        case.withdraw(next((who for who, one in self.county.persons.items() if one == initiator), "bureau.hr"))
        return "withdrawn"

    def wait(self) -> str:
        self.clock.set(self.now + timedelta(days=self.dice.randint(1, 6)))
        return "waited"

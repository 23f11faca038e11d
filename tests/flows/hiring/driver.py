"""Drives one hiring case through the engine with the real operations on the real ledger."""

from collections import ChainMap
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from service.access.actor import Actor
from service.db import db, transaction
from service.flows.hiring import casework, commands, writing
from service.flows.hiring.models import Candidate
from service.instances.models import ProcessCase
from service.parameters.scopes import About
from service.tasks.around import surroundings
from tests.conftest import START
from tests.flows.hiring import county
from workflows import engine, store
from workflows.base import new_id
from workflows.models import VariableChange
from workflows.step import OpenedTask

POSTS = [{"subject": "语文", "stage": "primary", "band": "junior", "count": 3}]
CLERK = county.actor("clerk", "school_hr", county.AUTHORISED)
REVIEWS = ("bureau_review", "staffing_check", "post_check")


class Case:
    """A case under way: `step` is the last run; `school` whose it is."""

    def __init__(
        self,
        definition: Any,
        school: str = county.AUTHORISED,
        *,
        parameters: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        self.parameters = parameters or {}
        self.definition, self.school, self.now = definition, school, START
        self.id = new_id()
        self.clerk = county.actor("clerk", "school_hr", school)
        self.serial = 0
        first = {"posts": POSTS, "directed": False, **values}
        first |= {"initiator": "clerk", "school": school, "school_name": "云雀岭学校"}
        with transaction() as session:
            self.step = engine.start(session, definition, first, self._around(session), instance_id=self.id)
            session.execute(insert(ProcessCase.__table__), self._row())

    def _row(self) -> dict[str, Any]:
        return {
            "instance_id": self.id, "definition_key": "hiring", "business_key": self.id, "title": "招聘",
            "initiator_id": "clerk", "organisation_id": self.school, "started_at": self.now, "suspended_at": None,
            "suspension_reason": None,
        }  # fmt: skip

    def _around(self, session: Any) -> Any:
        around = surroundings(session, self.clerk, self.now, About(self.school, "hiring"))
        return replace(around, parameters=ChainMap(self.parameters, around.parameters))

    def complete(self, element_id: str, decision: str, *, slot: int = 0, **values: Any) -> "Case":
        """Complete the open task of an element (of the slot-th one) with a decision and values of its form."""
        with transaction() as session:
            held = store.lock(session, self.id)
            token = self.tokens(element_id)[slot]
            at = (self.now + timedelta(seconds=held.version)).isoformat()
            ballots = values.pop("ballots", None)
            result = {"decision": decision, "opinion": None, "by": "somebody", "at": at}
            if ballots is not None:
                result["ballots"] = ballots
            self.step = engine.complete(held, token, {**values, element_id: result}, self._around(session))
        return self

    def fire(self, element_id: str, *, days: int = 0, slot: int = 0) -> "Case":
        """Fire the timer of an element, `days` calendar days later."""
        self.now += timedelta(days=days)
        with transaction() as session:
            held = store.lock(session, self.id)
            rows = [row for row in store.timers(session, self.id) if row.element_id == element_id]
            self.step = engine.fire_timer(held, rows[slot], self._around(session))
        return self

    def deliver(self, name: str, key: str, **payload: Any) -> "Case":
        """Bring a message to the subscription with this key."""
        with transaction() as session:
            held = store.lock(session, self.id)
            rows = [
                row for row in store.subscriptions(session, self.id) if (row.name, row.correlation_key) == (name, key)
            ]
            assert len(rows) == 1
            self.step = engine.deliver(held, rows[0], payload, self._around(session))
        return self

    def tokens(self, element_id: str) -> list[str]:
        held = store.read(db.session(), self.id)
        return [token.token for token in engine.inspect(held, self.definition) if token.element_id == element_id]

    @property
    def open(self) -> list[str]:
        """Element ids of the open user tasks, sorted."""
        held = store.read(db.session(), self.id)
        return sorted(token.element_id for token in engine.inspect(held, self.definition) if token.state == "open")

    @property
    def waiting(self) -> list[str]:
        with transaction() as session:
            return sorted(row.element_id for row in store.timers(session, self.id))

    @property
    def rules(self) -> dict[str, str]:
        """Element id → rule of the timers that run."""
        with transaction() as session:
            return {row.element_id: row.rule for row in store.timers(session, self.id)}

    @property
    def state(self) -> str:
        return store.read(db.session(), self.id).state

    def variable(self, name: str) -> Any:
        return store.read(db.session(), self.id).variables.get(name)

    def history(self, name: str) -> list[Any]:
        """Every value that a variable has had, the first one first."""
        of_case = (VariableChange.instance_id == self.id, VariableChange.name == name)
        found = db.session.scalars(select(VariableChange.new).where(*of_case).order_by(VariableChange.version))
        return list(found)

    # the straight path, in pieces --------------------------------------------------------------------------------

    def reviewed(self) -> "Case":
        for review in REVIEWS:
            self.complete(review, "approve")
        return self

    def announced(self) -> "Case":
        """Through review, filing or approval and announcement, up to the qualification review."""
        self.reviewed()
        if self.open == ["filing"]:
            return self.complete("filing", "accept").complete("announce_school", "publish").fire("announcement_period")
        self.complete("approval", "approve").complete("announce_bureau", "publish")
        return self.fire("announcement_period")

    def register(self, count: int, line: int = 1, *, state: str = "qualified") -> list[str]:
        """Applicants of a row, found qualified; their ids. The commands of people have tests of their own."""
        rows = [self._applicant(line, state) for _ in range(count)]
        with transaction() as session:
            case = casework.lock(session, self.clerk, self.id)
            return writing.insert_rows(session, case, self.clerk, rows, self.now)

    def _applicant(self, line: int, state: str) -> dict[str, Any]:
        self.serial += 1
        return {
            "line": line, "name": f"考生{self.serial}", "id_number": county.id_number(self.serial),
            "degree": "bachelor", "phone": "13812345678", "state": state,
        }  # fmt: skip

    def mark(self, scores: dict[str, Any], name: str) -> None:
        """Give candidates a score."""
        with transaction() as session:
            for candidate_id, score in scores.items():
                writing.change(session, candidate_id, {name: score})

    def edit(self, candidate_id: str, by: Actor | None = None, **fields: Any) -> None:
        version = self.candidate(candidate_id).version
        command = commands.EditCandidate(candidate_id, version, fields)
        commands.edit_candidate(by or self.clerk, command, now=self.now)

    def candidate(self, candidate_id: str) -> Any:
        row = db.session.execute(select(Candidate.__table__).where(Candidate.id == candidate_id)).one()
        db.session.rollback()
        return row

    def chosen(self, applicants: int = 9) -> list[str]:
        """Everything up to the slots: applicants with falling scores, the best of them hired; ids in that order."""
        self.announced()
        people = self.register(applicants)
        self.complete(self.open[0], "confirm")
        scores = {candidate_id: 90 - number for number, candidate_id in enumerate(people)}
        self.mark(scores, "written")
        self.complete(self.open[0], "confirm")
        self.mark(scores, "interview")
        self.complete("interview", "confirm").complete("inspection", "confirm").complete("choice", "choose")
        return people

    def hired(self, *, slot: int = 0, day: str = "2027-01-18") -> "Case":
        """One slot from the medical to the desk."""
        self.complete("medical", "pass", slot=slot).fire("publicity_over")
        self.complete("hire_materials", "submit")
        filing = "hire_filing" in self.open
        self.complete("hire_filing" if filing else "hire_approval", "accept" if filing else "approve")
        self.complete("contract", "signed", contract_years=3, contract_from=day, probation_months=12)
        return self.complete("onboarding", "arrived", onboarded_on=day)

    def opened(self, element_id: str) -> OpenedTask:
        """The task of an element that the last run opened."""
        return next(task for task in self.step.opened if task.element_id == element_id)

"""A county of all flows in which what cases have brought about is corrected at random, and what must agree then."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, update

from service.access.actor import Actor
from service.clock import SetClock
from service.db import db, transaction
from service.evidence import sheet
from service.flows.corrections import queries
from service.flows.corrections.declaring import CORRECTABLE, Correctable, Field, Item
from service.flows.exchange.drawing_up import ENTRY
from service.flows.hiring.roster import CANDIDATE
from service.flows.title.roster import CERTIFICATE
from service.instances.models import ProcessCase
from service.parameters.registry import PARAMETERS
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.records import writing
from service.records.rules import Entry
from service.reports import measuring
from service.reports.registry import FIGURES
from tests.driver import Case
from tests.flows.exchange import placing
from tests.flows.hiring import finishing
from tests.flows.personnel.correcting import correct, row
from tests.flows.reserved_posts import acting as reserved
from tests.flows.title import acting as titles
from tests.proofs.mixing import REFUSED, Mixture
from tests.proofs.mixing_people import GRADES
from tests.service.reports.plainly import Reading
from tests.service.reports.plainly_cases import answers
from tests.service.reports.rows import MODELS, Plain
from workflows.base import table_of

ROOMY = {"headcount": (60, 34), "senior": (10, 6), "middle": (26, 18), "junior": (24, 12)}
"""Approved and occupied of each school: with room for what has to be done before it can be wrong."""
DEFAULTS = {key: parameter.default for key, parameter in PARAMETERS.items()}
TRIES = 12


class Correcting(Mixture):
    """Brings cases of each flow to their end, and corrects what they did."""

    own = ROOMY

    def __init__(self, clock: SetClock, seed: int) -> None:
        super().__init__(clock, seed)
        self.corrected: list[str] = []
        self._may_rise()

    def _may_rise(self) -> None:
        """Teachers with a degree, years of assessments and hours of training, as a title asks for."""
        years = range(2021, 2026)
        kept = [Entry("assessment", date(year, 12, 31), value="competent", year=year) for year in years]
        kept += [Entry("training", date(year, 12, 31), year=year, amount=72) for year in years]
        with transaction() as session:
            session.execute(update(PERSON).values(degree="bachelor"))
            persons = {self.county.persons[who]: kept for who in self.teachers[2::3]}
            writing.add_many(session, persons, by="system", now=self.now)

    def begin(self) -> None:
        """Something of each flow that can be wrong."""
        for verb in (self.titled, self.decided, self.hired, self.exchanged, self.change):
            self.tried(verb)

    def put_right(self) -> str:
        """A correction."""
        return self.tried(self.correct)

    def go_on(self) -> str:
        """Something more to correct, or whatever else goes on meanwhile."""
        return self.tried(self.dice.choice((*(self.bring_about,) * 3, self.deliver, self.wait)))

    def bring_about(self) -> str:
        """A case of some flow goes to where it has done something that can be wrong."""
        flows = (self.titled, self.hired, self.decided, self.exchanged, self.change, self.change, self.revoked)
        return str(self.dice.choice(flows)())

    def titled(self) -> str:
        """An application for a title, passed and confirmed, or failed."""
        who = self.dice.choice(self.teachers[2::3])
        school = self.appointment(who)
        case = titles.apply(self, who, school)
        if case.open() != ["verification"]:
            return "title waits"
        titles.to_committee(case, school)
        titles.judged(self, case, *((7, 0) if self.dice.random() < 0.7 else (1, 6)))
        if case.open() == ["review_request"]:
            case.complete("review_request", who, "accept")
            return "title failed"
        titles.confirmed(case, self.now.date().isoformat())
        return "title confirmed"

    def revoked(self) -> str:
        """A title is taken after a hearing, for fraud or because the result was wrong."""
        valid = select(CERTIFICATE).where(CERTIFICATE.c.state == "valid").order_by(CERTIFICATE.c.number)
        found = self.rows(valid)
        if not found:
            return "nothing to revoke"
        row = self.dice.choice(found)
        who = next(name for name, person in self.county.persons.items() if person == row.person_id)
        case = titles.revocation(self, row.number, self.dice.choice(("fraud", "correction")))
        case.complete("statement", who, "state", holder_statement="确有不当。")
        on = {"revocation_document": "撤〔2026〕1号", "revoked_on": self.now.date().isoformat()}
        case.complete("revocation_decision", "bureau.chief", "revoke", "证据确凿", **on)
        if case.open() == ["placement"]:
            case.complete("placement", "bureau.hr", "without_post", "腾退")
        return "revoked"

    def hired(self) -> str:
        """A demand of one post, from its submission to the onboarding."""
        rows = [{"subject": "语文", "stage": "primary", "band": self.dice.choice(("junior", "middle")), "count": 1}]
        demand = {"posts": rows, "degree": "bachelor", "certificate": "教师资格证", "need": "缺编",
                  "meeting_on": "2026-09-08", "minutes": [self.file("s02.hr")]}  # fmt: skip
        finishing.finish(self.start("hiring", "s02.hr", "s02", **demand), "s02")
        return "hired"

    def decided(self) -> str:
        """A round of the reserved pool with a few applicants, decided by both bureaus."""
        case = reserved.called(self, 1, 1)
        for unlike in range(4):
            who = self.dice.choice(self.teachers[unlike::4])
            band, school = self.dice.choice(("senior", "middle")), self.dice.choice(("s01", "s02"))
            try:
                application = reserved.apply(self, self.county.persons[who], school, band)
            except REFUSED:
                continue
            if "check" in application.open():
                application.complete("check", "bureau.hr", "approve")
        reserved.closed(case)
        try:
            case.complete("collect", "bureau.hr", "rank")
        except REFUSED:
            reserved.cancel(self, case)
            return "round given up"
        if "bureau_decision" not in case.open():
            reserved.cancel(self, case)
            return "round tied"
        reserved.agreed(self, case)
        return "round decided"

    def exchanged(self) -> str:
        """A plan up to the arrivals."""
        self.plan(0)
        waiting = select(ENTRY).where(ENTRY.c.placement_id.is_not(None), ENTRY.c.arrived_on.is_(None))
        for entry in self.rows(waiting.order_by(ENTRY.c.id)):
            one = Case(self, entry.placement_id)
            if one.open() != ["arrival"]:
                continue
            first = one.variables["effective_on"]
            self.clock.set(max(self.now, self.now.fromisoformat(f"{first}T04:00:00+00:00")))
            brings = placing.DECIDED | {"post_decided_on": first} if one.variables["manner"] == "bring" else {}
            one.complete("arrival", "s02.hr", "arrived", arrived_on=first, **brings)
        return "arrived"

    def over(self) -> str:
        """The term of those who have arrived ends, and they return or stay."""
        here = select(ENTRY.c.placement_id, ENTRY.c.arrived_on).where(ENTRY.c.arrived_on.is_not(None))
        for entry in self.rows(here.order_by(ENTRY.c.id)):
            one = Case(self, entry.placement_id)
            if one.state != "running" or one.open():
                continue
            placing.years(self, one)
            one.complete("term_assessment", "s02.hr", "excellent")
            ended = self.dice.choice(("return", "stay"))
            one.complete("term_decision", "bureau.hr", ended, returned_on=self.now.date().isoformat())
        return "term over"

    def correct(self) -> str:
        """One thing of some case, some of its values."""
        found = self._correctable()
        if found is None:
            return "nothing to correct"
        case, kind, item = found
        given = self._given(case, kind, item)
        made = row(correct(self, case, kind=kind.name, item=item.key, **given))
        assert (made.state, made.before) == ("confirmed", dict(item.values))
        self.corrected.append(case.id)
        return f"corrected {kind.name}"

    def _correctable(self) -> tuple[Case, Correctable, Item] | None:
        """An item of some kind, each kind as likely, of some case that has one."""
        for name in self.dice.sample(sorted(CORRECTABLE), len(CORRECTABLE)):
            kind = CORRECTABLE[name]
            mine = select(ProcessCase.instance_id).where(ProcessCase.definition_key == kind.flow)
            cases = list(db.session.scalars(mine.order_by(ProcessCase.instance_id)))
            for one in self.dice.sample(cases, min(TRIES, len(cases))):
                items = [item for found, item in queries.correctable_of(self.hr, one) if found is kind]
                db.session.rollback()
                if items:
                    return Case(self, one), kind, self.dice.choice(items)
        return None

    @property
    def hr(self) -> Actor:
        return self.actor("bureau.hr")

    def _given(self, case: Case, kind: Correctable, item: Item) -> dict[str, Any]:
        """Some of the values; where one asks for others, those too."""
        today = self.now.date().isoformat()
        if kind.name == "reserved.allocation":
            grade = self.dice.choice(GRADES[item.key.partition(".")[0]])
            who = self.dice.choice([None, *(choice[0] for choice in item.fields[0].choices)])
            return {"applicant": who, "appointed_on": today, "grade": grade}
        if kind.name == "title.granted":
            return {"result": "failed", "heard_on": today}
        whole = kind.name == "title.result"
        fields = item.fields if whole else self.dice.sample(item.fields, min(len(item.fields), self.dice.randint(1, 3)))
        return {field.name: self._value_of(field, case) for field in fields}

    def _value_of(self, field: Field, case: Case) -> Any:
        if field.choices:
            return self.dice.choice([choice[0] for choice in field.choices])
        if field.entered == "day":
            return (self.now.date() - timedelta(days=self.dice.randrange(0, 20))).isoformat()
        if field.entered == "number":
            return self.dice.randrange(5, 14)
        if field.entered == "person":
            return self.county.persons[self.dice.choice(self.teachers)]
        if field.entered == "school":
            return self.place(self.dice.choice(("s01", "s02")))
        if field.name == "candidate":
            rows = self.rows(select(CANDIDATE).where(CANDIDATE.c.instance_id == case.id).order_by(CANDIDATE.c.number))
            one = self.dice.choice(rows)
            return f"{one.number} · {one.name}"
        return self.dice.choice(("更正甲", "更正乙"))

    def agree(self) -> None:
        """Ledger, people and loans; nobody has two posts, what was struck holds on no day, the sheet tells it."""
        self.check(books=True)
        jobs = select(APPOINTMENT.c.person_id).where(APPOINTMENT.c.valid_until.is_(None))
        assert db.session.execute(jobs.group_by(APPOINTMENT.c.person_id).having(func.count() > 1)).all() == []
        struck = (APPOINTMENT.c.struck_at.is_not(None), APPOINTMENT.c.valid_until != APPOINTMENT.c.valid_from)
        assert db.session.scalar(select(func.count()).where(*struck)) == 0
        db.session.rollback()
        for one in self.corrected[-1:]:
            self._sheet_tells(one)

    def _sheet_tells(self, instance_id: str) -> None:
        """The sheet of a case shows every correction of it, and ends with the latest."""
        found = sheet.common(self.hr, instance_id)
        rows = queries.corrections(self.hr, instance_id=instance_id, state="confirmed")
        mine = [event.body["correction_id"] for event in found.corrected if event.body]
        assert set(mine) >= {one.id for one in rows}
        if found.ended is not None:
            assert found.code.seq == max(event.seq for event in (found.ended, *found.corrected))
        db.session.rollback()

    def figures_agree(self) -> None:
        """Every figure of the reports is what the rows say plainly."""
        with transaction() as session:
            tables = [table_of(model) for model in MODELS]
            rows = {one.name: [dict(found._mapping) for found in session.execute(select(one))] for one in tables}
            posts = [one for one in rows["variable_change"] if (one["scope"], one["name"]) == ("", "posts")]
            rows["variable_change"] = sorted(posts, key=lambda one: one["version"])
            day = measuring.day_at(session, self.now.date(), self.now)
            measured = measuring.measured(session, day, FIGURES.values())
        told = {key: (one.measure.part, one.measure.whole, one.measure.unknown) for key, one in measured.items()}
        expected = answers(Reading(Plain(rows), self.now.date(), DEFAULTS, self.now))
        assert told == expected, {key: (told[key], expected[key]) for key in told if told[key] != expected[key]}

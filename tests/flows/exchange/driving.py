"""A plan as people take it through the commands: a county with facts and a ledger, the steps one after the other."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select, update

from service.db import db, transaction
from service.flows.exchange import commands_applications, commands_openings, commands_rounds, queries_openings
from service.flows.exchange.assessing import Assessed, Member
from service.flows.exchange.casework import OBJECTION, OPENING, PLAN, ROUND
from service.flows.exchange.commands_competitions import Assess
from service.flows.exchange.drawing_up import ENTRY
from service.instances.departed import close_applications
from service.instances.models import ProcessCase
from service.notices.outbox import LEFT, Message
from service.people import regrading, staff
from service.people.commands import DeclareRelation, declare_relation
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.people.staff import Terms
from service.posts import ledger, opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount
from service.posts.posting import ACCOUNT
from service.records import writing
from service.runs import working
from service.runs.rows import RUN
from service.tasks.commands_minutes import ConfirmMinutes, EnterMinutes, confirm_minutes, enter_minutes
from tests.driver import Case, Driver
from tests.flows.hiring.county import folder
from tests.service.people import county as counties
from tests.service.tasks import scans
from workflows import catalogue

TEACHERS = {"a1": "s01", "a2": "s01", "a3": "s01", "a4": "s01", "b1": "s02", "b2": "s02"}
FIRST = date(2026, 11, 2)
FIGURES = {
    "s01": {"headcount": (12, 10), "senior": (2, 0), "middle": (12, 10), "junior": (2, 0)},
    "s02": {"headcount": (10, 6), "senior": (2, 0), "middle": (8, 6), "junior": (2, 0)},
    "point": {"headcount": (4, 2), "senior": (1, 0), "middle": (3, 2), "junior": (1, 0)},
}
"""Approved and occupied; of middle posts s02 has two free, and everybody holds a middle post."""


class World(Driver):
    """The county, its people by name, and what stands of a plan."""

    def entry(self, case, who):
        mine = (ENTRY.c.instance_id == case.id, ENTRY.c.person_id == self.county.persons[who])
        return self.row(select(ENTRY).where(*mine))

    def plan(self, case):
        return self.row(select(PLAN).where(PLAN.c.instance_id == case.id))

    def row(self, statement):
        found = db.session.execute(statement).one()
        db.session.rollback()
        return found

    def rows(self, statement):
        found = db.session.execute(statement).all()
        db.session.rollback()
        return found

    def figures(self, school, band=None, pool=False):
        """(occupied, reserved, lent) of an account."""
        place = self.county.organisations[school]
        wanted = (ACCOUNT.c.organisation_id == place, ACCOUNT.c.band == band, ACCOUNT.c.pool.is_(pool))
        found = self.row(select(ACCOUNT).where(*wanted))
        return found.occupied, found.reserved, found.lent

    def appointment(self, who):
        mine = (APPOINTMENT.c.person_id == self.county.persons[who], APPOINTMENT.c.valid_until.is_(None))
        found = self.row(select(APPOINTMENT.c.organisation_id).where(*mine))
        return next(code for code, place in self.county.organisations.items() if place == found.organisation_id)

    def work(self):
        """Carry out what waits in the background."""
        working.work("short")
        working.work("long", pace=0)
        db.session.rollback()

    def runs(self):
        return [(row.kind, row.state, row.fault) for row in self.rows(select(RUN).order_by(RUN.c.asked_at, RUN.c.id))]

    def placements(self, plan):
        found = select(ProcessCase.instance_id).where(ProcessCase.definition_key == "exchange_placement")
        return [Case(self, row.instance_id) for row in self.rows(found.order_by(ProcessCase.business_key))]

    def move_to(self, day):
        """Let the clock stand at noon of a day."""
        self.clock.set(self.clock.now().replace(year=day.year, month=day.month, day=day.day))


def world(clock, figures=FIGURES, pool=("middle", 3, {})):
    """Three schools with six teachers more, facts that are known, a ledger with a pool, both flows."""
    found = World(counties.build(), clock)
    with transaction() as session:
        for number, (who, school) in enumerate(TEACHERS.items(), start=100):
            counties._write(session, found.county, number, who, "teacher", found.county.organisations[school])
        rural = {"area": "rural", "weak": True}
        session.execute(update(ORGANISATION).where(ORGANISATION.c.code == "s02").values(rural))
        session.execute(update(APPOINTMENT).values(subject="语文"))
        session.execute(update(PERSON).values(retires_on=date(2045, 1, 1)))
        everybody = list(found.county.persons.values())
        for topic in ("discipline", "career"):
            writing.confirm(session, everybody, topic, counties.SINCE, by="system", now=found.now)
        for school, accounts in figures.items():
            open_accounts(session, found, school, accounts)
        band, count, lent = pool
        lent_to = {found.county.organisations[school]: posts for school, posts in lent.items()}
        county = NewAccount(found.county.organisations["bureau"], "post", band, count, pool=True, lent_to=lent_to)
        opening.open_accounts(session, Cause(None, "", "", "system", found.now), [county])
        for name in ("exchange", "exchange-placement"):
            catalogue.deploy(session, folder(name), now=found.now)
    return found


def open_accounts(session, found, school, figures):
    accounts = [
        NewAccount(found.county.organisations[school], "headcount" if band == "headcount" else "post",
                   None if band == "headcount" else band, *balance)
        for band, balance in figures.items()
    ]  # fmt: skip
    opening.open_accounts(session, Cause(None, "", "", "system", found.now), accounts)


def start(found, **values):
    """A plan for the first working day of November."""
    wanted = {"year": 2026, "effective_on": FIRST.isoformat(), **values}
    return found.start("exchange", "bureau.hr", "bureau", **wanted)


def offer(found, case, school, by=None, **values):
    """An opening of a school; its id."""
    place = found.county.organisations[school]
    wanted = {"subject": "语文", "stage": "primary", "count": 1, **values}
    command = commands_openings.Offer(case.id, place, **wanted)
    return commands_openings.offer(found.actor(by or f"{school}.hr"), command, now=found.now)


def apply(found, case, who, *wishes, by=None, **values):
    command = commands_applications.Apply(found.entry(case, who).id, wishes, **values)
    return commands_applications.apply(found.actor(by or who), command, now=found.now)


def marked(opening_id, marks, declined=None, panel=("评委甲", "评委乙", "评委丙"), sheet="", **more):
    """What a panel gave, as the school sends it; marks of who is declined are left out."""
    given = {one: each for one, each in marks.items() if one not in (declined or {})}
    seated = [Member(name, "县教师发展中心") for name in panel]
    return Assess(opening_id, Assessed(seated, given, declined or {}, **more), no_interest=True, sheet_id=sheet)


def applicants(found, opening_id, by="bureau.hr"):
    shown = queries_openings.opening(found.actor(by), opening_id).applicants
    db.session.rollback()
    return shown


def checked(found, case):
    """Every school has checked the list, and the period is over."""
    for _ in range(3):
        _confirm(found, case, "list_check")
    case.fire("list_period")
    return case


def _confirm(found, case, element_id):
    """The first open task of a school's, by whoever stands for its HR clerk."""
    task = case.task(element_id)
    by = next(who for who in ("s01.hr", "s02.hr", "point.principal") if stands(found, who, task))
    case.complete(element_id, by, "confirm")


def stands(found, who, task):
    actor = found.actor(who)
    return actor.person_id in task.seated_ids or any(group in actor.holders for group in task.groups)


def opened(found, case):
    """Up to the applications: nobody has asked for an exception."""
    checked(found, case)
    case.complete("list_settle", "bureau.hr", "settle")
    return case


def closed(found, case):
    """Applications are over, and every school has given its opinions."""
    case.fire("applications_over")
    return opined(found, case)


def opined(found, case):
    for _ in range(3):
        _confirm(found, case, "school_opinions")
    return case


def matched(found, case, seed=7):
    """A round, carried out and adopted; its row."""
    command = commands_rounds.AskRound(case.id, seed)
    round_id = commands_rounds.ask_round(found.actor("bureau.hr"), command, now=found.now)
    found.work()
    row = found.row(select(ROUND).where(ROUND.c.id == round_id))
    case.complete("match", "bureau.hr", "adopt", round_number=row.number)
    return row


def meet(found, case, element_id, decision, secretary="bureau.hr", chair="bureau.leader"):
    """A meeting decides: minutes entered by a secretary and confirmed by the chair."""
    present = tuple(found.county.persons[name] for name in (secretary, chair, "bureau.chief"))
    task = case.task(element_id)
    given = {
        "version": task.version, "meeting": "局务会", "held_on": found.now.date(), "due": present, "present": present,
        "chair_id": found.county.persons[chair], "decision": decision, "opinion": "会议决定",
        "attachment_id": scans.scan(found, secretary), "no_interest": True,
    }  # fmt: skip
    version = enter_minutes(found.actor(secretary), EnterMinutes(task.id, **given), now=found.now)
    return confirm_minutes(found.actor(chair), ConfirmMinutes(task.id, version, no_interest=True), now=found.now)


def published(found, case):
    """The period of publicity is over."""
    case.fire("publicity_over")
    return case


def objection(found, objection_id):
    return found.row(select(OBJECTION).where(OBJECTION.c.id == objection_id))


def openings(found, case):
    return found.rows(select(OPENING).where(OPENING.c.instance_id == case.id))


def applied(world, *who, count=2, more=None, **values):
    """A plan at the matching, with one opening of s02 and the named applicants; `more` offers a place to a3 alone."""
    case = start(world)
    opening = offer(world, case, "s02", count=count, **values)
    other = more and offer(world, case, more, by="bureau.hr")
    opened(world, case)
    for name in who:
        apply(world, case, name, opening)
    if other:
        apply(world, case, "a3", other)
    closed(world, case)
    return case, opening


def promoted(found, who, band="senior", grade=7):
    """A title of another band, as a personnel change enters it: post and appointment move at the school."""
    person_id, place = found.county.persons[who], found.appointment(who)
    with transaction() as session:
        ids = {row.band: row.id for row in session.execute(
            select(ACCOUNT).where(ACCOUNT.c.organisation_id == found.county.organisations[place]))}  # fmt: skip
        cause = Cause("promotion", "hold", who, "system", found.now)
        ledger.hold(session, cause, ids[band], person_id, 1)
        ledger.promote(session, replace(cause, element_id="promote"), ids[band], person_id, ids["middle"])
        regrading.regrade(
            session, person_id, found.now.date(), "晋升", {"band": band, "grade": grade}, instance_id="p", by="system",
            document="x", now=found.now,
        )  # fmt: skip


def moved(found, who, school):
    """Transferred by a personnel change: only the appointment, as its readers see it."""
    person_id = found.county.persons[who]
    with transaction() as session:
        mine = (APPOINTMENT.c.person_id == person_id, APPOINTMENT.c.valid_until.is_(None))
        old = session.execute(select(APPOINTMENT).where(*mine)).one()
        staff.end_appointment(session, person_id, old.id, found.now.date(), "调动", by="system", now=found.now)
        terms = Terms(found.county.organisations[school], found.now.date(), band=old.band, subject=old.subject)
        staff.appoint(session, person_id, terms, by="system", now=found.now)


def gone(found, who, because="辞职"):
    """Left the service by a personnel change, and the flows have been told."""
    person_id = found.county.persons[who]
    with transaction() as session:
        mine = (APPOINTMENT.c.person_id == person_id, APPOINTMENT.c.valid_until.is_(None))
        old = session.execute(select(APPOINTMENT.c.id).where(*mine)).one()
        staff.end_appointment(session, person_id, old.id, found.now.date(), because, by="system", now=found.now)
    told = Message(LEFT, f"person:{person_id}", {"person_id": person_id, "because": because})
    close_applications("m", told, found.now)
    close_applications("m", told, found.now)


def related(found, who, relative):
    """Declared as a spouse."""
    relation = DeclareRelation(found.county.persons[who], "spouse", relative_id=found.county.persons[relative])
    declare_relation(found.actor("bureau.hr"), relation, now=found.now)

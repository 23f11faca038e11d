"""An application as people take it through the commands, step by step."""

from datetime import date
from io import BytesIO

from sqlalchemy import select

from service.attachments.commands import StoreAttachment, store_attachment
from service.db import db
from service.demo.cases import minutes_pdf
from service.flows.title import commands_drawing, commands_sessions, commands_sitting
from service.flows.title.commands_drawing import Draw
from service.flows.title.commands_sessions import ListCandidates, PlanSession
from service.flows.title.commands_sitting import EnterMarks, OpenVote
from service.flows.title.committees import MEMBER, SESSION
from service.flows.title.roster import APPLICATION
from service.records.queries import facts_of
from tests.driver import Case
from tests.flows.title import county

NUMBER = "2026000001"
"""The first certificate of the year."""
ASKED = {"target": "一级", "subject": "语文", "statement": "任现职以来完成教学任务。", "confirmed": True}


def apply(driver, who, school="s02", **values):
    return driver.start("title", who, school, **{**ASKED, **values})


def of(driver, instance_id):
    """A case that somebody has begun."""
    return Case(driver, instance_id)


def proposed(case, school="s02", score=88.5):
    """Verified and recommended: public inside the school."""
    case.complete("verification", f"{school}.hr", "verify")
    case.complete("recommendation", f"{school}.principal", "recommend", school_score=score, recommended_on="2026-09-10")
    return case


def recommended(case, school="s02", score=88.5):
    """Through verification and recommendation to the end of the publicity inside the school."""
    proposed(case, school, score)
    assert case.fire("publicity_over")
    return case


def to_committee(case, school="s02", score=88.5):
    """Up to the waiting for a sitting: the bureau has approved where the school has no authorisation."""
    recommended(case, school, score)
    if "bureau_review" in case.open():
        case.complete("bureau_review", "bureau.hr", "approve")
    if "hr_review" in case.open():
        case.complete("hr_review", "hr.bureau", "approve")
    return case


def plan(driver, by="bureau.hr", place="hr", **given):
    asked = {
        "batch_id": driver.batch, "organisation_id": driver.county.organisations[place], "name": "中级评委会",
        "level": "一级", "kind": "other", "subject": None, "seats": 7, "filing": "备案〔2026〕1号",
        "filed_on": date(2026, 3, 1), "meets_on": date(2026, 9, 10), "vote_until": date(2026, 9, 11),
    }  # fmt: skip
    return commands_sessions.plan_session(driver.actor(by), PlanSession(**{**asked, **given}), now=driver.now)


def sitting(session_id):
    row = db.session.execute(select(SESSION).where(SESSION.c.id == session_id)).one()
    db.session.rollback()
    return row


def seated(driver, session_id):
    """User names of who sits, in the order of the draw."""
    here = select(MEMBER.c.person_id).where(MEMBER.c.session_id == session_id, MEMBER.c.state == "seated")
    names = {person: name for name, person in driver.county.persons.items()}
    found = [names[one] for one in db.session.scalars(here.order_by(MEMBER.c.position))]
    db.session.rollback()
    return found


def drawn(driver, session_id, by="bureau.hr", seed="a seed of the tests"):
    actor = driver.actor(by)
    commands_sessions.list_candidates(
        actor, ListCandidates(session_id, sitting(session_id).version, no_interest=True), now=driver.now
    )
    return drawn_only(driver, session_id, by, seed)


def drawn_only(driver, session_id, by="bureau.hr", seed="a seed of the tests", reason=""):
    """Drawn for the list as it is."""
    drawing = Draw(session_id, sitting(session_id).version, reason, no_interest=True)
    commands_drawing.draw(driver.actor(by), drawing, now=driver.now, seed=seed)
    return seated(driver, session_id)


def opened(driver, session_id, by="bureau.hr"):
    """Marks for everybody on the list, then the votes; returns who may vote."""
    actor = driver.actor(by)
    listed = select(APPLICATION.c.instance_id).where(APPLICATION.c.session_id == session_id)
    marks = {one: {"demonstration": 90, "interview": "85.5"} for one in db.session.scalars(listed)}
    db.session.rollback()
    commands_sitting.enter_marks(
        actor, EnterMarks(session_id, sitting(session_id).version, marks, no_interest=True), now=driver.now
    )
    asked = OpenVote(session_id, sitting(session_id).version, no_interest=True)
    commands_sitting.open_vote(actor, asked, now=driver.now)
    county.deliver(driver)
    return seated(driver, session_id)


def voted(case, members, yes=7, no=0, abstain=0):
    """The first members vote yes, the next no, the next abstain."""
    choices = ["yes"] * yes + ["no"] * no + ["abstain"] * abstain
    for member, choice in zip(members, choices, strict=False):
        case.complete("committee_vote", member, choice, "")
    return case


def counted(cases):
    """The votes of a sitting are counted by their timers, which the last ballot has made due."""
    for case in cases:
        if "committee_vote" in case.open():
            assert case.fire("committee_vote", "due")


def judged(driver, case, yes=7, no=0):
    """The whole sitting for what waits: planned, drawn, marked, voted."""
    session_id = plan(driver, vote_until=driver.now.date(), meets_on=driver.now.date())
    drawn(driver, session_id)
    return voted(case, opened(driver, session_id), yes, no)


def confirmed(case, on="2026-09-10"):
    """The publicity of the result and the confirmation."""
    assert case.fire("publicity_over")
    if "filing" in case.open():
        case.complete("filing", "bureau.hr", "accept")
    case.complete("confirmation", "bureau.chief", "confirm", confirmation_document="职称〔2026〕1号",
                  confirmed_on=on)  # fmt: skip
    return case


def row(case):
    found = db.session.execute(select(APPLICATION).where(APPLICATION.c.instance_id == case.id)).one()
    db.session.rollback()
    return found


def facts(driver, who):
    found = facts_of(db.session(), [driver.county.persons[who]], driver.now.date())[driver.county.persons[who]]
    db.session.rollback()
    return found


def at_committee(driver, name="li", school="s02", *, teacher=None, **given):
    """An application that waits for a sitting."""
    case = to_committee(apply(driver, county.teacher(driver, name, school, **(teacher or {})), school, **given), school)
    assert case.open() == []
    return case


def passed(driver, name="li", school="s02"):
    return judged(driver, at_committee(driver, name, school))


def senior(driver):
    """An application for a senior title."""
    return apply(driver, county.teacher(driver, "sun", title="一级", band="middle", grade=8), target="高级")


def revocation(driver, number=NUMBER, ground="fraud", **named):
    hr = driver.actor("bureau.hr")
    paper = store_attachment(hr, StoreAttachment(BytesIO(minutes_pdf()), "调查.pdf"), now=driver.now)
    named = named or {"certificate_number": number}
    asked = {"ground": ground, **named, "fraud_finding": "论文系抄袭。", "fraud_files": [paper]}
    return driver.start("title_revocation", "bureau.hr", "hr", **asked)


def decided(case, decision="revoke", on="2026-09-10"):
    case.complete("statement", "li", "state", holder_statement="确有不当。")
    case.complete("revocation_decision", "bureau.chief", decision, "证据确凿",
                  revocation_document="撤〔2026〕1号", revoked_on=on)  # fmt: skip
    return case

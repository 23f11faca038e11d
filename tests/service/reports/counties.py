"""Random counties written straight into the tables, and the same as plain rows."""

import random
from datetime import date, datetime, timedelta
from typing import Any

from service.flows.exchange.models import ExchangeEntry, ExchangePlan
from service.flows.hiring.models import Candidate
from service.flows.publicity.models import Publicity, PublicityObjection
from service.flows.title.models import TitleApplication, TitleBatch
from service.instances.models import ProcessCase
from service.people.models import Appointment, Organisation, Person, ServiceLock
from service.posts.models import LedgerAccount, LedgerEntry, PostLoan
from service.records.models import PersonRecord, RecordCheck
from service.tasks.models import NEVER, Overdue, Task
from tests.service.reports.rows import NOW, ON, Plain, Row, a_day, a_moment
from workflows.base import new_id
from workflows.models import ProcessDefinition, ProcessInstance, VariableChange


def county(seed: int, persons: int = 80) -> Plain:
    """A county by a seed; facts are missing here and there, as on an opening day."""
    dice, plain = random.Random(seed), Plain()
    bureau = _place(plain, "bureau", "bureau")
    schools = [
        _place(plain, "school", f"s{number}", stage=stage, area=dice.choice(("city", "town", "rural", "remote", None)),
               weak=dice.choice((True, False, None)))
        for number, stage in enumerate(("kindergarten", "primary", "junior", "senior", "vocational", "primary", None))
    ]  # fmt: skip
    people = [_person(plain, dice, schools, bureau) for _ in range(persons)]
    accounts = _ledger(plain, dice, schools, bureau)
    _cases(plain, dice, schools, people, accounts)
    _loans(plain, dice, schools, people, accounts)
    _exchange(plain, dice, people, schools)
    return plain


def _place(plain: Plain, kind: str, code: str, **more: Any) -> Row:
    one = new_id()
    since = date(2000, 1, 1)
    return plain.add(
        Organisation, id=one, path=f"/{one}/", kind=kind, code=code, name=code, valid_from=since, **more
    )  # fmt: skip


def _person(plain: Plain, dice: random.Random, schools: list[Row], bureau: Row) -> Row:
    born = None if dice.random() < 0.1 else date(1962, 1, 1) + timedelta(days=dice.randrange(365 * 40))
    who = plain.add(
        Person, id=new_id(), name=f"p{dice.randrange(10**6)}", sex=dice.choice(("female", "male", None)), born_on=born,
        degree=dice.choice(("phd", "master", "bachelor", "associate", "secondary", None)),
        retires_on=a_day(dice, last="2028-01-01") if dice.random() < 0.1 else None, created_at=NOW,
    )  # fmt: skip
    since = a_day(dice, *(("2026-08-25", "2026-12-31") if dice.random() < 0.3 else ("2015-01-01", "2026-12-31")))
    for number in range(dice.choice((0, 1, 1, 1, 2))):
        until = None if number or dice.random() < 0.7 else since + timedelta(days=dice.randrange(900))
        plain.add(
            Appointment, id=new_id(), person_id=who["id"], organisation_id=dice.choice([*schools, bureau])["id"],
            employment_kind=dice.choice(("staffed", "staffed", "contract")), valid_from=since, valid_until=until,
            post_category=dice.choice(("professional", "professional", "dual", "support", "management")),
            stage=dice.choice((None, None, "senior", "primary")), title=dice.choice((None, "高级", "一级")),
        )  # fmt: skip
        if until is None:
            break
        since = until + timedelta(days=dice.randrange(-20, 60)) if number == 0 else until
    if dice.random() < 0.1:  # struck by a correction
        day = a_day(dice)
        plain.add(
            Appointment, id=new_id(), person_id=who["id"], organisation_id=dice.choice(schools)["id"],
            employment_kind="staffed", post_category="professional", valid_from=day, valid_until=day, struck_at=NOW,
        )  # fmt: skip
    _file(plain, dice, who, schools)
    return who


def _file(plain: Plain, dice: random.Random, who: Row, schools: list[Row]) -> None:
    kinds = {
        "backbone": ("special", "province", "city", "county", "school"), "certificate": ("小学教师资格证",),
        "recognition": ("city_teacher", "city_principal", "dual_qualified"), "exchange": ("moved", "lent"),
        "loan": ("support",), "title": ("一级", "高级", "正高"), "retirement_choice": ("early", "late"),
        "assessment": ("excellent",),
    }  # fmt: skip
    for _ in range(dice.randrange(7)):
        kind = dice.choice(list(kinds))
        since = a_day(dice, last="2027-06-01")
        sent = kind in ("exchange", "loan") and dice.random() < 0.9
        plain.add(
            PersonRecord, id=new_id(), person_id=who["id"], kind=kind, value=dice.choice(kinds[kind]), valid_from=since,
            valid_until=since + timedelta(days=dice.randrange(1, 500)) if dice.random() < 0.4 else None,
            organisation_id=dice.choice(schools)["id"] if sent else None,
            hidden=False, entered_by="x", entered_at=NOW, voided_at=NOW if dice.random() < 0.1 else None,
        )  # fmt: skip
    for topic in ("career", "discipline"):
        if dice.random() < 0.7:
            plain.add(RecordCheck, person_id=who["id"], topic=topic, checked_on=ON, checked_by="x", at=NOW)
    if dice.random() < 0.2:
        starts = a_day(dice, "2021-01-01")
        plain.add(ServiceLock, id=new_id(), person_id=who["id"], organisation_id=dice.choice(schools)["id"],
                  starts_on=starts, ends_on=starts + timedelta(days=dice.randrange(1, 1826)), reason="x",
                  struck_at=NOW if dice.random() < 0.2 else None)  # fmt: skip


def _ledger(plain: Plain, dice: random.Random, schools: list[Row], bureau: Row) -> list[Row]:
    """Accounts whose figures are the sums of their entries, some of which are later than the day."""
    accounts = []
    kinds = (("headcount", None), ("post", "senior"), ("post", "middle"), ("post", "junior"))
    wanted = [(school, kind, band, False) for school in schools for kind, band in kinds]
    for place, kind, band, pool in [*wanted, (bureau, "post", "senior", True), (bureau, "post", "middle", True)]:
        account = plain.add(LedgerAccount, id=new_id(), organisation_id=place["id"], kind=kind, band=band, pool=pool,
                            approved=0, excess=0, occupied=0, reserved=0, lent=0)  # fmt: skip
        accounts.append(account)
        _entry(
            plain, dice, account, approved=(size := dice.randrange(4, 20)), occupied=0 if pool else dice.randrange(size)
        )
        if not pool and dice.random() < 0.2:
            over = dice.randrange(1, 4)
            _entry(plain, dice, account, occupied=account["approved"] - account["occupied"] + over, excess=over)
        elif account["approved"] - account["occupied"] > 1:
            _entry(plain, dice, account, approved=1)
    return accounts


def _entry(plain: Plain, dice: random.Random, account: Row, **delta: Any) -> None:
    case, at = delta.pop("instance_id", None), delta.pop("at", None) or a_moment(dice)
    borrower = delta.pop("borrower_id", None)
    sums = dict.fromkeys(("approved", "excess", "occupied", "reserved", "lent"), 0) | delta
    for name, value in sums.items():
        account[name] += value
    plain.add(LedgerEntry, id=new_id(), account_id=account["id"], event="opened", instance_id=case, element_id="",
              token="", line=new_id(), borrower_id=borrower, at=at, actor_id="x", **sums)  # fmt: skip


def _loans(plain: Plain, dice: random.Random, schools: list[Row], people: list[Row], accounts: list[Row]) -> None:
    pools = [account for account in accounts if account["pool"]]
    for who in dice.sample(people, 5):
        since, school, pool = a_day(dice), dice.choice(schools), dice.choice(pools)
        if pool["approved"] - pool["lent"] < 1:
            continue
        ended = since + timedelta(days=dice.randrange(300)) if dice.random() < 0.4 else None
        plain.add(
            PostLoan, id=new_id(), account_id=pool["id"], borrower_id=school["id"], person_id=who["id"], line="",
            from_on=since, until=since + timedelta(days=900), ended_on=ended,
            ended_because="returned" if ended else None,
        )  # fmt: skip
        _entry(plain, dice, pool, lent=1, borrower_id=school["id"])


def _cases(plain: Plain, dice: random.Random, schools: list[Row], people: list[Row], accounts: list[Row]) -> None:
    definition = plain.add(ProcessDefinition, id=new_id(), key="hiring", version=1, name="x", state="active",
                           checksum="x", manifest={}, deployed_at=NOW)  # fmt: skip
    batches = [
        plain.add(TitleBatch, id=new_id(), year=year, name="x", levels=[], opens_on=date(year, 3, 1),
                  closes_on=date(year, 6, 1), criteria="x", state="open", opened_by="x", opened_at=NOW)
        for year in (2025, 2026)
    ]  # fmt: skip
    for number in range(14):
        case = _case(plain, dice, number, definition, dice.choice(schools))
        _tasks(plain, dice, case)
        who = dice.choice(people)
        if number < 8:
            _hiring(plain, dice, case, accounts, people)
        elif number < 12:
            result, day = dice.choice((None, "passed", "failed", "revoked")), a_day(dice)
            plain.add(
                TitleApplication, instance_id=case["instance_id"], batch_id=dice.choice(batches)["id"],
                person_id=who["id"], organisation_id=case["organisation_id"], target="高级", subject="语文",
                result=result, decided_on=day if result else None, applied_at=a_moment(dice),
                revoked_on=day + timedelta(days=dice.choice((0, 40))) if result == "revoked" else None,
            )  # fmt: skip
        else:
            listed = plain.add(Publicity, id=new_id(), instance_id=case["instance_id"], flow="hiring", subject="x",
                               open_to_all=True, from_on=ON, until=ON)  # fmt: skip
            for _ in range(2):
                plain.add(PublicityObjection, id=new_id(), publicity_id=listed["id"], about="x", named=True,
                          event_seq=1, at=a_moment(dice))  # fmt: skip


def _case(plain: Plain, dice: random.Random, number: int, definition: Row, school: Row) -> Row:
    begun = a_moment(dice)
    ended = begun + timedelta(days=dice.randrange(90)) if dice.random() < 0.6 else None
    state = dice.choice(("completed", "expired", "expired", "rejected", "withdrawn")) if ended else "running"
    posts = [{"line": 1, "subject": dice.choice(("语文", "数学")), "band": "junior", "count": dice.randrange(1, 4)}]
    one = plain.add(ProcessInstance, id=new_id(), definition_id=definition["id"], state=state, version=1, tokens=b"",
                    variables={"posts": posts}, started_at=begun, ended_at=ended)  # fmt: skip
    _demand(plain, dice, one, begun)
    return plain.add(
        ProcessCase, instance_id=one["id"], definition_key="hiring" if number < 8 else "title", title="x",
        business_key=f"ZP-{new_id()}", initiator_id="x", organisation_id=school["id"], started_at=begun,
    )  # fmt: skip


def _demand(plain: Plain, dice: random.Random, one: Row, begun: datetime) -> None:
    """What was asked for from the first day on: more than is left of it now."""
    (left,) = one["variables"]["posts"]
    asked, at = [left], begun
    while dice.random() < 0.5:
        asked.insert(0, {**left, "count": asked[0]["count"] + dice.randrange(1, 4)})
    for version, post in enumerate(asked, start=1):
        plain.add(VariableChange, instance_id=one["id"], version=version, scope="", name="posts", element_id="x",
                  old=None, new=[post], at=min(at, NOW))  # fmt: skip
        at += timedelta(days=dice.randrange(60))


def _hiring(plain: Plain, dice: random.Random, case: Row, accounts: list[Row], people: list[Row]) -> None:
    account = dice.choice([one for one in accounts if not one["pool"]])
    if account["approved"] + account["excess"] - account["occupied"] - account["reserved"] > 0:
        _entry(plain, dice, account, reserved=1, instance_id=case["instance_id"])
    for number in range(dice.randrange(3)):
        who = dice.choice(people)
        taken = [one["person_id"] for one in plain["appointment"] if one["valid_until"] is None]
        if who["id"] in taken:
            continue
        plain.add(
            Candidate, id=new_id(), instance_id=case["instance_id"], organisation_id=case["organisation_id"], line=1,
            number=number + 1, name=who["name"], id_number=b"", id_number_index=new_id(), degree="bachelor",
            state=dice.choice(("hired", "failed")), person_id=who["id"], entered_by="x", entered_at=NOW,
        )  # fmt: skip
        plain.add(
            Appointment, id=new_id(), person_id=who["id"], organisation_id=case["organisation_id"],
            employment_kind="staffed", post_category="professional", valid_from=a_day(dice),
            instance_id=case["instance_id"],
        )  # fmt: skip


def _tasks(plain: Plain, dice: random.Random, case: Row) -> None:
    for number in range(3):
        opened = a_moment(dice)
        closed = opened + timedelta(hours=dice.randrange(900)) if dice.random() < 0.7 else None
        closed = closed if closed and closed <= NOW else None
        due = opened + timedelta(days=dice.randrange(1, 20)) if dice.random() < 0.7 else NEVER
        task = plain.add(
            Task, id=new_id(), instance_id=case["instance_id"], definition_key=case["definition_key"],
            definition_id="d", token=new_id(), element_id=f"step{number}", name="x",
            state="done" if closed else "open", signing="single",
            version=1, business_key=case["business_key"], title="x", initiator_id="x",
            organisation_id=case["organisation_id"], groups=[], properties={"dueIn": "5 workdays"}, priority=50,
            due_at=due, opened_at=opened, closed_at=closed,
            decision=dice.choice(("approve", "return", None)) if closed else None,
        )  # fmt: skip
        if due != NEVER and due < (closed or NOW):
            plain.add(Overdue, task_id=task["id"], organisation_id=case["organisation_id"], role="x",
                      owed_by=dice.choice(("authority", "applicant")))  # fmt: skip


def _exchange(plain: Plain, dice: random.Random, people: list[Row], schools: list[Row]) -> None:
    definition = plain["process_definition"][0]
    for effective, state in ((date(2026, 9, 1), "running"), (date(2025, 9, 1), "completed"),
                             (date(2027, 1, 1), "rejected")):  # fmt: skip
        plan = plain.add(ProcessInstance, id=new_id(), definition_id=definition["id"], state=state, version=1,
                         tokens=b"", variables={}, started_at=NOW)  # fmt: skip
        plain.add(ExchangePlan, instance_id=plan["id"], year=effective.year, effective_on=effective, term_years=3,
                  staff=0, eligible=0, uncounted=0, target=0, floor=0, backbone=0)  # fmt: skip
        for who in dice.sample(people, 15):
            plain.add(
                ExchangeEntry, id=new_id(), instance_id=plan["id"], person_id=who["id"],
                organisation_id=dice.choice(schools)["id"], appointment_id="a", subject="", stage="", band="",
                counted=dice.random() < 0.6, proposed="VOLUNTARY", proposed_reason="x", result="VOLUNTARY", reason="x",
                exception=dice.choice((None, "granted", "refused")), state="listed",
                arrived_on=a_day(dice) if dice.random() < 0.5 else None,
            )  # fmt: skip

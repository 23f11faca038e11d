"""`python -m benchmarks.reports [--sqlite | --postgres] [--cases=N]`: the leader's page on a county of ten years.

2,513 staff in 40 schools with their files, 20,000 cases with eight steps each and their ledger entries are written
straight into the tables. The page is asked for as a browser does, through the whole application; a list, the figures of
the API and freezing are told beside it.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks.house import DATABASES, House, house
from benchmarks.report import report
from service.access import sessions
from service.access.actor import Actor
from service.db import db, transaction
from service.instances.models import ProcessCase
from service.people.models import Appointment, Organisation, Person
from service.people.queries import ORGANISATION
from service.posts.models import LedgerAccount, LedgerEntry
from service.records.models import PersonRecord, RecordCheck
from service.reports import contents, queries_frozen
from service.tasks.models import NEVER, Overdue, Task
from tests.driver import BPMN, folder
from tests.service.reports.rows import Plain
from tests.service.web.pages.browser import Visitor
from workflows import catalogue
from workflows.base import new_id
from workflows.models import ProcessInstance, VariableChange

SCHOOLS, STAFF, CASES, CHUNK, ROUNDS = 40, 2513, 20_000, 500, 60
FIRST, TODAY, PAST = date(2016, 9, 1), date(2026, 9, 10), date(2025, 12, 31)
STEPS = ("bureau_review", "staffing_check", "post_check", "filing", "registration", "exam", "medical", "contract")
STAGES, AREAS = ("kindergarten", "primary", "junior", "senior"), ("city", "town", "rural", "remote")
BOUND = {"page p95 ms": 300, "page of a past day p95 ms": 300}


def write(here: House, cases: int) -> None:
    """The county of ten years."""
    dice = random.Random(20260910)
    with transaction() as session:
        catalogue.deploy_library(session, folder(BPMN / "shared"), now=here.driver.now)
        definition = catalogue.deploy(session, folder(BPMN / "hiring"), now=here.driver.now)
        plain = Plain()
        schools = [_school(plain, number) for number in range(SCHOOLS)]
        for number in range(STAFF):
            _person(plain, dice, number, schools)
        plain.write(session)
    accounts = _accounts(schools)
    for start in range(0, cases, CHUNK):
        with transaction() as session:
            chunk = Plain()
            for number in range(start, min(start + CHUNK, cases)):
                _case(chunk, dice, number / cases, str(definition.id), schools, accounts)
            chunk.write(session)
    db.session.connection().exec_driver_sql("ANALYZE")
    db.session.rollback()


def _school(plain: Plain, number: int) -> dict[str, Any]:
    one = new_id()
    return plain.add(
        Organisation, id=one, path=f"/{one}/", kind="school", code=f"b{number}", name=f"学校 {number}", name_en="",
        stage=STAGES[number % 4], area=AREAS[number % 4], weak=number % 5 == 0, valid_from=FIRST,
    )  # fmt: skip


def _person(plain: Plain, dice: random.Random, number: int, schools: list[dict[str, Any]]) -> None:
    who, school = new_id(), schools[number % SCHOOLS]
    now = datetime(2016, 9, 1, tzinfo=UTC)
    plain.add(Person, id=who, name=f"某{number}", sex=dice.choice(("female", "male")), created_at=now,
              born_on=date(1967, 1, 1) + timedelta(days=dice.randrange(12_000)),
              degree=dice.choice(("bachelor", "bachelor", "master", "associate")))  # fmt: skip
    first = new_id()
    terms = {"employment_kind": "staffed", "post_category": "professional", "band": "middle", "grade": 9,
             "subject": "语文", "title": "一级"}  # fmt: skip
    plain.add(Appointment, id=first, person_id=who, organisation_id=school["id"], valid_from=FIRST,
              valid_until=date(2021, 9, 1), **terms)  # fmt: skip
    plain.add(
        Appointment, id=new_id(), person_id=who, organisation_id=school["id"], valid_from=date(2021, 9, 1), **terms
    )
    told = {"person_id": who, "hidden": False, "entered_by": "system", "entered_at": now}
    plain.add(PersonRecord, id=new_id(), kind="title", value="一级", valid_from=FIRST, **told)
    for year in range(2016, 2026):
        day = date(year, 12, 31)
        plain.add(PersonRecord, id=new_id(), kind="assessment", value="competent", year=year, valid_from=day, **told)
        plain.add(PersonRecord, id=new_id(), kind="training", amount=80, year=year, valid_from=day, **told)
    if number % 7 == 0:
        plain.add(PersonRecord, id=new_id(), kind="backbone", value="county", valid_from=FIRST, **told)
    if number % 12 == 0:
        plain.add(PersonRecord, id=new_id(), kind="exchange", value="lent", valid_from=date(2026, 9, 1),
                  organisation_id=schools[(number + 2) % SCHOOLS]["id"], **told)  # fmt: skip
    for topic in ("career", "discipline"):
        plain.add(RecordCheck, person_id=who, topic=topic, checked_on=TODAY, checked_by="system", at=now)


def _accounts(schools: list[dict[str, Any]]) -> list[str]:
    plain = Plain()
    kinds = (("headcount", None), ("post", "senior"), ("post", "middle"), ("post", "junior"))
    for school in schools:
        for kind, band in kinds:
            plain.add(LedgerAccount, id=new_id(), organisation_id=school["id"], kind=kind, band=band, pool=False,
                      approved=80, excess=0, occupied=70, reserved=0, lent=0)  # fmt: skip
    bureau = db.session.scalar(ORGANISATION.select().with_only_columns(ORGANISATION.c.id).where(
        ORGANISATION.c.kind == "bureau"))  # fmt: skip
    db.session.rollback()
    for band in ("senior", "middle"):
        plain.add(LedgerAccount, id=new_id(), organisation_id=bureau, kind="post", band=band, pool=True, approved=400,
                  excess=0, occupied=0, reserved=0, lent=0)  # fmt: skip
    for number, row in enumerate([*plain["ledger_account"]]):
        figures = {name: row[name] for name in ("approved", "excess", "occupied", "reserved", "lent")}
        plain.add(LedgerEntry, id=new_id(), account_id=row["id"], event="opened", element_id=str(number), token="",
                  line="", at=datetime.combine(FIRST, datetime.min.time(), UTC), actor_id="x", **figures)  # fmt: skip
    with transaction() as session:
        plain.write(session)
    return [row["id"] for row in plain["ledger_account"]]


def _case(
    plain: Plain, dice: random.Random, part: float, definition: str, schools: list[dict[str, Any]], accounts: list[str]
) -> None:
    days = int((TODAY - FIRST).days * part)
    begun = datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(days=days, hours=dice.randrange(24))
    ended = begun + timedelta(days=70)
    over = ended.date() < TODAY
    one, school = new_id(), dice.choice(schools)["id"]
    asked = [{"line": 1, "subject": "语文", "stage": "primary", "band": "junior", "count": 2}]
    plain.add(ProcessInstance, id=one, definition_id=definition, state="completed" if over else "running", version=1,
              tokens=b"", variables={"posts": asked}, started_at=begun, ended_at=ended if over else None)  # fmt: skip
    for version, name in enumerate(("posts", *STEPS), start=1):
        plain.add(VariableChange, instance_id=one, version=version, scope="", name=name, element_id=name, old=None,
                  new=asked, at=begun)  # fmt: skip
    plain.add(ProcessCase, instance_id=one, definition_key="hiring", business_key=new_id(), title="招聘",
              initiator_id="x", organisation_id=school, started_at=begun)  # fmt: skip
    for line, (amount, at) in enumerate(((1, begun), (-1, ended))):
        if at.date() <= TODAY:
            plain.add(LedgerEntry, id=new_id(), account_id=dice.choice(accounts), event="reserved", instance_id=one,
                      element_id=str(line), token="", line="", at=at, actor_id="x", approved=0, excess=0, occupied=0,
                      reserved=amount, lent=0)  # fmt: skip
    for number, element in enumerate(STEPS):
        _step(plain, dice, one, definition, school, element, begun + timedelta(days=8 * number))


def _step(
    plain: Plain, dice: random.Random, case: str, definition: str, school: str, element: str, opened: datetime
) -> None:
    if opened.date() >= TODAY:
        return
    closed = opened + timedelta(days=dice.randrange(12), hours=dice.randrange(9))
    done = closed.date() < TODAY
    due = opened + timedelta(days=7)
    task = plain.add(
        Task, id=new_id(), instance_id=case, definition_id=definition, definition_key="hiring", token=new_id(),
        element_id=element, name=element, state="done" if done else "open", signing="single", version=1,
        business_key="x", title="招聘", initiator_id="x", organisation_id=school, groups=[],
        properties={"dueIn": "5 workdays"}, priority=50, due_at=due if element != "exam" else NEVER, opened_at=opened,
        closed_at=closed if done else None, decision=dice.choice(("approve",) * 9 + ("return",)) if done else None,
    )  # fmt: skip
    if element != "exam" and due < (closed if done else datetime.combine(TODAY, datetime.min.time(), UTC)):
        plain.add(Overdue, task_id=task["id"], organisation_id=school, role="bureau_hr_officer", owed_by="authority")


def measure(kind: str, cases: int) -> dict[str, float]:
    """ms of each: p50 and p95 of the page, CPU of one, p50 of the others."""
    with house(kind) as here:
        began = time.perf_counter()
        write(here, cases)
        print(f"{kind}: {STAFF} staff and {cases} cases written in {time.perf_counter() - began:.0f} s")
        with transaction() as session:
            account = here.driver.county.accounts["bureau.leader"]
            opened = sessions.open_token(session, account, "session", timedelta(days=1), here.driver.now)
        leader = Visitor(here.app, opened.token, "zh")
        page = _times(lambda: leader.text("/reports"), ROUNDS)
        past = _times(lambda: leader.text(f"/reports?on={PAST}"), ROUNDS)
        listed = _times(lambda: leader.text("/reports/figures/backbone_share"), ROUNDS // 4)
        steps = _times(lambda: leader.text("/reports/steps"), ROUNDS // 4)
        cpu, past_cpu = _cpu(lambda: leader.text("/reports")), _cpu(lambda: leader.text(f"/reports?on={PAST}"))
        frozen = _times(lambda: _frozen(here), 3)
    return {
        "page p50 ms": _ms(statistics.median(page)), "page p95 ms": _ms(_p95(page)), "page CPU ms": _ms(cpu),
        "page of a past day p50 ms": _ms(statistics.median(past)), "page of a past day p95 ms": _ms(_p95(past)),
        "page of a past day CPU ms": _ms(past_cpu),
        "list p50 ms": _ms(statistics.median(listed)), "steps p50 ms": _ms(statistics.median(steps)),
        "taking a report whole p50 ms": _ms(statistics.median(frozen)),
    }  # fmt: skip


def _frozen(here: House) -> None:
    contents.packed(queries_frozen.present(Actor.system(), TODAY, here.driver.now))
    db.session.rollback()


def _times(work: Callable[[], object], rounds: int) -> list[float]:
    work()
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


def _cpu(work: Callable[[], object]) -> float:
    """What this process itself spends on it; PostgreSQL's share is none of it."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _p95(times: list[float]) -> float:
    return sorted(times)[-(-95 * len(times) // 100) - 1]


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def main(arguments: list[str]) -> int:
    """Both databases unless one is named."""
    named = {"--sqlite": ("sqlite",), "--postgres": ("postgresql",)}
    kinds = next((named[one] for one in arguments if one in named), DATABASES)
    cases = next((int(one.removeprefix("--cases=")) for one in arguments if one.startswith("--cases=")), CASES)
    good = [report(f"reports on {kind}", measure(kind, cases), BOUND) for kind in kinds]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

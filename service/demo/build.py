"""Writes the demo county into an empty database: people and posts in bulk, flows through the gate, cases as people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service.access import accounts
from service.access.accounts import NewAccount, NewAssignment
from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.calendar.commands import load_calendar
from service.db import db, transaction
from service.demo import county, records
from service.demo.county import School, Teacher
from service.deployments.commands import Publish, publish
from service.deployments.folder import read_folder
from service.opening.written import NUMBER
from service.people import staff
from service.people.models import Appointment, Authorisation, Organisation, Person
from service.people.staff import NewPerson, Terms
from service.posts import opening
from service.posts.ledger import Cause
from service.posts.opening import NewAccount as NewLedgerAccount
from workflows.base import table_of

Say = Callable[[str], None]
BUREAU, SECTION = "bureau", "hr-section"
FLOWS = (
    "shared", "hiring", "personnel", "title", "title-revocation", "exchange", "exchange-placement", "reserved-round",
    "reserved-posts",
)  # fmt: skip
"""Folders of bpmn/, what others need before them."""
OFFICES = (
    (BUREAU, None, "bureau", "青禾县教育局（演示）", "Qinghe Education Bureau (demo)"),
    (SECTION, BUREAU, "section", "组织人事科", "Organisation and Staffing Section"),
    ("tdc", BUREAU, "development_centre", "教师发展中心", "Teacher Development Centre"),
    ("staffing", None, "staffing_office", "县编办", "Staffing Office"),
    ("hrb", None, "hr_bureau", "县人社局", "Human Resources Bureau"),
)
OFFICE_ROLES = {
    "admin": ("admin", BUREAU),
    "bureau.hr": ("bureau_hr_officer", SECTION),
    "bureau.hr.chief": ("bureau_hr_chief", SECTION),
    "bureau.leader": ("bureau_leader", BUREAU),
    "staffing.office": ("staffing_officer", "staffing"),
    "hr.bureau": ("hr_bureau_officer", "hrb"),
    "tdc": ("tdc_officer", "tdc"),
    "auditor": ("auditor", BUREAU),
    "staffing.office.deputy": ("staffing_officer", "staffing"),
    "hr.bureau.deputy": ("hr_bureau_officer", "hrb"),
    "bureau.hr.deputy": ("bureau_hr_officer", SECTION),
}
ALTERNATES = frozenset({"staffing.office.deputy", "hr.bureau.deputy", "bureau.hr.deputy"})
"""Who stands for the holder of the role, and does not hold it."""
SCHOOL_ROLES = (("principal", "principal"), ("hr", "school_hr"), ("vice", "vice_principal"))
"""(account, role) of the first three persons of each school: sNN.principal, sNN.hr, sNN.vice."""
PAPER = "青编办（演示）〔2026〕1号"
OPENED_AT = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Seat:
    """One person of the county with account, home and roles."""

    username: str
    teacher: Teacher
    home: str
    roles: tuple[tuple[str, str], ...]


def is_built() -> bool:
    """Whether this database holds organisations already."""
    found = db.session.scalar(select(Organisation.id).limit(1)) is not None
    db.session.rollback()
    return found


def build(bpmn: Path, password_hash: str, now: datetime, say: Say) -> None:
    """Write the county, every account with that hash of a password; `say` hears of each step."""
    say("日历 · calendar")
    load_calendar(Actor.system(), now=now)
    seats = seats_of_county()
    say(f"40 所学校、{len(seats)} 人 · 40 schools, {len(seats)} persons")
    with transaction() as session:
        written = write_county(session, seats, password_hash)
        body = {"persons": len(seats), "organisations": 40 + len(OFFICES), "records": written}
        chain.append(session, "import:demo", [NewEvent("county.imported", "system", body=body)], at=now)
    for name in FLOWS:
        say(f"流程 · flow {name}")
        publish(Actor.system(), Publish(read_folder(bpmn / name), shared=name == "shared"), now=now)


def write_county(session: Session, seats: list[Seat], password_hash: str) -> int:
    """Organisations, people, accounts of the ledger and files; how many records there are in the files."""
    _write_organisations(session)
    ids = _write_people(session, seats, password_hash)
    _open_ledger(session)
    return _write_records(session, seats, ids)


def seats_of_county() -> list[Seat]:
    """Everybody of the county, the offices first."""
    return [*_officials(), *teachers()]


def organisation_id(code: str) -> str:
    """The id of an organisation of the demo county."""
    return county.stable_id("organisation", code)


def _path(code: str) -> str:
    own = f"{organisation_id(code)}/"
    parent = next((office[1] for office in OFFICES if office[0] == code), BUREAU)
    return f"/{own}" if parent is None else f"/{organisation_id(parent)}/{own}"


def _write_organisations(session: Session) -> None:
    rows = [_organisation_row(code, parent, kind, name, english, None) for code, parent, kind, name, english in OFFICES]
    schools = county.schools()
    rows += [_organisation_row(s.code, BUREAU, "school", s.name, s.name_en, s) for s in schools]
    session.execute(insert(Organisation), rows)
    granted = [(s, kind) for s in schools for kind in _granted(s)]
    session.execute(insert(Authorisation), [_authorisation_row(school, kind) for school, kind in granted])


def _organisation_row(
    code: str, parent: str | None, kind: str, name: str, english: str, school: School | None
) -> dict[str, Any]:
    return {
        "id": organisation_id(code),
        "parent_id": None if parent is None else organisation_id(parent),
        "path": _path(code),
        "kind": kind,
        "code": code,
        "name": name,
        "name_en": english,
        "stage": school.stage if school else None,
        "area": school.area if school else None,
        "weak": school.weak if school else None,
        "valid_from": county.OPENED,
        "valid_until": None,
        "version": 1,
    }


def _granted(school: School) -> Iterable[str]:
    return [kind for kind, has in (("own_hiring", school.own_hiring), ("own_titles", school.own_titles)) if has]


def _authorisation_row(school: School, kind: str) -> dict[str, Any]:
    return {
        "id": county.stable_id("authorisation", school.code, kind),
        "organisation_id": organisation_id(school.code),
        "kind": kind,
        "valid_from": county.OPENED,
        "valid_until": None,
        "document": "青教（演示）〔2026〕3号",
    }


def _officials() -> list[Seat]:
    return [
        Seat(username, teacher, OFFICE_ROLES[username][1], (OFFICE_ROLES[username],))
        for username, teacher in county.officials()
    ]


def _kind(seat: Seat) -> str:
    return "alternate" if seat.username in ALTERNATES else "holder"


def teachers() -> list[Seat]:
    """Everybody at a school; the first three hold its offices."""
    seats: list[Seat] = []
    counted: dict[str, int] = {}
    for teacher in county.teachers():
        code = teacher.school or ""
        position = counted.get(code, 0)
        counted[code] = position + 1
        name, roles = teacher.username, [("teacher", code)]
        if position < len(SCHOOL_ROLES):
            account, role = SCHOOL_ROLES[position]
            name, roles = f"{code}.{account}", [(role, code), ("teacher", code)]
        seats.append(Seat(name, teacher, code, tuple(roles)))
    return seats


def _write_people(session: Session, seats: list[Seat], password_hash: str) -> list[str]:
    """The ids of the persons, in the order of their seats."""
    ids = [_write_person_rows(seat) for seat in seats]
    session.execute(insert(table_of(Person)), [person for person, _ in ids])
    session.execute(insert(table_of(Appointment)), [appointment for _, appointment in ids])
    given = [
        NewAssignment(person["id"], role, organisation_id(place), county.OPENED, kind=_kind(seat), document=PAPER)
        for seat, (person, _) in zip(seats, ids, strict=True)
        for role, place in seat.roles
    ]
    accounts.give_roles(session, given, "system", OPENED_AT)
    opened = [
        NewAccount(seat.username, password_hash, person["id"], organisation_id(seat.home))
        for seat, (person, _) in zip(seats, ids, strict=True)
    ]
    accounts.open_accounts(session, opened, OPENED_AT)
    return [person["id"] for person, _ in ids]


def _write_records(session: Session, seats: list[Seat], ids: list[str]) -> int:
    schools = county.schools()
    places = {school.code: organisation_id(school.code) for school in schools}
    people = [(one, seat.teacher) for one, seat in zip(ids, seats, strict=True) if seat.teacher.school is not None]
    return records.write(session, people, schools, places, OPENED_AT)


def _write_person_rows(seat: Seat) -> tuple[dict[str, Any], dict[str, Any]]:
    who = seat.teacher
    new = NewPerson(who.name, who.id_number, who.phone, who.sex, who.born_on, who.degree)
    person = staff.person_row(staff.cleaned(vars(new)), OPENED_AT)
    at_school = who.school is not None
    terms = Terms(
        organisation_id(seat.home), who.since, "staffed", "professional" if at_school else "management",
        who.band if at_school else None, who.grade if at_school else None, who.subject if at_school else None,
        title=who.title if at_school else None, document=PAPER,
    )  # fmt: skip
    return person, staff.appointment_row(county.stable_id("appointment", seat.username), person["id"], terms)


def _open_ledger(session: Session) -> None:
    cause = Cause(None, "", "", "system", OPENED_AT, document=PAPER, decided_on=county.OPENED)
    opened = [
        NewLedgerAccount(organisation_id(school.code), kind, band, quota.approved, quota.occupied)
        for school in county.schools()
        for kind, band, quota in _quotas(school)
    ]
    pools = [NewLedgerAccount(organisation_id(BUREAU), "post", band, size, pool=True) for band, size in POOLS.items()]
    opening.open_accounts(session, cause, [*opened, *pools])
    session.execute(insert(NUMBER), [_stated(school) for school in county.schools()])


def _stated(school: School) -> dict[str, Any]:
    """What the staffing office says of a school; of one it has one person more on its books than are listed."""
    persons = school.headcount.occupied + (school.code == "s03")
    number = {"persons": persons, "opened_on": county.OPENED, "document": PAPER}
    return {"organisation_id": organisation_id(school.code), **number}


POOLS = {"senior": 40, "middle": 90}


def _quotas(school: School) -> list[tuple[str, str | None, county.Quota]]:
    return [("headcount", None, school.headcount), *(("post", band, quota) for band, quota in school.bands.items())]

"""A year is loaded from a sheet: read cell by cell, compared, loaded once, and what it moves is counted before."""

from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select, update

from service.access.actor import Actor, HeldRole
from service.calendar import importing, queries, queries_year
from service.calendar.commands import SetDay, load_calendar, set_day
from service.calendar.commands_holidays import SetHoliday, remove_holiday, set_holiday
from service.calendar.commands_years import ImportYear, import_year
from service.calendar.models import CalendarChange
from service.clock import SetClock
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.instances import recomputing
from service.instances.queries_calendar import would_move
from tests.driver import Driver
from tests.parameters import SetParameter, set_parameter
from tests.service.people import county as counties
from tests.service.tasks import flows
from tests.workflows import diagrams as d

SHANGHAI = ZoneInfo("Asia/Shanghai")
ADMIN = Actor("a-admin", "p-admin", "管理员", roles=(HeldRole("admin", "b", "bureau", "/b/"),))
CLERK = Actor("a-t", "p-t", "张老师", roles=(HeldRole("school_hr", "s", "school", "/b/s/"),))
NOTICE = "放假通知〔2026〕1号"
ROWS = (
    ("2027-01-01", "放假", "元旦"),
    ("2027-01-02", "放假", "元旦"),
    ("2027-01-03", "放假", "元旦"),
    ("2027-02-05", "放假", "春节"),
    ("2027-02-08", "放假", "春节"),
    ("2027-02-14", "上班", "调休上班"),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def csv(rows: tuple[tuple[str, str, str], ...] = ROWS, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    lines = [delimiter.join(row) for row in (("日期", "类型", "名称"), *rows)]
    return "\r\n".join(lines).encode(encoding)


def xlsx(rows: list[list[object]], headings: tuple[str, ...] = ("日期", "类型", "名称")) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(headings))
    for row in rows:
        sheet.append(row)
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


@pytest.fixture
def loaded(any_app: Flask, clock: SetClock) -> Flask:
    load_calendar(Actor.system(), now=clock.now())
    with transaction() as session:
        session.execute(update(CalendarChange).values(done_at=clock.now()))
    return any_app


@pytest.mark.parametrize(
    "content",
    [
        csv(),
        csv(encoding="utf-8"),
        csv(encoding="gb18030"),
        csv(delimiter=";"),
        csv(delimiter="\t"),
        csv(tuple((day.replace("-", "/"), kind, name) for day, kind, name in ROWS)),
        xlsx([list(row) for row in ROWS]),
        xlsx([[datetime.fromisoformat(day), kind, name] for day, kind, name in ROWS]),
        xlsx([[date.fromisoformat(day), {"放假": "off", "上班": "work"}[kind], name] for day, kind, name in ROWS],
             ("Date", "Kind", "Name")),
        xlsx([[(date.fromisoformat(day) - date(1899, 12, 30)).days, kind, name] for day, kind, name in ROWS]),
    ],
)  # fmt: skip
def test_a_sheet_says_the_same_however_it_was_saved(content: bytes) -> None:
    found = importing.read(content, 2027, NOTICE)
    expected = {date.fromisoformat(day): (kind == "上班", name) for day, kind, name in ROWS}
    assert found == expected


def test_every_wrong_cell_is_named_with_its_line() -> None:
    rows = (
        ("2027-02-30", "放假", "春节"),
        ("2026-10-01", "放假", "国庆节"),
        ("2027-01-01", "休假", "元旦"),
        ("2027-01-01", "放假", ""),
        ("2027-01-04", "上班", "调休上班"),
        ("明天", "?", "x" * 81),
    )
    with pytest.raises(Invalid, match=r"calendar\.import") as refused:
        importing.read(csv(rows), 2027, "  ")
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [
        ("source", "calendar.source"),
        ("rows.2.day", "calendar.import_date"),
        ("rows.3.day", "calendar.import_year"),
        ("rows.4.kind", "calendar.import_kind"),
        ("rows.5.day", "calendar.import_twice"),
        ("rows.5.name", "calendar.name"),
        ("rows.6.kind", "calendar.import_weekday"),
        ("rows.7.day", "calendar.import_date"),
        ("rows.7.kind", "calendar.import_kind"),
        ("rows.7.name", "calendar.name"),
    ]
    assert refused.value.faults[1].params["value"] == "2027-02-30"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.headings"),
        ("日期,名称\r\n2027-01-01,元旦".encode(), "import.headings"),
        (csv(()), "calendar.import"),
        (b"\x00\xff\xfe\x81", "import.unreadable_text"),
        (b"PK\x03\x04 torn", "import.unreadable"),
        (b"x" * 5_000_001, "import.too_large"),
    ],
)
def test_a_file_that_is_no_such_sheet_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        importing.read(content, 2027, NOTICE)
    assert refused.value.code == code


@pytest.mark.parametrize("as_csv", [True, False])
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_template_reads_back_as_what_it_holds(as_csv: bool, locale: str) -> None:
    days = {date(2027, 1, 1): (False, "元旦, 一"), date(2027, 2, 14): (True, "调休上班")}
    assert importing.read(importing.template(days, locale, as_csv=as_csv), 2027, NOTICE) == days


def test_a_provisional_year_is_published_by_loading_it_and_the_same_file_changes_nothing(
    loaded: Flask, clock: SetClock
) -> None:
    assert queries_year.year(ADMIN, 2027).provisional
    done = import_year(ADMIN, ImportYear(2027, NOTICE, csv()), now=clock.now())
    assert (done.added, done.changed, done.removed) == (6, 0, 0)
    standing = queries_year.year(ADMIN, 2027)
    assert (standing.provisional, standing.source, standing.loaded_by) == (False, NOTICE, "a-admin")
    again = import_year(ADMIN, ImportYear(2027, NOTICE, csv(encoding="gb18030")), now=clock.now())
    assert (again.added, again.changed, again.removed, again.revision) == (0, 0, 0, done.revision)
    assert queries.calendar(db.session()).revision == done.revision
    assert len(queries_year.history(ADMIN)) == 2
    assert load_calendar(Actor.system(), now=clock.now()) == []


def test_another_file_of_the_year_replaces_it_and_days_of_the_bureau_stay_over_it(
    loaded: Flask, clock: SetClock
) -> None:
    import_year(ADMIN, ImportYear(2027, NOTICE, csv()), now=clock.now())
    set_day(ADMIN, SetDay(date(2027, 2, 5), True, "照常上班"), now=clock.now())
    corrected = (*ROWS[:3], ("2027-02-09", "放假", "春节"), ("2027-02-13", "上班", "调休上班"))
    preview = queries_year.preview(ADMIN, ImportYear(2027, "更正", csv((*corrected, ROWS[3]))))
    assert preview.kept == [date(2027, 2, 5)]
    done = import_year(ADMIN, ImportYear(2027, "更正", csv((*corrected, ROWS[3]))), now=clock.now())
    assert (done.added, done.changed, done.removed) == (2, 0, 2)
    works = queries.calendar(db.session()).is_working
    assert [works(date(2027, 2, day)) for day in (5, 8, 9, 13, 14)] == [True, True, False, True, False]


def test_a_calendar_that_changed_since_it_was_looked_at_is_a_conflict(loaded: Flask, clock: SetClock) -> None:
    preview = queries_year.preview(ADMIN, ImportYear(2027, NOTICE, csv()))
    set_day(ADMIN, SetDay(date(2027, 5, 10), False, "运动会"), now=clock.now())
    with pytest.raises(Conflict, match=r"calendar\.changed"):
        import_year(ADMIN, ImportYear(2027, NOTICE, csv(), preview.revision), now=clock.now())
    assert queries_year.year(ADMIN, 2027).provisional


def test_only_admins_load_a_year_look_what_it_would_move_and_keep_holidays(loaded: Flask, clock: SetClock) -> None:
    command = ImportYear(2027, NOTICE, csv())
    with pytest.raises(Forbidden):
        import_year(CLERK, command, now=clock.now())
    with pytest.raises(Forbidden):
        queries_year.preview(CLERK, command)
    with pytest.raises(Forbidden):
        set_holiday(CLERK, SetHoliday("寒假", date(2027, 1, 20), date(2027, 2, 20)), now=clock.now())
    assert queries_year.years(CLERK)


def test_holidays_are_entered_changed_and_removed_with_their_faults(loaded: Flask, clock: SetClock) -> None:
    with pytest.raises(Invalid) as refused:
        set_holiday(ADMIN, SetHoliday(" ", date(1998, 1, 20), date(1997, 2, 20)), now=clock.now())
    assert [fault.path for fault in refused.value.faults] == ["name", "first", "last"]
    key = set_holiday(ADMIN, SetHoliday("寒假", date(2027, 1, 20), date(2027, 2, 20)), now=clock.now())
    assert set_holiday(ADMIN, SetHoliday("寒假", date(2027, 1, 23), date(2027, 2, 20), key), now=clock.now()) == key
    [found] = queries_year.holidays(ADMIN, date(2027, 1, 1), date(2027, 1, 31))
    assert (found.name, found.first) == ("寒假", date(2027, 1, 23))
    assert queries.calendar(db.session()).breaks == ((date(2027, 1, 23), date(2027, 2, 20)),)
    remove_holiday(ADMIN, key, now=clock.now())
    for call in (
        lambda: remove_holiday(ADMIN, key, now=clock.now()),
        lambda: queries_year.holiday(ADMIN, key),
        lambda: set_holiday(ADMIN, SetHoliday("x", date(2027, 1, 1), date(2027, 1, 2), key), now=clock.now()),
    ):
        with pytest.raises(NotFound, match=r"school_holiday\.absent"):
            call()


def work_off(clock: SetClock) -> None:
    clock.set(clock.now() + recomputing.SETTLED)
    while recomputing.recompute(clock.now()) == 0:
        pass


def deploy(driver: Driver, **properties: str) -> None:
    task = flows.task("check", "bureau_hr_officer", decisions="approve", dueIn="5 workdays", **properties)
    driver.deploy(flows.flow((task,), [d.path("start", "check", "end")]))


def test_a_deadline_that_runs_into_2027_is_provisional_until_the_year_is_loaded(loaded: Flask, clock: SetClock) -> None:
    driver = Driver(counties.build(), clock)
    deploy(driver, remindBefore="1 workday")
    clock.set(at("2026-12-30T09:00"))
    case = driver.start("small", by="s01.principal", count=3)
    known = queries.calendar(db.session())
    assert case.task("check").due_at == at("2027-01-06T18:00")
    assert known.due("5 workdays", driver.now).provisional
    command = ImportYear(2027, NOTICE, csv())
    assert would_move(ADMIN, queries_year.preview(ADMIN, command), now=driver.now) == 1
    import_year(ADMIN, command, now=driver.now)
    work_off(clock)
    assert case.task("check").due_at == at("2027-01-07T18:00")
    assert {row.kind: row.due_at for row in case.timers()} == {
        "due": at("2027-01-07T18:00"), "remind": at("2027-01-06T18:00"),
    }  # fmt: skip
    assert not queries.calendar(db.session()).due("5 workdays", driver.now).provisional
    assert would_move(ADMIN, queries_year.preview(ADMIN, command), now=driver.now) == 0


def test_a_deadline_that_pauses_moves_with_the_school_holidays_and_no_other_does(
    loaded: Flask, clock: SetClock
) -> None:
    driver = Driver(counties.build(), clock)
    deploy(driver, pauseOnHolidays="true")
    clock.set(at("2026-12-14T09:00"))
    pausing = driver.start("small", by="s01.principal", count=3)
    deploy(driver, pauseOnHolidays="false")
    running = driver.start("small", by="s01.principal", count=3)
    assert pausing.task("check").due_at == running.task("check").due_at == at("2026-12-21T18:00")
    set_holiday(ADMIN, SetHoliday("提前放假", date(2026, 12, 17), date(2026, 12, 25)), now=driver.now)
    work_off(clock)
    assert pausing.task("check").due_at == at("2026-12-30T18:00")
    assert running.task("check").due_at == at("2026-12-21T18:00")


def test_the_default_of_the_parameter_holds_for_deadlines_that_begin_later(loaded: Flask, clock: SetClock) -> None:
    driver = Driver(counties.build(), clock)
    deploy(driver)
    clock.set(at("2026-12-14T09:00"))
    set_holiday(ADMIN, SetHoliday("提前放假", date(2026, 12, 17), date(2026, 12, 25)), now=driver.now)
    before = driver.start("small", by="s01.principal", count=3)
    flag = SetParameter("pause_on_school_holidays", True, date(2026, 12, 1), "局务会")
    set_parameter(flag, now=driver.now)
    queries.forget(db.session())
    after = driver.start("small", by="s01.principal", count=3)
    assert before.task("check").due_at == at("2026-12-21T18:00")
    assert after.task("check").due_at == at("2026-12-30T18:00")
    changes = db.session.scalars(select(CalendarChange.kind).where(CalendarChange.done_at.is_(None))).all()
    assert changes == ["holidays"]

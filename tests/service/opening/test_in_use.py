"""Once a case uses a school, no load changes it and none that made it is taken back; both name the case."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.access import sessions
from service.access.accounts import ACCOUNT, NewAccount, open_accounts
from service.db import db, transaction
from service.errors import Conflict
from service.instances import commands as cases
from service.instances.commands import StartInstance
from service.opening import commands, commands_runs, queries
from service.opening.commands import RevokeImport
from service.people.members import PERSON
from service.people.persons import APPOINTMENT, ID_NUMBER, PHONE
from service.people.queries import ORGANISATION
from service.records.queries import facts_of
from service.runs.declaring import LONG
from service.runs.rows import RUN
from tests.service.opening import books
from tests.service.tasks import flows
from workflows import catalogue


def person_id(order):
    index = ID_NUMBER.index(books.number(order))
    return db.session.scalar(select(PERSON.c.id).where(PERSON.c.id_number_index == index))


def acting(order):
    """Somebody of the load, logged in."""
    with transaction() as session:
        [account_id] = open_accounts(session, [NewAccount(f"p{order}", "-", person_id(order))], books.now())
        opened = sessions.open_token(session, account_id, "bearer", timedelta(hours=1), books.now())
    return sessions.authenticate(opened.token, books.now())


def begin_case(code="s01"):
    """A case of the school, begun by its head; its number."""
    place = db.session.scalar(select(ORGANISATION.c.id).where(ORGANISATION.c.code == code))
    files = flows.line(flows.task("check", "principal", decisions="approve"), ids=("check",))
    with transaction() as session:
        catalogue.deploy(session, files, now=books.now())
    started = cases.start_instance(acting(1), StartInstance("small", place, {"count": 1}), now=books.now())
    return started.business_key


def test_what_a_case_uses_is_neither_changed_nor_taken_back(quick_admin):
    first = books.loaded(quick_admin, books.book(books.county()), books.now())
    case = begin_case()
    rows = books.county()
    rows["staff"][0]["title"] = "高级"
    rows["staff"] += [books.person(50, "s01")]
    rows["staff"][3]["subject"] = "数学"
    rows["numbers"][0]["headcount_occupied"] = "4"
    found = books.checked(quick_admin, books.book(rows), books.now())
    assert {(fault.path, fault.code) for fault in found.faults} >= {
        ("staff.2.id_number", "opening.in_use"), ("staff.9.organisation", "opening.in_use"),
        ("numbers.2.headcount_approved", "opening.in_use"),
    }  # fmt: skip
    assert {fault.params["case"] for fault in found.faults} == {case}
    assert not [fault for fault in found.faults if fault.path.startswith("staff.5.")], "s02 has no case"
    with pytest.raises(Conflict, match=r"opening\.used") as refused:
        commands.revoke_import(quick_admin, RevokeImport(first.id, "装错了"), now=books.now())
    assert refused.value.params["case"] == case


def test_a_case_that_begins_after_the_taking_back_was_asked_for_stops_it(quick_admin):
    first = books.loaded(quick_admin, books.book(books.county()), books.now())
    commands.revoke_import(quick_admin, RevokeImport(first.id, "装错了"), now=books.now())
    begin_case()
    books.carry_out(LONG)
    assert queries.staged_of(quick_admin, first.id).state == "loaded"
    assert db.session.scalar(select(APPOINTMENT.c.id).limit(1)) is not None


def test_nobody_takes_back_the_load_that_made_them_and_only_the_newest_goes(quick_admin):
    first = books.loaded(quick_admin, books.book(books.county()), books.now())
    rows = books.county()
    rows["staff"][0]["phone"] = "13800000000"
    books.loaded(quick_admin, books.book(rows), books.now(), "second.xlsx")
    with pytest.raises(Conflict, match=r"opening\.newer"):
        commands.revoke_import(quick_admin, RevokeImport(first.id, "装错了"), now=books.now())
    chief = acting(9)
    second = queries.imports(quick_admin)[0]
    commands.revoke_import(quick_admin, RevokeImport(second.id, "装错了"), now=books.now())
    books.carry_out(LONG)
    row = db.session.execute(select(PERSON).where(PERSON.c.id == person_id(1))).one()
    assert PHONE.unseal(row.id, row.phone) == "19900000001"
    with pytest.raises(Conflict, match=r"opening\.own_load"):
        commands.revoke_import(chief, RevokeImport(first.id, "装错了"), now=books.now())


def test_a_login_of_somebody_who_is_taken_back_is_closed(quick_admin):
    first = books.loaded(quick_admin, books.book(books.county()), books.now())
    with transaction() as session:
        open_accounts(session, [NewAccount("chief", "-", person_id(9))], books.now())
    assert books.revoked(quick_admin, first.id, books.now()).state == "revoked"
    row = db.session.execute(select(ACCOUNT).where(ACCOUNT.c.username == "chief")).one()
    assert (row.person_id, row.closed_at is None) == (None, False)


def test_a_load_whose_process_died_has_written_nothing_and_is_done_by_the_next(quick_admin, monkeypatch):
    found = books.checked(quick_admin, books.book(books.county()), books.now())
    commands.load_import(quick_admin, found.id, now=books.now())

    class Died(BaseException):
        pass

    def die(*_arguments, **_named):
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(commands_runs.chain, "append", die)
        with pytest.raises(Died):
            books.carry_out(LONG)
    db.session.rollback()
    assert db.session.scalar(select(APPOINTMENT.c.id).limit(1)) is None
    with transaction() as session:
        session.execute(
            RUN.update().where(RUN.c.state == "running").values(state="waiting", holder=None, held_until=None)
        )
    books.carry_out(LONG)
    assert queries.staged_of(quick_admin, found.id).state == "loaded"


def test_what_nobody_knows_is_unknown_and_never_no(quick_admin):
    rows = books.county()
    rows["staff"][3] |= {"degree": "", "title_on": "", "title_document": "", "discipline_checked": "2026-08-01"}
    books.loaded(quick_admin, books.book(rows), books.now())
    today = books.now().date()
    with transaction() as session:
        known, dark, barred = (
            facts_of(session, [person_id(order)], today)[person_id(order)] for order in (4, 5, 1)
        )  # fmt: skip
    assert (known.degree, known.title_since, known.sanction.kind, known.open_case) == (None, None, "none", False)
    assert (known.excellent, known.lock_active, known.exchanged) == (None, None, None)
    assert (dark.sanction, dark.ethics, dark.open_case) == (None, None, None)
    assert (barred.sanction.kind, barred.open_case) == ("warning", True)

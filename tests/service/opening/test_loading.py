"""A county is loaded from its workbook: at once or not at all, again without change, with what changed."""

import base64
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from service.access.actor import Actor
from service.audit import chain
from service.audit.chain import NewEvent
from service.db import db, transaction
from service.opening import commands_runs, planning, queries, runs_opening
from service.people.members import PERSON
from service.people.persons import APPOINTMENT
from service.people.queries import ORGANISATION
from service.posts.posting import ACCOUNT
from service.posts.queries_sums import reconcile
from service.rotation import rotate
from tests.service.opening import books


def count(table) -> int:
    return db.session.scalar(select(func.count()).select_from(table))


def test_a_county_is_loaded_as_its_workbook_tells_it(admin):
    done = books.loaded(admin, books.book(books.county()), books.now())
    assert done.state == "loaded"
    assert count(APPOINTMENT) == 8
    rows = {
        (row.kind, row.band, row.pool): row
        for row in db.session.execute(
            select(ACCOUNT)
            .join(ORGANISATION, ORGANISATION.c.id == ACCOUNT.c.organisation_id)
            .where(ORGANISATION.c.code.in_(["s01", "bureau"]))
        )
    }
    assert (rows["headcount", None, False].approved, rows["headcount", None, False].occupied) == (5, 3)
    assert (rows["post", "middle", True].approved, rows["post", "middle", True].lent) == (4, 1)
    assert reconcile(Actor.system()) == ()


def test_the_same_workbook_again_changes_nothing(admin):
    content = books.book(books.county())
    books.loaded(admin, content, books.now())
    before = {table.name: count(table) for table in (PERSON, APPOINTMENT, ORGANISATION, ACCOUNT)}
    again = books.checked(admin, content, books.now())
    assert again.faults == ()
    assert {sum(found[kind] for kind in ("new", "changed")) for found in again.counts.values()} == {0}
    assert {table.name: count(table) for table in (PERSON, APPOINTMENT, ORGANISATION, ACCOUNT)} == before


def test_a_dry_run_writes_nothing(admin):
    found = books.checked(admin, books.book(books.county()), books.now())
    assert found.is_loadable
    assert (count(PERSON), count(ORGANISATION), count(ACCOUNT)) == (1, 1, 0)


def test_a_load_is_taken_back_as_a_whole(admin):
    done = books.loaded(admin, books.book(books.county()), books.now())
    back = books.revoked(admin, done.id, books.now())
    assert back.state == "revoked"
    assert (count(PERSON), count(APPOINTMENT)) == (1, 0)
    assert reconcile(Actor.system()) == ()
    again = books.loaded(admin, books.book(books.county()), books.now())
    assert again.state == "loaded"
    assert reconcile(Actor.system()) == ()


def test_what_a_load_has_changed_is_put_back_also_after_the_keys_were_changed(quick_admin, app):
    books.loaded(quick_admin, books.book(books.county()), books.now())
    rows = books.county()
    rows["staff"][0] |= {"name": "改过名", "phone": "13800000000"}
    second = books.loaded(quick_admin, books.book(rows), books.now())
    assert second.counts["staff"] == {"new": 0, "changed": 1, "same": 6}
    waiting = books.checked(quick_admin, books.book(rows), books.now())
    settings = app.extensions["lectern.settings"]
    new = base64.b64encode(bytes(range(1, 33))).decode()
    app.extensions["lectern.settings"] = replace(settings, field_keys=(new, *settings.field_keys))
    written = {done.what: done.written for done in rotate(books.now())}
    assert (written["openings"], written["opening effects"]) == (1, 3)
    app.extensions["lectern.settings"] = replace(settings, field_keys=(new,))
    assert books.revoked(quick_admin, second.id, books.now()).state == "revoked"
    assert waiting.state == "checked"
    names = set(db.session.scalars(select(PERSON.c.name)))
    assert "人员1" in names and "改过名" not in names


@pytest.mark.parametrize(("stream", "again"), [("account:x", 0), ("organisation:x", 1)])
def test_what_was_worked_out_is_looked_at_once_more_only_where_the_books_have_changed(
    admin, monkeypatch, stream, again
):
    """Somebody logs in, or changes an organisation, between the planning and the writing."""
    planned = []

    def meanwhile(*given):
        found = planning.plan(*given)
        if queries.imports(admin)[0].state == "loading":
            with transaction() as session:
                chain.append(session, stream, [NewEvent("test", "somebody")], at=books.now())
        return found

    monkeypatch.setattr(runs_opening, "plan", meanwhile)
    monkeypatch.setattr(commands_runs, "plan", lambda *given: planned.append(1) or planning.plan(*given))
    assert books.loaded(admin, books.book(books.county()), books.now()).state == "loaded"
    assert len(planned) == again

"""Loads that meet on PostgreSQL: two at once make one county."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from service.access.actor import Actor
from service.db import db
from service.opening import commands, queries
from service.people.members import PERSON
from service.posts.posting import ACCOUNT
from service.posts.queries_sums import reconcile
from service.runs import working
from service.runs.declaring import LONG
from tests.service.opening import books


def at_once(app, *works):
    """Run these in threads of their own and wait for them."""

    def run(work):
        with app.app_context():
            return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result(60) for done in [pool.submit(run, work) for work in works]]


def test_the_same_workbook_loaded_twice_at_once_makes_one_county(postgres_app):
    actor, content = Actor.system(), books.book(books.county())
    both = [books.checked(actor, content, books.now()).id for _ in range(2)]
    for one in both:
        commands.load_import(actor, one, now=books.now())
    db.session.rollback()
    assert at_once(postgres_app, *(lambda: working.work(LONG, most=1) for _ in both)) == [1, 1]
    assert [queries.staged_of(actor, one).state for one in both] == ["loaded", "loaded"]
    assert db.session.scalar(select(func.count()).select_from(PERSON)) == 8
    assert db.session.scalar(select(func.count()).select_from(ACCOUNT)) == 9
    assert reconcile(actor) == ()
    counts = [queries.staged_of(actor, one).counts["staff"]["new"] for one in both]
    assert sorted(counts) == [0, 7]

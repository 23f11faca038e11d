"""Uploads: content-addressed, capped, seen only with their case, swept when nobody takes them."""

import hashlib
import os
import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from service.access.actor import Actor
from service.attachments import links, queries
from service.attachments.commands import StoreAttachment, clean_up, store_attachment
from service.attachments.folder import Folder
from service.attachments.models import Attachment
from service.audit import chain, timeline
from service.clock import SetClock
from service.db import db, transaction
from service.errors import Conflict, Forbidden, Invalid, NotFound
from tests.parameters import SetParameter, set_parameter
from tests.service.attachments.conftest import CASE, clerk
from workflows.models import ProcessInstance

PDF = b"%PDF-1.7\n" + b"x" * 1000
MINE, OTHER, SYSTEM = clerk("s01"), clerk("s02"), Actor.system()


def upload(clock: SetClock, contents: bytes = PDF, name: str = "纪要.pdf", actor: Actor = MINE, **rest: str) -> str:
    return store_attachment(actor, StoreAttachment(BytesIO(contents), name, **rest), now=clock.now())


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "lock")


def rows() -> int:
    found = db.session.scalar(select(func.count()).select_from(Attachment)) or 0
    db.session.rollback()
    return found


def test_contents_lie_under_their_checksum_and_come_back_as_they_were(
    world: Flask, clock: SetClock, contents: Path
) -> None:
    stored = queries.open_file(MINE, upload(clock))
    checksum = hashlib.sha256(PDF).hexdigest()
    assert (stored.name, stored.size, stored.media_type) == ("纪要.pdf", len(PDF), "application/pdf")
    assert stored.path == contents / checksum[:2] / checksum[2:4] / checksum
    assert stored.path.read_bytes() == PDF
    assert stored.path.stat().st_mode & 0o077 == 0


def test_the_same_contents_are_stored_once_for_two_uploads(world: Flask, clock: SetClock, contents: Path) -> None:
    first, second = upload(clock), upload(clock, name="副本.pdf", actor=OTHER)
    assert first != second
    assert rows() == 2
    assert files(contents) == [hashlib.sha256(PDF).hexdigest()]


def test_one_byte_over_the_limit_is_refused_while_it_streams_and_leaves_nothing(
    world: Flask, clock: SetClock, contents: Path
) -> None:
    set_parameter(SetParameter("attachment_megabytes", 1, clock.now().date(), "试用"), now=clock.now())

    class Endless(BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            self.taken += size or 0
            return b"%PDF-" + b"x" * ((size or 0) - 5)

    endless = Endless()
    with pytest.raises(Invalid, match=r"attachment\.too_large\(limit_megabytes=1\)"):
        store_attachment(MINE, StoreAttachment(endless, "big.pdf"), now=clock.now())
    assert endless.taken <= (1 << 20) + (1 << 16)
    assert files(contents) == []
    upload(clock, b"%PDF-" + b"x" * ((1 << 20) - 5))
    assert rows() == 1


@pytest.mark.parametrize(
    ("sent", "name", "code"), [(b"", "empty.pdf", "attachment.empty"), (b"<html>", "a.pdf", "attachment.type")]
)
def test_a_refused_upload_leaves_neither_row_nor_file(
    world: Flask, clock: SetClock, contents: Path, sent: bytes, name: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        upload(clock, sent, name)
    assert refused.value.code == code
    assert (rows(), files(contents)) == (0, [])


def test_who_is_not_signed_in_stores_nothing(world: Flask, clock: SetClock, contents: Path) -> None:
    with pytest.raises(Forbidden):
        upload(clock, actor=Actor.anonymous())
    assert (rows(), files(contents)) == (0, [])


def test_another_school_s_file_is_absent_and_not_forbidden(world: Flask, clock: SetClock) -> None:
    free, tied = upload(clock), upload(clock, instance_id=CASE)
    for attachment_id in (free, tied, "no-such-id"):
        with pytest.raises(NotFound, match=r"attachment\.absent"):
            queries.open_file(OTHER, attachment_id)
    assert queries.of_instance(OTHER, CASE) == []
    assert [file.id for file in queries.of_instance(MINE, CASE)] == [tied]


def test_nobody_adds_a_file_to_a_case_that_he_cannot_see(world: Flask, clock: SetClock, contents: Path) -> None:
    with pytest.raises(NotFound, match=r"instance\.absent"):
        upload(clock, actor=OTHER, instance_id=CASE)
    assert (rows(), files(contents)) == (0, [])


def test_an_ended_case_takes_no_more_files(world: Flask, clock: SetClock) -> None:
    with transaction() as session:
        session.execute(update(ProcessInstance).values(state="completed", ended_at=clock.now()))
    with pytest.raises(Conflict, match=r"instance\.ended"):
        upload(clock, instance_id=CASE)


def test_the_timeline_of_the_case_names_the_file_and_hides_what_it_is_called(world: Flask, clock: SetClock) -> None:
    attachment_id = upload(clock, name="张三身份证.pdf", instance_id=CASE)
    (event,) = timeline.events(db.session(), f"instance:{CASE}")
    assert (event.kind, event.body["attachment_id"]) == ("attachment.added", attachment_id)
    assert event.sensitive is None and "张三" not in str(event.body)
    (event,) = timeline.events(db.session(), f"instance:{CASE}", reveal=True)
    assert event.sensitive == {"name": "张三身份证.pdf"}


def link(actor: Actor, ids: list[str], clock: SetClock) -> int:
    with transaction() as session:
        events = links.link(session, actor, ids, CASE)
        chain.append(session, f"instance:{CASE}", events, at=clock.now())
        return len(events)


def test_an_upload_is_handed_in_with_a_case_once(world: Flask, clock: SetClock) -> None:
    attachment_id = upload(clock)
    assert link(MINE, [attachment_id, attachment_id], clock) == 1
    assert link(MINE, [attachment_id], clock) == 0
    assert [file.id for file in queries.of_instance(MINE, CASE)] == [attachment_id]


def test_a_stranger_s_file_cannot_be_handed_in_as_one_s_own(world: Flask, clock: SetClock) -> None:
    own, foreign = upload(clock), upload(clock, actor=OTHER)
    with pytest.raises(Invalid, match=r"attachment\.unknown") as refused:
        link(MINE, [own, foreign], clock)
    assert [fault.path for fault in refused.value.faults] == ["attachments.1"]
    assert queries.of_instance(MINE, CASE) == []


@pytest.fixture
def aged(contents: Path, clock: SetClock) -> Callable[[float], None]:
    def age(days: float) -> None:
        clock.advance(timedelta(days=days))
        for path in contents.rglob("*"):
            when = (clock.now() - timedelta(days=days)).timestamp()
            os.utime(path, (when, when))

    return age


def test_uploads_that_no_case_took_are_removed_after_their_days_and_tied_ones_stay(
    world: Flask, clock: SetClock, contents: Path, aged
) -> None:
    free, tied = upload(clock, PDF + b"free"), upload(clock, instance_id=CASE)
    aged(29)
    assert clean_up(SYSTEM, now=clock.now()) == 0
    aged(2)
    assert clean_up(SYSTEM, now=clock.now()) == 1
    assert files(contents) == [queries.open_file(MINE, tied).checksum]
    with pytest.raises(NotFound):
        queries.open_file(MINE, free)


def test_contents_of_a_crashed_upload_are_swept_after_a_day_and_shared_ones_stay(
    world: Flask, clock: SetClock, contents: Path, aged
) -> None:
    upload(clock, instance_id=CASE)
    folder = Folder(contents)
    with folder.receiving(BytesIO(b"left by a crash"), 100) as received:
        folder.keep(received)
    (contents / "incoming" / "torn").write_bytes(b"half")
    aged(0.9)
    assert clean_up(SYSTEM, now=clock.now()) == 0
    aged(1.1)
    assert clean_up(SYSTEM, now=clock.now()) == 2
    assert files(contents) == [hashlib.sha256(PDF).hexdigest()]


def test_only_jobs_clean_up(world: Flask, clock: SetClock) -> None:
    with pytest.raises(Forbidden):
        clean_up(MINE, now=clock.now())


def test_sweeping_waits_for_a_store_between_rename_and_commit(contents: Path) -> None:
    folder, swept = Folder(contents), threading.Event()

    def sweep() -> None:
        with folder.held(exclusive=True):
            swept.set()

    with folder.held(), folder.held():
        thread = threading.Thread(target=sweep)
        thread.start()
        assert not swept.wait(0.2)
    thread.join(5)
    assert swept.is_set()

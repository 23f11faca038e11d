"""A backup is made while people work, restores a whole installation elsewhere, and is refused when a byte differs."""

import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.access.actor import Actor
from service.attachments import queries as attachments
from service.attachments.commands import StoreAttachment, store_attachment
from service.audit.checkpoint import seal
from service.audit.verify import verify
from service.cli import main
from service.clock import SetClock
from service.config import Settings
from service.demo.cases import minutes_pdf
from service.errors import Conflict, Invalid
from service.operation import archive
from service.operation.backup import LAST, Made, back_up
from service.operation.restore import Choices, check, not_serving, restore
from service.posts import queries_sums
from tests.conftest import KEY, START, opened
from tests.driver import Case, Driver
from tests.flows.hiring import acting
from tests.processes import environment
from tests.proofs.killing import check_whole
from tests.service.operation.moving import machine
from tests.service.tasks import flows

pytestmark = pytest.mark.alone
OTHER_KEY = KEY[:10] + "A" * 33 + "="


def stored(driver: Driver, name: str = "纪要.pdf", more: bytes = b"") -> str:
    """A file of the school's clerk; its id."""
    upload = StoreAttachment(BytesIO(minutes_pdf() + more), name)
    return store_attachment(driver.actor("s01.hr"), upload, now=driver.now)


@pytest.fixture
def driver(any_app: Flask, clock: SetClock) -> Driver:
    found = acting.county(clock)
    check_step = flows.task("check", "bureau_hr_officer", form="small-start", decisions="approve")
    found.deploy(flows.line(check_step, ids=("check",)))
    return found


def decided(driver: Driver, case: Case) -> None:
    case.complete("check", "bureau.hr", "approve", count=2)


def test_a_backup_made_while_people_work_restores_everything_elsewhere(
    any_app: Flask, driver: Driver, tmp_path: Path
) -> None:
    cases = [driver.start("small", by="s01.principal", count=3) for _ in range(12)]
    hiring, file = acting.start(driver), stored(driver)
    seal(driver.now)
    made = backed_up_while_working(any_app, driver, cases, tmp_path)
    assert {case.state for case in cases} == {"completed"}, "nobody was held up"
    assert made.lacking == ()
    with machine(any_app, tmp_path / "elsewhere"):
        done = restore(made.path, Choices(), START)
        assert done.ok, done.record.text()
        assert done.record.checkpoints >= 2
        assert done.files == made.files >= 2
        check_whole(driver)
        assert all(sums.is_conserved for sums in queries_sums.county(Actor.system()))
        opened = attachments.open_file(driver.actor("s01.hr"), file)
        assert opened.path.is_relative_to(tmp_path / "elsewhere")
        assert opened.path.read_bytes() == minutes_pdf()
        goes_on(driver, cases, hiring)


def backed_up_while_working(app: Flask, driver: Driver, cases: list[Case], folder: Path) -> Made:
    """A backup taken after the first of the cases was completed and while the others are."""
    begun = Event()

    def completing() -> None:
        with app.app_context():
            for number, case in enumerate(cases):
                decided(driver, case)
                stored(driver, more=str(number).encode())
                seal(driver.now)
                begun.set()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(completing)
        assert begun.wait(60)
        made = back_up(folder / "backups", START)
        working.result()
    return made


def goes_on(driver: Driver, cases: list[Case], hiring: Case) -> None:
    """What was open at the moment of the backup is completed where it was restored."""
    for case in cases:
        if case.state == "running":
            decided(driver, case)
    assert {case.state for case in cases} == {"completed"}
    acting.reviewed(hiring)
    assert hiring.open() == ["filing"]
    seal(driver.now)
    assert verify(driver.now).ok


def test_what_is_there_is_never_written_over(any_app: Flask, driver: Driver, tmp_path: Path) -> None:
    made = back_up(tmp_path, START)
    case = driver.start("small", by="s01.principal", count=3)
    own: Settings = any_app.extensions["lectern.settings"]
    seal(driver.now)
    with pytest.raises(Conflict, match="something_there"):
        restore(made.path, Choices(), START)
    assert case.state == "running"
    with not_serving(own), pytest.raises(Conflict, match="serving"):
        restore(made.path, Choices(replace=True), START)
    done = restore(made.path, Choices(replace=True), START)
    assert done.ok
    assert len(done.aside) == 2, "database and checkpoints lie aside"
    assert all("before_restore_20260910t010000" in place for place in done.aside)
    assert done.record.checkpoints == 0, "the backup is older than the first checkpoint"
    if own.database_url.startswith("sqlite"):
        with closing(sqlite3.connect(done.aside[0])) as old:
            assert old.execute("SELECT count(*) FROM process_instance").fetchone() == (1,)


def test_a_lost_or_damaged_file_is_told_of_and_everything_else_is_kept(driver: Driver, tmp_path: Path) -> None:
    lost, damaged, whole = (stored(driver, more=more) for more in (b"1", b"2", b"3"))
    paths = [attachments.read(file).path for file in (lost, damaged, whole)]
    paths[0].unlink()
    paths[1].write_bytes(b"%PDF-other")
    made = back_up(tmp_path, START)
    assert set(made.lacking) == {paths[0].name, paths[1].name}
    assert made.files == 1
    facts, _ = check(made.path)
    assert facts["lacking"] == list(made.lacking)


def test_any_machine_can_unpack_a_backup_and_it_holds_no_key(driver: Driver, tmp_path: Path) -> None:
    stored(driver)
    made = back_up(tmp_path, START)
    with tarfile.open(made.path) as tar:
        names = tar.getnames()
    assert names[0].startswith("database.")
    assert names[1] == "checkpoints.jsonl"
    assert names[-1] == "manifest.json"
    content = made.path.read_bytes()
    assert KEY.encode() not in content
    assert b"a secret of the tests" not in content
    assert made.path.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob(".backup-*")] == []


@pytest.fixture(scope="module")
def kept(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Made]]:
    """One backup for all tests of what is wrong with a backup."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copy(sqlite_template, folder / "lectern.db")
    for app in opened(f"sqlite:///{folder / 'lectern.db'}", folder, SetClock(START)):
        found = acting.county(SetClock(START))
        acting.start(found)
        seal(START)
        yield app, back_up(folder / "backups", START)


def flipped(made: Made, at: int, bit: int, target: Path) -> Path:
    content = bytearray(made.path.read_bytes())
    content[at] ^= 1 << bit
    target.write_bytes(content)
    return target


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), member=st.integers(0, 4), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_refused_with_the_name_of_the_file(
    kept: tuple[Flask, Made], tmp_path: Path, place: float, member: int, bit: int
) -> None:
    _, made = kept
    with archive.opened(made.path) as whole:
        areas = [(one.name, one.offset, one.size) for one in whole.members]
        areas += [("manifest.json", whole.seal.offset, whole.seal.size), ("", 0, made.size)]
    name, start, size = areas[member]
    broken = flipped(made, start + int(place * size), bit, tmp_path / "broken.tar")
    with pytest.raises(Invalid) as refused:
        check(broken)
    assert refused.value.code in ("backup.altered", "backup.unreadable")
    if name:
        assert [fault.path for fault in refused.value.faults] == [name]


def test_a_backup_that_was_cut_off_or_is_another_file_is_refused(kept: tuple[Flask, Made], tmp_path: Path) -> None:
    _, made = kept
    content = made.path.read_bytes()
    for number, text in enumerate((b"", content[:-1], content[: made.size // 2], content + b"x", b"x" * 5000)):
        path = tmp_path / f"{number}.tar"
        path.write_bytes(text)
        with pytest.raises(Invalid) as refused:
            check(path)
        assert refused.value.code == "backup.unreadable"


def test_the_key_that_is_missing_is_named_before_anything_is_touched(kept: tuple[Flask, Made], tmp_path: Path) -> None:
    app, made = kept
    with machine(app, tmp_path / "other", field_keys=(OTHER_KEY,), signing_key=OTHER_KEY) as other:
        with pytest.raises(Invalid, match="keys_missing") as refused:
            restore(made.path, Choices(), START)
        assert [fault.path for fault in refused.value.faults] == ["LECTERN_FIELD_KEYS", "LECTERN_SIGNING_KEY"]
        assert not (tmp_path / "other" / "lectern.db").exists()
        done = restore(made.path, Choices(without_keys=True), START)
        assert not done.ok, "the signatures are those of another key"
        assert other.extensions["lectern.settings"].data_dir.joinpath("lectern.db").exists()


def test_the_commands_say_what_they_did_and_what_is_wrong(kept: tuple[Flask, Made], tmp_path: Path) -> None:
    app, made = kept
    variables = environment(app.extensions["lectern.settings"])

    def run(*arguments: object, **more: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, [str(one) for one in arguments], env={**variables, **more})
        return result.exit_code, result.output

    code, said = run("backup", tmp_path / "b")
    assert code == 0 and "1 files" in said
    [path] = (tmp_path / "b").glob("lectern-*.tar")
    assert (app.extensions["lectern.settings"].data_dir / LAST).exists()
    code, said = run("verify-backup", path)
    assert code == 0 and "sqlite" in said and "Asia/Shanghai" in said
    code, said = run("verify-backup", path, LECTERN_FIELD_KEYS=OTHER_KEY)
    assert code == 1 and "LECTERN_FIELD_KEYS" in said
    code, said = run("key-names")
    assert code == 0 and check(path)[0]["field_keys"][0] in said and KEY not in said
    code, said = run("restore", path)
    assert code == 1 and "--replace" in said
    new = {"LECTERN_DATA_DIR": str(tmp_path / "new"), "LECTERN_CHECKPOINTS": str(tmp_path / "new" / "c.jsonl")}
    code, said = run("restore", path, LECTERN_DATABASE_URL=f"sqlite:///{tmp_path / 'new' / 'n.db'}", **new)
    assert code == 0, said
    assert "ledger: ok" in said and "\nok" in said
    code, said = run("restore", flipped(made, 700, 3, tmp_path / "x.tar"), "--replace")
    assert code == 1 and "database.sqlite3.gz" in said

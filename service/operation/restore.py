"""`lectern restore`: everything is checked before anything is touched, and what was there is kept."""

import base64
import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from flask import current_app

from service import schema
from service.access.actor import Actor
from service.attachments.folder import Folder
from service.attachments.queries import folder as attachments
from service.audit.checkpoint import public_bytes, signing_key
from service.audit.findings import Report
from service.audit.verify import verify
from service.config import Settings
from service.crypto import ring
from service.db import db
from service.errors import Conflict, Fault, Invalid
from service.jobs import TURN
from service.operation import databases
from service.operation.archive import Member, opened
from service.operation.backup import CHECKPOINTS
from service.posts import queries_sums


@dataclass(frozen=True)
class Choices:
    """What the operator decided: load over what is there (it is kept aside), load although keys are missing."""

    replace: bool = False
    without_keys: bool = False


@dataclass(frozen=True)
class Restored:
    """What stands now: what the manifest said, what the record and the ledger say, and what was put aside."""

    facts: Mapping[str, Any]
    files: int
    record: Report
    unbalanced: int
    aside: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the record verifies and the books agree."""
        return self.record.ok and not self.unbalanced


def check(path: Path) -> tuple[Mapping[str, Any], tuple[Fault, ...]]:
    """Read every byte of a backup: what its manifest says, and which keys are missing here to use it.

    Invalid("backup.unreadable" | "backup.altered") names what is not as it was written.
    """
    with opened(path) as archive:
        archive.read(lambda _member: None)
        return archive.facts, tuple(missing_keys(archive.facts))


def restore(path: Path, choices: Choices, now: datetime) -> Restored:
    """Load a backup into this installation.

    Invalid("backup.unreadable" | "backup.altered" | "restore.keys_missing" | "restore.other_database" |
    "restore.newer"), Conflict("restore.serving" | "restore.something_there" | "restore.in_use"): nothing is touched.
    """
    settings: Settings = current_app.extensions["lectern.settings"]
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with not_serving(settings), opened(path) as archive:
        _expect_fitting(archive.facts, choices)
        _expect_free(settings, choices)
        with tempfile.TemporaryDirectory(prefix="restoring-", dir=settings.data_dir) as work:
            archive.read(_unpacking(Path(work)))
            aside = _put_in_place(Path(work), settings, f"before_restore_{now:%Y%m%dT%H%M%S}".lower())
    schema.upgrade()
    record, books = verify(now), queries_sums.reconcile(Actor.system())
    db.session.rollback()
    return Restored(archive.facts, len(archive.members) - 2, record, len(books), aside)


@contextmanager
def not_serving(settings: Settings) -> Iterator[None]:
    """Keep `lectern serve` on the same data folder from ticking; Conflict("restore.serving") when it runs."""
    with (settings.data_dir / TURN).open("w") as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("restore.serving") from None
        yield


def missing_keys(facts: Mapping[str, Any]) -> Iterator[Fault]:
    """The keys that this backup was made with and that this installation does not have."""
    settings: Settings = current_app.extensions["lectern.settings"]
    own = ring().ids
    for key in facts["field_keys"]:
        if key not in own:
            yield Fault("LECTERN_FIELD_KEYS", "restore.field_key", params={"key": key})
    public = base64.b64encode(public_bytes(signing_key(settings))).decode()
    if public != facts["signing_key"]:
        yield Fault("LECTERN_SIGNING_KEY", "restore.signing_key", params={"key": facts["signing_key"]})


def _expect_fitting(facts: Mapping[str, Any], choices: Choices) -> None:
    here = databases.of_installation().kind
    if facts["database"] != here:
        raise Invalid("restore.other_database", made=facts["database"], here=here)
    if not schema.knows(facts["revision"]):
        raise Invalid("restore.newer", revision=facts["revision"], version=facts["version"])
    missing = tuple(missing_keys(facts))
    if missing and not choices.without_keys:
        raise Invalid("restore.keys_missing", faults=missing)


def _expect_free(settings: Settings, choices: Choices) -> None:
    if choices.replace:
        return
    there = [str(settings.checkpoints)] if _is_filled(settings.checkpoints) else []
    if databases.of_installation().is_there(db.engine.url):
        there.insert(0, db.engine.url.render_as_string(hide_password=True))
    if there:
        raise Conflict("restore.something_there", places=", ".join(there))


def _is_filled(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _unpacking(work: Path) -> Callable[[Member], IO[bytes]]:
    def sink(member: Member) -> IO[bytes]:
        target = work / member.name
        target.parent.mkdir(exist_ok=True)
        return target.open("wb")

    return sink


def _put_in_place(work: Path, settings: Settings, aside: str) -> tuple[str, ...]:
    """Files first, then the database, which makes them exist; checkpoints last. Where what was there lies now."""
    files = attachments()
    for path in sorted(work.glob("attachments/*")):
        _keep(files, path)
    db.session.remove()
    db.engine.dispose()
    database = databases.of_installation()
    kept = [database.load(db.engine.url, work / database.name, aside)]
    if _is_filled(settings.checkpoints):
        old = settings.checkpoints.with_name(f"{settings.checkpoints.name}.{aside}")
        settings.checkpoints.rename(old)
        kept.append(str(old))
    settings.checkpoints.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(work / CHECKPOINTS, settings.checkpoints)
    return tuple(place for place in kept if place)


def _keep(files: Folder, path: Path) -> None:
    target = files.path_of(path.name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o600)
    shutil.move(path, target)

"""`lectern backup`: database, files, checkpoints and a signed manifest in one file, while cases go on."""

import base64
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from flask import current_app

from service.attachments.queries import folder as attachments
from service.audit.checkpoint import opened as checkpoints
from service.audit.checkpoint import public_bytes, signing_key
from service.config import Settings
from service.crypto import ring
from service.operation import databases
from service.operation.archive import Writer
from service.operation.snapshots import Snapshot

CHECKPOINTS = "checkpoints.jsonl"
LAST = "last-backup.json"
"""In the data folder: when and where the last backup was made, for `lectern doctor`."""


@dataclass(frozen=True)
class Made:
    """A finished backup; `lacking` are checksums that rows name and whose file is gone or damaged."""

    path: Path
    size: int
    files: int
    lacking: tuple[str, ...]


def back_up(target: Path, now: datetime) -> Made:
    """Write a backup into the folder `target`; the file has its name only when it is whole.

    The rows are those of one moment. Files are never changed and are not swept meanwhile; of the checkpoints those are
    taken that the rows of that moment know.
    """
    settings: Settings = current_app.extensions["lectern.settings"]
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"lectern-{now:%Y%m%dT%H%M%S}Z.tar"
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target) as work:
        part = Path(work) / path.name
        with attachments().held(), databases.taken(Path(work)) as snapshot, part.open("wb") as file:
            files, lacking = _write(file, snapshot, settings, now)
            os.fsync(file.fileno())
        part.chmod(0o600)
        part.rename(path)
    made = Made(path, path.stat().st_size, files, lacking)
    told = {"at": now.isoformat(), "path": str(path.resolve()), "lacking": len(lacking)}
    (settings.data_dir / LAST).write_bytes(orjson.dumps(told))
    return made


def _write(file: BinaryIO, snapshot: Snapshot, settings: Settings, now: datetime) -> tuple[int, tuple[str, ...]]:
    writer = Writer(file)
    with snapshot.path.open("rb") as dump:
        writer.add(snapshot.path.name, dump, snapshot.path.stat().st_size)
    lines = b"".join(_checkpoints(settings.checkpoints, snapshot))
    writer.add(CHECKPOINTS, BytesIO(lines), len(lines))
    lacking = tuple(_add_contents(writer, snapshot.contents))
    writer.close(_facts(snapshot, settings, lacking, now), signing_key(settings))
    return len(snapshot.contents) - len(lacking), lacking


def _checkpoints(path: Path, snapshot: Snapshot) -> Iterator[bytes]:
    """The file as it is, up to what the rows know; what a crash left out of it comes from them."""
    last = 0
    with checkpoints(path, exclusive=False) as book:
        for line in book:
            number = _number(line)
            if number is not None and number > snapshot.last_checkpoint:
                break
            last = number or last
            if line.endswith(b"\n"):
                yield line
    for text in snapshot.lines_after(last):
        yield text.encode() + b"\n"


def _number(line: bytes) -> int | None:
    """The number of a checkpoint; None for a line that cannot be read, which is kept for `verify-audit` to find."""
    try:
        return int(orjson.loads(line.partition(b"\t")[0])["n"])
    except (ValueError, KeyError, TypeError):
        return None


def _add_contents(writer: Writer, wanted: Iterable[str]) -> Iterator[str]:
    """Add every file whose bytes are what its name says; the names of the others."""
    for checksum in wanted:
        path = attachments().path_of(checksum)
        if not path.is_file():
            yield checksum
            continue
        with path.open("rb") as content:
            if file_digest(content, "sha256").hexdigest() != checksum:
                yield checksum
                continue
            content.seek(0)
            writer.add(f"attachments/{checksum}", content, path.stat().st_size)


def _facts(snapshot: Snapshot, settings: Settings, lacking: tuple[str, ...], now: datetime) -> dict[str, Any]:
    """What the manifest says of the whole; keys stand in it by their names alone."""
    return {
        "made_at": now.isoformat(),
        "version": version("lectern"),
        "database": databases.of_installation().kind,
        "revision": snapshot.revision,
        "signing_key": base64.b64encode(public_bytes(signing_key(settings))).decode(),
        "field_keys": ring().ids,
        "zone": settings.zone.key,
        "checkpoints": snapshot.last_checkpoint,
        "lacking": lacking,
    }

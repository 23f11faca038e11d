"""Signs the heads that changed and appends them to a file outside the database (design §3.6)."""

import base64
import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from flask import current_app
from sqlalchemy import Row, Table, insert, select, update
from sqlalchemy.orm import Session

from service.audit.chain import STREAM
from service.audit.hashing import encoded, merkle, moment
from service.audit.models import AuditCheckpoint
from service.config import Settings
from service.db import db, transaction
from service.errors import Invalid

CHECKPOINT = cast("Table", AuditCheckpoint.__table__)
CHUNK = 500
TAIL = 1 << 20  # bytes; a line of CHUNK heads has about 80,000
GENESIS = "0" * 64

_log = logging.getLogger("lectern.audit")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One signed head: the number and hash (hex) of the last event of a stream at that moment."""

    stream: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One line of the file; `previous` is the SHA-256 of the line before it."""

    n: int
    at: str
    previous: str
    root: str
    heads: tuple[Leaf, ...]
    signature: bytes

    @property
    def signed(self) -> bytes:
        """The bytes under the signature."""
        heads = [[leaf.stream, leaf.seq, leaf.hash] for leaf in self.heads]
        return encoded({"n": self.n, "at": self.at, "previous": self.previous, "root": self.root, "heads": heads})

    @property
    def line(self) -> str:
        """The line as it stands in the file, without its end."""
        return f"{self.signed.decode()}\t{base64.b64encode(self.signature).decode()}"


def parse(line: str) -> Checkpoint:
    """The checkpoint of a line; ValueError when it is not one."""
    try:
        payload, signature = line.split("\t")
        read: dict[str, Any] = orjson.loads(payload)
        heads = tuple(Leaf(str(stream), int(seq), str(digest)) for stream, seq, digest in read.pop("heads"))
        return Checkpoint(**read, heads=heads, signature=base64.b64decode(signature, validate=True))
    except (TypeError, KeyError, AttributeError) as unreadable:
        raise ValueError("not a checkpoint") from unreadable


def root_of(heads: Sequence[Leaf]) -> str:
    """The Merkle root (hex) over the heads in the order of the line."""
    return merkle([encoded([leaf.stream, leaf.seq, leaf.hash]) for leaf in heads]).hex()


def link_of(line: str) -> str:
    """What the next line names as its predecessor."""
    return hashlib.sha256(line.encode()).hexdigest()


def signing_key(settings: Settings) -> Ed25519PrivateKey:
    """The key of LECTERN_SIGNING_KEY; Invalid("config.signing_key") unless it is a base64 seed of 32 bytes."""
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.signing_key, validate=True))
    except ValueError as unusable:
        raise Invalid("config.signing_key") from unusable


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes by which others verify what the key signed."""
    return key.public_key().public_bytes_raw()


def is_signed(checkpoint: Checkpoint, key: Ed25519PublicKey) -> bool:
    """Whether signature and root fit the heads."""
    try:
        key.verify(checkpoint.signature, checkpoint.signed)
    except InvalidSignature:
        return False
    return bool(checkpoint.heads) and root_of(checkpoint.heads) == checkpoint.root


@contextmanager
def opened(path: Path, *, exclusive: bool) -> Iterator[BinaryIO]:
    """The file under a lock between processes: one writes, or several read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as book:
        fcntl.flock(book, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        book.seek(0)
        yield book


def last_number(path: Path) -> int:
    """The number of the last whole line, read from the end of the file: 0 without one, -1 where it is unreadable."""
    if not path.exists():
        return 0
    with path.open("rb") as book:
        fcntl.flock(book, fcntl.LOCK_SH)
        book.seek(max(0, book.seek(0, os.SEEK_END) - TAIL))
        tail = book.read()
    lines = tail[: tail.rfind(b"\n") + 1].splitlines()
    try:
        return parse(lines[-1].decode()).n if lines else 0
    except ValueError:
        return -1


def seal(now: datetime) -> int:
    """Sign every head that changed since it was last signed; returns how many. Called each minute and at shutdown.

    A checkpoint is committed first and then appended to the file with fsync; what a crash left out of the file is
    appended by the next call.
    """
    settings: Settings = current_app.extensions["lectern.settings"]
    key = signing_key(settings)
    sealed, after = 0, ""
    with opened(settings.checkpoints, exclusive=True) as book:
        last = _caught_up(book)
        while True:
            made = _seal_chunk(key, last, after, now)
            if made is None:
                return sealed
            _write(book, made.line)
            last, after, sealed = (made.n, link_of(made.line)), made.heads[-1].stream, sealed + len(made.heads)


def _seal_chunk(key: Ed25519PrivateKey, last: tuple[int, str], after: str, now: datetime) -> Checkpoint | None:
    with transaction() as session:
        changed = (STREAM.c.unsealed, STREAM.c.stream > after)
        found = select(STREAM.c.stream, STREAM.c.seq, STREAM.c.head).where(*changed).order_by(STREAM.c.stream)
        rows = session.execute(found.limit(CHUNK)).all()
        if not rows:
            return None
        made = _signed(key, last, [Leaf(row.stream, row.seq, row.head.hex()) for row in rows], now)
        session.execute(insert(CHECKPOINT), {"n": made.n, "at": now, "line": made.line})
        _mark_sealed(session, rows)
        return made


def _signed(key: Ed25519PrivateKey, last: tuple[int, str], heads: list[Leaf], now: datetime) -> Checkpoint:
    unsigned = Checkpoint(last[0] + 1, moment(now), last[1], root_of(heads), tuple(heads), b"")
    return Checkpoint(
        unsigned.n, unsigned.at, unsigned.previous, unsigned.root, unsigned.heads, key.sign(unsigned.signed)
    )


def _mark_sealed(session: Session, signed: Sequence[Row[Any, Any, Any]]) -> None:
    """Clear the marks of heads that stand still; a head in use by another transaction is skipped, never waited for.

    Whoever never waits cannot be part of a deadlock; a skipped head stays marked and is signed again next time.
    """
    known = {row.stream: row.seq for row in signed}
    free = select(STREAM.c.stream, STREAM.c.seq).where(STREAM.c.stream.in_(known)).with_for_update(skip_locked=True)
    still = [row.stream for row in session.execute(free) if row.seq == known[row.stream]]
    session.execute(update(STREAM).where(STREAM.c.stream.in_(still)).values(unsealed=False))


def _caught_up(book: BinaryIO) -> tuple[int, str]:
    """Number and link of the last checkpoint, after appending the lines that only the database has."""
    n, link = _last(book)
    missing = select(CHECKPOINT.c.n, CHECKPOINT.c.line).where(CHECKPOINT.c.n > n).order_by(CHECKPOINT.c.n)
    for row in db.session.execute(missing):
        _log.warning("checkpoint %s was missing in the file and is appended", row.n)
        _write(book, row.line)
        n, link = row.n, link_of(row.line)
    db.session.rollback()
    return n, link


def _last(book: BinaryIO) -> tuple[int, str]:
    """Number and link of the last line of the file, or of the database where that line cannot be read."""
    line = _last_line(book)
    if line is None:
        return 0, GENESIS
    try:
        return parse(line).n, link_of(line)
    except ValueError:
        _log.error("the last line of the checkpoint file cannot be read: run verify-audit")
        newest = select(CHECKPOINT.c.n, CHECKPOINT.c.line).order_by(CHECKPOINT.c.n.desc()).limit(1)
        row = db.session.execute(newest).one_or_none()
        return (0, GENESIS) if row is None else (row.n, link_of(row.line))


def _last_line(book: BinaryIO) -> str | None:
    """The last whole line; one that a crash tore is cut off, because the database still has it."""
    size = book.seek(0, os.SEEK_END)
    start = max(0, size - TAIL)
    book.seek(start)
    tail = book.read()
    end = tail.rfind(b"\n") + 1
    book.truncate(start + end)
    lines = tail[:end].splitlines()
    return lines[-1].decode(errors="replace") if lines else None


def _write(book: BinaryIO, line: str) -> None:
    book.write(line.encode() + b"\n")
    book.flush()
    os.fsync(book.fileno())

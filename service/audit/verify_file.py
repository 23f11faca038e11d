"""Verifies the checkpoints: every line signed, linked, and the same in the file and in the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.audit.checkpoint import CHECKPOINT, GENESIS, Checkpoint, is_signed, link_of, opened, parse, signing_key
from service.audit.findings import Report
from service.audit.leaves import Leaves
from service.config import Settings


@dataclass(slots=True)
class _Reader:
    report: Report
    leaves: Leaves
    key: Ed25519PublicKey
    previous: str = GENESIS
    expected: int = 1

    def read(self, line: str, position: int) -> int:
        """Check one line of the file; returns its number, or the expected one when it cannot be read."""
        checkpoint = self._parsed(line, position)
        if checkpoint is not None:
            self.accept(checkpoint)
            if checkpoint.n != self.expected or checkpoint.previous != self.previous:
                detail = f"line {position}: not the successor of the line before"
                self.report.add("checkpoint.link", "", checkpoint.n, detail)
            self.report.checkpoints += 1
        n = self.expected if checkpoint is None else checkpoint.n
        self.previous, self.expected = link_of(line), n + 1
        return n

    def accept(self, checkpoint: Checkpoint) -> None:
        """Take the heads of a checkpoint that is signed; one that is not proves nothing."""
        if not is_signed(checkpoint, self.key):
            self.report.add("checkpoint.signature", "", checkpoint.n, "signature or root does not fit")
            return
        self.leaves.add(checkpoint.heads)
        at = datetime.fromisoformat(checkpoint.at)
        self.report.last_checkpoint_at = max(self.report.last_checkpoint_at or at, at)

    def _parsed(self, line: str, position: int) -> Checkpoint | None:
        try:
            checkpoint = parse(line)
        except ValueError:
            checkpoint = None
        if checkpoint is None or checkpoint.line != line:
            self.report.add("checkpoint.unreadable", "", self.expected, f"line {position}")
            return None
        return checkpoint


def verify_file(session: Session, settings: Settings, report: Report, leaves: Leaves) -> None:
    """Read file and table side by side under a shared lock; valid heads go into `leaves`, the rest into `report`."""
    reader = _Reader(report, leaves, signing_key(settings).public_key())
    with opened(settings.checkpoints, exclusive=False) as book:
        _compare(reader, _lines(book), _rows(session))


def _compare(reader: _Reader, lines: Iterator[str], rows: Iterator[tuple[int, str]]) -> None:
    row = next(rows, None)
    for position, line in enumerate(lines, 1):
        n = reader.read(line, position)
        while row is not None and row[0] < n:
            _only_in_database(reader, row)
            row = next(rows, None)
        if row is None or row[0] > n:
            reader.report.add("checkpoint.database", "", n, "stands in the file only")
            continue
        if row[1] != line:
            reader.report.add("checkpoint.database", "", n, "differs between file and database")
            _accept_row(reader, row)
        row = next(rows, None)
    for left in chain([row] if row else [], rows):
        _only_in_database(reader, left)


def _only_in_database(reader: _Reader, row: tuple[int, str]) -> None:
    reader.report.add("checkpoint.file", "", row[0], "missing in the file")
    _accept_row(reader, row)


def _accept_row(reader: _Reader, row: tuple[int, str]) -> None:
    """What the table still has is evidence as well, if it is signed."""
    try:
        reader.accept(parse(row[1]))
    except ValueError:
        reader.report.add("checkpoint.unreadable", "", row[0], "in the database")


def _lines(book: BinaryIO) -> Iterator[str]:
    for line in book:
        yield line.removesuffix(b"\n").decode(errors="replace")


def _rows(session: Session) -> Iterator[tuple[int, str]]:
    found = select(CHECKPOINT.c.n, CHECKPOINT.c.line).order_by(CHECKPOINT.c.n)
    for row in session.execute(found, execution_options={"yield_per": 100}):
        yield row.n, row.line

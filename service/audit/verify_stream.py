"""Verifies one stream, event by event, with memory for nothing but its signed heads and open redactions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row

from service import crypto
from service.audit.chain import place
from service.audit.findings import Report
from service.audit.hashing import ZERO, digest, link
from service.audit.stored import Stored
from service.audit.timeline import REDACTION
from service.errors import Invalid

CANDIDATES = 4


@dataclass(slots=True)
class StreamCheck:
    """Takes the events of `stream` in order; `signed` are the hashes that checkpoints hold, by number."""

    report: Report
    stream: str
    signed: dict[int, set[str]]
    last: int = 0
    previous: tuple[bytes, ...] | None = (ZERO,)
    stored: bytes = ZERO
    redacted: dict[int, datetime] = field(default_factory=dict)

    def take(self, row: Row[*tuple[Any, ...]]) -> None:
        """Check number, hash, contents and signed head of the next event."""
        event = Stored.read(row)
        if event is None:
            self.report.add("event.changed", self.stream, self.last + 1, "not what an event has")
            self.last, self.previous = self.last + 1, None
            return
        self._check(event)

    def _check(self, row: Stored) -> None:
        if row.seq != self.last + 1:
            self.report.add("event.missing", self.stream, self.last + 1, f"next is {row.seq}")
            self.previous = None
        self._check_hash(row)
        if row.body is None:
            self._check_erased(row)
        else:
            self._check_contents(row, row.body)
        if row.hash.hex() not in self.signed.pop(row.seq, {row.hash.hex()}):
            self.report.add("checkpoint.contradicted", self.stream, row.seq, "another hash was signed")
        self.last, self.stored = row.seq, row.hash

    def finish(self, head_seq: int | None, head: bytes | None) -> None:
        """Check the end of the stream: its head, signed events behind it, redactions nobody recorded."""
        beyond = max((seq for seq in self.signed if seq > self.last), default=0)
        if max(beyond, head_seq or 0) > self.last:
            self.report.add("stream.cut_off", self.stream, self.last + 1, f"known up to {max(beyond, head_seq or 0)}")
        elif head_seq != self.last or head != self.stored:
            self.report.add("stream.head", self.stream, self.last, "the head is not the last event")
        for seq in self.redacted:
            self.report.add("redaction.unrecorded", self.stream, seq)

    def _check_hash(self, row: Stored) -> None:
        """After a break both the stored and the computed hash may precede, so that only the changed event is named."""
        who, what = (row.actor_id, row.on_behalf_of), (row.kind, row.element_id)
        candidates = self.previous or ()
        computed = [link(p, self.stream, row.seq, row.at, who, what, row.digest) for p in candidates]
        if candidates and row.hash not in computed:
            self.report.add("event.changed", self.stream, row.seq, "hash")
            self.previous = (row.hash, *computed[:CANDIDATES])
        else:
            self.previous = (row.hash,)

    def _check_contents(self, row: Stored, body: str) -> None:
        if row.redacted_at is not None or row.salt is None:
            self.report.add("event.changed", self.stream, row.seq, "half erased")
            return
        try:
            plain = None if row.sensitive is None else self._opened(row.seq, row.sensitive)
        except Invalid as unreadable:
            code = "event.unreadable" if unreadable.code == "crypto.unknown_key" else "event.changed"
            self.report.add(code, self.stream, row.seq, "sensitive part")
            return
        if digest(row.salt, body.encode(), plain) != row.digest:
            self.report.add("event.changed", self.stream, row.seq, "body")
        elif row.kind == REDACTION:
            self._check_redaction(row.seq, row.at, orjson.loads(body).get("seq", 0))

    def _opened(self, seq: int, sensitive: bytes) -> bytes:
        return crypto.ring().decrypt(sensitive, place(self.stream, seq))

    def _check_erased(self, row: Stored) -> None:
        if row.redacted_at is None or row.salt is not None or row.sensitive is not None or row.kind == REDACTION:
            self.report.add("event.changed", self.stream, row.seq, "body removed")
        else:
            self.redacted[row.seq] = row.redacted_at

    def _check_redaction(self, seq: int, at: datetime, target: int) -> None:
        if self.redacted.pop(target, None) != at:
            self.report.add("redaction.undone", self.stream, target, f"recorded by event {seq}")

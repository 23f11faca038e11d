"""What a verification found."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    `code`: event.changed | event.missing | event.unreadable | stream.cut_off | stream.deleted | stream.head |
    redaction.unrecorded | redaction.undone | checkpoint.contradicted (stream and seq say where), or
    checkpoint.unreadable | checkpoint.signature | checkpoint.link | checkpoint.file | checkpoint.database
    (`seq` is the number of the checkpoint).
    """

    code: str
    stream: str
    seq: int
    detail: str = ""


@dataclass(slots=True)
class Report:
    """The result; at most LIMIT findings are kept, `more` counts the others.

    `unsealed` streams have events that no checkpoint covers yet; `checkpoint_age` is None without any checkpoint.
    """

    verified_at: datetime
    events: int = 0
    streams: int = 0
    checkpoints: int = 0
    unsealed: int = 0
    last_checkpoint_at: datetime | None = None
    findings: list[Finding] = field(default_factory=list)
    more: int = 0

    @property
    def ok(self) -> bool:
        return not self.findings

    @property
    def checkpoint_age(self) -> timedelta | None:
        return None if self.last_checkpoint_at is None else self.verified_at - self.last_checkpoint_at

    def text(self) -> str:
        """The report for a terminal: what was checked, how old the last checkpoint is, and every finding."""
        age = "none" if self.checkpoint_age is None else f"{self.checkpoint_age.total_seconds() / 60:.0f} minutes ago"
        checked = f"{self.events} events in {self.streams} streams, {self.checkpoints} checkpoints, the last {age}"
        lines = [f"{checked}; {self.unsealed} streams have events after it"]
        lines += [f"{found.code} {found.stream} {found.seq} {found.detail}".rstrip() for found in self.findings]
        if self.more:
            lines.append(f"and {self.more} more")
        lines.append("ok" if self.ok else "NOT OK")
        return "\n".join(lines)

    def add(self, code: str, stream: str, seq: int, detail: str = "") -> None:
        if len(self.findings) < LIMIT:
            self.findings.append(Finding(code, stream, seq, detail))
        else:
            self.more += 1

"""One moment of the database as a file, and the way back; each kind of database has a module of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy.engine import URL

REVISION = "SELECT version_num FROM alembic_version"
CONTENTS = "SELECT DISTINCT checksum FROM attachment ORDER BY checksum"
CHECKPOINT = "SELECT coalesce(max(n), 0) FROM audit_checkpoint"
LINES = "SELECT line FROM audit_checkpoint WHERE n > {} ORDER BY n"


@dataclass(frozen=True)
class Snapshot:
    """What a dump holds as of one moment: `contents` are checksums of files, `lines_after(n)` checkpoints after n."""

    path: Path
    revision: str
    contents: tuple[str, ...]
    last_checkpoint: int
    lines_after: Callable[[int], list[str]]


class Database(Protocol):
    """How one kind of database is dumped and loaded; `name` is the member's name in a backup."""

    kind: str
    name: str

    def dumping(self, url: URL, folder: Path) -> Any:
        """A context that gives the Snapshot, written to `folder` while cases go on."""

    def is_there(self, url: URL) -> bool:
        """Whether something lies where a dump would be loaded."""

    def load(self, url: URL, dump: Path, aside: str) -> str | None:
        """Load a dump; what was there is kept under a name with `aside`, which is returned."""


def described(path: Path, rows: Callable[[str], list[Any]]) -> Snapshot:
    """A snapshot by what its own rows say; `rows` answers a statement with rows of one column."""
    [revision] = rows(REVISION)
    [last] = rows(CHECKPOINT)
    return Snapshot(path, str(revision), tuple(rows(CONTENTS)), int(last), lambda n: rows(LINES.format(int(n))))

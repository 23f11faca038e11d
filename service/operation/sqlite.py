"""SQLite: a copy through its online backup, which waits for nobody and makes nobody wait."""

import gzip
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from service.errors import Conflict
from service.operation.snapshots import Snapshot, described

PARTS = ("", "-wal", "-shm")


class Sqlite:
    """See `snapshots.Database`."""

    kind = "sqlite"
    name = "database.sqlite3.gz"

    @contextmanager
    def dumping(self, url: URL, folder: Path) -> Iterator[Snapshot]:
        """Copy in one step, so that the copy is of one moment; Conflict("backup.database_damaged")."""
        copied, packed = folder / "copy.db", folder / self.name
        live = sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)
        with closing(live), closing(sqlite3.connect(copied)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        _expect_whole(copied)
        with copied.open("rb") as plain, gzip.open(packed, "wb", compresslevel=1) as target:
            shutil.copyfileobj(plain, target, 1 << 20)
        with closing(sqlite3.connect(copied)) as copy:

            def rows(statement: str) -> list[Any]:
                return [row[0] for row in copy.execute(statement)]

            yield described(packed, rows)

    def is_there(self, url: URL) -> bool:
        """Whether the file exists and is not empty."""
        path = Path(str(url.database))
        return path.exists() and path.stat().st_size > 0

    def load(self, url: URL, dump: Path, aside: str) -> str | None:
        """Unpack beside the place and move there; what was there is renamed."""
        target = Path(str(url.database))
        target.parent.mkdir(parents=True, exist_ok=True)
        unpacked = dump.with_name("unpacked.db")
        with gzip.open(dump) as packed, unpacked.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
        unpacked.chmod(0o600)
        _expect_whole(unpacked)
        kept = target.with_name(f"{target.name}.{aside}") if self.is_there(url) else None
        for part in PARTS:
            path = target.with_name(target.name + part)
            if path.exists():
                path.rename(target.with_name(f"{target.name}.{aside}{part}"))
        shutil.move(unpacked, target)
        return None if kept is None else str(kept)


def _expect_whole(path: Path) -> None:
    with closing(sqlite3.connect(path)) as copy:
        try:
            [found] = copy.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.DatabaseError as damaged:
            found = str(damaged)
    if found != "ok":
        raise Conflict("backup.database_damaged", said=found)

"""The folder of contents: written whole or not at all, found by SHA-256, swept when no row names them."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from service.errors import Invalid

CHUNK = 1 << 16
INCOMING = "incoming"
LOCK = "lock"


@dataclass(frozen=True)
class Received:
    """Contents that lie complete on disk under a temporary name; `size` in bytes."""

    path: Path
    checksum: str
    size: int


class Folder:
    """`root` holds `<2>/<2>/<sha256>`, `incoming/` and a lock that keeps storing and sweeping apart."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path_of(self, checksum: str) -> Path:
        """Where contents lie, whether they exist or not."""
        return self.root / checksum[:2] / checksum[2:4] / checksum

    @contextmanager
    def receiving(self, stream: BinaryIO, limit: int) -> Iterator[Received]:
        """Read a stream of at most `limit` bytes to disk; what is not kept inside is gone afterwards.

        Invalid `attachment.too_large` (HTTP 413) as soon as the limit is passed, `attachment.empty` for no bytes.
        """
        incoming = self.root / INCOMING
        incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=incoming, delete=False) as file:
            path = Path(file.name)
            try:
                checksum, size = _copied(stream, file, limit)
                yield Received(path, checksum, size)
            finally:
                path.unlink(missing_ok=True)

    def keep(self, received: Received) -> None:
        """Give received contents their name; call under `held(shared)`, until the row is committed."""
        target = self.path_of(received.checksum)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        received.path.replace(target)
        for folder in (target.parent, target.parent.parent, self.root):
            _sync(folder)

    @contextmanager
    def held(self, *, exclusive: bool = False) -> Iterator[None]:
        """Storing holds the lock shared from `keep` to commit, sweeping exclusively: across threads and processes."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.root / LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
            yield

    def older_than(self, moment: float) -> Iterator[Path]:
        """Contents and abandoned uploads last written before `moment` (seconds since the epoch)."""
        for path in sorted(self.root.glob(f"{INCOMING}/*")) + sorted(self.root.glob("??/??/*")):
            if path.stat().st_mtime < moment:
                yield path


def _copied(stream: BinaryIO, file: IO[bytes], limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise Invalid("attachment.too_large", limit_megabytes=limit >> 20)
        digest.update(chunk)
        file.write(chunk)
    if not size:
        raise Invalid("attachment.empty")
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest(), size


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

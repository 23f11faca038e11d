"""The file of a backup: a tar that any machine can unpack, whose last line signs every byte before it."""

import base64
import binascii
import hashlib
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, NoReturn

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from service.errors import Fault, Invalid

BLOCK = 512
CHUNK = 1 << 20
MAGIC = "LECTERN-BACKUP-1"
MANIFEST = "manifest.json"
SEAL = "the last line"
NAME = re.compile(r"database\.(sqlite3\.gz|pgdump)|checkpoints\.jsonl|attachments/[0-9a-f]{64}")


@dataclass(frozen=True)
class Member:
    """A file of the backup: where its bytes begin in the archive, how many they are, and their SHA-256."""

    name: str
    offset: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Sealed:
    """The last line: where the manifest lies, its SHA-256, that of every byte before the line, and a signature."""

    offset: int
    size: int
    manifest: str
    everything: str
    signature: bytes = b""

    @property
    def signed(self) -> bytes:
        """The bytes under the signature."""
        return f"{MAGIC} {self.offset} {self.size} {self.manifest} {self.everything}".encode()

    @property
    def line(self) -> bytes:
        """The line as it stands in the file, one block long."""
        return (self.signed + b" " + base64.b64encode(self.signature)).ljust(BLOCK - 1) + b"\n"


class Writer:
    """Writes members one after the other; `close` writes the manifest and the line."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._at = 0
        self.members: list[Member] = []

    def add(self, name: str, source: IO[bytes], size: int) -> Member:
        """Copy `size` bytes (or fewer, which is an error of the source) under a name."""
        self._put(_header(name, size))
        offset, digest = self._at, hashlib.sha256()
        while chunk := source.read(min(CHUNK, size - (self._at - offset))):
            digest.update(chunk)
            self._put(chunk)
        if self._at - offset != size:
            raise OSError(f"{name} became shorter while it was copied")
        self._put(bytes(-size % BLOCK))
        member = Member(name, offset, size, digest.hexdigest())
        self.members.append(member)
        return member

    def close(self, facts: Mapping[str, Any], key: Ed25519PrivateKey) -> None:
        """Write the manifest (`facts` and the members), the end of the tar and the signed line."""
        members = [asdict(member) for member in self.members]
        text = orjson.dumps({**facts, "members": members}, option=orjson.OPT_INDENT_2)
        self._put(_header(MANIFEST, len(text)))
        offset = self._at
        self._put(text + bytes(-len(text) % BLOCK) + bytes(2 * BLOCK))
        unsigned = Sealed(offset, len(text), hashlib.sha256(text).hexdigest(), self._digest.hexdigest())
        self._file.write(Sealed(**{**vars(unsigned), "signature": key.sign(unsigned.signed)}).line)

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)
        self._at += len(content)


def _header(name: str, size: int) -> bytes:
    described = tarfile.TarInfo(name)
    described.size, described.mode = size, 0o600
    return described.tobuf(tarfile.GNU_FORMAT)


@dataclass(frozen=True)
class Archive:
    """An opened backup whose manifest and last line are whole; its members are not looked at yet."""

    path: Path
    file: BinaryIO
    seal: Sealed
    facts: Mapping[str, Any]
    members: tuple[Member, ...]

    def read(self, sink: Callable[[Member], IO[bytes] | None]) -> None:
        """Read every byte once, handing each member's to what `sink` gives for it.

        Invalid("backup.altered") names every member, or the archive itself, of which a byte is not as it was written.
        """
        everything, faults = hashlib.sha256(), []
        self.file.seek(0)
        for member in self.members:
            self._between(member.offset, everything)
            if self._member(member, everything, sink(member)) != member.sha256:
                faults.append(_fault(member.name))
        self._between(self.path.stat().st_size - BLOCK, everything)
        if everything.hexdigest() != self.seal.everything and not faults:
            faults.append(_fault(self.path.name))
        if faults:
            raise Invalid("backup.altered", faults=tuple(faults), names=", ".join(fault.path for fault in faults))

    def _between(self, end: int, everything: Any) -> None:
        while chunk := self.file.read(min(CHUNK, end - self.file.tell())):
            everything.update(chunk)

    def _member(self, member: Member, everything: Any, target: IO[bytes] | None) -> str:
        digest, left = hashlib.sha256(), member.size
        while left and (chunk := self.file.read(min(CHUNK, left))):
            left -= len(chunk)
            digest.update(chunk)
            everything.update(chunk)
            if target is not None:
                target.write(chunk)
        if target is not None:
            target.close()
        return digest.hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """A backup whose frame is whole; Invalid("backup.unreadable") for another file or one that was cut off.

    Invalid("backup.altered") where manifest or last line are not as they were written.
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        if size < 4 * BLOCK:
            raise Invalid("backup.unreadable", name=path.name)
        file.seek(size - BLOCK)
        seal = _seal(file.read(BLOCK), path)
        if seal.offset + seal.size > size - BLOCK:
            _altered(SEAL)
        file.seek(seal.offset)
        text = file.read(seal.size)
        if hashlib.sha256(text).hexdigest() != seal.manifest:
            _altered(MANIFEST)
        facts = orjson.loads(text)
        _expect_signed(seal, facts)
        yield Archive(path, file, seal, facts, _members(facts, seal.offset))


def _seal(line: bytes, path: Path) -> Sealed:
    """The last line; it must be written exactly as we write it, so that no byte of it is left unguarded."""
    words = line.decode("latin-1").split()
    if len(words) != 6 or words[0] != MAGIC:
        raise Invalid("backup.unreadable", name=path.name)
    try:
        offset, size, signature = int(words[1]), int(words[2]), base64.b64decode(words[5], validate=True)
    except (ValueError, binascii.Error):
        _altered(SEAL)
    seal = Sealed(offset, size, words[3], words[4], signature)
    if seal.line != line or offset < 0 or size < 0:
        _altered(SEAL)
    return seal


def _expect_signed(seal: Sealed, facts: Mapping[str, Any]) -> None:
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(facts["signing_key"]))
    try:
        public.verify(seal.signature, seal.signed)
    except InvalidSignature:
        _altered(SEAL)


def _members(facts: Mapping[str, Any], end: int) -> tuple[Member, ...]:
    """The members in their order; a name that we would not write could lead out of the folder."""
    found = tuple(Member(**member) for member in facts["members"])
    at = 0
    for member in found:
        if not NAME.fullmatch(member.name) or member.offset < at or member.offset + member.size > end:
            _altered(MANIFEST)
        at = member.offset + member.size
    return found


def _fault(name: str) -> Fault:
    return Fault(name, "backup.altered_file", params={"name": name})


def _altered(name: str) -> NoReturn:
    raise Invalid("backup.altered", faults=(_fault(name),), names=name)

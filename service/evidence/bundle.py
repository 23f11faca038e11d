"""Writes the evidence bundle of a case: a zip with a signed manifest and the program that verifies it."""

import base64
import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import current_app
from sqlalchemy import Row

from service.access.actor import Actor
from service.attachments import queries as attachments
from service.attachments.queries import StoredFile
from service.audit.checkpoint import public_bytes, signing_key
from service.audit.hashing import moment
from service.db import db
from service.evidence import offline, record
from service.evidence.reader import Reader
from service.instances import queries
from service.people import queries as people
from service.tasks import queries_votes as votes
from service.tasks.advance import stream_of
from workflows import catalogue

CHUNK = 1 << 16
READ_ME = Path(__file__).with_name("README.txt")


@dataclass(frozen=True)
class Parts:
    """What the caller adds: readable pages by name (the sheet), and how many events the bundle holds."""

    upto: int
    pages: Mapping[str, bytes]


def write(actor: Actor, instance_id: str, parts: Parts, target: IO[bytes], *, now: datetime) -> None:
    """Write the bundle of a visible case into `target`; NotFound("instance.absent").

    Events that the actor may not read whole stand in it with their hashes and without their contents.
    """
    row = queries.case(actor, instance_id)
    book = _Book(zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED))
    found = record.events(db.session(), stream_of(instance_id), parts.upto)
    _write_record(book, Reader(actor, queries.sight(actor, instance_id)), row, found)
    _write_definitions(book, row.definition_id, found)
    _write_votes(book, actor, instance_id)
    _write_attachments(book, actor, instance_id)
    _write_names(book, found)
    for name, content in parts.pages.items():
        book.add(name, content)
    book.add("verify.py", Path(offline.__file__).read_bytes())
    book.add("README.txt", READ_ME.read_bytes())
    _seal(book, _manifest(row, actor, parts.upto, now))


def _write_definitions(book: "_Book", definition_id: str, events: Sequence[Row[Any]]) -> None:
    """The files by which the case runs, and those of each version that it has left."""
    for name, content in catalogue.files_of(db.session(), definition_id).items():
        book.add(f"definition/{name}", content)
    moves = (orjson.loads(event.body) for event in events if event.kind == "instance.migrated" and event.body)
    for version, left in {move["before"]["version"]: move["before"]["definition_id"] for move in moves}.items():
        for name, content in catalogue.files_of(db.session(), left).items():
            book.add(f"definition-{version}/{name}", content)


@dataclass
class _Book:
    """The zip while it is written, and the SHA-256 of what lies in it."""

    archive: zipfile.ZipFile

    def __post_init__(self) -> None:
        self.sums: dict[str, str] = {}

    def add(self, name: str, content: bytes | Iterable[bytes]) -> None:
        """Put a file in, whole or in pieces."""
        state = hashlib.sha256()
        with self.archive.open(name, "w") as file:
            for piece in [content] if isinstance(content, bytes) else content:
                state.update(piece)
                file.write(piece)
        self.sums[name] = state.hexdigest()


def _write_record(book: _Book, reader: Reader, row: Any, found: Sequence[Row[Any]]) -> None:
    session, stream = db.session(), stream_of(row.instance_id)
    book.add(offline.EVENTS, (record.line(event, reader.is_shown) for event in found))
    lines = record.checkpoints(session, stream, found)
    book.add(offline.CHECKPOINTS, "".join(f"{line}\n" for line in lines).encode())
    variables = queries.variables(reader.actor, row.instance_id)
    book.add("variables.json", _pretty(dict(variables)))


def _write_votes(book: _Book, actor: Actor, instance_id: str) -> None:
    """The boxes of secret votes, to be counted again; no file where the case had none."""
    boxes = votes.opened_boxes(actor, instance_id)
    if boxes:
        book.add(offline.VOTES, _pretty(boxes))


def _write_attachments(book: _Book, actor: Actor, instance_id: str) -> None:
    """The files that the actor may see, each under its id; the index says what they are called."""
    files = attachments.of_instance(actor, instance_id)
    for file in files:
        book.add(_place_of(file), _pieces(file.path))
    index = [
        {"file": _place_of(file), "name": file.name, "sha256": file.checksum, "size": file.size,
         "uploaded_by": file.uploaded_by, "at": moment(file.at)}
        for file in files
    ]  # fmt: skip
    book.add("attachments/index.json", _pretty(index))


def _place_of(file: StoredFile) -> str:
    return f"attachments/{file.id}{PurePosixPath(file.name).suffix[:8].lower()}"


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _write_names(book: _Book, found: Sequence[Row[Any]]) -> None:
    """Who the ids of the events are: as those persons are called today."""
    ids = {person for event in found for person in (event.actor_id, event.on_behalf_of) if person}
    book.add("names.json", _pretty(dict(sorted(people.names(sorted(ids)).items()))))


def _manifest(row: Any, actor: Actor, upto: int, now: datetime) -> dict[str, Any]:
    return {
        "format": offline.FORMAT,
        "stream": stream_of(row.instance_id),
        "events": upto,
        "business_key": row.business_key,
        "title": row.title,
        "state": row.state,
        "definition": f"{row.definition_key}:{row.definition_version}",
        "made_at": moment(now),
        "made_by": actor.person_id or actor.account_id,
        "public_key": base64.b64encode(public_bytes(_key())).decode(),
    }


def _seal(book: _Book, manifest: dict[str, Any]) -> None:
    """The manifest with the sum of every file, signed; then the archive is complete."""
    signed = _pretty(manifest | {"files": dict(sorted(book.sums.items()))})
    book.add(offline.MANIFEST, signed)
    book.add(offline.SIGNATURE, _key().sign(signed))
    book.archive.close()


def _key() -> Ed25519PrivateKey:
    return signing_key(current_app.extensions["lectern.settings"])


def _pretty(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)

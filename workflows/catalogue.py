"""Definitions by key and version: content-addressed files, exact manifests, parsed specs shared in memory."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zlib import crc32

import orjson
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workflows.base import new_id
from workflows.definition import CACHE, Definition, build
from workflows.errors import Conflict, Fault, Invalid, NotFound
from workflows.models import ProcessDefinition, Resource
from workflows.references import closure, kind_of, main_process, scan
from workflows.settings import OWN, read_settings

__all__ = ["Definition", "deploy", "deploy_library", "get", "latest", "library_files", "main_process"]

LIBRARY_MARK = "@"  # no process id begins with it
LIBRARY = "@shared"
UNSTORED = "unstored"
MAX_NAME = 60
LIBRARY_FOLDER = "shared"
ACTIVE, SHARED, RETIRED = "active", "library", "retired"

_BY_ID = select(ProcessDefinition).where(ProcessDefinition.id == bindparam("id"))
_NEWEST = (
    select(ProcessDefinition)
    .where(ProcessDefinition.key == bindparam("key"), ProcessDefinition.state == bindparam("state"))
    .order_by(ProcessDefinition.version.desc())
    .limit(1)
)
_EVERY = (
    select(ProcessDefinition)
    .where(ProcessDefinition.key == bindparam("key"))
    .order_by(ProcessDefinition.version.desc())
)


def deploy(session: Session, files: Mapping[str, bytes], *, now: datetime) -> ProcessDefinition:
    """Store a flow folder (names → bytes) as the next version of its process; the same files again change nothing.

    A folder of decisions alone is stored as a library of its own, named by `flow.key` of its flow.toml or its one file.

    What the diagram calls and the folder lacks is taken from the shared library, then from the active definition of
    that key, and pinned by checksum. Callers have passed the gate; still raises Invalid (`deployment.process`,
    `deployment.library`, `deployment.unresolved`, `xml.…`, `form.malformed`, `flow.malformed`) rather than store what
    cannot run.
    """
    files = _named(files)
    if holds_decisions_only(files):
        name = _library_name(files)
        return _store(session, f"{LIBRARY_MARK}{name}", name, _complete(session, files), SHARED, now)
    key = main_process(files)
    complete = _complete(session, files)
    return _store(session, key, _name_of(complete, key), complete, ACTIVE, now)


def assembled(session: Session, files: Mapping[str, bytes]) -> Definition:
    """A definition of files that are not published, with what they take from shared parts; nothing is stored.

    Raises Invalid as `deploy` does, and for a diagram that the engine cannot read.
    """
    own = _named(files)
    key = main_process(own)
    complete = _complete(session, own)
    name = _name_of(complete, key)
    return build(ProcessDefinition(id=UNSTORED, key=key, version=0, name=name, checksum="", manifest={}), complete)


def pinned(session: Session, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What files would be pinned to beside themselves, were they published now. Raises Invalid as `deploy` does."""
    own = _named(files)
    return {name: content for name, content in _complete(session, own).items() if name not in own}


def stored(session: Session, files: Mapping[str, bytes], *, library: bool = False) -> ProcessDefinition | None:
    """The newest version in use where it is these very files, pinned to the same; None where they would be a new one.

    Raises Invalid as `deploy` does.
    """
    complete = _named(files) if library else _complete(session, _named(files))
    newest = newest_row(session, key_of(files, library=library))
    same = newest is not None and newest.state != RETIRED and newest.checksum == _sums(complete)[1]
    return newest if same else None


def deploy_library(session: Session, files: Mapping[str, bytes], *, now: datetime) -> ProcessDefinition:
    """Store the shared tables, forms and called processes as the next version of the library.

    Flows that are already published keep the versions in their manifests until they are published again.
    """
    files = _named(files)
    for name, content in files.items():
        scan(name, content)
    return _store(session, LIBRARY, LIBRARY, files, SHARED, now)


def get(session: Session, definition_id: str) -> Definition:
    """The definition, from memory once it was read. Raises NotFound `definition.absent`."""
    known = CACHE.get(definition_id)
    if known is not None:
        return known
    row = session.scalars(_BY_ID, {"id": definition_id}).one_or_none()
    if row is None or row.state == SHARED:
        raise NotFound("definition.absent", definition_id=definition_id)
    return _load(session, row)


def latest(session: Session, key: str) -> Definition:
    """The newest active version of a flow. Raises NotFound `definition.absent`, Conflict `definition.retired`."""
    row = _newest(session, key, ACTIVE)
    if row is None:
        if _newest(session, key, RETIRED) is not None:
            raise Conflict("definition.retired", key=key)
        raise NotFound("definition.absent", key=key)
    return CACHE.get(row.id) or _load(session, row)


def files_of(session: Session, definition_id: str) -> dict[str, bytes]:
    """Every file that a definition is pinned to, by name. Raises NotFound `definition.absent`."""
    row = session.scalars(_BY_ID, {"id": definition_id}).one_or_none()
    if row is None:
        raise NotFound("definition.absent", definition_id=definition_id)
    return contents(session, row.manifest)


def newest_row(session: Session, key: str) -> ProcessDefinition | None:
    """The newest version of a key whatever its state, with its manifest; None when nothing was published."""
    return session.scalars(_EVERY, {"key": key}).first()


def row_of(session: Session, definition_id: str) -> ProcessDefinition:
    """The row of one version, of a library too. Raises NotFound `definition.absent`."""
    row = session.scalars(_BY_ID, {"id": definition_id}).one_or_none()
    if row is None:
        raise NotFound("definition.absent", definition_id=definition_id)
    return row


def key_of(files: Mapping[str, bytes], *, library: bool = False) -> str:
    """The key under which a folder would be stored. Raises Invalid `deployment.process` | `deployment.library` | …"""
    if library:
        return LIBRARY
    return f"{LIBRARY_MARK}{_library_name(files)}" if holds_decisions_only(files) else main_process(files)


def retire(session: Session, key: str) -> int:
    """Let no new case begin by any version of a flow; how many versions were active. Running cases go on by theirs."""
    _lock(session, key)
    rows = session.scalars(_EVERY, {"key": key}).all()
    active = [row for row in rows if row.state == ACTIVE]
    for row in active:
        row.state = RETIRED
    session.flush()
    return len(active)


def shown_key(key: str) -> str:
    """The key of a flow, or the name of a library."""
    return key.removeprefix(LIBRARY_MARK)


def holds_decisions_only(files: Mapping[str, bytes]) -> bool:
    """Whether a folder has decision tables and nothing that runs or is filled in."""
    kinds = {kind_of(name) for name in files}
    return "dmn" in kinds and kinds <= {"dmn", "toml"}


def _library_name(files: Mapping[str, bytes]) -> str:
    """`flow.key` of the flow.toml, else the name of the only DMN file. Raises Invalid `deployment.library`."""
    wanted = read_settings(OWN, files[OWN]).get("flow", {}).get("key") if OWN in files else None
    tables = [name for name in files if kind_of(name) == "dmn"]
    if wanted is None and len(tables) != 1:
        raise Invalid("deployment.library", files=tables)
    name = str(wanted or tables[0].rpartition("/")[2].rpartition(".")[0])
    if len(name) > MAX_NAME or not name or name == LIBRARY_FOLDER:
        raise Invalid("deployment.library", files=tables)
    return name


def library_files(session: Session) -> dict[str, bytes]:
    """The files of the newest libraries under their manifest names ("shared/…"); the shared library's come first."""
    keys = session.scalars(select(ProcessDefinition.key).where(ProcessDefinition.state == SHARED).distinct())
    found: dict[str, bytes] = {}
    for key in sorted(keys, key=lambda key: (key != LIBRARY, key)):
        row = _newest(session, key, SHARED)
        stored = contents(session, row.manifest) if row is not None else {}
        found |= {f"{shown_key(key)}/{name}": content for name, content in stored.items()}
    return found


def _named(files: Mapping[str, bytes]) -> dict[str, bytes]:
    unknown = sorted(name for name in files if kind_of(name) is None)
    if unknown:
        raise Invalid("deployment.file", faults=tuple(Fault(name, "deployment.file") for name in unknown))
    return dict(sorted(files.items()))


def _complete(session: Session, files: Mapping[str, bytes]) -> dict[str, bytes]:
    pool = library_files(session)
    asked: set[str] = set()
    while True:
        complete, missing = closure(files, pool)
        called = {name for kind, name in missing if kind == "process"} - asked
        if not called:
            break
        for key in sorted(called):
            asked.add(key)
            if row := _newest(session, key, ACTIVE):
                found = contents(session, row.manifest)
                pool |= {f"{key}/{name}": content for name, content in found.items()}
    if missing:
        faults = tuple(Fault(f"{kind}:{name}", "deployment.unresolved") for kind, name in sorted(missing))
        raise Invalid("deployment.unresolved", faults=faults)
    return complete


def _store(
    session: Session, key: str, name: str, files: Mapping[str, bytes], state: str, now: datetime
) -> ProcessDefinition:
    manifest, checksum = _sums(files)
    sums = {name: one for kind in manifest.values() for name, one in kind.items()}
    _lock(session, key)
    newest = _newest(session, key, state)
    if newest is not None and newest.checksum == checksum:
        return newest
    _store_files(session, files, sums)
    version = session.scalar(select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key)) or 0
    row = ProcessDefinition(
        id=new_id(), key=key, version=version + 1, name=name, state=state, checksum=checksum, manifest=manifest,
        deployed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _sums(files: Mapping[str, bytes]) -> tuple[dict[str, dict[str, str]], str]:
    """The manifest of files, and its checksum."""
    manifest: dict[str, dict[str, str]] = {kind: {} for kind in ("bpmn", "dmn", "form", "toml")}
    for file, content in sorted(files.items()):
        manifest[kind_of(file) or ""][file] = hashlib.sha256(content).hexdigest()
    return manifest, hashlib.sha256(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _store_files(session: Session, files: Mapping[str, bytes], sums: Mapping[str, str]) -> None:
    rows = {
        sums[file]: {"checksum": sums[file], "kind": kind_of(file), "name": file.rpartition("/")[2], "content": content}
        for file, content in files.items()
    }
    builder = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement: Any = builder(Resource)
    session.execute(
        statement.on_conflict_do_nothing(index_elements=["checksum"]), [rows[checksum] for checksum in sorted(rows)]
    )


def contents(session: Session, manifest: Mapping[str, Mapping[str, str]]) -> dict[str, bytes]:
    """The files of a manifest by name."""
    sums = {name: checksum for kind in manifest.values() for name, checksum in kind.items()}
    found = select(Resource.checksum, Resource.content).where(Resource.checksum.in_(sorted(set(sums.values()))))
    stored = {row.checksum: row.content for row in session.execute(found)}
    return {name: stored[checksum] for name, checksum in sorted(sums.items())}


def _newest(session: Session, key: str, state: str) -> ProcessDefinition | None:
    return session.scalars(_NEWEST, {"key": key, "state": state}).one_or_none()


def _load(session: Session, row: ProcessDefinition) -> Definition:
    return CACHE.add(CACHE.same_as(row) or build(row, contents(session, row.manifest)))


def _lock(session: Session, key: str) -> None:
    """One deployment of a key at a time, until commit; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(crc32(b"definition"), crc32(key.encode()) - 2**31)))


def _name_of(files: Mapping[str, bytes], key: str) -> str:
    flow = read_settings(OWN, files[OWN]).get("flow", {}) if OWN in files else {}
    if name := flow.get("name"):
        return str(name)[:200]
    names = {n for file, content in files.items() if kind_of(file) == "bpmn" for n in scan(file, content).names}
    return (dict(names).get(key) or key)[:200]

"""Verifies an evidence bundle anywhere: `python verify.py BUNDLE.zip`. Needs Python 3.11 and `cryptography`.

This file lies in every bundle and imports nothing of Lectern: it checks the files against the signed manifest, the
events against their hash chain, and the chain against the signed checkpoints that are in the bundle.
"""

import base64
import hashlib
import json
import sys
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
EVENTS, CHECKPOINTS, VOTES = "events.jsonl", "checkpoints.jsonl", "votes.json"
FORMAT = 1
LARGEST = 2_000_000_000
"""Bytes that a bundle may unpack to."""
UNREADABLE = (
    OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What a file raises that is damaged, or no bundle: RuntimeError where it asks for a password or an unknown packing."""


@dataclass
class Result:
    """What was checked. `problems` are findings in words; `withheld` events whose contents the receiver may not see.

    `sealed` is the number of the last event under a signed checkpoint, `fingerprint` the SHA-256 of the public key.
    """

    events: int = 0
    files: int = 0
    withheld: int = 0
    erased: int = 0
    sealed: int = 0
    fingerprint: str = ""
    problems: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The result for a terminal."""
        lines = [
            f"key {self.fingerprint}",
            f"{self.files} files, {self.events} events, signed up to event {self.sealed}",
            f"{self.withheld} events with contents withheld, {self.erased} erased by a recorded redaction",
        ]
        return "\n".join([*lines, *self.problems, "NOT OK" if self.problems else "ok"])


def verify(path: str) -> Result:
    """Check a bundle. A file that is no bundle is a problem like any other, never an exception."""
    result = Result()
    try:
        with zipfile.ZipFile(path) as bundle:
            if sum(info.file_size for info in bundle.infolist()) > LARGEST:
                result.problems.append("the bundle unpacks to more than it may")
            else:
                _verify(bundle, result)
    except UNREADABLE as unreadable:
        result.problems.append(f"this is not a readable bundle: {type(unreadable).__name__} {unreadable}")
    return result


def _verify(bundle: zipfile.ZipFile, result: Result) -> None:
    raw = bundle.read(MANIFEST)
    manifest = json.loads(raw)
    if manifest["format"] != FORMAT:
        result.problems.append(f"format {manifest['format']} is not {FORMAT}: use the verify.py of the bundle")
        return
    key = _key(manifest, result)
    if not _is_signed(key, bundle.read(SIGNATURE), raw):
        result.problems.append("the manifest is not signed by this key")
    _check_files(bundle, manifest["files"], result)
    _check_events(bundle, manifest, result)
    _check_votes(bundle, result)
    _check_checkpoints(bundle, key, manifest["stream"], result)


def _key(manifest: dict[str, Any], result: Result) -> Ed25519PublicKey:
    public = base64.b64decode(manifest["public_key"], validate=True)
    result.fingerprint = fingerprint(public)
    return Ed25519PublicKey.from_public_bytes(public)


def fingerprint(public: bytes) -> str:
    """How a public key (32 bytes) is named on paper: groups of four of its SHA-256."""
    text = hashlib.sha256(public).hexdigest()[:32]
    return " ".join(text[at : at + 4] for at in range(0, 32, 4))


def _is_signed(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _check_files(bundle: zipfile.ZipFile, files: dict[str, str], result: Result) -> None:
    there = set(bundle.namelist()) - {MANIFEST, SIGNATURE}
    result.problems += [f"{name} is missing" for name in sorted(set(files) - there)]
    result.problems += [f"{name} does not belong here" for name in sorted(there - set(files))]
    for name in sorted(there & set(files)):
        result.files += 1
        with bundle.open(name) as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != files[name]:  # type: ignore[arg-type]
                result.problems.append(f"{name} was changed")


def _lines(bundle: zipfile.ZipFile, name: str) -> list[str]:
    return bundle.read(name).decode().split("\n")[:-1]


def _check_events(bundle: zipfile.ZipFile, manifest: dict[str, Any], result: Result) -> None:
    stream, previous = manifest["stream"], bytes(32)
    erased: dict[int, str] = {}
    for line in _lines(bundle, EVENTS):
        event = json.loads(line)
        result.events += 1
        where = f"event {event['seq']}"
        if event["seq"] != result.events:
            result.problems.append(f"{where} stands in the place of event {result.events}")
        if link(stream, event, previous).hex() != event["hash"]:
            result.problems.append(f"{where} was changed, or the one before it")
        previous = bytes.fromhex(event["hash"])
        _check_contents(event, where, erased, result)
    if result.events != manifest["events"]:
        result.problems.append(f"{manifest['events']} events were exported, {result.events} are here")
    result.problems += [f"event {seq} was erased and no event records it" for seq in erased]


def _check_votes(bundle: zipfile.ZipFile, result: Result) -> None:
    """Count every secret vote again: the box is the one whose hash was recorded, and holds what the record says."""
    boxes = json.loads(bundle.read(VOTES)) if VOTES in bundle.namelist() else {}
    for event in map(json.loads, _lines(bundle, EVENTS)):
        if event["kind"] != "vote.closed" or event["redacted_at"] is not None or event.get("withheld"):
            continue
        told = json.loads(event["body"])
        box = boxes.pop(told["task_id"], [])
        if "box" not in told:
            continue
        lines = "".join(f"{ballot} {choice}\n" for ballot, choice in sorted(box))
        counts = {name: sum(choice == name for _, choice in box) for name in ("yes", "no", "abstain")}
        if hashlib.sha256(lines.encode()).hexdigest() != told["box"] or any(told[n] != counts[n] for n in counts):
            result.problems.append(f"the ballots of the vote in event {event['seq']} are not those that were counted")
    result.problems += [f"no event records the vote {task_id}" for task_id in boxes]


def _check_contents(event: dict[str, Any], where: str, erased: dict[int, str], result: Result) -> None:
    if event["redacted_at"] is not None:
        result.erased += 1
        erased[event["seq"]] = event["redacted_at"]
    elif event.get("withheld"):
        result.withheld += 1
    elif digest(event) != event["digest"]:
        result.problems.append(f"the contents of {where} were changed")
    elif event["kind"] == "audit.redacted":
        erased.pop(json.loads(event["body"])["seq"], None)


def link(stream: str, event: dict[str, Any], previous: bytes) -> bytes:
    """The hash of an event: its place, time, actor, kind and the digest of its contents, and its predecessor."""
    parts = [event[name] for name in ("seq", "at", "actor_id", "on_behalf_of", "kind", "element_id", "digest")]
    return hashlib.sha256(_compact([stream, *parts, previous.hex()])).digest()


def digest(event: dict[str, Any]) -> str:
    """The salted digest of an event's body and sensitive part."""
    state = hashlib.sha256(bytes.fromhex(event["salt"]))
    sealed = event["sensitive"]
    for part in (event["body"].encode(), b"" if sealed is None else b"\x01" + sealed.encode()):
        state.update(len(part).to_bytes(8, "big"))
        state.update(part)
    return state.hexdigest()


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _check_checkpoints(bundle: zipfile.ZipFile, key: Ed25519PublicKey, stream: str, result: Result) -> None:
    hashes = {event["seq"]: event["hash"] for event in map(json.loads, _lines(bundle, EVENTS))}
    for line in _lines(bundle, CHECKPOINTS):
        payload, signature = line.split("\t")
        heads = json.loads(payload)["heads"]
        root = merkle([_compact(head) for head in heads]).hex()
        signed = _is_signed(key, base64.b64decode(signature, validate=True), payload.encode())
        if not signed or root != json.loads(payload)["root"]:
            result.problems.append(f"checkpoint {json.loads(payload)['n']} is not signed by this key")
            continue
        for name, seq, value in heads:
            if name == stream and hashes.get(seq, value) != value:
                result.problems.append(f"event {seq} is not the one that was signed")
            elif name == stream and seq in hashes:
                result.sealed = max(result.sealed, seq)


def merkle(leaves: list[bytes]) -> bytes:
    """Root over the leaves, leaves and nodes told apart as in RFC 6962 §2.1."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + merkle(leaves[:half]) + merkle(leaves[half:])).digest()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python verify.py BUNDLE.zip")
    found = verify(sys.argv[1])
    sys.stdout.write(found.text() + "\n")
    sys.exit(1 if found.problems else 0)

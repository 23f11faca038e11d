"""What is hashed and how: the bytes that bind an event to its stream, its place and its predecessor."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

ZERO = bytes(32)


def moment(at: datetime) -> str:
    """One spelling for one moment: UTC, always with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be recorded")


def encoded(value: Any) -> bytes:
    """JSON with sorted keys; decimals as text."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_SORT_KEYS)


def digest(salt: bytes, body: bytes, sensitive: bytes | None) -> bytes:
    """Salted digest of the body and of the sensitive part in plain, so that rotating keys changes no hash."""
    state = hashlib.sha256(salt)
    for part in (body, b"" if sensitive is None else b"\x01" + sensitive):
        state.update(len(part).to_bytes(8, "big"))
        state.update(part)
    return state.digest()


def link(
    previous: bytes,
    stream: str,
    seq: int,
    at: datetime,
    who: tuple[str, str | None],
    what: tuple[str, str],
    body_digest: bytes,
) -> bytes:
    """Hash of one event; `who` is actor and on whose behalf, `what` is kind and element."""
    fields = [stream, seq, moment(at), *who, *what, body_digest.hex(), previous.hex()]
    return hashlib.sha256(orjson.dumps(fields)).digest()


def merkle(leaves: Sequence[bytes]) -> bytes:
    """Root of a tree over `leaves` (at least one), leaves and nodes told apart as in RFC 6962 §2.1."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + merkle(leaves[:half]) + merkle(leaves[half:])).digest()

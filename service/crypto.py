"""Encryption of single fields and blind indexes under one ring of rotating keys (policy §7, design §3.3)."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

from service.errors import Invalid

FORMAT = b"\x01"
KEY_ID = 4
NONCE = 12
HEADER = len(FORMAT) + KEY_ID + NONCE


def _derived(key: bytes, purpose: bytes) -> bytes:
    """A key for one purpose, so that an index never reveals anything about a ciphertext."""
    return hmac.digest(key, b"lectern " + purpose, "sha256")


class KeyRing:
    """Keys of one installation, newest first: the first encrypts and indexes, every one decrypts.

    `keys` are base64 texts of 32 bytes each; Invalid("config.field_key") for anything else or for none.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        raw = [_decoded(key) for key in keys]
        if not raw:
            raise Invalid("config.field_key")
        self._ids = [hashlib.sha256(b"lectern key id" + key).digest()[:KEY_ID] for key in raw]
        self._ciphers = {i: AESGCM(_derived(key, b"field")) for i, key in zip(self._ids, raw, strict=True)}
        self._index_keys = [_derived(key, b"index") for key in raw]

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the keys (8 hex digits), newest first; they stand in what was encrypted and tell nothing."""
        return tuple(key_id.hex() for key_id in self._ids)

    def encrypt(self, plain: bytes, context: bytes = b"") -> bytes:
        """Format byte, key id, nonce, AES-256-GCM; `context` (table, row) binds the ciphertext to its place."""
        header = FORMAT + self._ids[0]
        nonce = os.urandom(NONCE)
        return header + nonce + self._ciphers[self._ids[0]].encrypt(nonce, plain, header + context)

    def decrypt(self, sealed: bytes, context: bytes = b"") -> bytes:
        """The plain bytes; Invalid("crypto.unknown_key") without its key, Invalid("crypto.altered") when changed."""
        cipher = self._ciphers.get(sealed[1 : 1 + KEY_ID]) if sealed[:1] == FORMAT else None
        if cipher is None:
            raise Invalid("crypto.unknown_key")
        header, nonce = sealed[: 1 + KEY_ID], sealed[1 + KEY_ID : HEADER]
        try:
            return cipher.decrypt(nonce, sealed[HEADER:], header + context)
        except (InvalidTag, ValueError) as altered:
            raise Invalid("crypto.altered") from altered

    def is_current(self, sealed: bytes) -> bool:
        """Whether the newest key encrypted it; rotation writes the others again."""
        return sealed[1 : 1 + KEY_ID] == self._ids[0]

    def blind_index(self, value: str) -> str:
        """HMAC-SHA-256 (64 hex digits) under the newest key: equal values have equal indexes, nothing else is told."""
        return hmac.digest(self._index_keys[0], value.encode(), "sha256").hex()

    def blind_indexes(self, value: str) -> tuple[str, ...]:
        """The index under every key, newest first: what a search compares with while a rotation is under way."""
        return tuple(hmac.digest(key, value.encode(), "sha256").hex() for key in self._index_keys)


def _decoded(key: str) -> bytes:
    try:
        raw = base64.b64decode(key, validate=True)
    except ValueError as unreadable:
        raise Invalid("config.field_key") from unreadable
    if len(raw) != 32:
        raise Invalid("config.field_key")
    return raw


@lru_cache(maxsize=8)
def ring_of(keys: tuple[str, ...]) -> KeyRing:
    """The ring of these keys; the derived ciphers are kept."""
    return KeyRing(keys)


def ring() -> KeyRing:
    """The ring of the running application (LECTERN_FIELD_KEYS)."""
    return ring_of(current_app.extensions["lectern.settings"].field_keys)

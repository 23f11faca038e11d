"""Argon2id hashes of passwords; callers hash and verify before they open a transaction."""

import base64
import os
from functools import lru_cache
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from flask import current_app


class Cost(NamedTuple):
    """Passes, memory in KiB and lanes of one hash."""

    passes: int
    memory: int
    lanes: int


UNSET = "!"
"""How the hash of an account begins whose holder has chosen no password yet."""
DEFAULT = Cost(passes=2, memory=19_456, lanes=1)
"""The OWASP minimum for Argon2id: about 40 ms; 20 logins at once stay below 400 MB."""


def cost() -> Cost:
    """The cost of this installation: `PASSWORD_COST` of the application's configuration, else DEFAULT."""
    return Cost(*current_app.config.get("PASSWORD_COST", DEFAULT))


@lru_cache(maxsize=4)
def _hasher(wanted: Cost) -> PasswordHasher:
    return PasswordHasher(time_cost=wanted.passes, memory_cost=wanted.memory, parallelism=wanted.lanes)


@lru_cache(maxsize=4)
def _stand_in(wanted: Cost) -> str:
    """One such hash, kept: it makes an unknown name take as long as a known one."""
    return _made_up(wanted)


def _made_up(wanted: Cost) -> str:
    """A hash that no password has, of the same cost as others."""
    salt, tag = (base64.b64encode(os.urandom(n)).decode().rstrip("=") for n in (16, 32))
    return f"$argon2id$v=19$m={wanted.memory},t={wanted.passes},p={wanted.lanes}${salt}${tag}"


def unusable() -> str:
    """A hash that no password has, for an account whose holder has not chosen one yet."""
    return UNSET + _made_up(cost())


def is_set(stored: str) -> bool:
    """Whether somebody has chosen the password."""
    return not stored.startswith(UNSET)


def hashed(password: str) -> str:
    """The encoded hash to store."""
    return _hasher(cost()).hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password has the stored hash; None (nobody of that name) takes the same time and is false."""
    wanted = cost()
    try:
        return _hasher(wanted).verify((stored or _stand_in(wanted)).removeprefix(UNSET), password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def renewed(stored: str, password: str) -> str | None:
    """A new hash when the stored one has another cost than today's, else None."""
    hasher = _hasher(cost())
    return hasher.hash(password) if hasher.check_needs_rehash(stored) else None

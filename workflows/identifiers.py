"""Identifiers of rows and tokens. Apart, as the process in which the engine tries a diagram loads no database."""

import os
import time
from uuid import UUID


def new_id() -> str:
    """A UUIDv7 as text (RFC 9562 §5.7, §6.2 method 3): sorts by the quarter of a microsecond in which it was made."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction, chance = rest * 4096 // 1_000_000, int.from_bytes(os.urandom(8), "big") >> 2
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | chance
    return str(UUID(int=value))

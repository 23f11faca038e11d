"""The draw of a committee: random, fair, and repeatable by anybody who is told the seed. Pure.

Every expert gets the number SHA-256(seed, id); the lowest numbers sit. No library's generator is asked, so that the
same seed gives the same order for ever, in any language.
"""

import hashlib
from collections.abc import Iterable, Sequence

SEED_BYTES = 16


def order(seed: str, expert_ids: Iterable[str]) -> list[str]:
    """The experts in the order of the draw; the order in which they are given does not matter."""
    return sorted(set(expert_ids), key=lambda expert_id: (_number(seed, expert_id), expert_id))


def _number(seed: str, expert_id: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{expert_id}".encode()).digest()


def pool_hash(expert_ids: Sequence[str]) -> str:
    """SHA-256 over the ids of the pool, sorted, a line each: says what was drawn from."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(expert_ids)).encode()).hexdigest()

"""What a placement is worth, in whole points, and the lot that decides between equals."""

import hashlib

from service.flows.exchange.matching.problem import REQUIRED, Opening, Teacher

LONGEST = 5
"""Wishes that count."""
WISH, UNWISHED, DUTY, RURAL, RANK, LOTS = 100, -300, 150, 60, 90, 10


def worth(teacher: Teacher, opening: Opening, number: int, rank: int | None) -> int:
    """Points of a placement: the wish first, then the duty to be exchanged, the school's rank, the rural need.

    Where somebody did not wish to go it is below nothing: nobody is sent there unless a goal needs it.
    """
    wish = WISH * max(1, LONGEST + 1 - number) + _duty(teacher) if number else UNWISHED + _duty(teacher) // 2
    return wish + _rank(rank) + (RURAL if opening.rural else 0)


def lot(seed: int, teacher_id: str, opening_id: str) -> int:
    """0 to 9: drawn by the recorded seed alone, so that a repeat draws the same and nobody can choose it."""
    drawn = hashlib.sha256(f"{seed}:{teacher_id}:{opening_id}".encode()).digest()
    return drawn[0] % LOTS


def _duty(teacher: Teacher) -> int:
    return DUTY if teacher.duty == REQUIRED else 0


def _rank(rank: int | None) -> int:
    return 0 if rank is None else max(0, RANK - 10 * (rank - 1))

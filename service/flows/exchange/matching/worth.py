"""What a placement is worth, in whole points, and the lot that decides between equals."""

import hashlib

from service.flows.exchange.matching.problem import REQUIRED, Opening, Teacher, Weights

LONGEST, LOTS = 5, 10
"""Wishes that count; how many lots are drawn from, each of them less than any point."""


def worth(weights: Weights, teacher: Teacher, opening: Opening, number: int, rank: int | None) -> int:
    """Points of a placement by the weights of the round: the wish, the duty to be exchanged, rank, rural need.

    Where somebody did not wish to go it is below nothing: nobody is sent there unless a goal needs it.
    """
    duty = weights.duty if teacher.duty == REQUIRED else 0
    wish = weights.wish * max(1, LONGEST + 1 - number) + duty if number else duty // 2 - weights.unwished
    return wish + _rank(weights, rank) + (weights.rural if opening.rural else 0)


def lot(seed: int, teacher_id: str, opening_id: str) -> int:
    """0 to 9: drawn by the recorded seed alone, so that a repeat draws the same and nobody can choose it."""
    drawn = hashlib.sha256(f"{seed}:{teacher_id}:{opening_id}".encode()).digest()
    return drawn[0] % LOTS


def _rank(weights: Weights, rank: int | None) -> int:
    """The whole weight for the first, a ninth less for each after, nothing from the tenth on."""
    return 0 if rank is None else weights.rank * max(0, 10 - rank) // 9

"""The token game of one scope: where tokens may stand, how they move, and every marking that can be reached."""

from workflows.checks.game.explore import LIMIT, Exploration, Marking, explore
from workflows.checks.game.net import Net
from workflows.checks.game.steps import AUTOMATIC, Throws, throws_of, waits_in
from workflows.checks.game.together import Fork, forks

__all__ = [
    "AUTOMATIC",
    "LIMIT",
    "Exploration",
    "Fork",
    "Marking",
    "Net",
    "Throws",
    "explore",
    "forks",
    "throws_of",
    "waits_in",
]

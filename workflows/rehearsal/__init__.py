"""A case that is only tried: in memory, with answers in the place of operations; nothing is stored, nobody is told."""

from workflows.rehearsal.budget import Budget
from workflows.rehearsal.moves import Answer, Asking, Move, Open, Rehearsal, Turn, Wait
from workflows.rehearsal.play import rehearse

__all__ = ["Answer", "Asking", "Budget", "Move", "Open", "Rehearsal", "Turn", "Wait", "rehearse"]

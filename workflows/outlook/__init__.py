"""What may come next in a case: a walk over the diagram with what is known so far; nothing is run, nothing written."""

from workflows.outlook.start import outlook_from_start, outlook_of
from workflows.outlook.steps import Branch, Guide, Reads, Step

__all__ = ["Branch", "Guide", "Reads", "Step", "outlook_from_start", "outlook_of"]

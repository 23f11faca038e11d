"""What goes wrong with a folder that a rule refuses, when it runs without the gate: a function for each rule.

Each says whether it goes wrong with these files; the tests hold that it does with every refused example of the rule and
does not with its neighbour.
"""

from tests.workflows.checks.wrong import drawn, filed, told, waits
from tests.workflows.checks.wrong.proofs import WRONG

__all__ = ["WRONG", "drawn", "filed", "told", "waits"]

"""The proofs by rule."""

from collections.abc import Callable

from tests.workflows.checks.wrong.runs import Files

Wrong = Callable[[Files], bool]
WRONG: dict[str, Wrong] = {}


def goes_wrong(*rules: str) -> Callable[[Wrong], Wrong]:
    """Declare the decorated function as what goes wrong where one of these rules is broken."""

    def declare(proof: Wrong) -> Wrong:
        for rule in rules:
            assert rule not in WRONG, rule
            WRONG[rule] = proof
        return proof

    return declare

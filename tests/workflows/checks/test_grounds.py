"""No rule without a ground: the engine cannot read the example, it goes wrong when it runs, or a clause forbids it.

What goes wrong is tried without the gate, on the example that the rule refuses and on its neighbour that passes.
"""

import pytest

from tests.workflows.checks.grounds import CLAUSES
from tests.workflows.checks.test_examples import ELSEWHERE, EXAMPLES, name_of
from tests.workflows.checks.wrong import WRONG
from tests.workflows.checks.wrong.county import COUNTY
from tests.workflows.checks.wrong.runs import built
from workflows.checks import REGISTRY
from workflows.errors import LecternError

ERRORS = {rule.id for rule in REGISTRY.values() if rule.severity == "error"} - ELSEWHERE


def refused_by_the_engine(example):
    """Whether no version can be made of the example: nothing of it ever runs."""
    try:
        built(example.folder(example.bad))
    except LecternError:
        return True
    return False


READ = [example for example in EXAMPLES if not refused_by_the_engine(example)]


@pytest.mark.parametrize("example", [one for one in READ if one.rule in WRONG], ids=name_of)
def test_refused_example_goes_wrong_without_the_gate_and_its_neighbour_does_not(example):
    goes_wrong = WRONG[example.rule]
    assert goes_wrong(example.folder(example.bad))
    assert not goes_wrong(example.folder(example.good))


def test_every_example_of_an_error_is_unreadable_goes_wrong_or_is_forbidden_by_a_clause():
    assert {example.rule for example in READ} & ERRORS - WRONG.keys() - COUNTY.keys() == CLAUSES.keys()


def test_every_error_has_an_example_here_and_no_proof_is_left_of_a_rule_that_is_gone():
    assert {example.rule for example in EXAMPLES} >= ERRORS
    assert {*WRONG, *COUNTY, *CLAUSES} <= REGISTRY.keys()
    assert not {*WRONG, *COUNTY} & CLAUSES.keys()

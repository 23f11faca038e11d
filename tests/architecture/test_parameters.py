"""Whoever reads a parameter that a school may have of its own says of which school it is asked."""

import ast

from service.parameters.registry import PARAMETERS
from tests.architecture.trees import Function, modules

SCOPED = {key for key, parameter in PARAMETERS.items() if parameter.scopes}
BLIND = {"county", "COUNTY"}
"""What reads for the whole county: the view, and the constant that is handed to the others."""


def reads(function: Function) -> tuple[set[str], set[str]]:
    """The parameters of schools that a function names, and by what it reads for the whole county."""
    found = list(ast.walk(function))
    keys = {one.value for one in found if isinstance(one, ast.Constant) and isinstance(one.value, str)} & SCOPED
    names = {one.id for one in found if isinstance(one, ast.Name)}
    return keys, (names | {one.attr for one in found if isinstance(one, ast.Attribute)}) & BLIND


def test_no_function_reads_a_parameter_of_schools_for_the_whole_county() -> None:
    functions = [(module.name, function) for module in modules("service") for function in module.functions]
    found = [(name, function.name, *reads(function)) for name, function in functions]
    assert [one for one in found if one[2]], "somebody reads one"
    assert [one for one in found if one[2] and one[3]] == []

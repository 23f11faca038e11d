"""Trees → closures."""

from workflows.feel.compiling import calls, iteration, literals, logic
from workflows.feel.compiling.core import Compiler
from workflows.feel.compiling.tests import compile_tests

__all__ = ["Compiler", "calls", "compile_tests", "iteration", "literals", "logic"]

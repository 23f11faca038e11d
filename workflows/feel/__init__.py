"""FEEL, the expression language of DMN 1.5: text is compiled once to closures and evaluated within a budget.

It does no input or output, never touches attributes of Python objects, and knows nothing of the rest of Lectern.
"""

from workflows.feel.errors import FeelBudgetError, FeelError, FeelSyntaxError, FeelWarning
from workflows.feel.expression import Expression, UnaryTests, compile_expression, compile_unary
from workflows.feel.frame import Scope
from workflows.feel.printing import plain
from workflows.feel.values import Function, Range, YearsMonths

__all__ = [
    "Expression",
    "FeelBudgetError",
    "FeelError",
    "FeelSyntaxError",
    "FeelWarning",
    "Function",
    "Range",
    "Scope",
    "UnaryTests",
    "YearsMonths",
    "compile_expression",
    "compile_unary",
    "plain",
]

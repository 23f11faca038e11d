"""XPath regular expressions in linear time: no pattern can make a match slow, there is no backtracking.

Back-references cannot be matched in linear time and are refused; so are Unicode blocks (\\p{IsGreek}).
"""

from workflows.feel.regex.machine import finditer, search
from workflows.feel.regex.program import PatternError, Program, compile_pattern
from workflows.feel.regex.template import group, template

__all__ = ["PatternError", "Program", "compile_pattern", "finditer", "group", "search", "template"]

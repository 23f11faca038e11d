"""Syntax trees of FEEL as text again, and texts of every construct at random: what the parser is tried with."""

from collections.abc import Callable

from hypothesis import strategies as st
from lark import Token, Tree

Node = Tree[Token]
_JOINED = {"conjunction": " and ", "disjunction": " or ", "arithmetic": " ", "comparison": " ", "type": "."}


def write(tree: Node | Token) -> str:
    """The text of a tree; parsing it gives the same tree."""
    if isinstance(tree, Token):
        return str(tree)
    parts = [write(child) for child in tree.children]
    if tree.data in _JOINED:
        return _JOINED[tree.data].join(parts)
    writer = _WRITERS.get(tree.data)
    return writer(parts) if writer else "".join(parts)


def _types(parts: list[str]) -> str:
    """NAME < one, two >"""
    return f"{parts[0]}<{', '.join(parts[2:-1])}>"


_WRITERS: dict[str, Callable[[list[str]], str]] = {
    "true": lambda p: "true",
    "false": lambda p: "false",
    "null": lambda p: "null",
    "list": lambda p: f"[{', '.join(p[1:-1])}]",
    "range": lambda p: f"{p[0]}{p[1]}..{p[2]}{p[3]}",
    "context": lambda p: "{" + ", ".join(p) + "}",
    "entry": ": ".join,
    "named": ": ".join,
    "field": ": ".join,
    "parameter": ": ".join,
    "member": lambda p: f".{p[0]}",
    "filter": lambda p: f"[{p[0]}]",
    "call": lambda p: f"({', '.join(p[:-1])})",
    "named_call": lambda p: f"({', '.join(p[:-1])})",
    "negation": lambda p: f"-{p[1]}",
    "between": lambda p: f"{p[0]} between {p[1]} and {p[2]}",
    "within": lambda p: f"{p[0]} in {p[1]}",
    "in_list": lambda p: f"({', '.join(p[1:-1])})",
    "compare_test": " ".join,
    "instance_of": lambda p: f"{p[0]} instance of {p[1]}",
    "condition": lambda p: f"if {p[0]} then {p[1]} else {p[2]}",
    "iteration": lambda p: f"{p[0]} in {'..'.join(p[1:])}",
    "loop": lambda p: f"for {', '.join(p[:-1])} return {p[-1]}",
    "quantified": lambda p: f"{p[0]} {', '.join(p[1:-1])} satisfies {p[-1]}",
    "function": lambda p: f"function({', '.join(p[2:-2])}) {p[-1]}",
    "generic_type": _types,
    "context_type": _types,
    "function_type": lambda p: f"function<{', '.join(p[2:-2])}> -> {p[-1]}",
    "null_type": lambda p: "null",
}

_NAMES = st.sampled_from(["a", "学段", "class size", "date", "x"])
_TYPES = st.sampled_from(
    ["number", "date and time", "list<string>", "context<a: number, b c: list<Any>>", "range<date>",
     "function<number, string> -> list<number>", "function<> -> Null", "days and time duration"]
)  # fmt: skip
_LEAVES = st.sampled_from(
    ["1", ".5", "1.2e3", '"a\\"b"', "true", "false", "null", '@"P1D"', "a", "学段", "class size", "[]", "{}", "(< 5)",
     "[1..5)", "(]a..b[)", "count", "(= x)", "@\"2026-09-01\""]
)  # fmt: skip
_TEMPLATES = (
    "{0} + {1} - {2}", "{0} * {1}", "{0} ** ({1})", "-({0})", "({0}) = ({1})", "({0}) >= ({1})", "{0} and {1}",
    "{0} or {1} or {2}", "({0}) between ({1}) and ({2})", "({0}) in ({1})", "(({0}) in ({1}, < ({2}), [1..2]))",
    "({0}) in >= ({1})", "({0}) instance of {type}", "if {0} then {1} else {2}", "for {name} in {0} return {1}",
    "for {name} in ({0})..({1}), i in {2} return i", "some {name} in {0} satisfies {1}",
    "every {name} in {0}, j in [j] satisfies {1}", "function({name}: {type}, other) {0}", "function() {0}",
    "({0}).{name}", "({0})[{1}]",
    "({0})({1}, {2})", "({0})({name}: {1})", "[{0}, {1}]", "{{{name}: {0}, \"k k\": {1}}}",
    "[({0})..({1})]", "(({0})..({1})]", "string length({0})", "date and time({0})", "{0}",
)  # fmt: skip


def _filled(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda template, a, b, c, name, kind: template.format(a, b, c, name=name, type=kind),
        st.sampled_from(_TEMPLATES), inner, inner, inner, _NAMES, _TYPES,
    )  # fmt: skip


EXPRESSIONS = st.recursive(_LEAVES, _filled, max_leaves=8)
"""Texts that are FEEL, of every construct."""

"""Regular expressions: XPath's syntax, checked against Python's re, and refused constructs."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.feel import compile_expression
from workflows.feel.regex import PatternError, compile_pattern, finditer, search

CASES: list[tuple[str, Any]] = [
    ('matches("foobar", "^fo*b")', True),
    ('matches("foobar", "^Fo*bar")', False),
    ('matches("foobar", "^Fo*bar", "i")', True),
    ('matches("a\nb", "a.b")', False),
    ('matches("a\nb", "a.b", "s")', True),
    ('matches("a\nb", "^b", "m")', True),
    ('matches("a b", "a  b", "x")', False),
    ('matches("ab", "a  b", "x")', True),
    ('matches("a.c", "a.c", "q")', True),
    ('matches("abc", "a.c", "q")', False),
    ('matches("教师", "^\\p{L}+$")', True),
    ('matches("x1", "^\\i\\c*$")', True),
    ('matches("e", "[a-z-[aeiou]]")', False),
    ('matches("f", "[a-z-[aeiou]]")', True),
    ('matches("13800000000", "^1\\d{10}$")', True),
    ('matches("a", "(a")', None),
    ('matches("aa", "(a)\\1")', None),
    ('matches("a", "a", "z")', None),
    ('replace("abracadabra", "bra", "*")', "a*cada*"),
    ('replace("abracadabra", "a.*a", "*")', "*"),
    ('replace("abracadabra", "a.*?a", "*")', "*c*bra"),
    ('replace("abracadabra", "a(.)", "a$1$1")', "abbraccaddabbra"),
    ('replace("abracadabra", "(a)|(b)", "[$1$2]")', "[a][b]r[a]c[a]d[a][b]r[a]"),
    ('replace("abc", "b", "\\$")', "a$c"),
    ('replace("abc", "b", "$")', None),
    ('replace("abc", ".*?", "x")', None),
    ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
    ('split("John  Doe", "\\s+")', ["John", "Doe"]),
    ('extract("references are 1234, 1256", "12[0-9]*")', ["1234", "1256"]),
]


@pytest.mark.parametrize(("text", "value"), CASES)
def test_pattern_does_what_xpath_says(text: str, value: Any) -> None:
    assert compile_expression(text).evaluate({}) == value


def _patterns() -> st.SearchStrategy[str]:
    atoms = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", "\\d", "(?:a|bc)", "(a)", "(b|c)"])
    quantified = st.builds(lambda a, q: a + q, atoms, st.sampled_from(["", "*", "+", "?", "*?", "+?", "{2}", "{1,3}"]))
    sequence = st.lists(quantified, min_size=1, max_size=4).map("".join)
    return st.lists(sequence, min_size=1, max_size=3).map("|".join)


@settings(deadline=None)
@given(_patterns(), st.text("abc1", max_size=12))
def test_matches_are_those_of_python(pattern: str, text: str) -> None:
    program = compile_pattern(pattern)
    found = search(program, text, 0, lambda _: None)
    expected = re.search(pattern, text)
    assert (found[:2] if found else None) == (expected.span() if expected else None)
    assert [g[:2] for g in finditer(program, text, lambda _: None)] == [
        match.span() for match in _non_empty(pattern, text)
    ]


def _non_empty(pattern: str, text: str) -> list[re.Match[str]]:
    """Matches from left to right as finditer of the machine takes them: an empty one moves on by one character."""
    found, at = [], 0
    while at <= len(text) and (match := re.compile(pattern).search(text, at)):
        if match.end() > match.start():
            found.append(match)
        at = match.end() if match.end() > match.start() else match.start() + 1
    return found


@pytest.mark.parametrize(
    "pattern", ["(", ")", "*a", "a**", "[a", "[b-a]", "a{3,2}", "a{99999}", "\\q", "\\p{Xx}", "(a)\\1"]
)
def test_a_wrong_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)

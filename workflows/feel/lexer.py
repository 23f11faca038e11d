"""Lexemes → tokens: FEEL names may hold spaces and operators, so the lexer knows which names are in scope."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lark import Token
from lark.lexer import Lexer

from workflows.feel.builtins import spaced_names
from workflows.feel.members import SPACED_MEMBERS
from workflows.feel.scanner import Lexeme, foreign, scan, words
from workflows.feel.types import SPACED_TYPES

KEYWORDS = {
    "or": "_OR", "and": "_AND", "between": "_BETWEEN", "in": "_IN", "instance": "_INSTANCE", "of": "_OF",
    "if": "_IF", "then": "_THEN", "else": "_ELSE", "for": "_FOR", "return": "_RETURN", "some": "SOME", "every": "EVERY",
    "satisfies": "_SATISFIES", "function": "FUNCTION", "external": "EXTERNAL", "true": "TRUE", "false": "FALSE",
    "null": "NULL",
}  # fmt: skip
SYMBOLS = {
    "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB", "{": "_LBRACE", "}": "_RBRACE", ",": "_COMMA", ":": "_COLON",
    ".": "_DOT", "..": "_DOTDOT", "->": "_ARROW", "+": "PLUS", "-": "MINUS", "*": "STAR", "/": "SLASH", "**": "POW",
    "=": "EQ", "!=": "NE", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE",
}  # fmt: skip
_OPERAND_ENDS = frozenset(
    ("NAME", "NUMBER", "STRING", "AT", "TRUE", "FALSE", "NULL", "RPAR", "RSQB", "RCLOSE", "_RBRACE")
)
_NAME_SYMBOLS = frozenset("./-'+*")
_ITERATIONS = ("for", "some", "every")
_LONGEST_NAME = 24


@dataclass(frozen=True)
class Source:
    """What the lexer reads: the text, the declared names of several words, and whether it is a list of unary tests."""

    text: str
    names: frozenset[str]
    unary: bool


class NameTable:
    """Names of several lexemes by their first one, longest first, each with its spelling."""

    def __init__(self, spellings: Mapping[tuple[str, ...], str]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in sorted(spellings, key=len, reverse=True):
            self._by_first.setdefault(name[0], []).append((name, spellings[name]))

    def longest(self, lexemes: list[Lexeme], index: int) -> tuple[int, str]:
        """How many lexemes from index on form the longest known name, and its spelling (1: only the word itself)."""
        for name, spelling in self._by_first.get(lexemes[index].text, ()):
            end = index + len(name)
            if end <= len(lexemes) and all(a.text == b for a, b in zip(lexemes[index:end], name, strict=True)):
                return len(name), spelling
        return 1, lexemes[index].text


_BUILT_IN = NameTable({words(name): name for name in (*spaced_names(), *SPACED_MEMBERS, *SPACED_TYPES)})


def introduced(lexemes: list[Lexeme]) -> Iterator[list[Lexeme]]:
    """Names of several words that the text itself introduces: keys, parameters and variables of iterations."""
    levels = [""]
    for index, lexeme in enumerate(lexemes):
        text = lexeme.text
        if text in ("(", "[", "{"):
            levels.append("parameters" if index and lexemes[index - 1].text == "function" else "")
        elif text in (")", "]", "}") and len(levels) > 1:
            levels.pop()
        elif text in _ITERATIONS:
            levels[-1] = "iterations"
        elif text in ("return", "satisfies"):
            levels[-1] = ""
        name = _name_after(lexemes, index, _ends(text, levels[-1]))
        if len(name) > 1:
            yield name


def _ends(text: str, level: str) -> tuple[str, ...]:
    """What would end a new name that starts after this lexeme; empty when no name can start there."""
    if text in _ITERATIONS:
        return ("in",)
    if text == "," and level == "iterations":
        return ("in", ":")
    if text in ("(", ",") and level == "parameters":
        return (":", ",", ")")
    return (":",) if text in ("{", ",", "(", "<") else ()


def _name_after(lexemes: list[Lexeme], index: int, ends: tuple[str, ...]) -> list[Lexeme]:
    if not ends or index + 1 >= len(lexemes) or lexemes[index + 1].kind != "name":
        return []
    found: list[Lexeme] = []
    for lexeme in lexemes[index + 1 : index + 2 + _LONGEST_NAME]:
        if lexeme.text in ends:
            return found
        if lexeme.kind not in ("name", "number") and lexeme.text not in _NAME_SYMBOLS:
            return []
        found.append(lexeme)
    return []


def _names_of(source: Source, lexemes: list[Lexeme]) -> NameTable:
    """The declared names of a source and those its text introduces, in the spelling of their first occurrence."""
    spellings = {words(name): " ".join(name.split()) for name in source.names}
    for name in introduced(lexemes):
        spelled = source.text[name[0].start : name[-1].start + len(name[-1].text)]
        spellings.setdefault(tuple(lexeme.text for lexeme in name), " ".join(spelled.split()))
    return NameTable(spellings)


class FeelLexer(Lexer):
    """Lark's view of the lexer; the text comes as a Source."""

    def __init__(self, lexer_conf: Any) -> None:
        self.conf = lexer_conf

    def lex(self, source: Any) -> Iterator[Token]:  # type: ignore[override]  # Lark passes the text for this signature
        """The tokens of a Source; raises FeelSyntaxError for a character or string that cannot be read."""
        lexemes = scan(source.text)
        return _Reading(source, lexemes, _names_of(source, lexemes)).tokens()


class _Reading:
    """One pass over the lexemes, with the stack of open brackets that tells the kinds of brackets apart."""

    def __init__(self, source: Source, lexemes: list[Lexeme], names: NameTable) -> None:
        self.source = source
        self.lexemes = lexemes
        self.names = names
        self.previous = ""
        self.ranges: list[bool] = [False]
        self.functions: list[int] = []

    def tokens(self) -> Iterator[Token]:
        index = 0
        while index < len(self.lexemes):
            length, kind, value = self._classify(index)
            first, last = self.lexemes[index], self.lexemes[index + length - 1]
            self.previous = "" if kind == "RPAR" and self._ends_parameters() else kind
            yield Token(kind, value, start_pos=first.start, end_pos=last.start + len(last.text))
            index += length

    def _classify(self, index: int) -> tuple[int, str, str]:
        """How many lexemes the next token takes, its kind and its value."""
        lexeme = self.lexemes[index]
        if lexeme.kind == "symbol":
            return 1, self._symbol(index, lexeme), lexeme.text
        if lexeme.kind != "name":
            return 1, lexeme.kind.upper(), lexeme.text
        known = (names.longest(self.lexemes, index) for names in (self.names, _BUILT_IN))
        length, spelling = max(known, key=lambda found: found[0])
        if length > 1 or self.previous == "_DOT" or self._text(index + 1) == ":":
            return length, "NAME", spelling
        return 1, self._word(index, lexeme.text), spelling

    def _word(self, index: int, word: str) -> str:
        if index == 0 and self.source.unary and word == "not" and self._wraps_all():
            return "_NOT"
        if word == "external" and self._text(index + 1) != "{":
            return "NAME"
        return KEYWORDS.get(word, "NAME")

    def _text(self, index: int) -> str:
        return self.lexemes[index].text if index < len(self.lexemes) else ""

    def _wraps_all(self) -> bool:
        """Whether "not" is followed by one pair of round brackets that ends with the text."""
        depth = 0
        for index, lexeme in enumerate(self.lexemes[1:], start=1):
            depth += (lexeme.text == "(") - (lexeme.text == ")")
            if depth == 0:
                return index > 1 and index == len(self.lexemes) - 1
        return False

    def _symbol(self, index: int, lexeme: Lexeme) -> str:
        text = lexeme.text
        operand = self.previous in _OPERAND_ENDS
        if text == "'":
            raise foreign(self.source.text, lexeme.start)
        if text == ".." and self.ranges:
            self.ranges[-1] = True
        if text in ("(", "{"):
            if self.previous == "FUNCTION":
                self.functions.append(len(self.ranges))
            self.ranges.append(False)
            return "_CALL" if text == "(" and operand else SYMBOLS[text]
        if text == "[":
            return self._opening(index, operand)
        if text == "]" and not operand and self.previous not in ("LSQB", "GT"):
            self.ranges.append(False)
            return "ROPEN"
        if text in (")", "]", "}") and len(self.ranges) > 1:
            self.ranges.pop()
        return SYMBOLS[text]

    def _ends_parameters(self) -> bool:
        """Whether the bracket just closed was that of a function's parameters: a body follows, no call or filter."""
        if self.functions and self.functions[-1] == len(self.ranges):
            self.functions.pop()
            return True
        return False

    def _opening(self, index: int, operand: bool) -> str:
        """A "[": the start of a list or range, of a filter, or the end of an open range such as ]1..2[."""
        if operand and self.ranges[-1] and not (self._starts_operand(index + 1) and self._is_closed(index)):
            self.ranges.pop()
            return "RCLOSE"
        self.ranges.append(False)
        return "_FILTER" if operand else "LSQB"

    def _is_closed(self, index: int) -> bool:
        """Whether a "]" follows that would close the "[" at an index."""
        depth = 0
        for lexeme in self.lexemes[index:]:
            depth += (lexeme.text in ("(", "[", "{")) - (lexeme.text in (")", "]", "}"))
            if depth <= 0:
                return lexeme.text == "]"
        return False

    def _starts_operand(self, index: int) -> bool:
        if index >= len(self.lexemes):
            return False
        lexeme = self.lexemes[index]
        if lexeme.kind == "symbol":
            return lexeme.text in ("(", "[", "{", "-")
        return KEYWORDS.get(lexeme.text, "NAME") not in (
            "_OR",
            "_AND",
            "_IN",
            "_BETWEEN",
            "_INSTANCE",
            "_THEN",
            "_ELSE",
            "_RETURN",
            "_SATISFIES",
        )

"""Pattern → program of the matching machine (Thompson's construction, with Pike's captures)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workflows.feel.regex.classes import (
    ESCAPES,
    Predicate,
    any_char,
    between,
    caseless,
    category,
    either,
    exactly,
    not_newline,
    opposite,
    without,
)

MAX_PATTERN = 500
"""Characters of a pattern."""
MAX_PROGRAM = 1_000
"""Instructions of a program; counted repeats are written out."""
_MAX_NESTING = 30

Step = tuple[Any, ...]
"""("char", predicate) · ("split", first, second) · ("jump", to) · ("save", n) · ("start"|"end", lines) · ("match",)."""


class PatternError(ValueError):
    """The pattern is no XPath regular expression, or one that is not supported."""


@dataclass(frozen=True)
class Program:
    """Instructions, the number of groups with the whole match, and the text itself when the pattern is just a text."""

    steps: tuple[Step, ...]
    groups: int
    literal: str | None


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str = "") -> Program:
    """The program of a pattern; flags i, s, m, x, q as in XPath. Raises PatternError."""
    if set(flags) - set("ismxq"):
        raise PatternError(f"flags {flags}")
    if len(pattern) > MAX_PATTERN:
        raise PatternError("too long")
    plain = "q" in flags or not set(pattern) & set(r"\.[]{}()^$*+?|")
    if plain and not set(flags) & set("ix"):
        return Program((), 1, pattern)
    reader = _Reader(pattern, flags)
    body = _literal(reader, pattern) if "q" in flags else reader.alternatives(0)
    if "q" not in flags and reader.at < len(reader.pattern):
        raise PatternError(f"unexpected {reader.pattern[reader.at]}")
    return Program((("save", 0), *_shift(body, 1), ("save", 1), ("match",)), reader.groups, None)


def _literal(reader: "_Reader", text: str) -> list[Step]:
    return [reader.char(exactly(char)) for char in text]


def _shift(steps: list[Step], by: int) -> list[Step]:
    """The same steps placed further on in the program."""
    return [(step[0], *(to + by for to in step[1:])) if step[0] in ("split", "jump") else step for step in steps]


def _choice(first: list[Step], second: list[Step]) -> list[Step]:
    there = len(first) + 2
    return [("split", 1, there), *_shift(first, 1), ("jump", there + len(second)), *_shift(second, there)]


def _optional(body: list[Step], lazy: bool) -> list[Step]:
    ends = 1, len(body) + 1
    return [("split", *(ends[::-1] if lazy else ends)), *_shift(body, 1)]


def _many(body: list[Step], lazy: bool) -> list[Step]:
    ends = 1, len(body) + 2
    return [("split", *(ends[::-1] if lazy else ends)), *_shift(body, 1), ("jump", 0)]


class _Reader:
    """Recursive descent over a pattern; every method returns steps that start at 0."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.flags = flags
        self.at = 0
        self.groups = 1

    def peek(self, length: int = 1) -> str:
        if "x" in self.flags:
            while self.pattern[self.at : self.at + 1] in tuple(" \t\n\r"):
                self.at += 1
        return self.pattern[self.at : self.at + length]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise PatternError("ends too early")
        self.at += 1
        return char

    def char(self, predicate: Predicate) -> Step:
        return ("char", caseless(predicate) if "i" in self.flags else predicate)

    def alternatives(self, depth: int) -> list[Step]:
        if depth > _MAX_NESTING:
            raise PatternError("nested too deeply")
        branches = [self.sequence(depth)]
        while self.peek() == "|":
            self.take()
            branches.append(self.sequence(depth))
        steps = branches.pop()
        while branches:
            steps = _choice(branches.pop(), steps)
        return steps

    def sequence(self, depth: int) -> list[Step]:
        steps: list[Step] = []
        while self.peek() not in ("", "|", ")"):
            steps += _shift(self.repeated(self.atom(depth)), len(steps))
            if len(steps) > MAX_PROGRAM:
                raise PatternError("too large")
        return steps

    def repeated(self, body: list[Step]) -> list[Step]:
        sign = self.peek()
        if not sign or sign not in "*+?{":
            return body
        low, high = self.bounds(self.take())
        lazy = self.peek() == "?"
        self.at += lazy
        if self.peek() and self.peek() in "*+?{":
            raise PatternError("two quantifiers")
        steps: list[Step] = []
        for index in range(low if high is None else high):
            steps += _shift(body if index < low else _optional(body, lazy), len(steps))
            if len(steps) > MAX_PROGRAM:
                raise PatternError("too large")
        return steps if high is not None else steps + _shift(_many(body, lazy), len(steps))

    def bounds(self, sign: str) -> tuple[int, int | None]:
        if sign != "{":
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        end = self.pattern.find("}", self.at)
        low, comma, high = self.pattern[self.at : end].partition(",") if end > 0 else ("", "", "")
        self.at = end + 1
        if not low.isdecimal() or (high and not high.isdecimal()) or len(low + high) > 8:
            raise PatternError("bad quantifier")
        most = int(high) if high else (None if comma else int(low))
        if most is not None and most < int(low):
            raise PatternError("bad quantifier")
        return int(low), most

    def atom(self, depth: int) -> list[Step]:
        char = self.take()
        if char == "(":
            return self.group(depth)
        if char in "*+?{})]":
            raise PatternError(f"unexpected {char}")
        if char in "^$":
            return [("start" if char == "^" else "end", "m" in self.flags)]
        if char == ".":
            return [("char", any_char if "s" in self.flags else not_newline)]
        predicate = self.bracket(0) if char == "[" else (self.escape() if char == "\\" else exactly(char))
        return [self.char(predicate)]

    def group(self, depth: int) -> list[Step]:
        number = -1
        if self.peek(2) == "?:":
            self.at += 2
        else:
            number = self.groups
            self.groups += 1
        body = self.alternatives(depth + 1)
        if self.peek() != ")":
            raise PatternError("( is not closed")
        self.take()
        return body if number < 0 else [("save", 2 * number), *_shift(body, 1), ("save", 2 * number + 1)]

    def escape(self) -> Predicate:
        char = self.raw()
        if char in "nrt":
            return exactly({"n": "\n", "r": "\r", "t": "\t"}[char])
        if char in ESCAPES:
            return ESCAPES[char]
        if char in "pP":
            opened, start, end = self.raw() == "{", self.at, self.pattern.find("}", self.at)
            found = category(self.pattern[start:end]) if opened and end > 0 else None
            if found is None:
                raise PatternError("unknown category")
            self.at = end + 1
            return found if char == "p" else opposite(found)
        if char in '\\|.-^?*+{}()[]$/"':
            return exactly(char)
        raise PatternError(f"unknown escape {char}")

    def raw(self) -> str:
        """The next character, blanks included."""
        if self.at >= len(self.pattern):
            raise PatternError("ends too early")
        self.at += 1
        return self.pattern[self.at - 1]

    def bracket(self, depth: int) -> Predicate:
        if depth > _MAX_NESTING:
            raise PatternError("nested too deeply")
        negative = self.pattern[self.at : self.at + 1] == "^"
        self.at += negative
        parts: list[Predicate] = []
        removed: Predicate | None = None
        while (char := self.raw()) != "]" or not parts:
            if char == "-" and self.pattern[self.at : self.at + 1] == "[":
                self.at += 1
                removed = self.bracket(depth + 1)
                if self.raw() != "]":
                    raise PatternError("subtraction must come last")
                break
            parts.append(self.member(char))
        found = opposite(either(parts)) if negative else either(parts)
        return found if removed is None else without(found, removed)

    def member(self, char: str) -> Predicate:
        """One character, escape or range of a class."""
        if char == "[":
            raise PatternError("unexpected [")
        if char == "\\" and self.pattern[self.at : self.at + 1] not in tuple("\\|.-^?*+{}()[]$nrt"):
            return self.escape()
        low = self.single(char)
        if self.pattern[self.at : self.at + 1] != "-" or self.pattern[self.at + 1 : self.at + 2] in ("]", "[", ""):
            return exactly(low)
        self.at += 1
        high = self.single(self.raw())
        if high < low:
            raise PatternError("bad range")
        return between(low, high)

    def single(self, char: str) -> str:
        if char != "\\":
            return char
        escaped = self.raw()
        return {"n": "\n", "r": "\r", "t": "\t"}.get(escaped, escaped)

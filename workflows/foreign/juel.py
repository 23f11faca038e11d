"""Expressions of Camunda 7 and Flowable (JUEL) as FEEL, where the two say the same; anything else is refused.

What JUEL coerces silently ("3" == 3, "true" as a condition) FEEL does not: such values are null or false. What is unset
counts as false in both, negated too.
"""

import re
from collections.abc import Iterator, Mapping

from workflows.feel import FeelError, compile_expression

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
    r"""|(?P<name>[^\W\d]\w*)|(?P<sign>&&|\|\||[=!<>]=|[-+*/%<>!?:().,\[\]]))"""
)
_WHOLE = re.compile(r"\s*[$#]\{(?P<inside>[^{}]*)\}\s*")
_PART = re.compile(r"[$#]\{([^{}]*)\}")
_WORDS = {"and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
          "div": "/", "mod": "%"}  # fmt: skip
_BINARY = {"||": (1, "or"), "&&": (2, "and"), "==": (3, "="), "!=": (3, "!="), "<": (4, "<"), ">": (4, ">"),
           "<=": (4, "<="), ">=": (4, ">="), "+": (5, "+"), "-": (5, "-"), "*": (6, "*"), "/": (6, "/"),
           "%": (6, "%")}  # fmt: skip
_UNARY = 7
COMPARING = (3, 4)
"""The levels of comparisons, which FEEL does not let follow each other."""
_CONTEXT = frozenset({"execution", "task", "authenticatedUserId", "variables", "variableScope"})
"""Names that stand for objects of the other engine, not for variables."""
MOST = 2_000


class Untranslatable(Exception):
    """FEEL has nothing that says the same; the message is the part that is meant."""


def is_expression(text: str) -> bool:
    """Whether a text has an expression in it."""
    return _PART.search(text) is not None


def feel(text: str, names: Mapping[str, str] | None = None) -> str:
    """A text with expressions as a FEEL text that begins with `=`; one without any stays as it is.

    `names` are variables that are called otherwise here. Raises Untranslatable.
    """
    if len(text) > MOST:
        raise Untranslatable(text[:40])
    if not is_expression(text):
        return text
    whole = _WHOLE.fullmatch(text)
    said = _Reader(whole["inside"], names or {}).read() if whole else " + ".join(_joined(text, names or {}))
    try:
        compile_expression(said)
    except FeelError:
        raise Untranslatable(said[:40]) from None
    return f"={said}"


def _joined(text: str, names: Mapping[str, str]) -> Iterator[str]:
    """Texts and the values between them, to be put together."""
    for number, part in enumerate(_PART.split(text)):
        if number % 2:
            yield f"string({_Reader(part, names).read()})"
        elif part:
            yield _quoted(part)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _closed(text: str) -> str:
    """An operand that nothing beside it can tear apart: in brackets unless it is one word, or stands in some."""
    if re.fullmatch(r"[\w.]+|\"[^\"]*\"", text) or _brackets(text):
        return text
    return f"({text})"


def _brackets(text: str) -> bool:
    """Whether the first bracket of a text closes at its end."""
    depth = 0
    for place, sign in enumerate(text):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0:
            return place == len(text) - 1 and text.startswith("(")
    return False


class _Reader:
    """A Pratt parser that writes FEEL as it reads."""

    def __init__(self, source: str, names: Mapping[str, str]) -> None:
        self.source, self.names = source, names
        self.tokens = list(self._tokens())
        self.at = 0
        self.compared: set[str] = set()

    def _tokens(self) -> Iterator[tuple[str, str]]:
        place, source = 0, self.source.rstrip()
        while place < len(source):
            found = _TOKEN.match(source, place)
            if found is None:
                raise Untranslatable(source[place : place + 20].strip())
            kind = str(found.lastgroup)
            text = found[kind]
            place = found.end()
            yield ("sign", _WORDS[text]) if kind == "name" and text in _WORDS else (kind, text)

    def read(self) -> str:
        """The whole source."""
        found = self._choice()
        if self.at < len(self.tokens):
            raise Untranslatable(self.tokens[self.at][1])
        return found

    def _choice(self) -> str:
        condition = self._binary(1)
        if not self._takes("?"):
            return condition
        yes = self._choice()
        self._expect(":")
        return f"if {condition} then {yes} else {self._choice()}"

    def _binary(self, least: int) -> str:
        left = self._unary()
        while (sign := self._sign()) in _BINARY and _BINARY[sign][0] >= least:
            level = _BINARY[sign][0]
            self.at += 1
            left = self._combined(left, sign, self._binary(level + 1))
        return left

    def _combined(self, left: str, sign: str, right: str) -> str:
        """Two operands. The remainder has the sign of what is divided; comparisons stand in no row in FEEL."""
        if sign == "%":
            left, right = _closed(left), _closed(right)
            return f"({left} - {right} * round down({left} / {right}, 0))"
        if _BINARY[sign][0] not in COMPARING:
            return f"{left} {_BINARY[sign][1]} {right}"
        sides = [_closed(side) if side in self.compared else side for side in (left, right)]
        found = f" {_BINARY[sign][1]} ".join(sides)
        self.compared.add(found)
        return found

    def _unary(self) -> str:
        if self._takes("!"):
            return f"not({_closed(self._binary(_UNARY))} = true)"
        if self._takes("-"):
            return f"-{self._binary(_UNARY)}"
        if self._word("empty"):
            value = self._binary(_UNARY)
            return f'({value} = null or {value} = "" or {value} = [])'
        return self._steps(self._value())

    def _value(self) -> str:
        kind, text = self._next()
        if kind == "number" or (kind == "name" and text in ("true", "false", "null")):
            return text
        if kind == "text":
            return _quoted(re.sub(r"\\(.)", r"\1", text[1:-1]))
        if text == "(":
            inside = self._choice()
            self._expect(")")
            return f"({inside})"
        if kind != "name":
            raise Untranslatable(text)
        return self._variable(text)

    def _variable(self, name: str) -> str:
        """A variable; of the other engine's own objects only `execution.getVariable("x")` has one behind it."""
        if name not in _CONTEXT or self._sign() not in (".", "("):
            return self.names.get(name, name)
        if [text for _, text in self.tokens[self.at : self.at + 3]] == [".", "getVariable", "("]:
            self.at += 3
            kind, text = self._next()
            self._expect(")")
            inside = text[1:-1]
            if kind == "text" and re.fullmatch(r"[^\W\d]\w*", inside):
                return self.names.get(inside, inside)
        raise Untranslatable(name)

    def _steps(self, value: str) -> str:
        while True:
            if self._takes("."):
                value = self._member(value)
            elif self._takes("["):
                value = self._entry(value)
            elif self._sign() == "(":
                raise Untranslatable(f"{value}(…)")
            else:
                return value

    def _member(self, value: str) -> str:
        kind, name = self._next()
        if kind != "name":
            raise Untranslatable(name)
        if not self._takes("("):
            return f"{value}.{name}"
        if name == "isEmpty" and self._takes(")"):
            return f'({value} = "" or {value} = [])'
        if name == "equals":
            other = self._choice()
            self._expect(")")
            return f"({value} = {_closed(other)})"
        raise Untranslatable(f"{name}(…)")

    def _entry(self, value: str) -> str:
        kind, text = self._next()
        self._expect("]")
        if kind == "number" and text.isdigit():
            return f"{value}[{int(text) + 1}]"
        if kind == "text" and re.fullmatch(r"[^\W\d]\w*", text[1:-1]):
            return f"{value}.{text[1:-1]}"
        raise Untranslatable(f"[{text}]")

    def _sign(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) and self.tokens[self.at][0] == "sign" else ""

    def _takes(self, sign: str) -> bool:
        if self._sign() != sign:
            return False
        self.at += 1
        return True

    def _word(self, word: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at] == ("name", word):
            self.at += 1
            return True
        return False

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise Untranslatable(self.source[-20:] or "${}")
        self.at += 1
        return self.tokens[self.at - 1]

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise Untranslatable(self.tokens[self.at][1] if self.at < len(self.tokens) else self.source[-20:])

"""Text → Lark tree, and Lark's complaints → FeelSyntaxError."""

from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput, UnexpectedToken

from workflows.feel.errors import FeelSyntaxError
from workflows.feel.lexer import KEYWORDS, SYMBOLS, FeelLexer, Source
from workflows.feel.mistakes import instead
from workflows.feel.scanner import scan, syntax_error

_OPERANDS = frozenset(("NAME", "NUMBER", "STRING", "AT", "TRUE", "FALSE", "NULL", "LSQB", "ROPEN", "_LBRACE"))
_SHOWN = {kind: text for text, kind in (KEYWORDS | SYMBOLS).items()} | {
    "_CALL": "(", "_FILTER": "[", "ROPEN": "]", "RCLOSE": "[", "_NOT": "not", "NAME": "name",
    "NUMBER": "number", "STRING": "string", "$END": "end",
}  # fmt: skip
_ORDER = ("NAME", "RPAR", "RSQB", "_RBRACE", "_COMMA", "_COLON", "_IN", "_THEN", "_ELSE", "_RETURN", "_SATISFIES")


@cache
def _lark() -> Lark:
    grammar = files("workflows.feel").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer=FeelLexer, start=["expression", "unary"], maybe_placeholders=False)


def parse(source: Source) -> Tree[Token]:
    """The syntax tree of a text; raises FeelSyntaxError."""
    start = "unary" if source.unary else "expression"
    try:
        return _lark().parse(source, start=start)  # a Source is what FeelLexer reads
    except UnexpectedInput as error:
        raise _syntax_error(source.text, error) from None


def _syntax_error(text: str, error: UnexpectedInput) -> FeelSyntaxError:
    """What is wrong: a known mistake with its remedy, or what was expected where."""
    token = error.token if isinstance(error, UnexpectedToken) and error.token.type != "$END" else None
    at = len(text.rstrip()) if token is None else token.start_pos or 0
    known = instead(text, scan(text), len(text) if token is None else at)
    if known is not None:
        return known
    if token is None:
        code = "feel.syntax.end" if text.strip() else "feel.syntax.empty"
        return syntax_error(text, at, code, expected=_expected(error))
    return syntax_error(text, at, "feel.syntax.unexpected", found=str(token), expected=_expected(error))


def _expected(error: UnexpectedInput) -> tuple[str, ...]:
    """What could stand here: signs, keywords, or kinds of things (WORDS); all ways to begin a value are one."""
    kinds = set(error.accepts or error.expected or ()) if isinstance(error, UnexpectedToken) else set()
    shown: list[str] = []
    if kinds >= _OPERANDS:
        kinds -= _OPERANDS | {"LPAR", "MINUS", "FUNCTION", "SOME", "EVERY", "_FOR", "_IF"}
        shown.append("value")
    elif kinds >= {"PLUS", "EQ", "_AND"}:
        kinds -= {"PLUS", "MINUS", "STAR", "SLASH", "POW", "EQ", "NE", "LT", "LE", "GT", "GE", "_AND", "_OR", "_IN"}
        kinds -= {"_BETWEEN", "_INSTANCE", "_CALL", "_FILTER", "_DOT"}
        shown.append("operator")
    if kinds & {"RPAR", "RSQB"}:
        kinds -= {"_DOTDOT"}
    if not shown and kinds <= {"$END"}:
        return ("operator", "end")
    ranked = sorted(kinds, key=lambda kind: (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), kind))
    return tuple(shown + [_SHOWN[kind] for kind in ranked if kind in _SHOWN][:8])

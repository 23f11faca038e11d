"""Small readings of attribute texts: FEEL or literal, constants inside FEEL, comma lists."""

import re

_QUOTED = re.compile(r'(?:duration\(\s*)?"([^"\\]*)"\s*\)?', re.DOTALL)
_LITERAL = re.compile(r'"([^"\\]*)"')
_LITERAL_LIST = re.compile(r'\[?\s*"[^"\\]*"(\s*,\s*"[^"\\]*")*\s*\]?')
_FULL_WIDTH = str.maketrans("，；", ",;")


def is_feel(text: str) -> bool:
    """Whether an attribute holds an expression; Camunda 8 marks one with a leading equals sign."""
    return text.lstrip().startswith("=")


def constant_of(text: str) -> str | None:
    """The literal that a timer text always is ("P5D", `="P5D"`, `=duration("P5D")`); None for a real expression."""
    text = text.strip()
    if not is_feel(text):
        return text
    match = _QUOTED.fullmatch(text[1:].strip())
    return match[1] if match else None


def listed(text: str) -> list[str]:
    """The parts of a comma list, without blanks; full-width commas count too."""
    return [part.strip() for part in text.translate(_FULL_WIDTH).split(",") if part.strip()]


def roles_in(text: str) -> list[str]:
    """The roles that an assignment surely names: "hr, tdc@bureau", `="principal@" + school`, `=["hr", "tdc"]`.

    Of an expression only literals that stand for a whole role are taken: those with an @, and the items of a list or
    a lone literal. What is computed otherwise is unknown before it runs.
    """
    if not is_feel(text):
        return [part.partition("@")[0] for part in listed(text)]
    source = text.strip()[1:].strip()
    found = [literal.partition("@")[0] for literal in _LITERAL.findall(source) if "@" in literal]
    if _LITERAL_LIST.fullmatch(source):
        found = [literal.partition("@")[0] for literal in _LITERAL.findall(source)]
    return [role for role in found if role]

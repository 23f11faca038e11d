"""Replacement strings: $0 is the match, $1 the first group, \\$ and \\\\ the characters themselves."""

from workflows.feel.regex.machine import Groups
from workflows.feel.regex.program import PatternError, Program


def template(replacement: str, program: Program) -> list[str | int]:
    """Texts and group numbers of a replacement; raises PatternError for a lone $ or backslash."""
    parts: list[str | int] = []
    at = 0
    while at < len(replacement):
        char = replacement[at]
        following = replacement[at + 1 : at + 2]
        if char == "\\":
            if following not in ("\\", "$"):
                raise PatternError("lone backslash")
            parts.append(following)
            at += 2
        elif char == "$":
            number, at = _number(replacement, at + 1, program.groups)
            parts.append(number)
        else:
            parts.append(char)
            at += 1
    return parts


def _number(replacement: str, at: int, groups: int) -> tuple[int, int]:
    """The longest group number that exists, and where the text goes on; a single digit always counts."""
    if replacement[at : at + 1] not in tuple("0123456789"):
        raise PatternError("lone $")
    end = at + 1
    while replacement[end : end + 1] in tuple("0123456789") and int(replacement[at : end + 1]) < groups:
        end += 1
    return int(replacement[at:end]), end


def group(text: str, groups: Groups, number: int) -> str:
    """The text of a group; empty for one that does not exist or took no part."""
    start, end = groups[2 * number : 2 * number + 2] if 2 * number + 1 < len(groups) else (-1, -1)
    return text[start:end] if start >= 0 else ""

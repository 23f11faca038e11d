"""Character classes of XPath regular expressions as predicates over one character."""

import unicodedata
from collections.abc import Callable

Predicate = Callable[[str], bool]

_CATEGORIES = {
    major + minor
    for major, minors in (
        ("L", "ultmo"), ("M", "nce"), ("N", "dlo"), ("P", "cdseifo"), ("Z", "slp"), ("S", "mcko"), ("C", "cfon"),
    )
    for minor in ("", *minors)
}  # fmt: skip


def exactly(char: str) -> Predicate:
    """One character."""
    return lambda found: found == char


def between(low: str, high: str) -> Predicate:
    """A range of code points."""
    return lambda found: low <= found <= high


def opposite(predicate: Predicate) -> Predicate:
    """All characters that the predicate does not take."""
    return lambda found: not predicate(found)


def either(predicates: list[Predicate]) -> Predicate:
    """Characters that one of the predicates takes."""
    return lambda found: any(predicate(found) for predicate in predicates)


def without(predicate: Predicate, removed: Predicate) -> Predicate:
    """Class subtraction: [a-z-[aeiou]]."""
    return lambda found: predicate(found) and not removed(found)


def caseless(predicate: Predicate) -> Predicate:
    """The predicate without regard to case."""
    return lambda found: predicate(found) or predicate(found.lower()) or predicate(found.upper())


def category(name: str) -> Predicate | None:
    """A Unicode general category such as L or Lu; None when there is no such category."""
    if name not in _CATEGORIES:
        return None
    return lambda found: unicodedata.category(found).startswith(name)


def _name_start(found: str) -> bool:
    return found in "_:" or unicodedata.category(found)[0] == "L"


def _name_part(found: str) -> bool:
    return _name_start(found) or found in "-.\u00b7" or unicodedata.category(found) in ("Nd", "Mn", "Mc", "Lm")


def _word(found: str) -> bool:
    return unicodedata.category(found)[0] not in "PZC"


def _digit(found: str) -> bool:
    return unicodedata.category(found) == "Nd"


def _space(found: str) -> bool:
    return found in " \t\n\r"


_SHORT: dict[str, Predicate] = {"d": _digit, "s": _space, "w": _word, "i": _name_start, "c": _name_part}
ESCAPES: dict[str, Predicate] = _SHORT | {name.upper(): opposite(predicate) for name, predicate in _SHORT.items()}


def any_char(_: str) -> bool:
    """The dot when it takes line ends as well."""
    return True


def not_newline(found: str) -> bool:
    """The dot."""
    return found not in "\n\r"

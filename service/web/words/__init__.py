"""The words of codes: errors, reasons, events, names, in Chinese and English; one TOML file an area."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LOCALES = ("zh", "en")
NAMED = "_words"
"""`{state_words}` in a text is the name of the parameter `state`: the words of `state.<value>`, of several each."""
BETWEEN = {"zh": "、", "en": ", "}


class _Params(dict[str, Any]):
    """Parameters of a text in one language; what is not known is shown as "…"."""

    def __init__(self, params: Mapping[str, Any], locale: str) -> None:
        super().__init__(params)
        self.locale = locale

    def __missing__(self, name: str) -> str:
        if not name.endswith(NAMED):
            return "…"
        noun = name.removesuffix(NAMED)
        value = (self.get("band") or self.get("kind")) if noun == "account" else self.get(noun)
        several = value if isinstance(value, list | tuple) else [value] if value else []
        return BETWEEN[self.locale].join(words(f"{noun}.{one}", {}, self.locale) for one in several) or "…"


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Code → locale → text, of all files of this folder."""
    found: dict[str, Mapping[str, str]] = {}
    for file in files(__package__).iterdir():
        if file.name.endswith(".toml"):
            found.update(tomllib.loads(file.read_text("utf-8")))
    return found


def words(code: str, params: Mapping[str, Any], locale: str) -> str:
    """The text of a code with its parameters filled in; an unknown code is shown as it is."""
    known = texts().get(code)
    if known is None:
        return code
    return known[locale].format_map(_Params(params, locale))

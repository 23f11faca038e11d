"""The title of a case: the flow's words, filled with what the case is about. Pure.

`[title]` of flow.toml has a sentence in each language with {parts}; what the parts were is kept with the case, so that
each reader has the sentence in the own language.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from service.tasks import forms

SECTION = "title"
SCHOOL = "school"
"""The part that every flow has: the organisation of the case, by both its names."""
LIMIT = 300
_JOINED = {"zh": "、", "en": ", "}
_PART = re.compile(r"\{(\w+)\}")

Parts = Mapping[str, Any]


def parts_of(settings: Mapping[str, Any], organisation: Any, evaluate: Callable[[str], Any]) -> dict[str, Any] | None:
    """What the title of a new case is made of; None for a flow without a `[title]` of its own."""
    section = settings.get(SECTION)
    if not section:
        return None
    own = {"zh": organisation.name, "en": organisation.name_en or organisation.name}
    found = {name: evaluate(text.removeprefix("=")) for name, text in section.get("parts", {}).items()}
    return {SCHOOL: own, **{name: _plain(value) for name, value in found.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [str(one) for one in value if one is not None]
    return "" if value is None else str(value)


def worded(definition: Any, parts: Parts | None, locale: str) -> str | None:
    """The title in a language; None where the flow has no words for it, or the case was begun before it had."""
    sentence = definition.settings.get(SECTION, {}).get(locale)
    if not sentence or parts is None:
        return None
    return _PART.sub(lambda found: _words(definition, found[1], parts.get(found[1], ""), locale), sentence)[:LIMIT]


def _words(definition: Any, name: str, value: Any, locale: str) -> str:
    if isinstance(value, Mapping):
        return str(value.get(locale) or value.get("zh") or "")
    if isinstance(value, list):
        return _JOINED.get(locale, ", ").join(_word(definition, name, one, locale) for one in value)
    return _word(definition, name, str(value), locale)


def _word(definition: Any, name: str, value: str, locale: str) -> str:
    """One value: as flow.toml words it, else as the choice of a field of that name reads, else itself."""
    own = definition.settings[SECTION].get("words", {}).get(name, {}).get(value)
    if own is not None:
        return str(own if isinstance(own, str) else own.get(locale) or own.get("zh", value))
    for option in _options(definition, name):
        if option.get("value") == value:
            return str((locale == "en" and option.get("label_en")) or option.get("label") or value)
    return value


def _options(definition: Any, name: str) -> Any:
    fields = (field for form in definition.forms.values() for field in forms.components(form))
    return next((field.get("values") or () for field in fields if field["key"] == name and field.get("values")), ())

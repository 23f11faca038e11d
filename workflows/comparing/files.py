"""Compares two sets of files: files that came or went, and the parts of those that are in both."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from workflows.comparing.changes import ADDED, REMOVED, Change, Part, differences
from workflows.comparing.markup import parts
from workflows.comparing.naming import in_names
from workflows.errors import Invalid
from workflows.references import kind_of, read_form

Files = Mapping[str, bytes]


def compare(old: Files, new: Files) -> list[Change]:
    """Every difference, diagrams first. The same contents give none, whatever the names of attributes' prefixes."""
    return [*_files(old, new), *_markup(old, new), *_forms(old, new), *_settings(old, new)]


def _files(old: Files, new: Files) -> Iterator[Change]:
    for file in sorted({*old, *new}):
        if file not in new or file not in old:
            yield Change(file, kind_of(file) or "", file, "file", file, ADDED if file in new else REMOVED)


def _both(old: Files, new: Files, kind: str) -> Iterator[tuple[str, bytes, bytes]]:
    for file in sorted({*old} & {*new}):
        if kind_of(file) == kind and old[file] != new[file]:
            yield file, old[file], new[file]


def _markup(old: Files, new: Files) -> Iterator[Change]:
    """Elements are found by their ids in all files, so that one that went to another file is no loss."""
    for kind in ("bpmn", "dmn"):
        before, after = parts(old, kind), parts(new, kind)
        yield from (in_names(change, before, after) for change in differences(kind, before, after))


def _forms(old: Files, new: Files) -> Iterator[Change]:
    for file, before, after in _both(old, new, "form"):
        yield from differences("form", _fields(file, before), _fields(file, after))


def _fields(file: str, content: bytes) -> dict[str, Part]:
    """The components of a form by key, those in groups by the path of keys; the form itself under its file."""
    try:
        form = read_form(file, content)
    except Invalid:
        return {file: Part(file, "file", file, {"text": content.decode("utf-8", "replace")})}
    found = {file: Part(file, "form", file, _flat({k: v for k, v in form.items() if k != "components"}))}
    todo: list[tuple[str, Any]] = [("", form.get("components"))]
    while todo:
        place, components = todo.pop()
        for number, one in enumerate(components if isinstance(components, list) else ()):
            if isinstance(one, dict):
                key = f"{place}{one.get('key') or one.get('path') or one.get('id') or number}"
                says = _flat({k: v for k, v in one.items() if k != "components"})
                found.setdefault(key, Part(file, str(one.get("type", "")), str(one.get("label", "")), says))
                todo.append((f"{key}/", one.get("components")))
    return found


def _settings(old: Files, new: Files) -> Iterator[Change]:
    for file, before, after in _both(old, new, "toml"):
        yield from differences("toml", _keys(file, before), _keys(file, after))


def _keys(file: str, content: bytes) -> dict[str, Part]:
    text = content.decode("utf-8-sig", "replace")
    try:
        flat = _flat(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        flat = {"text": text}
    return {key: Part(file, "setting", key, {"value": value}) for key, value in flat.items()}


def _flat(value: Any, place: str = "") -> dict[str, str]:
    """A nested value by dotted places."""
    if isinstance(value, dict) and (value or not place):
        found: dict[str, str] = {}
        for key, inner in value.items():
            found |= _flat(inner, f"{place}.{key}" if place else str(key))
        return found
    return {place: value if isinstance(value, str) else orjson.dumps(value, default=str).decode()}

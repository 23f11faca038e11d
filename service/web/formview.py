"""A form as its template draws it: conditions evaluated, files with names, errors by field."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from service.attachments import queries as attachments
from service.attachments.kinds import KINDS as ENDINGS
from service.attachments.queries import StoredFile
from service.errors import Fault, NotFound
from service.parameters.scopes import COUNTY, About
from service.tasks import forms
from service.tasks.around import reading_scope
from service.web import edge, validation
from service.web.downloads import KINDS
from service.web.formchoices import with_schools
from service.web.words import words
from workflows.feel import FeelError, Scope, compile_expression


def form_of(
    form: Mapping[str, Any] | None,
    data: Mapping[str, Any],
    rights: Mapping[str, str],
    faults: Sequence[Fault] = (),
    about: About = COUNTY,
) -> dict[str, Any]:
    """What components/form.html is given (templates/README.md); of a case, `about` its school and flow."""
    conditions = _conditions(form, data, rights, about)
    undecided = frozenset(name for name, hides in conditions.items() if hides is None)
    schema = dict(form or {"components": []})
    schema["components"] = [_component(one, undecided) for one in _sections(schema.get("components", ()))]
    return {
        "id": schema.get("id", "form"),
        "schema": schema,
        "data": with_files(form, data),
        "rights": _shown(rights, conditions),
        "errors": errors(faults),
        "upload_limit": _upload_limit(form, rights),
    }


def _upload_limit(form: Mapping[str, Any] | None, rights: Mapping[str, str]) -> str | None:
    """How large a file may be and of which kinds, where this form takes any."""
    writable = ("write", "required")
    if not any(c["type"] == "filepicker" and rights.get(c["key"]) in writable for c in forms.components(form or {})):
        return None
    kinds = str(_(", ")).join(dict.fromkeys(ending.removeprefix(".").upper() for ending in ENDINGS))
    return str(_("At most %(limit)s MB; %(kinds)s", limit=attachments.megabytes(edge.now()), kinds=kinds))


def always_hidden(component: Mapping[str, Any]) -> bool:
    """Whether nobody ever sees a field: it only carries a value."""
    return bool((component.get("conditional") or {}).get("hide") == forms.ALWAYS)


def _component(component: Mapping[str, Any], undecided: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A component with `hidden` where its condition always hides it: rows keep such fields, unseen.

    One of which it is not decided yet whether it is asked at all is not required on the page; its step asks for it.
    """
    drawn = with_schools(component)
    drawn["hidden"] = always_hidden(component)
    if drawn.get("key") in undecided:
        drawn["validate"] = {**(drawn.get("validate") or {}), "required": False}
    if "components" in component:
        own = undecided if component.get("type") == "group" else frozenset[str]()
        drawn["components"] = [_component(inner, own) for inner in component["components"]]
    return drawn


def _sections(components: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """form-js writes headings as Markdown texts: what follows one becomes a group with that heading."""
    found: list[Any] = []
    for component in components:
        text = str(component.get("text", "")) if component.get("type") == "text" else ""
        if text.startswith("#"):
            english = (component.get("properties") or {}).get("text_en", text)
            words_of = {"label_en": english.lstrip("# ")}
            found.append({"type": "group", "label": text.lstrip("# "), "properties": words_of, "components": []})
        elif found and found[-1].get("type") == "group" and component.get("type") != "group":
            found[-1]["components"].append(component)
        else:
            found.append(component)
    return found


def _shown(rights: Mapping[str, str], conditions: Mapping[str, bool | None]) -> dict[str, str]:
    """The rights, with `hidden` for fields whose condition is false; a condition on a field of this step stays open.

    What may turn out to be asked for is not required on the page.
    """
    shown = dict(rights)
    for name, hides in conditions.items():
        if hides:
            shown[name] = "hidden"
        elif hides is None and shown.get(name) == "required":
            shown[name] = "write"
    return shown


def _conditions(
    form: Mapping[str, Any] | None, data: Mapping[str, Any], rights: Mapping[str, str], about: About
) -> dict[str, bool | None]:
    """Field with a condition → whether it is hidden; None while that hangs on what is being filled in."""
    scope, found = reading_scope(edge.now(), about), dict[str, bool | None]()
    for component in forms.components(form or {}):
        hide = (component.get("conditional") or {}).get("hide")
        if hide:
            found[component["key"]] = _hides(hide.removeprefix("="), data, rights, scope)
    return found


def _hides(text: str, data: Mapping[str, Any], rights: Mapping[str, str], scope: Scope) -> bool | None:
    try:
        condition = compile_expression(text, tuple(data))
        if any(rights.get(name) in ("write", "required") for name in condition.names):
            return None
        return condition.evaluate(data, scope) is True
    except FeelError:
        return None


def with_files(form: Mapping[str, Any] | None, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with attachment ids replaced by what a page shows of a file, in rows too; one that is gone is left
    out."""
    shown = dict(data)
    for component in forms.components(form or {}):
        name = component["key"]
        if component["type"] == "filepicker" and shown.get(name):
            shown[name] = [file for file in map(_file, shown[name]) if file is not None]
        elif component["type"] == "dynamiclist" and isinstance(shown.get(name), list):
            shown[name] = [with_files(component, row) if isinstance(row, Mapping) else row for row in shown[name]]
    return shown


def _file(attachment_id: Any) -> dict[str, Any] | None:
    try:
        found = attachments.open_file(edge.actor(), str(attachment_id))
    except NotFound:
        return None
    return file_of(found)


def file_of(found: StoredFile) -> dict[str, Any]:
    """A stored file as pages list it."""
    shown = found.media_type in KINDS
    return {"id": found.id, "name": found.name, "size": found.size, "checksum": found.checksum, "shown": shown}


def typed(form: Mapping[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a browser sends as text, in the form's types: numbers, also in rows; what is none stays as it was typed."""
    found = dict(values)
    for component in forms.components(form or {}):
        name = component["key"]
        if component["type"] == "number" and isinstance(found.get(name), str):
            found[name] = _number(found[name].strip())
        elif component["type"] == "dynamiclist" and isinstance(found.get(name), list):
            found[name] = [typed(component, row) if isinstance(row, Mapping) else row for row in found[name]]
    return found


def _number(text: str) -> Any:
    if re.fullmatch(r"[+-]?[0-9]{1,15}", text):
        return int(text)
    return float(text) if re.fullmatch(r"[+-]?[0-9]{1,15}\.[0-9]{1,15}", text) else text


def errors(faults: Sequence[Fault]) -> dict[str, str]:
    """Dotted field name → the first thing wrong with it, in words."""
    found: dict[str, str] = {}
    for fault in faults:
        name = fault.path.removeprefix("values.").removeprefix("variables.")
        told = validation.fault(name, fault.message) if fault.message else fault
        found.setdefault(name, words(told.code, told.params, edge.locale()))
    return found

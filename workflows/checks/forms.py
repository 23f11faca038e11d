"""Forms (form-js JSON) and flow.toml: readable, known component types, unique keys, a schema without unknown keys."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from workflows.checks import fields, titles
from workflows.checks.findings import Finding, Rule, error, warning
from workflows.checks.texts import is_feel
from workflows.errors import Invalid
from workflows.feel import FeelError, compile_expression
from workflows.references import read_form
from workflows.settings import flaws, read_settings

MALFORMED = error(
    "form.malformed",
    ("表单不是可读的 JSON：{reason}", "The form is not readable JSON: {reason}"),
    ("用表单编辑器重新保存。", "Save it again from the form editor."),
)
NO_ID = error(
    "form.no_id",
    ("表单没有 id。", "The form has no id."),
    ("在表单属性里填写 id，任务用它引用。", "Set the id of the form; tasks refer to it."),
)
NO_COMPONENTS = error(
    "form.no_components",
    ("表单没有 components 列表。", "The form has no list of components."),
    ("用表单编辑器重新保存。", "Save it again from the form editor."),
)
COMPONENT = error(
    "form.component",
    ("表单组件“{component}”的类型 {type} 不能显示。", 'Component "{component}" of type {type} cannot be shown.'),
    ("可用的类型：{known}。", "Use one of: {known}."),
)
NO_KEY = error(
    "form.no_key",
    ("输入组件“{component}”（{type}）没有 key。", 'Input "{component}" ({type}) has no key.'),
    ("填写 key：它是变量的名称。", "Set its key, the name of the variable."),
)
REPEATED_KEY = error(
    "form.repeated_key",
    (
        "key“{key}”用了不止一次，后填的会覆盖先填的。",
        'The key "{key}" is used twice; one input would overwrite the other.',
    ),
    ("改成不同的 key。", "Use different keys."),
)
CONDITION = error(
    "form.feel",
    ("组件“{component}”的 {place} 有误：{reason}", 'The {place} of "{component}" is wrong: {reason}'),
    ("改正 FEEL 表达式：{text}", "Correct the FEEL expression: {text}"),
)
DEEP = error(
    "form.deep",
    ("表单组件嵌套超过 {limit} 层。", "Components are nested deeper than {limit} levels."),
    ("减少分组层数。", "Use fewer groups within groups."),
)
SETTINGS = error(
    "flow.malformed",
    ("flow.toml 无法读取：{reason}", "flow.toml cannot be read: {reason}"),
    ("按 TOML 语法改正，见 docs/flow-format.md。", "Correct the TOML; see docs/flow-format.md."),
)
SETTING_KIND = error(
    "flow.value",
    ("flow.toml 的 {path} 应为 {expected}。", "{path} of flow.toml must be: {expected}."),
    ("见 docs/flow-format.md。", "See docs/flow-format.md."),
)
SETTING_UNKNOWN = warning(
    "flow.unknown",
    ("flow.toml 的 {path} 不起作用。", "{path} of flow.toml has no effect."),
    ("核对拼写，见 docs/flow-format.md。", "Check the spelling; see docs/flow-format.md."),
)
SETTING_ELEMENT = warning(
    "flow.unknown_element",
    ("flow.toml 的 {path} 指的元素不在流程图里。", "{path} of flow.toml names an element that no diagram has."),
    ("改成元素的 id，或删去它。", "Use the id of an element, or remove it."),
)

INPUTS = frozenset(
    ["textfield", "textarea", "number", "checkbox", "checklist", "radio", "select", "taglist", "datetime", "filepicker"]
)
LAYOUT = frozenset(["text", "html", "spacer", "separator", "group", "dynamiclist", "table", "image"])
COMPONENTS = INPUTS | LAYOUT
MAX_DEPTH = 100
"""Levels; a page goes down level by level and fails at about 240."""


def check_form(file: str, content: bytes) -> Iterator[Finding]:
    """All rules about one form; the element of a finding is the id of the component."""
    try:
        form = read_form(file, content)
    except Invalid as wrong:
        yield Finding(MALFORMED, file, int(wrong.params["line"]), params=wrong.params)
        return
    form_id = form.get("id")
    if not isinstance(form_id, str) or not form_id:
        yield Finding(NO_ID, file, 1)
    if not isinstance(form.get("components"), list):
        yield Finding(NO_COMPONENTS, file, 1)
        return
    yield from _Form(file, content).components(form["components"])


def input_keys(form: Mapping[str, Any]) -> frozenset[str]:
    """The variables that a form may fill in: keys of its inputs, the path of what repeats or is grouped."""
    keys: set[str] = set()
    todo = [form.get("components")]
    while todo:
        for component in todo.pop() or ():
            if isinstance(component, Mapping):
                key = component.get("path") or component.get("key")
                keys |= {str(key).partition(".")[0]} if key else set()
                todo += [component.get("components")] if not component.get("path") else []
    return frozenset(keys)


class _Form:
    def __init__(self, file: str, content: bytes) -> None:
        self.file = file
        self.lines = content.decode("utf-8", "replace").split("\n")

    def components(self, top: list[Any]) -> Iterator[Finding]:
        keys: set[tuple[str, str]] = set()
        todo: list[tuple[Any, str, int]] = [(component, "", 1) for component in reversed(top)]
        while todo:
            component, path, depth = todo.pop()
            if not isinstance(component, Mapping):
                yield Finding(NO_COMPONENTS, self.file, 1)
                continue
            yield from self._component(component)
            if key := component.get("key"):
                if (path, str(key)) in keys:
                    yield self._find(REPEATED_KEY, component, key=key)
                keys.add((path, str(key)))
            children = component.get("components")
            if isinstance(children, list):
                if depth >= MAX_DEPTH:
                    yield self._find(DEEP, component, limit=MAX_DEPTH)
                    continue
                inner = f"{path}/{component.get('path') or ''}" if component.get("path") else path
                todo += [(child, inner, depth + 1) for child in reversed(children)]

    def _component(self, component: Mapping[str, Any]) -> Iterator[Finding]:
        kind = component.get("type")
        if kind == "button" and component.get("action") in ("submit", "reset", None):
            return
        if kind not in COMPONENTS:
            yield self._find(COMPONENT, component, type=kind, known=sorted(COMPONENTS))
        elif kind in INPUTS and not component.get("key"):
            yield self._find(NO_KEY, component, type=kind)
        for place, value in fields.wrong(component):
            yield self._find(fields.SETTING, component, place=place, value=str(value)[:80])
        yield from self._expressions(component)

    def _expressions(self, component: Mapping[str, Any]) -> Iterator[Finding]:
        conditional = component.get("conditional")
        hide = conditional.get("hide") if isinstance(conditional, Mapping) else None
        candidates = {"conditional.hide": hide, **{name: component.get(name) for name in _FEEL_FIELDS}}
        validate = component.get("validate")
        if isinstance(validate, Mapping):
            candidates |= {f"validate.{name}": value for name, value in validate.items()}
        properties = component.get("properties")
        if isinstance(properties, Mapping):
            candidates["properties.requiredWhen"] = properties.get("requiredWhen")
        for place, text in candidates.items():
            if not isinstance(text, str) or not is_feel(text):
                continue
            try:
                compile_expression(text.strip()[1:])
            except FeelError as wrong:
                reason = (wrong.text("zh"), wrong.text("en"))
                yield self._find(CONDITION, component, place=place, reason=reason, text=text[:120])

    def _find(self, rule: Rule, component: Mapping[str, Any], **params: Any) -> Finding:
        name = str(component.get("id") or component.get("key") or "")
        shown = str(component.get("label") or name or component.get("type"))
        return Finding(rule, self.file, self._lines.get(name, 1), name, {"component": shown[:80], **params})

    @cached_property
    def _lines(self) -> Mapping[str, int]:
        """The first line on which each id or key stands."""
        found: dict[str, int] = {}
        for number, line in enumerate(self.lines, 1):
            for name in _NAMED.findall(line):
                found.setdefault(name, number)
        return found


_NAMED = re.compile(r'"(?:id|key)"\s*:\s*"([^"]+)"')
_FEEL_FIELDS = ("label", "description", "text", "disabled", "readonly", "valuesExpression", "expression")


def check_settings(file: str, content: bytes, ids: frozenset[str]) -> Iterator[Finding]:
    """All rules about one flow.toml; `ids` are the ids of the diagrams beside it."""
    try:
        settings = read_settings(file, content)
    except Invalid as wrong:
        yield Finding(SETTINGS, file, int(wrong.params["line"]), params=wrong.params)
        return
    lines = lines_of(content)
    for flaw in flaws(settings):
        line = lines.get(flaw.path, 1)
        if flaw.expected is None:
            yield Finding(SETTING_UNKNOWN, file, line, params={"path": flaw.path})
        else:
            yield Finding(SETTING_KIND, file, line, params={"path": flaw.path, "expected": flaw.expected})
    named = {f"decisions.{name}": name for name in _table(settings, "decisions")}
    for language, names in _table(settings, "names").items():
        named |= {f"names.{language}.{name}": name for name in names} if isinstance(names, Mapping) else {}
    for path, name in named.items():
        if name not in ids:
            yield Finding(SETTING_ELEMENT, file, lines.get(path, 1), name, {"path": path})
    yield from titles.check(file, content.decode("utf-8-sig").split("\n"), _table(settings, "title"))


def _table(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = settings.get(name)
    return value if isinstance(value, Mapping) else {}


def lines_of(content: bytes) -> Mapping[str, int]:
    """The lines of a flow.toml by dotted path: those of [section] headers, and of keys under their header."""
    found: dict[str, int] = {}
    current = ""
    for number, line in enumerate(content.decode("utf-8-sig").split("\n"), 1):
        text = line.strip()
        if text.startswith("["):
            current = re.sub(r'[\s"\[\]]', "", text.partition("#")[0])
            found.setdefault(current, number)
        else:
            key = re.split(r"[\s=]", text, maxsplit=1)[0].strip('"')
            found.setdefault(f"{current}.{key}" if current else key, number)
    return found

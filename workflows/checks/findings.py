"""Rules and findings: a rule owns its words in both languages, a finding its place and the values that fill them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ERROR, WARNING = "error", "warning"

REGISTRY: dict[str, "Rule"] = {}


@dataclass(frozen=True)
class Rule:
    """One rule of the gate: a dotted stable id, a severity, message and remedy as (Chinese, English) templates."""

    id: str
    severity: str
    message: tuple[str, str]
    remedy: tuple[str, str]

    def __post_init__(self) -> None:
        if REGISTRY.setdefault(self.id, self) is not self:
            raise ValueError(f"rule {self.id} is declared twice")


@dataclass(frozen=True)
class Finding:
    """One thing the gate found. `line` counts from 1 in `file`; `element_id` is empty for a whole file."""

    rule: Rule
    file: str
    line: int
    element_id: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        """error | warning; only errors keep a deployment out."""
        return self.rule.severity

    def message(self, locale: str = "zh") -> str:
        """What is wrong, in Chinese unless the locale starts with "en"."""
        return self._fill(self.rule.message, locale)

    def remedy(self, locale: str = "zh") -> str:
        """What to do about it."""
        return self._fill(self.rule.remedy, locale)

    def text(self, locale: str = "zh") -> str:
        """Message and remedy as one line."""
        return f"{self.message(locale)} {self.remedy(locale)}"

    def as_json(self, locale: str = "zh") -> dict[str, Any]:
        """The shape of design §5."""
        return {
            "severity": self.severity,
            "rule": self.rule.id,
            "element_id": self.element_id or None,
            "line": self.line,
            "message": self.message(locale),
            "remedy": self.remedy(locale),
            "file": self.file,
        }

    def _fill(self, texts: tuple[str, str], locale: str) -> str:
        position = 1 if locale.startswith("en") else 0
        shown = {name: _shown(value, position) for name, value in self.params.items()}
        return texts[position].format_map({"element": self.element_id, "file": self.file, **shown})


def error(rule_id: str, message: tuple[str, str], remedy: tuple[str, str]) -> Rule:
    """Declare a rule that keeps a deployment out."""
    return Rule(rule_id, ERROR, message, remedy)


def warning(rule_id: str, message: tuple[str, str], remedy: tuple[str, str]) -> Rule:
    """Declare a rule that only advises."""
    return Rule(rule_id, WARNING, message, remedy)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first, then by file and line; the same finding once."""
    unique = {(f.rule.id, f.file, f.line, f.element_id, str(f.params)): f for f in findings}
    return sorted(unique.values(), key=lambda f: (f.severity != ERROR, f.file, f.line, f.rule.id, f.element_id))


def refused(findings: Iterable[Finding]) -> bool:
    """Whether any finding keeps the deployment out."""
    return any(f.severity == ERROR for f in findings)


def _shown(value: Any, position: int) -> str:
    """A parameter in words: a pair is (Chinese, English), a list is joined."""
    if isinstance(value, tuple) and len(value) == 2:
        return str(value[position])
    if isinstance(value, list):
        return ("、" if position == 0 else ", ").join(str(item) for item in value)
    return str(value)

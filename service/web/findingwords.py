"""Findings of the gate in the words of the house: roles and decisions as the editor offers them, no codes to type."""

from dataclasses import replace
from typing import Any

from service.access.roles import ROLES
from service.tasks.choices import WORDS
from service.web.words import words
from workflows.checks.findings import Finding

MOST = 12
"""Choices that a remedy lists; the editor offers all of them beside the element."""


def in_words(finding: Finding) -> Finding:
    """The finding with the codes of roles and decisions in its texts said as pages say them."""
    return replace(finding, params={name: _said(name, value) for name, value in finding.params.items()})


def _said(name: str, value: Any) -> Any:
    if isinstance(value, list):
        shown = value if len(value) <= MOST or set(value) <= set(ROLES) else [*value[:MOST], "…"]
        return _joined([_one(name, one) for one in shown])
    return _one(name, value) if isinstance(value, str) and name in ("role", "known") else value


def _joined(pairs: list[tuple[str, str]]) -> tuple[str, str]:
    return "、".join(zh for zh, _ in pairs), ", ".join(en for _, en in pairs)


def _one(name: str, value: Any) -> tuple[str, str]:
    """Chinese and English of a value, itself twice where it is no code of the house."""
    if value in ROLES:
        return words(f"role.{value}", {}, "zh"), words(f"role.{value}", {}, "en")
    if name == "decisions" and value in WORDS:
        return WORDS[value]["zh"], WORDS[value]["en"]
    return str(value), str(value)

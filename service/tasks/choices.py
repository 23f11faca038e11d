"""The decisions a task offers, with their words and what each will do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.errors import Fault, Invalid

COMPLETE = "complete"
REASONED = frozenset({"return", "reject"})
WORDS: Mapping[str, Mapping[str, str]] = {
    "approve": {"zh": "同意", "en": "Approve"},
    "return": {"zh": "退回", "en": "Return"},
    "reject": {"zh": "不同意", "en": "Reject"},
    "complete": {"zh": "提交", "en": "Submit"},
}


@dataclass(frozen=True)
class Choice:
    """One decision; `label` and `consequence` are {"zh": …, "en": …}, the latter empty where nothing was written."""

    value: str
    label: Mapping[str, str]
    needs_reason: bool
    consequence: Mapping[str, str]


def choices(settings: Mapping[str, Any], element_id: str, properties: Mapping[str, str]) -> tuple[Choice, ...]:
    """The decisions of an element, the agreeing one first: from its `decisions` property, else from flow.toml."""
    section: Mapping[str, Any] = settings.get("decisions", {}).get(element_id, {})
    declared = properties.get("decisions")
    offered = [value.strip() for value in declared.split(",")] if declared else list(section.get("values", ()))
    reasoned = section.get("needs_reason")
    return tuple(
        Choice(
            value,
            _words(section.get("labels", {}).get(value), WORDS.get(value, {"zh": value, "en": value})),
            value in (REASONED if reasoned is None else reasoned),
            _words(section.get("consequences", {}).get(value), {}),
        )
        for value in (offered or [COMPLETE])
    )


def _words(given: Any, default: Mapping[str, str]) -> Mapping[str, str]:
    if isinstance(given, str):
        return {"zh": given, "en": given}
    return given or default


def chosen(offered: tuple[Choice, ...], decision: str, opinion: str | None) -> Choice:
    """The choice that was made; Invalid("decision.unknown") or Invalid("opinion.missing") with the field named."""
    for choice in offered:
        if choice.value == decision:
            if choice.needs_reason and not (opinion or "").strip():
                raise Invalid("opinion.missing", faults=(Fault("opinion", "opinion.missing"),), decision=decision)
            return choice
    allowed = ", ".join(choice.value for choice in offered)
    fault = Fault("decision", "decision.unknown", params={"allowed": allowed})
    raise Invalid("decision.unknown", faults=(fault,), decision=decision, allowed=allowed)

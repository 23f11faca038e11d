"""The decisions a task offers, with their words and what each will do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.errors import Fault, Invalid
from service.tasks import voting

COMPLETE = "complete"
REASONED = frozenset({"return", "reject"})
WORDS: Mapping[str, Mapping[str, str]] = {
    "approve": {"zh": "同意", "en": "Approve"},
    "return": {"zh": "退回", "en": "Return"},
    "reject": {"zh": "不同意", "en": "Reject"},
    "complete": {"zh": "提交", "en": "Submit"},
    voting.YES: {"zh": "同意", "en": "In favour"},
    voting.NO: {"zh": "反对", "en": "Against"},
    voting.ABSTAIN: {"zh": "弃权", "en": "Abstain"},
    voting.PASSED: {"zh": "通过", "en": "Carried"},
    voting.FAILED: {"zh": "未通过", "en": "Not carried"},
    voting.NO_QUORUM: {"zh": "未达到规定人数", "en": "No quorum"},
}


@dataclass(frozen=True)
class Choice:
    """One decision; `label` and `consequence` are {"zh": …, "en": …}, the latter empty where nothing was written."""

    value: str
    label: Mapping[str, str]
    needs_reason: bool
    consequence: Mapping[str, str]


def choices(settings: Mapping[str, Any], element_id: str, properties: Mapping[str, str]) -> tuple[Choice, ...]:
    """The decisions of an element, the agreeing one first: from its `decisions` property, else from flow.toml.

    A vote offers what can be voted, without a reason: its flow.toml only words it.
    """
    section: Mapping[str, Any] = settings.get("decisions", {}).get(element_id, {})
    declared = properties.get("decisions")
    offered = (
        [value.strip() for value in declared.replace("，", ",").split(",")]
        if declared
        else list(section.get("values", ()))
    )
    reasoned = section.get("needs_reason")
    if properties.get("signing") == voting.VOTE:
        offered, reasoned = list(voting.CHOICES), ()
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

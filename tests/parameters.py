"""A value of a policy parameter as the bureau enters it: an officer proposes, the chief confirms."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from service.access.actor import Actor, HeldRole
from service.parameters.commands import DecideProposal, ProposeParameter, confirm_proposal, propose_parameter

OFFICER = Actor("a-officer", "p-officer", "赵经办", roles=(HeldRole("bureau_hr_officer", "h", "section", "/b/h/"),))
CHIEF = Actor("a-chief", "p-chief", "李科长", roles=(HeldRole("bureau_hr_chief", "h", "section", "/b/h/"),))


@dataclass(frozen=True)
class SetParameter:
    """A value, the first day on which it holds, the text or decision that sets it, and for whom."""

    key: str
    value: Any
    valid_from: date
    source: str
    valid_until: date | None = None
    scope: str = ""


def set_parameter(command: SetParameter, *, now: datetime) -> str:
    """Let it hold; the id of the value."""
    proposal_id = propose_parameter(OFFICER, ProposeParameter(**vars(command)), now=now)
    return confirm_proposal(CHIEF, DecideProposal(proposal_id), now=now)

"""What a school has borrowed of the pools, as its page of the ledger shows it."""

from collections.abc import Mapping
from typing import Any

from service.access import policy
from service.access.days import day_of
from service.posts import queries_loans
from service.web import edge


def lent_to(
    organisation_id: str, typed: Mapping[str, Any] | None = None, errors: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What stands on the page: open loans of a school, what nobody is named to hold, and who could be."""
    actor, today = edge.actor(), day_of(edge.now())
    may = policy.allows(actor, "loan_term.decide")
    return {
        "items": queries_loans.loans(actor, organisation_id=organisation_id),
        "today": today,
        "may": may,
        "unnamed": queries_loans.unnamed(actor, organisation_id) if may else (),
        "able": queries_loans.able_holders(actor, organisation_id, today) if may else (),
        "typed": typed or {},
        "errors": errors or {},
    }

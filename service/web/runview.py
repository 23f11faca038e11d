"""What is shown of background work: its name, how far it is, what came out, and where to look at that."""

from collections.abc import Callable
from typing import Any

from service.access import policy
from service.runs.declaring import KINDS
from service.web import edge
from service.web.words import words

Leads = Callable[[Any], str]
"""(run) → the address of what it has made, in the pages."""
LEADS: dict[str, Leads] = {}
"""Kind of run → where its result is looked at; a room of the pages says so with `leads`."""


def leads(kind: str) -> Callable[[Leads], Leads]:
    """Declare the decorated function as what leads to the result of a kind."""

    def declare(find: Leads) -> Leads:
        LEADS[kind] = find
        return find

    return declare


def shown(run: Any) -> dict[str, Any]:
    """A row of runs in words, for pages and API alike; a kind that is gone keeps its bare name."""
    kind, locale, ended = KINDS.get(run.kind), edge.locale(), run.ended_at is not None
    return {
        **{name: getattr(run, name) for name in ("id", "kind", "state", "done", "total", "organisation_id", "result")},
        **{name: getattr(run, name) for name in ("asked_at", "began_at", "ended_at", "fault")},
        "name": run.kind if kind is None else kind.en if locale == "en" else kind.zh,
        "said": kind.said(run.result, locale) if kind is not None and run.state == "done" else "",
        "reason": words(run.fault, run.fault_params, locale) if run.fault else None,
        "cancelling": run.cancel_asked_at is not None and not ended,
        "may_cancel": not ended and run.cancel_asked_at is None and policy.allows(edge.actor(), "run.cancel", run),
    }


def lead_of(run: Any) -> str | None:
    """Where the result of a run is looked at; None where it has none."""
    find = LEADS.get(run.kind)
    return find(run) if find is not None and run.state == "done" else None

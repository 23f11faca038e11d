"""The yearly turn as page and API show it: proposals by kind, cases by flow."""

from collections.abc import Sequence
from typing import Any

from service.access import queries as accounts
from service.deployments import queries as definitions
from service.people import queries as people
from service.reports.queries_turn import Turn
from service.reports.turning import Proposal, turn_day
from service.web import edge
from service.web.naming import flow_name
from service.web.words import words

KINDS = ("exchange_ended", "loan_ended", "principal_term_ended", "post_loan_ended", "lock_ended", "retirement")


def turn_of(found: Turn) -> dict[str, Any]:
    """Everything of a turn; `kept` None is a dry run."""
    names = accounts.account_names([found.row.turned_by]) if found.row else {}
    kept = {"at": found.row.turned_at, "by": names.get(found.row.turned_by, "")} if found.row else None
    flows = {one.key: flow_name(one) for one in definitions.newest()}
    return {
        "year": found.year,
        "turn_day": turn_day(found.year),
        "kept": kept,
        "open": _rows(found.open),
        "settled": _rows(found.settled),
        "cases": [{**vars(one), "name": flows.get(one.definition_key, one.definition_key)} for one in found.cases],
        "batches": found.batches,
    }


def _rows(found: Sequence[Proposal]) -> list[dict[str, Any]]:
    places = people.organisation_names({one.organisation_id for one in found if one.organisation_id}, edge.locale())
    return [
        {**vars(one), "organisation": places.get(one.organisation_id or "", ""),
         "words": words(f"turn.{one.kind}", {}, edge.locale())}
        for one in found
    ]  # fmt: skip


def groups(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows by kind, in the order in which they are worked off."""
    return [
        {
            "kind": kind,
            "words": words(f"turn.{kind}", {}, edge.locale()),
            "rows": [r for r in rows if r["kind"] == kind],
        }
        for kind in KINDS
    ]

"""The yearly turn as page and API show it: proposals by kind, cases by flow."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import url_for

from service.access import policy
from service.access import queries as accounts
from service.deployments import queries as definitions
from service.people import queries as people
from service.reports.queries_turn import Turn
from service.reports.rounds import Round
from service.reports.turning import Proposal, turn_day
from service.web import edge
from service.web.naming import flow_name
from service.web.words import words

FLOWS = {"exchange": "exchange", "reserved": "reserved_round"}
"""Kind of round → the flow that begins it; an evaluation of titles is opened on the page of titles."""
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
        "rounds": [vars(one) for one in found.rounds],
    }


def _rows(found: Sequence[Proposal]) -> list[dict[str, Any]]:
    places = people.organisation_names({one.organisation_id for one in found if one.organisation_id}, edge.locale())
    return [
        {**vars(one), "organisation": places.get(one.organisation_id or "", ""),
         "words": words(f"turn.{one.kind}", {}, edge.locale())}
        for one in found
    ]  # fmt: skip


def rounds_of(found: Sequence[Round]) -> list[dict[str, Any]]:
    """The rounds of a page: where each is, and for whom may begin it the filled form."""
    able = {flow.key for flow in definitions.startable(edge.actor())}
    opens = policy.allows(edge.actor(), "title.open_batch")
    return [
        {**vars(one), "url": url_for(f"pages.{one.kind}"), "begin": _begin(one, opens=opens, able=able)}
        for one in found
    ]  # fmt: skip


def _begin(one: Round, *, opens: bool, able: Collection[str]) -> str | None:
    if one.draft is None:
        return None
    if one.kind in FLOWS:
        flow = FLOWS[one.kind]
        return url_for("pages.start_flow", key=flow, **one.draft) if flow in able else None
    if not opens:
        return None
    chosen = {"levels": one.draft["levels"], "outside": [level for level in one.draft["levels"] if level["outside"]]}
    listed = {name: " ".join(level["level"] for level in levels) for name, levels in chosen.items()}
    return url_for("pages.titles", **{**one.draft, **listed}, _anchor="open")


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

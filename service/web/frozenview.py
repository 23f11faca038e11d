"""Frozen reports as pages and API show them: heads, lists, differences, workbooks."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from service import sheets
from service.people import queries as people
from service.reports.contents import COLUMNS, found_of, lines_of
from service.reports.queries import Behind
from service.reports.queries_frozen import Frozen
from service.reports.rules_differences import Change, Difference
from service.sheets import Heading
from service.web import edge, reportview
from service.web.words import words

WIDEST = 31
"""Letters that a workbook lets the name of a sheet have."""


def head_of(row: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """Name, day and proof of a frozen report."""
    return {
        "id": row.id, "name": row.name, "as_of": row.as_of, "frozen_at": row.frozen_at,
        "by": names.get(row.frozen_by, ""), "sha256": row.sha256,
    }  # fmt: skip


def behind_of(kept: Mapping[str, Any]) -> Behind:
    """The list of a kept figure."""
    return Behind(found_of(kept), lines_of(kept), 0)


def differences_of(found: Iterable[Difference]) -> list[dict[str, Any]]:
    """What differs in words: numbers before and after, and the rows that came, are gone, or changed."""
    found = list(found)
    ids = {row[2] for one in found for change in one.changes for row in (*change.before, *change.after) if row[2]}
    places = people.organisation_names(ids, edge.locale())
    return [
        {
            "key": one.key, "name": words(f"figure.{one.key}", {}, edge.locale()),
            "before": _numbers(one.before), "after": _numbers(one.after),
            "changes": [_change(change, places) for change in one.changes],
        }
        for one in found
    ]  # fmt: skip


def _numbers(side: Sequence[Any] | None) -> dict[str, Any] | None:
    if side is None:
        return None
    part, whole, unknown, verdict = side
    told = words(f"verdict.{verdict}", {}, edge.locale())
    return {"numerator": part, "denominator": whole, "unknown": unknown, "verdict": verdict, "verdict_words": told}


def _change(change: Change, places: Mapping[str, str]) -> dict[str, Any]:
    kind = "came" if not change.before else "gone" if not change.after else "changed"
    return {
        "id": change.id, "name": change.name, "kind": kind,
        "before": [_row(row, places) for row in change.before], "after": [_row(row, places) for row in change.after],
    }  # fmt: skip


def _row(row: Sequence[Any], places: Mapping[str, str]) -> dict[str, Any]:
    told = dict(zip(COLUMNS, row, strict=True))
    return {
        "organisation": places.get(told["organisation_id"] or "", ""), "part": told["part"], "whole": told["whole"],
        "shown": "" if told["shown"] is None else str(told["shown"]),
    }  # fmt: skip


def workbook_of(frozen: Frozen) -> bytes:
    """The figures, and a sheet for each list."""
    on, locale = frozen.row.as_of, edge.locale()
    head = [Heading(str(text), width) for text, width in (
        (_("Figure"), 36), (_("Value"), 12), (_("Out of"), 12), (_("Unknown"), 10), ("%", 10), (_("Target"), 12),
        (_("Stands"), 14), (_("What is counted"), 70),
    )]  # fmt: skip
    rows: list[list[str]] = []
    beside: dict[str, list[list[str]]] = {}
    for kept in frozen.contents["figures"]:
        shown = reportview.figure_of(found_of(kept), on)
        rows.append(_summary(shown))
        beside[_sheet_name(shown["name"], beside)] = _list(kept)
    proof = [["", ""], [words("report.as_of", {}, locale), on.isoformat()], ["SHA-256", frozen.row.sha256]]
    return sheets.workbook(str(_("Figures")), head, [*rows, *proof], beside)


def _summary(shown: Mapping[str, Any]) -> list[str]:
    target = shown["target"]
    aim = "" if target is None else f"{'≥' if target['sense'] == 'least' else '≤'} {target['value']}"
    values = (shown["numerator"], shown["denominator"], shown["unknown"], shown["quotient"], aim)
    told = ["" if value is None else str(value) for value in values]
    return [shown["name"], *told, shown["verdict_words"], shown["rule"]]


def _list(kept: Mapping[str, Any]) -> list[list[str]]:
    found = found_of(kept)
    return [reportview.columns_of(found), *reportview.cells_of(lines_of(kept), found)]


def _sheet_name(name: str, taken: Mapping[str, Any]) -> str:
    plain = "".join(" " if letter in r"[]:*?/\'" else letter for letter in name)[: WIDEST - 3].strip()
    return plain if plain not in taken else f"{plain} {len(taken)}"

"""Where somebody has worked and for how long: pure parts of the facts of a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from service.records.facts import Exchange
from service.records.rules_days import Span, merged, months_of, passed, whole_months, whole_years, without


def is_rural(place: Any | None) -> bool | None:
    """Whether service there counts as rural: a rural, remote or weak school; None when that is unknown."""
    if place is None:
        return None
    if place.area in ("rural", "remote") or place.weak:
        return True
    return None if place.area is None or place.weak is None else False


def destination_of(place: Any | None) -> str:
    """How an exchange to the place ranks: remote, weak or other (policy.md §3.P)."""
    if place is not None and place.area == "remote":
        return "remote"
    return "weak" if place is not None and place.weak else "other"


def _spans(rows: Iterable[Any], on: date) -> list[Span]:
    found = (passed(row.valid_from, row.valid_until, on) for row in rows)
    return [span for span in found if span is not None]


def worked(
    appointments: Sequence[Any],
    begun: Sequence[Any],
    places: Mapping[str, Any],
    here: Any | None,
    known: bool,
    on: date,
) -> dict[str, Any]:
    """Years of service and at the school, months in rural schools; `here` is the present appointment."""
    earlier = [record for record in begun if record.kind in ("service", "rural_service")]
    served = months_of(_spans([*appointments, *earlier], on))
    since = None if here is None else school_since(appointments, begun, here, on)
    return {
        "years_of_service": served // 12 if appointments or earlier else None,
        "at_school_since": since,
        "years_at_school": None if since is None else whole_years(since, on),
        **_rural(appointments, begun, places, known, on),
    }


def school_since(appointments: Sequence[Any], begun: Sequence[Any], here: Any, on: date) -> date:
    """The first day of the unbroken time at the present school; posts that follow each other there are one time."""
    same = [a for a in appointments if a.organisation_id == here.organisation_id]
    same += [r for r in begun if r.kind == "service" and r.organisation_id == here.organisation_id]
    stretches = merged(_spans(same, on))
    return stretches[-1][0] if stretches and stretches[-1][1] >= on else here.valid_from


def _rural(
    appointments: Sequence[Any], begun: Sequence[Any], places: Mapping[str, Any], known: bool, on: date
) -> dict[str, Any]:
    """Months at rural schools: who is lent elsewhere works there, wherever the appointment is."""
    sent = [r for r in begun if r.kind in ("exchange", "loan")]
    elsewhere = [r for r in sent if r.value != "moved"]
    service = [r for r in begun if r.kind == "service" and r.organisation_id is not None]
    home = [row for row in (*appointments, *service) if is_rural(places.get(row.organisation_id))]
    away = [row for row in sent if is_rural(places.get(row.organisation_id))]
    stated = [r for r in begun if r.kind == "rural_service"]
    spans = [*without(_spans(home, on), _spans(elsewhere, on)), *_spans([*away, *stated], on)]
    seen = months_of(spans)
    doubtful = any(is_rural(places.get(row.organisation_id)) is None for row in (*appointments, *service, *sent))
    return {"rural_months": seen if known and not doubtful else None, "rural_months_seen": seen}


def exchanges(records: Sequence[Any], places: Mapping[str, Any], on: date) -> tuple[Exchange, ...]:
    """The exchanges that have begun, in order."""
    return tuple(
        Exchange(
            record.organisation_id, record.value, record.valid_from, record.valid_until,
            whole_months(record.valid_from, min(record.valid_until or on, on)),
            destination_of(places.get(record.organisation_id)),
        )
        for record in records
    )  # fmt: skip

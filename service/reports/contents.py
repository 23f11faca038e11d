"""What a frozen report holds: every figure with target, verdict and list, as JSON that anybody can read."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy.orm import Session

from service.reports.declaring import Day, Figure, Found, Line, Part, everything
from service.reports.measuring import lines, measured, summed
from service.reports.registry import FIGURES
from service.reports.rules import Aim, Measure, verdict

FORMAT = 1
OWN = ("key", "topic", "unit", "subject", "ground", "basis", "mean", "bare")
COLUMNS = ("id", "name", "organisation_id", "part", "whole", "shown", "band", "subject")
"""The order of a row of a list."""


def taken(session: Session, day: Day) -> dict[str, Any]:
    """All figures of a day with their lists. The measure is that of the list, so that both are of one moment."""
    parts = measured(session, day, [one for one in FIGURES.values() if one.parts])
    figures = []
    for figure in FIGURES.values():
        rows = lines(session, figure, day)
        found = Found(figure, summed(rows, mean=figure.mean), figure.aim(day.parameters))
        told = parts[figure.key].parts if figure.parts else ()
        figures.append(_figure(found, day.on, told, rows))
    used = {key: day.parameters[key] for key in sorted(_asked(FIGURES.values()))}
    return {"format": FORMAT, "as_of": day.on.isoformat(), "parameters": used, "figures": figures}


def _asked(figures: Iterable[Figure]) -> set[str]:
    targets = [figure.target for figure in figures if figure.target]
    return {name for target in targets for name in (target.parameter, target.year) if name}


def _figure(found: Found, on: date, parts: Iterable[int], rows: Iterable[Line]) -> dict[str, Any]:
    figure, measure, aim = found.figure, found.measure, found.aim
    return {
        **{name: getattr(figure, name) for name in OWN},
        "part": measure.part, "whole": measure.whole, "unknown": measure.unknown,
        "aim": None if aim is None else vars(aim),
        "verdict": verdict(measure, aim, on, mean=figure.mean),
        "parts": [[part.name, number] for part, number in zip(figure.parts, parts, strict=True)],
        "shown": list(figure.shown[:2]) if figure.shown else None,
        "lines": [[_plain(getattr(row, name)) for name in COLUMNS] for row in rows],
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def packed(contents: Mapping[str, Any]) -> tuple[bytes, str]:
    """(Compressed, SHA-256 of the JSON in hexadecimal)."""
    text = orjson.dumps(contents, option=orjson.OPT_SORT_KEYS)
    return zlib.compress(text, 6), hashlib.sha256(text).hexdigest()


def opened(stored: bytes) -> tuple[dict[str, Any], str]:
    """(Contents, SHA-256 of what is stored)."""
    text = zlib.decompress(stored)
    return orjson.loads(text), hashlib.sha256(text).hexdigest()


def found_of(kept: Mapping[str, Any]) -> Found:
    """A kept figure as it was found, whatever is declared today."""
    shown = (*kept["shown"], everything) if kept["shown"] else None
    parts = tuple(Part(name, everything) for name, _ in kept["parts"])
    figure = Figure(**{name: kept[name] for name in OWN}, parts=parts, shown=shown)
    aim = None if kept["aim"] is None else Aim(**kept["aim"])
    return Found(figure, Measure(kept["part"], kept["whole"], kept["unknown"]), aim, tuple(n for _, n in kept["parts"]))


def lines_of(kept: Mapping[str, Any]) -> list[Line]:
    """The rows of a kept figure."""
    return [Line(**dict(zip(COLUMNS, row, strict=True))) for row in kept["lines"]]

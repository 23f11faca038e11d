"""Pure rules of candidates: totals, ranks with ties, whom the ranking proposes, who follows when somebody fails."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from service.errors import Fault

STANDING = "qualified"
"""The state of whoever is still in the running and not yet on a slot."""


@dataclass(frozen=True)
class Entry:
    """One candidate as the ranking sees it; scores in hundredths of a point, None when absent."""

    id: str
    line: int
    written: int | None = None
    interview: int | None = None
    inspection: str | None = None
    rank: int | None = None
    total: int | None = None
    chosen: bool = False
    state: str = STANDING
    number: int = 0


@dataclass(frozen=True)
class Placed:
    """The outcome for one candidate: total in ten-thousandths and rank, or why there is none."""

    id: str
    line: int
    total: int | None = None
    rank: int | None = None
    proposed: bool = False
    out: str | None = None


def total_of(written: int, interview: int, written_percent: int) -> int:
    """The weighted total as a whole number, so that ties are ties: ten-thousandths of a point."""
    return written * written_percent + interview * (100 - written_percent)


def out_because(entry: Entry, pass_line: int | None) -> str | None:
    """Why a qualified candidate cannot be ranked: absent, below the pass mark, or failed in the inspection."""
    if entry.written is None:
        return "absent_exam"
    if pass_line is not None and entry.written < pass_line:
        return "below_pass_line"
    if entry.interview is None:
        return "absent_interview"
    return "failed_inspection" if entry.inspection == "failed" else None


def placed(
    entries: Sequence[Entry], counts: Mapping[int, int], written_percent: int, pass_line: int | None = None
) -> list[Placed]:
    """Everybody's place, row by row. Equal totals share a rank and the next rank is skipped (1, 1, 3).

    The ranking proposes whoever fits wholly within the number of posts; a tie across that border is proposed to
    nobody, because people must choose there (design §3.10).
    """
    found = [Placed(entry.id, entry.line, out=why) for entry in entries if (why := out_because(entry, pass_line))]
    rest = [entry for entry in entries if out_because(entry, pass_line) is None]
    for line, group in groupby(sorted(rest, key=lambda entry: entry.line), key=lambda entry: entry.line):
        found += _ranked(line, list(group), counts.get(line, 0), written_percent)
    return found


def _ranked(line: int, entries: list[Entry], count: int, written_percent: int) -> list[Placed]:
    totals = {entry.id: total_of(entry.written or 0, entry.interview or 0, written_percent) for entry in entries}
    every = sorted(totals.values(), reverse=True)
    ranks = {entry_id: every.index(score) + 1 for entry_id, score in totals.items()}
    fits = {score for score in every if every.index(score) + every.count(score) <= count}
    return [
        Placed(entry_id, line, score, ranks[entry_id], proposed=score in fits) for entry_id, score in totals.items()
    ]


def choice_faults(entries: Iterable[Entry], counts: Mapping[int, int], reason: str | None) -> list[Fault]:
    """What is wrong with a choice: too many for a row, somebody without a rank, or out of rank without a reason."""
    faults = []
    by_line: dict[int, list[Entry]] = {}
    for entry in entries:
        by_line.setdefault(entry.line, []).append(entry)
    for line, group in sorted(by_line.items()):
        chosen = [entry for entry in group if entry.chosen]
        if len(chosen) > counts.get(line, 0):
            params = {"line": line, "chosen": len(chosen), "posts": counts.get(line, 0)}
            faults.append(Fault(f"candidates.{line}", "hiring.too_many_chosen", params=params))
        if any(entry.rank is None for entry in chosen):
            faults.append(Fault(f"candidates.{line}", "hiring.chosen_without_rank", params={"line": line}))
        elif departs(group) and not (reason or "").strip():
            faults.append(Fault("values.choice_reason", "hiring.choice_needs_reason", params={"line": line}))
    return faults


def departs(entries: Sequence[Entry]) -> bool:
    """Whether somebody is passed over who has a better rank than one of the chosen."""
    ranks = [entry.rank for entry in entries if entry.chosen and entry.rank is not None]
    passed_over = [entry.rank for entry in entries if not entry.chosen and entry.rank and entry.state == STANDING]
    return bool(ranks and passed_over) and min(passed_over) < max(ranks)


def next_ranked(entries: Iterable[Entry], line: int) -> Entry | None:
    """Who follows in a row: the best rank that is still standing; equal ranks by written score, then as registered."""
    waiting = [entry for entry in entries if entry.line == line and entry.rank and entry.state == STANDING]
    return min(waiting, key=lambda entry: (entry.rank, -(entry.written or 0), entry.number), default=None)


def slots(chosen: Sequence[Entry]) -> list[dict[str, object]]:
    """One slot per chosen candidate: `key` names its hold in the ledger ("1.2": the second post of row 1)."""
    found: list[dict[str, object]] = []
    ordered = sorted(chosen, key=lambda entry: (entry.line, entry.rank or 0, entry.number))
    for line, group in groupby(ordered, key=lambda entry: entry.line):
        for number, entry in enumerate(group, start=1):
            found.append({"key": f"{line}.{number}", "line": line, "candidate_id": entry.id, "round": 0})
    return found

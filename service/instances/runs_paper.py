"""Runs over the cases of a workbook: each tried, or confirmed, by a command of its own, so that one stops no other."""

from collections.abc import Mapping
from typing import Any

from service.clock import Clock
from service.errors import LecternError
from service.instances import commands_paper_import, commands_told, queries_paper_import, queries_told
from service.instances.commands_paper_import import CONFIRM, TRY, Tried
from service.instances.commands_told import DecideTold
from service.instances.paper_cases import CONFIRMED, DRAFT, FAULTY, OPEN, READY
from service.runs.declaring import Progress, Running, runner


@runner(
    TRY,
    "试办书面案件",
    "Try cases on paper",
    said=("可以补登 {ready} 件，有误 {faulty} 件", "{ready} fit, {faulty} do not"),
)
def try_cases(run: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """The dry run of each case that has none yet; the counts."""
    import_id = run.arguments["import_id"]
    rows = queries_paper_import.cases(run.actor, import_id)
    waiting = [row for row in rows if row.state == DRAFT]
    for number, row in enumerate(waiting, len(rows) - len(waiting)):
        progress(number, len(rows))
        told = queries_told.one(run.actor, row.id).told
        if told is None:
            continue
        try:
            rest = commands_told.rehearse_told(run.actor, told, now=clock.now())
            found = Tried(run, row.id, rest=rest)
        except LecternError as refused:
            found = Tried(run, row.id, error=refused)
        commands_paper_import.note_tried(run.actor, found, now=clock.now())
    after = [row.state for row in queries_paper_import.cases(run.actor, import_id)]
    return {"import_id": import_id, "ready": after.count(READY), "faulty": after.count(FAULTY)}


@runner(
    CONFIRM, "确认补登的书面案件", "Confirm cases on paper",
    said=("已补登 {done} 件，退回 {refused} 件", "{done} entered, {refused} refused"),
)  # fmt: skip
def confirm_cases(run: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """Begin each case that waits; what is refused stays open, with the reason."""
    import_id = run.arguments["import_id"]
    rows = queries_paper_import.cases(run.actor, import_id)
    waiting = [row for row in rows if row.state == OPEN]
    for number, row in enumerate(waiting):
        progress(number, len(waiting))
        try:
            commands_told.confirm_told(run.actor, DecideTold(row.id), now=clock.now())
        except LecternError as refused:
            commands_paper_import.note_refusal(run.actor, Tried(run, row.id, error=refused), now=clock.now())
    after = [row.state for row in queries_paper_import.cases(run.actor, import_id)]
    return {"import_id": import_id, "done": after.count(CONFIRMED), "refused": after.count(OPEN)}

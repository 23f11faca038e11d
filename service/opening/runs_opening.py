"""Kinds of runs of the opening: checks a workbook, loads it at once or not at all, takes a load back."""

from collections.abc import Mapping
from typing import Any

from service.access.days import day_of
from service.clock import Clock
from service.db import db
from service.errors import Conflict, Invalid
from service.opening import commands_runs, loading, queries, staging
from service.opening.commands import CHECK, LOAD, REVOKE
from service.opening.commands_runs import Checked, FileRead, FileRefused, Planned
from service.opening.planning import plan
from service.runs.declaring import LONG, Progress, Running, runner
from service.sheets import read_book


@runner(CHECK, "检查开账文件", "Check of an opening workbook",
        said=("共 {rows} 行，有误 {wrong} 行", "{rows} rows, {wrong} wrong"))  # fmt: skip
def check(run: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """Read the file, if nobody has yet, and look at every row; nothing is written but what was found."""
    import_id = run.arguments["import_id"]
    content = queries.unread(run.actor, import_id)
    if content is not None:
        _read(run, import_id, content, clock)
    read = queries.staged_of(run.actor, import_id)
    if read.state != "checking":
        return {"import_id": import_id, "rows": read.total, "wrong": read.wrong}
    found = _planned(run, import_id, clock, progress).plan
    commands_runs.keep_check(run.actor, run, Checked(import_id, found), now=clock.now())
    return {"import_id": import_id, "rows": found.rows, "wrong": found.wrong}


def _read(run: Running, import_id: str, content: bytes, clock: Clock) -> None:
    """Keep the rows, to be checked at once or when a person has looked at unknown headings; or why there are none."""
    try:
        book = read_book(content, staging.MOST_ROWS)
        found = {title: sheet for title, sheet in book.items() if sheet.rows}
        if not found:
            raise Invalid("import.empty")
    except Invalid as why:
        commands_runs.refuse_file(run.actor, run, FileRefused(import_id, why), now=clock.now())
        return
    commands_runs.keep_read(run.actor, run, FileRead(import_id, found), now=clock.now())


@runner(LOAD, "载入开账文件", "Load of an opening workbook", lane=LONG,
        said=("共 {rows} 行，有误 {wrong} 行", "{rows} rows, {wrong} wrong"))  # fmt: skip
def load(run: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """Everything in one transaction: a process that is killed has written nothing, and another begins anew.

    What is to be written is worked out before it, so that it is short: the run is locked by it, and on SQLite nobody
    else writes meanwhile.
    """
    import_id = run.arguments["import_id"]
    found = queries.staged_of(run.actor, import_id)
    if found.state == "loaded":
        return {"import_id": import_id, "rows": found.total, "wrong": 0}
    done = commands_runs.finish_load(run.actor, run, _planned(run, import_id, clock, progress), now=clock.now())
    progress(done.rows, done.rows)
    return {"import_id": import_id, "rows": done.rows, "wrong": done.wrong}


def _planned(run: Running, import_id: str, clock: Clock, progress: Progress) -> Planned:
    """What stands in the workbook against the books as they are now."""
    staged, session, now = queries.sheets(run.actor, import_id), db.session(), clock.now()
    standing = loading.standing(session)
    found = plan(session, run.actor, staged.sheets, staged.mapping, day_of(now), now, progress)
    session.rollback()
    return Planned(import_id, found, standing)


@runner(REVOKE, "撤回开账", "Taking a load back", lane=LONG,
        said=("涉及 {touched} 个人员和机构", "{touched} persons and organisations touched"))  # fmt: skip
def revoke(run: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """Take it back, or leave it as it is where something uses it by now."""
    import_id = run.arguments["import_id"]
    if queries.staged_of(run.actor, import_id).state == "revoked":
        return {"import_id": import_id, "touched": 0}
    progress(0)
    try:
        touched = commands_runs.finish_revoke(run.actor, run, import_id, now=clock.now())
    except Conflict:
        commands_runs.leave_loaded(run.actor, run, import_id, now=clock.now())
        raise
    return {"import_id": import_id, "touched": touched}

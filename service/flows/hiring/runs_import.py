"""Checks a sheet of candidates part by part in the background, then writes it at once or not at all."""

from collections.abc import Mapping
from typing import Any

from service.clock import Clock
from service.errors import Invalid, NotFound
from service.flows.hiring import commands_import, queries_import
from service.flows.hiring.commands_import import KIND, ImportStep
from service.runs.declaring import Progress, Running, runner


@runner(
    KIND, "导入候选人", "Import of candidates",
    said=("写入 {written} 行，有误 {wrong} 行", "{written} lines written, {wrong} wrong"),
)  # fmt: skip
def import_candidates(run: Running, progress: Progress, clock: Clock) -> Mapping[str, Any]:
    """Go on where an earlier attempt has stopped; what that one had written already is counted as written."""
    step, case = ImportStep(run.arguments["import_id"]), {"instance_id": run.arguments["instance_id"]}
    try:
        found = queries_import.progress(run.actor, step.import_id)
    except NotFound:
        if run.attempt == 1:
            raise
        return {**case, "written": run.arguments["rows"], "wrong": 0}
    while not found.checked:
        progress(found.done, found.total)
        found = commands_import.check_part(run.actor, step, now=clock.now())
    progress(found.done, found.total)
    if found.faults:
        return {**case, "written": 0, "wrong": found.wrong}
    try:
        done = commands_import.finish_import(run.actor, step, now=clock.now())
    except Invalid as refused:
        if refused.code != "import.rows":
            raise
        commands_import.keep_faults(run.actor, step, refused.faults, now=clock.now())
        return {**case, "written": 0, "wrong": len({fault.params["row"] for fault in refused.faults})}
    return {**case, "written": done.inserted + done.changed, "wrong": 0}

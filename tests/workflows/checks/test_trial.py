"""The trial: the engine's own parser in a process that can be killed."""

import subprocess
import sys
from dataclasses import replace

import pytest

from tests.workflows.checks.drawing import CONTEXT, END, START, around, chain, element, extended, process, task, user
from workflows.checks import GateContext, check, trial

TRIED = replace(CONTEXT, trial=True)
PRIORITY = around(user("a", '<zeebe:priorityDefinition priority="urgent"/>'), ids=("a",))


def test_what_only_the_engine_refuses_becomes_a_finding_with_element_line_and_remedy():
    (finding,) = check({"flow.bpmn": PRIORITY}, TRIED)
    assert (finding.rule.id, finding.element_id, finding.file) == ("engine.refused", "a", "flow.bpmn")
    assert PRIORITY.split(b"\n")[finding.line - 1].startswith(b'<bpmn:userTask id="a"')
    assert "100" in finding.remedy("en")


def test_a_thousand_tasks_in_a_row_do_not_crash_the_engine_s_parser():
    names = [f"t{i}" for i in range(1_000)]
    assert check({"flow.bpmn": process(START, *map(task, names), END, chain("s", *names, "e"))}, TRIED) == []


def test_call_of_a_process_outside_the_folder_is_left_open():
    call = element("callActivity", "c", extended('<zeebe:calledElement processId="known_process"/>'))
    assert check({"flow.bpmn": around(call, ids=("c",))}, TRIED) == []


WORKS = "from workflows.checks.trial_process import limit; limit(1)\nwhile True: pass"


@pytest.mark.parametrize(("code", "clock"), [(WORKS, 60.0), ("import time; time.sleep(60)", 0.2)])
def test_parser_that_hangs_is_killed_and_becomes_a_finding(monkeypatch: pytest.MonkeyPatch, code: str, clock: float):
    """By the processor's time, so that a busy machine refuses nothing; at last by the clock."""
    monkeypatch.setattr(trial, "COMMAND", ("-c", code))
    monkeypatch.setattr(trial, "CLOCK_SECONDS", clock)
    (finding,) = trial.check({"flow.bpmn": PRIORITY}, GateContext())
    assert finding.rule.id == "engine.slow"


def test_parser_that_crashes_becomes_a_finding_with_its_last_words(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trial, "COMMAND", ("-c", "raise SystemExit('out of memory')"))
    (finding,) = trial.check({"flow.bpmn": PRIORITY}, GateContext())
    assert finding.rule.id == "engine.failed"
    assert "out of memory" in finding.message("en")


def test_trial_process_gets_no_secret_of_the_server(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LECTERN_SIGNING_KEY", "secret")
    monkeypatch.setattr(trial, "COMMAND", ("-c", "import os, sys; sys.exit(' '.join(os.environ))"))
    (finding,) = trial.check({"flow.bpmn": PRIORITY}, GateContext())
    assert "LECTERN" not in finding.message("en")
    assert "PYTHONPATH" in finding.message("en")


def test_trial_process_loads_no_database():
    """It begins anew for each diagram that is tried, and SQLAlchemy is two thirds of what it would load."""
    code = "import workflows.checks.trial_process, sys; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

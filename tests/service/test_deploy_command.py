"""`lectern deploy`: a folder of flows in one go, the library first, and what is vacant told once a role."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from service.access.actor import Actor
from service.cli import main
from service.deployments import commands
from service.deployments.commands import Publish
from service.deployments.folder import flows_in
from service.errors import Conflict
from tests.processes import environment

BPMN = Path(__file__).resolve().parents[2] / "bpmn"


def test_a_folder_of_flows_is_published_in_one_go_and_each_vacant_role_is_told_once(app: Flask, tmp_path: Path) -> None:
    for name in ("shared", "personnel"):
        shutil.copytree(BPMN / name, tmp_path / name)
    told = CliRunner().invoke(main, ["deploy", str(tmp_path)], env=environment(app.extensions["lectern.settings"]))
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert lines.index("@shared version 1") < lines.index("personnel version 1")
    vacant = [line for line in lines if "人事科科长" in line]
    assert len(vacant) == 1 and "Bureau HR chief" in vacant[0]


def test_what_the_bureau_has_drawn_itself_is_left_and_the_flows_after_it_are_published(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("shared", "hiring", "personnel"):
        shutil.copytree(BPMN / name, tmp_path / name)
    publish, asked = commands.publish, []

    def redrawn(actor: Actor, command: Publish, *, now: datetime) -> Any:
        asked.append(command)
        if len(asked) == 2:
            raise Conflict("deployment.redrawn", key="hiring", version=3)
        return publish(actor, command, now=now)

    monkeypatch.setattr(commands, "publish", redrawn)
    told = CliRunner().invoke(main, ["deploy", str(tmp_path)], env=environment(app.extensions["lectern.settings"]))
    assert told.exit_code == 1
    assert "personnel version 1" in told.output and "hiring version" not in told.output
    assert "是本单位自行修改发布的，没有覆盖" in told.output


def test_the_library_comes_first_and_a_folder_that_is_a_flow_is_taken_as_one() -> None:
    every = flows_in(BPMN, shared=False)
    assert every[0] == (BPMN / "shared", True) and not any(shared for _, shared in every[1:])
    assert {folder.name for folder, _ in every} == {folder.name for folder in BPMN.iterdir() if folder.is_dir()}
    assert flows_in(BPMN / "title", shared=False) == [(BPMN / "title", False)]
    assert flows_in(BPMN / "shared", shared=True) == [(BPMN / "shared", True)]

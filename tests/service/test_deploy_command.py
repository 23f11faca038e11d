"""`lectern deploy`: a folder of flows in one go, the library first, and what is vacant told once a role."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from service.cli import main
from service.clock import SetClock
from service.deployments import releasing
from service.deployments.commands import Publish, publish
from service.deployments.folder import flows_in, read_folder
from service.errors import Conflict
from tests.driver import Driver
from tests.processes import environment
from tests.service.deployments import desk
from tests.service.deployments.admins import untried
from tests.service.people import county

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


def small(folder: Path, key: str, diagram: bytes = desk.GOOD["flow.bpmn"]) -> None:
    """The small flow as one of another key."""
    folder.joinpath(key).mkdir()
    for name, content in {**desk.GOOD, "flow.bpmn": diagram}.items():
        (folder / key / name).write_bytes(content.replace(b"small", key.encode()))


@pytest.fixture
def three(app: Flask, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of three flows, of which the bureau has drawn the second itself."""
    untried(monkeypatch)
    for key in ("ares", "boreas", "chaos"):
        small(tmp_path, key)
    admin = Driver(county.build(), clock).actor("admin")
    assert publish(admin, Publish(read_folder(tmp_path / "boreas")), now=clock.now()).version == 1
    return tmp_path


def deployed(app: Flask, folder: Path) -> Result:
    return CliRunner().invoke(main, ["deploy", str(folder)], env=environment(app.extensions["lectern.settings"]))


def test_what_the_bureau_has_drawn_itself_is_left_and_the_flows_after_it_are_published(app: Flask, three: Path) -> None:
    told = deployed(app, three)
    assert told.exit_code == 1
    assert "ares version 1" in told.output and "chaos version 1" in told.output and "boreas version" not in told.output
    assert "“boreas”的第 1 版是本单位自行修改发布的，没有覆盖" in told.output


def test_what_was_left_is_told_also_when_a_later_flow_is_refused(app: Flask, three: Path) -> None:
    shutil.rmtree(three / "chaos")
    small(three, "chaos", desk.FAULTY.encode())
    told = deployed(app, three)
    assert told.exit_code == 1 and "ares version 1" in told.output
    assert "grand_vizier" in told.output
    assert "“boreas”的第 1 版是本单位自行修改发布的，没有覆盖" in told.output


def test_another_refusal_is_not_taken_for_a_flow_of_the_bureau(
    app: Flask, three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Any, key: str) -> None:
        if key == "boreas":
            raise Conflict("draft.open", by_name="王", at="09:00")

    monkeypatch.setattr(releasing, "expect_house", refuse)
    told = deployed(app, three)
    assert told.exit_code == 1 and "已有一个草稿" in told.output
    assert "ares version 1" in told.output and "chaos version 1" not in told.output


def test_the_library_comes_first_and_a_folder_that_is_a_flow_is_taken_as_one() -> None:
    every = flows_in(BPMN, shared=False)
    assert every[0] == (BPMN / "shared", True) and not any(shared for _, shared in every[1:])
    assert {folder.name for folder, _ in every} == {folder.name for folder in BPMN.iterdir() if folder.is_dir()}
    assert flows_in(BPMN / "title", shared=False) == [(BPMN / "title", False)]
    assert flows_in(BPMN / "shared", shared=True) == [(BPMN / "shared", True)]

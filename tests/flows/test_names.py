"""Every element of a shipped flow that has a Chinese name has an English one, and nothing else is named."""

import tomllib
from pathlib import Path

import pytest
from lxml import etree

BPMN = Path(__file__).parents[2] / "bpmn"
FOLDERS = sorted(path.name for path in BPMN.iterdir() if (path / "flow.toml").exists())
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


@pytest.mark.parametrize("folder", FOLDERS)
def test_everything_with_a_chinese_name_has_an_english_one(folder: str) -> None:
    roots = [etree.parse(path).getroot() for path in (BPMN / folder).glob("*.bpmn")]
    nodes = [node for root in roots for process in root.iter(f"{MODEL}process") for node in process if node.get("name")]
    ways = {node.get("id") for node in nodes if node.tag == f"{MODEL}sequenceFlow"}
    named = {node.get("id") for node in nodes} - ways
    english = set(tomllib.loads((BPMN / folder / "flow.toml").read_text("utf-8"))["names"]["en"])
    assert named, "a folder of diagrams has names"
    assert named <= english
    assert english <= named | ways | _tables(folder)


def _tables(folder: str) -> set[str | None]:
    """The decisions of a folder by id, and what they know by name."""
    files = [etree.parse(path).getroot() for path in (BPMN / folder).glob("*.dmn")]
    decisions = {node.get("id") for file in files for node in file.iter("{*}decision")}
    return decisions | {node.get("name") for file in files for node in file.iter("{*}businessKnowledgeModel")}

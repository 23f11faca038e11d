"""A decision against somebody looks like one, and is asked for once more before it is taken."""

import tomllib
from pathlib import Path

from service.web.pages.taskpage import TONES

FLOWS = Path(__file__).parents[3] / "bpmn"
AGAINST = ("不", "放弃", "取消", "注销", "未到")
HARMLESS = {
    "accept": "nobody asks for a review", "abandon": "a deadline says it", "dismiss": "nothing is revoked",
    "no": "a ballot", "leave": "the persons stay as they are", "failed": "what others have found",
}  # fmt: skip


def test_every_decision_against_somebody_has_the_look_of_a_refusal() -> None:
    steps = [
        flow["decisions"] for flow in (tomllib.loads(path.read_text("utf-8")) for path in FLOWS.glob("*/flow.toml"))
    ]
    labels = {(value, words["zh"]) for step in steps for one in step.values() for value, words in one["labels"].items()}
    against = {(value, words) for value, words in labels if words.startswith(AGAINST)}
    assert len(against) > 10
    assert {(value, words) for value, words in against if TONES.get(value) != "no"} == {
        (value, words) for value, words in against if value in HARMLESS
    }

"""Texts with expressions: conditions of flows, rules of timers, completion conditions."""

from lxml import etree

from workflows.foreign.juel import is_expression
from workflows.foreign.notes import CHANGED, OPEN
from workflows.foreign.reading import Scene
from workflows.xml import local

CONDITIONS = frozenset({"conditionExpression", "completionCondition"})
TIMES = frozenset({"timeDuration", "timeDate", "timeCycle"})
TEXTS = CONDITIONS | TIMES


def translate(scene: Scene, element: etree._Element) -> None:
    """A condition becomes FEEL, a timer with an expression too; what is a plain rule stays."""
    text = (element.text or "").strip()
    kind = local(element)
    if kind in CONDITIONS and element.get("language"):
        scene.note(OPEN, "foreign.language", element, language=element.get("language"))
        return
    if not is_expression(text):
        if kind == "timeCycle" and text and not text.startswith("R"):
            scene.note(OPEN, "foreign.cron", element, text=text[:100])
        elif kind in CONDITIONS and text and not text.startswith("="):
            scene.note(OPEN, "foreign.expression", element, text=text[:200], part=text[:40])
        return
    value = scene.value(element, text)
    if value is not None:
        element.text = value
        scene.note(CHANGED, "foreign.feel", element, old=text[:200], new=value[:200])

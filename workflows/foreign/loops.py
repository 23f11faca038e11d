"""Multi-instance: collection and element by attributes, or a number of times."""

from lxml import etree

from workflows.foreign.juel import is_expression
from workflows.foreign.notes import CHANGED
from workflows.foreign.reading import Scene
from workflows.xml import bpmn


def translate(scene: Scene, loop: etree._Element) -> None:
    """The collection and its element as zeebe:loopCharacteristics; a cardinality counts from 1."""
    collection, item = scene.take(loop, "collection"), scene.take(loop, "elementVariable")
    drawn, each = loop.find(bpmn("loopDataInputRef")), loop.find(bpmn("inputDataItem"))
    if collection is None and drawn is not None:
        collection = (drawn.text or "").strip()
        item = item or (each.get("name") or each.get("id") if each is not None else None)
        for one in (drawn, each):
            if one is not None:
                loop.remove(one)
    cardinality = loop.find(bpmn("loopCardinality"))
    items: str | None = None
    if collection:
        items = scene.value(loop, collection) if is_expression(collection) else f"={collection}"
    elif cardinality is not None and (cardinality.text or "").strip():
        count = scene.value(loop, (cardinality.text or "").strip())
        items = None if count is None else f"=for i in 1..{count.removeprefix('=')} return i"
        loop.remove(cardinality)
    if items is None:
        return
    scene.write(loop, "loopCharacteristics", inputCollection=items, **({"inputElement": item} if item else {}))
    scene.note(CHANGED, "foreign.loop", loop, items=items, item=item or "")

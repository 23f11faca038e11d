// Findings on the elements: a red or ochre outline and the number under which the list names them.
import { make, say } from "../page.js";

const MARKS = { error: "finding-error", warning: "finding-warning" };

export function makeMarks(drawing) {
  const canvas = drawing.get("canvas");
  const registry = drawing.get("elementRegistry");
  const overlays = drawing.get("overlays");
  let marked = [];

  function clear() {
    overlays.remove({ type: "finding" });
    for (const [id, mark] of marked) if (registry.get(id)) canvas.removeMarker(id, mark);
    marked = [];
  }

  function badge(element, finding, number) {
    const box = make("span", { className: `finding-number ${finding.severity}`, title: finding.message }, String(number));
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", say("findingMark", { n: number, text: finding.message }));
    const position = element.waypoints ? { top: -10, left: 0 } : { bottom: 12, right: 10 };
    overlays.add(element.id, "finding", { position, html: box, show: { minZoom: 0.2 } });
  }

  return {
    // All findings are numbered as in the list, so the numbers come from their place there.
    draw(findings) {
      clear();
      const seen = new Set();
      for (const finding of findings) {
        const element = registry.get(finding.element_id);
        if (!element) continue;
        const mark = MARKS[finding.severity];
        canvas.addMarker(element, mark);
        marked.push([element.id, mark]);
        if (!seen.has(element.id)) badge(element, finding, finding.number);
        seen.add(element.id);
      }
    },
    nameOf(finding) {
      const object = registry.get(finding.element_id)?.businessObject;
      return object?.name || object?.processRef?.name || "";
    },
    go(id) {
      const element = registry.get(id) ?? canvas.getRootElement();
      canvas.scrollToElement?.(element, 120);
      drawing.get("selection", false)?.select(element === canvas.getRootElement() ? [] : element);
    },
  };
}

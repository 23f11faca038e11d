// The read-only diagram of a case: bpmn-js, coloured by where the case is, opened at the current step.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import { showAll, showCurrent } from "./view.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// Colours go through the diagram's own colour attributes, so that arrow heads and icons follow.
function paint(viewer, element, { stroke, fill }, marker) {
  if (!element) return;
  element.di.set("bioc:stroke", stroke);
  if (fill && !element.waypoints) element.di.set("bioc:fill", fill);
  const drawing = viewer.get("elementRegistry").getGraphics(element);
  viewer.get("graphicsFactory").update(element.waypoints ? "connection" : "shape", element, drawing);
  viewer.get("canvas").addMarker(element, marker);
}

function mark(viewer, { taken, current }) {
  const registry = viewer.get("elementRegistry");
  const reached = new Set([...taken, ...current]);
  const walked = (flow) => taken.includes(flow.source?.id) && reached.has(flow.target?.id);
  const flows = registry.filter((element) => element.type === "bpmn:SequenceFlow" && walked(element));
  for (const flow of flows) paint(viewer, flow, { stroke: colour("pine") }, "taken");
  for (const id of taken) if (!current.includes(id)) paint(viewer, registry.get(id), { stroke: colour("pine") }, "taken");
  const now = { stroke: colour("ochre"), fill: colour("ochre-tint") };
  for (const id of current) paint(viewer, registry.get(id), now, "current");
}

const HEAT = Object.fromEntries(["half", "near", "within", "over", "far"].map((name) => [name, `heat-${name}`]));
const TONES = { added: "pine", changed: "ochre", moved: "ink-3", error: "brick", warning: "ochre", ...HEAT };

// What differs, what the gate finds, how long a step takes, how many cases stand where: colours, and numbers beside them.
function annotate(viewer, marks, counts) {
  const registry = viewer.get("elementRegistry");
  for (const [id, state] of Object.entries(marks)) {
    const tone = TONES[state];
    paint(viewer, registry.get(id), { stroke: colour(tone), fill: colour(`${tone}-tint`) || undefined }, state);
  }
  for (const [id, number] of Object.entries(counts)) {
    if (!registry.get(id)) continue;
    const badge = document.createElement("b");
    badge.className = "count num";
    badge.textContent = number;
    viewer.get("overlays").add(id, { position: { top: -12, right: 14 }, html: badge });
  }
}

function addControls(controls, viewer, current) {
  const canvas = viewer.get("canvas");
  const actions = {
    in: () => canvas.zoom(canvas.zoom() * 1.25),
    out: () => canvas.zoom(canvas.zoom() / 1.25),
    all: () => showAll(viewer),
    current: () => showCurrent(viewer, current),
  };
  controls.hidden = false;
  controls.addEventListener("click", (event) => actions[event.target.closest("button")?.value]?.());
}

async function draw(box) {
  const read = (name) => JSON.parse(box.dataset[name] ?? "{}");
  const path = { taken: JSON.parse(box.dataset.taken), current: JSON.parse(box.dataset.current) };
  const [holder, waiting] = [box.querySelector(".canvas"), box.querySelector("[data-waiting]")];
  try {
    const reply = await fetch(box.dataset.diagram, { headers: { Accept: "application/xml" } });
    if (!reply.ok) throw new Error(String(reply.status));
    const bpmnRenderer = { defaultStrokeColor: colour("to-come"), defaultLabelColor: colour("ink-3") };
    const viewer = new NavigatedViewer({ container: holder, bpmnRenderer });
    await viewer.importXML(await reply.text());
    box.classList.remove("waiting");
    waiting.hidden = true;
    mark(viewer, path);
    annotate(viewer, read("marks"), read("counts"));
    viewer.get("zoomScroll").toggle(false);
    viewer.get("canvas").resized();
    showCurrent(viewer, path.current);
    addControls(box.parentElement.querySelector(".zoom"), viewer, path.current);
    box.dataset.drawn = "yes";
  } catch {
    box.classList.replace("waiting", "failed");
    holder.remove();
    waiting.textContent = box.dataset.failed;
    box.dataset.drawn = "failed";
  }
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      draw(target);
    }
  },
  { rootMargin: "200px" },
);

for (const box of document.querySelectorAll("[data-diagram]")) seen.observe(box);

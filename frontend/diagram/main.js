// The read-only diagram of a case: bpmn-js, coloured by where the case is, opened at the current step.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";

const CLOSEST = 0.5;

function mark(viewer, { taken, current }) {
  const [canvas, registry] = [viewer.get("canvas"), viewer.get("elementRegistry")];
  const reached = new Set([...taken, ...current]);
  for (const id of taken) if (registry.get(id) && !current.includes(id)) canvas.addMarker(id, "taken");
  for (const id of current) if (registry.get(id)) canvas.addMarker(id, "current");
  const flows = registry.filter((element) => element.type === "bpmn:SequenceFlow");
  for (const flow of flows) {
    if (taken.includes(flow.source?.id) && reached.has(flow.target?.id)) canvas.addMarker(flow.id, "taken");
  }
}

function showCurrent(viewer, ids) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  const elements = ids.map((id) => viewer.get("elementRegistry").get(id)).filter(Boolean);
  if (!elements.length) return;
  const { scale } = canvas.viewbox();
  if (scale < CLOSEST) canvas.zoom(Math.max(CLOSEST, 0.75));
  const box = canvas.viewbox();
  const left = Math.min(...elements.map((element) => element.x));
  const right = Math.max(...elements.map((element) => element.x + element.width));
  const top = Math.min(...elements.map((element) => element.y));
  const bottom = Math.max(...elements.map((element) => element.y + element.height));
  if (scale >= CLOSEST) return;
  canvas.viewbox({ ...box, x: (left + right - box.width) / 2, y: (top + bottom - box.height) / 2 });
}

function addControls(box, viewer, current) {
  const canvas = viewer.get("canvas");
  const actions = {
    in: () => canvas.zoom(canvas.zoom() * 1.25),
    out: () => canvas.zoom(canvas.zoom() / 1.25),
    all: () => canvas.zoom("fit-viewport", "auto"),
    current: () => showCurrent(viewer, current),
  };
  box.querySelector(".zoom").hidden = false;
  box.querySelector(".zoom").addEventListener("click", (event) => {
    actions[event.target.closest("button")?.value]?.();
  });
}

async function draw(box) {
  const path = { taken: JSON.parse(box.dataset.taken), current: JSON.parse(box.dataset.current) };
  const holder = box.querySelector(".canvas");
  try {
    const reply = await fetch(box.dataset.diagram, { headers: { Accept: "application/xml" } });
    if (!reply.ok) throw new Error(String(reply.status));
    const viewer = new NavigatedViewer({ container: holder });
    await viewer.importXML(await reply.text());
    box.classList.remove("waiting");
    box.querySelector("[data-waiting]").hidden = true;
    mark(viewer, path);
    viewer.get("zoomScroll").toggle(false);
    viewer.get("canvas").resized();
    showCurrent(viewer, path.current);
    addControls(box, viewer, path.current);
  } catch {
    box.classList.replace("waiting", "failed");
    holder.remove();
    box.querySelector("[data-waiting]").textContent = box.dataset.failed;
  }
  box.dataset.drawn = box.classList.contains("failed") ? "failed" : "yes";
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    draw(target);
  }
}, { rootMargin: "200px" });

for (const box of document.querySelectorAll("[data-diagram]")) seen.observe(box);

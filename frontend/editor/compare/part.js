// The published version beside the draft: what was added, removed, changed or moved, in colours and in a list.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { diff } from "bpmn-js-differ";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import { contents, save } from "../saving.js";
import { ask, draft, find, make, say, urls } from "../page.js";
import { showAll } from "../../diagram/view.js";
import { drawChanges } from "./list.js";

const SIDES = ["before", "after"];

function side(name, title) {
  const canvas = make("div", { className: "compare-canvas" });
  const box = make("section", { className: `compare-side ${name}` }, make("h2", {}, title), canvas);
  box.setAttribute("aria-label", title);
  return { box, canvas };
}

async function drawn(canvas, xml) {
  const viewer = new NavigatedViewer({ container: canvas, moddleExtensions: { zeebe } });
  await viewer.importXML(xml);
  return viewer;
}

// What bpmn-js-differ says of two diagrams, as the marks of each element on the side where it stands.
function marksOf([before, after]) {
  const { _added, _removed, _changed, _layoutChanged } = diff(before.getDefinitions(), after.getDefinitions());
  const ids = (found) => Object.keys(found);
  const both = { changed: ids(_changed), moved: ids(_layoutChanged) };
  return { before: { removed: ids(_removed), ...both }, after: { added: ids(_added), ...both } };
}

function mark(viewer, marks) {
  const [registry, canvas] = [viewer.get("elementRegistry"), viewer.get("canvas")];
  for (const [state, ids] of Object.entries(marks)) {
    for (const id of ids) if (registry.get(id)) canvas.addMarker(id, `diff-${state}`);
  }
}

// Both sides show the same part of the diagram.
function together(viewers) {
  let leading = false;
  for (const viewer of viewers) {
    viewer.on("canvas.viewbox.changed", ({ viewbox }) => {
      if (leading) return;
      leading = true;
      for (const other of viewers) if (other !== viewer) other.get("canvas").viewbox({ x: viewbox.x, y: viewbox.y, width: viewbox.width, height: viewbox.height });
      leading = false;
    });
  }
}

export async function open(file) {
  await save();
  const { contents: earlier, changes } = await ask(urls.comparison);
  const [before, after] = [side("before", say("version", { n: draft.base.version })), side("after", say("thisDraft"))];
  find("#canvas").replaceChildren(make("div", { className: "compare" }, before.box, after.box));
  find("#properties").replaceChildren();
  const xmls = [earlier[file], contents(file)];
  const viewers = [];
  if (xmls.every(Boolean)) {
    viewers.push(await drawn(before.canvas, xmls[0]), await drawn(after.canvas, xmls[1]));
    const marks = marksOf(viewers);
    viewers.forEach((viewer, index) => mark(viewer, marks[SIDES[index]]));
    showAll(viewers[1]);
    together(viewers);
    viewers[0].get("canvas").viewbox(viewers[1].get("canvas").viewbox());
  } else {
    after.canvas.replaceChildren(make("p", { className: "meta" }, say("nothingBefore")));
  }
  drawChanges(find("#properties"), changes, (change) => go(viewers, change));
  return {
    mark: () => {},
    name: () => "",
    go: () => {},
    async close() {
      for (const viewer of viewers) viewer.destroy();
      find("#canvas").replaceChildren();
      find("#properties").replaceChildren();
    },
  };
}

function go(viewers, { part }) {
  for (const viewer of viewers) {
    const element = viewer.get("elementRegistry").get(part);
    if (!element) continue;
    const canvas = viewer.get("canvas");
    if (canvas.zoom() < 0.6) canvas.zoom(0.8);
    canvas.scrollToElement(element, 120);
  }
}

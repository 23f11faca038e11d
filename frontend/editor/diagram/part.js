// The diagram: bpmn-js with the panel of properties, blocks, lint, token simulation and the overview.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "@bpmn-io/properties-panel/assets/properties-panel.css";
import "bpmn-js-element-templates/dist/assets/element-templates.css";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import { change, contents, flush, later } from "../saving.js";
import { find } from "../page.js";
import { showCurrent } from "../../diagram/view.js";
import { addBlocks } from "./blocks.js";
import { addControls } from "./controls.js";
import { setCurrent } from "./current.js";
import { makeModeler } from "./modeler.js";
import { makeMarks } from "./marks.js";
import { translatePanel, translateSimulation } from "./translate.js";

export async function open(name, { readOnly }) {
  find("#canvas").replaceChildren();
  find("#properties").replaceChildren();
  const drawing = makeModeler({ canvas: find("#canvas"), properties: find("#properties"), readOnly });
  const { warnings } = await drawing.importXML(contents(name));
  if (warnings.length) console.warn(warnings);
  showCurrent(drawing, starts(drawing));
  setCurrent(drawing);
  const marks = makeMarks(drawing);
  const stops = [addControls(drawing), translateSimulation(find("#canvas")), translatePanel(find("#properties")), readOnly ? () => {} : addBlocks(drawing)];
  const keeping = keep(drawing, name, readOnly);
  await settled();
  document.dispatchEvent(new CustomEvent("editor:diagram", { detail: drawing }));
  return {
    mark: (findings) => marks.draw(findings.filter(({ file }) => file === name)),
    name: (finding) => marks.nameOf(finding),
    go: (finding) => marks.go(finding.element_id),
    async close() {
      await keeping();
      for (const stop of stops) stop();
      drawing.destroy();
      setCurrent(null);
    },
  };
}

// The panel listens to selections only after it was drawn once.
const settled = () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(done), 50)));

const starts = (drawing) => drawing.get("elementRegistry").filter(({ type, parent }) => type === "bpmn:StartEvent" && parent?.type !== "bpmn:SubProcess").map(({ id }) => id);

// Hands the diagram over whenever it has changed.
function keep(drawing, name, readOnly) {
  const write = async () => {
    const { xml } = await drawing.saveXML({ format: true });
    change(name, xml);
  };
  if (!readOnly) drawing.on("commandStack.changed", () => later(write, 300));
  return flush;
}


// Decision tables: dmn-js, and beside the table what it answers to values that are tried.
import "dmn-js/dist/assets/diagram-js.css";
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-drd.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-js-literal-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression.css";
import "dmn-js/dist/assets/dmn-js-boxed-expression-controls.css";
import "dmn-js/dist/assets/dmn-font/css/dmn.css";
import Modeler from "dmn-js/lib/Modeler";
import Viewer from "dmn-js/lib/NavigatedViewer";
import { find, make, say } from "../page.js";
import { change, contents, flush, later } from "../saving.js";
import { translateModule } from "./translate.js";
import { trialPanel } from "./trial.js";

export async function open(name, { readOnly }) {
  const views = make("div", { className: "decision-views", role: "group", "aria-label": say("decisionViews") });
  const table = make("div", { className: "decision-table" });
  find("#canvas").replaceChildren(views, table);
  const Kind = readOnly ? Viewer : Modeler;
  const parts = ["drd", "decisionTable", "literalExpression", "boxedExpression"];
  const words = Object.fromEntries(parts.map((part) => [part, { additionalModules: [translateModule] }]));
  const drawing = new Kind({ container: table, ...words });
  await drawing.importXML(contents(name));
  const first = drawing.getViews().find(({ type }) => type === "decisionTable");
  if (first) await drawing.open(first);
  const choose = () => tabs(drawing, views);
  drawing.on("views.changed", choose);
  choose();
  const keeping = readOnly ? async () => {} : keep(drawing, name);
  trialPanel(find("#properties"), name, () => drawing.getActiveView()?.element?.id);
  return {
    mark: () => {},
    name: ({ element_id: id }) => drawing.getViews().find(({ element }) => element.id === id)?.name ?? "",
    go: ({ element_id: id }) => {
      const view = drawing.getViews().find(({ element }) => element.id === id || element.decisionLogic?.id === id);
      if (view) drawing.open(view);
    },
    async close() {
      await keeping();
      drawing.destroy();
      find("#canvas").replaceChildren();
      find("#properties").replaceChildren();
    },
  };
}

function tabs(drawing, box) {
  const active = drawing.getActiveView();
  const buttons = drawing.getViews().map((view) => {
    const label = view.type === "drd" ? say("decisionMap") : view.name || view.element.id;
    const button = make("button", { className: "btn", type: "button", "aria-pressed": String(view === active) }, label);
    button.addEventListener("click", () => drawing.open(view));
    return button;
  });
  box.replaceChildren(...buttons);
}

// Each view has a command stack of its own; whichever changes, the whole file is written.
function keep(drawing, name) {
  const watched = new WeakSet();
  const write = async () => {
    const { xml } = await drawing.saveXML({ format: true });
    change(name, xml);
  };
  const watch = () => {
    const events = drawing.getActiveViewer()?.get("eventBus");
    if (!events || watched.has(events)) return;
    watched.add(events);
    events.on("elements.changed", () => later(write, 300));
  };
  drawing.on("views.changed", watch);
  watch();
  return flush;
}

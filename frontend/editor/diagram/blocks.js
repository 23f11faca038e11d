// Ready blocks: a step is added behind what is chosen, or into the flow that is chosen; no operation is ever typed.
import { find, known, make, say } from "../page.js";

const GAP = 50;

const icon = (name) => {
  const box = find(`#block-icons [data-icon="${name}"]`);
  return box ? box.cloneNode(true) : "";
};

export function addBlocks(drawing) {
  const box = find("#blocks");
  const list = find("ul", box);
  list.replaceChildren(...known.blocks.map((block) => make("li", {}, button(drawing, block))));
  box.hidden = false;
  return () => {
    box.hidden = true;
    list.replaceChildren();
  };
}

function button(drawing, block) {
  const element = make("button", { className: "btn block", type: "button", title: block.description, "data-block": block.id }, icon(block.metadata.icon), block.name);
  element.addEventListener("click", () => add(drawing, block));
  element.draggable = true;
  element.addEventListener("dragstart", (event) => {
    event.preventDefault();
    drawing.get("create").start(event, drawing.get("elementTemplates").createElement(block));
  });
  return element;
}

function add(drawing, block) {
  const chosen = drawing.get("selection").get()[0];
  const shape = drawing.get("elementTemplates").createElement(block);
  const added = place(drawing, shape, chosen);
  drawing.get("selection").select(added);
  drawing.get("canvas").scrollToElement(added, 80);
  find("#said").textContent = say("blockAdded", { block: block.name });
}

function place(drawing, shape, chosen) {
  const modeling = drawing.get("modeling");
  if (chosen?.type === "bpmn:SequenceFlow") return insert(drawing, shape, chosen);
  if (chosen && chosen.type !== "bpmn:EndEvent" && chosen.businessObject.$instanceOf("bpmn:FlowNode")) {
    return drawing.get("autoPlace").append(chosen, shape);
  }
  const { x, y, width, height } = drawing.get("canvas").viewbox();
  const middle = { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
  return modeling.createShape(shape, middle, parentAt(drawing, middle));
}

// Into a flow: first what lies behind is pushed on so that nothing is covered, then bpmn-js splits the flow at its middle.
function insert(drawing, shape, flow) {
  makeRoom(drawing, shape, flow);
  return drawing.get("modeling").createShape(shape, centre(flow.waypoints), flow);
}

function centre(waypoints) {
  const length = (a, b) => Math.hypot(b.x - a.x, b.y - a.y);
  let best = [waypoints[0], waypoints[1]];
  for (let i = 1; i < waypoints.length; i++) {
    if (length(waypoints[i - 1], waypoints[i]) > length(...best)) best = [waypoints[i - 1], waypoints[i]];
  }
  const [a, b] = best;
  return { x: Math.round((a.x + b.x) / 2), y: Math.round((a.y + b.y) / 2) };
}

const AXES = [
  { axis: "x", size: "width", direction: "e" },
  { axis: "y", size: "height", direction: "s" },
];

function makeRoom(drawing, shape, { source, target }) {
  for (const { axis, size, direction } of AXES) {
    const between = target[axis] - source[axis] - source[size];
    if (between < 0) continue;
    const delta = shape[size] + 2 * GAP - between;
    if (delta <= 0) return;
    const tool = drawing.get("spaceTool");
    const start = target[axis] - 1;
    const { movingShapes, resizingShapes } = tool.calculateAdjustments(everything(drawing), axis, delta, start);
    tool.makeSpace(movingShapes, resizingShapes, { x: 0, y: 0, [axis]: delta }, direction, start);
    return;
  }
}

const everything = (drawing) => {
  const root = drawing.get("canvas").getRootElement();
  return drawing.get("elementRegistry").filter((element) => element !== root);
};

function parentAt(drawing, point) {
  const holds = (element) =>
    ["bpmn:Participant", "bpmn:SubProcess"].includes(element.type) &&
    point.x > element.x && point.x < element.x + element.width && point.y > element.y && point.y < element.y + element.height;
  const found = drawing.get("elementRegistry").filter(holds);
  return found.at(-1) ?? found[0] ?? drawing.get("elementRegistry").find(({ type }) => type === "bpmn:Participant") ?? drawing.get("canvas").getRootElement();
}

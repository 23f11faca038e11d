// Buttons on the canvas: smaller, larger, whole, overview, undo and redo; and Delete, arrows and the rest of bpmn-js's keys.
import { find, say } from "../page.js";
import { showAll } from "../../diagram/view.js";

export function addControls(drawing) {
  const canvas = drawing.get("canvas");
  const minimap = drawing.get("minimap", false);
  const commands = drawing.get("commandStack", false);
  const box = find("#controls");
  const actions = {
    in: () => canvas.zoom(canvas.zoom() * 1.25),
    out: () => canvas.zoom(canvas.zoom() / 1.25),
    all: () => showAll(drawing),
    map: () => minimap?.toggle(),
    undo: () => commands?.canUndo() && commands.undo(),
    redo: () => commands?.canRedo() && commands.redo(),
  };
  const told = () => {
    for (const button of box.querySelectorAll("[value=undo], [value=redo]")) {
      const can = button.value === "undo" ? commands?.canUndo() : commands?.canRedo();
      button.setAttribute("aria-disabled", String(!can));
    }
    find("[data-scale]", box).textContent = `${Math.round(canvas.zoom() * 100)}%`;
  };
  const act = (event) => {
    actions[event.target.closest("button")?.value]?.();
    told();
  };
  for (const button of box.querySelectorAll("[data-editing]")) button.hidden = !commands;
  box.hidden = false;
  box.addEventListener("click", act);
  drawing.on("commandStack.changed", told);
  drawing.on("canvas.viewbox.changed", told);
  nameParts(drawing);
  told();
  return () => {
    box.removeEventListener("click", act);
    box.hidden = true;
  };
}

// bpmn-js draws its palette as plain boxes: named groups and buttons that a keyboard reaches.
function nameParts(drawing) {
  const root = drawing.get("canvas").getContainer();
  find("svg", root)?.setAttribute("aria-label", say("canvas"));
  const palette = find(".djs-palette", root);
  if (!palette) return;
  palette.setAttribute("role", "toolbar");
  palette.setAttribute("aria-label", say("palette"));
  const dress = () => {
    for (const entry of palette.querySelectorAll(".entry")) {
      entry.tabIndex = 0;
      if (!entry.title) entry.title = entry.getAttribute("aria-label") ?? "";
    }
  };
  dress();
  palette.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.target.closest(".entry")?.click();
  });
  new MutationObserver(dress).observe(palette, { childList: true, subtree: true });
}

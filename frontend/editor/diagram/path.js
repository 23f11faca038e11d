// Where a trial stands, on the diagram: pine the way taken, ochre where it stands now.
import { currentModeler } from "./current.js";

const MARKS = ["trial-passed", "trial-current"];

export function showPath({ current, passed }) {
  const drawing = currentModeler();
  if (!drawing) return;
  const registry = drawing.get("elementRegistry");
  const canvas = drawing.get("canvas");
  for (const element of registry.getAll()) for (const mark of MARKS) if (canvas.hasMarker(element, mark)) canvas.removeMarker(element, mark);
  for (const id of passed) if (registry.get(id)) canvas.addMarker(id, MARKS[0]);
  const standing = current.map((id) => registry.get(id)).filter(Boolean);
  for (const element of standing) canvas.addMarker(element, MARKS[1]);
  if (standing.length) canvas.scrollToElement(standing[0], 120);
}

// What of the diagram is shown: everything, or the current step with its neighbours at a size that can be read.
const LEGIBLE = 0.62; // below this scale labels cannot be read
const READING = 0.9;
const MARGIN = 16;
const ROUND = 40; // around the current step and its neighbours

function box(elements) {
  const [x, y] = [Math.min(...elements.map((e) => e.x)), Math.min(...elements.map((e) => e.y))];
  const [right, bottom] = [Math.max(...elements.map((e) => e.x + e.width)), Math.max(...elements.map((e) => e.y + e.height))];
  return { x, y, width: right - x, height: bottom - y };
}

const neighbours = (element) => [
  element,
  ...element.incoming.map(({ source }) => source),
  ...element.outgoing.map(({ target }) => target),
];

// The scale at which an area fits into the canvas with some room around it.
function scale({ width, height }, outer) {
  return Math.min(outer.width / (width + 2 * ROUND), outer.height / (height + 2 * ROUND), READING);
}

function centre(canvas, { x, y, width, height }, zoom) {
  const { outer } = canvas.viewbox();
  const [wide, high] = [outer.width / zoom, outer.height / zoom];
  canvas.viewbox({ x: x + (width - wide) / 2, y: y + (height - high) / 2, width: wide, height: high });
}

export function showAll(viewer) {
  const canvas = viewer.get("canvas");
  const { inner } = canvas.viewbox();
  canvas.viewbox({
    x: inner.x - MARGIN,
    y: inner.y - MARGIN,
    width: inner.width + 2 * MARGIN,
    height: inner.height + 2 * MARGIN,
  });
  if (canvas.zoom() > 1) canvas.zoom(1, "auto");
}

// As much as stays legible: all current steps with their neighbours, else the steps, else the first with its neighbours.
export function showCurrent(viewer, ids) {
  const canvas = viewer.get("canvas");
  showAll(viewer);
  const steps = ids.map((id) => viewer.get("elementRegistry").get(id)).filter(Boolean);
  if (!steps.length || canvas.zoom() >= LEGIBLE) return;
  const { outer } = canvas.viewbox();
  const areas = [steps.flatMap(neighbours), steps, neighbours(steps[0])].map(box);
  const fitting = areas.find((area) => scale(area, outer) >= LEGIBLE);
  if (fitting) centre(canvas, fitting, scale(fitting, outer));
  else centre(canvas, box([steps[0]]), READING);
}

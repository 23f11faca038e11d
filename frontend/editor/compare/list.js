// The list of changes, of all files: the same as the API tells.
import { make, say } from "../page.js";

const TONES = { added: "good", removed: "bad", changed: "wait", moved: "" };

const short = (value) => {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

// What a detail is about in words where there are some, else as the file writes it.
function place(what) {
  const key = `what_${what.startsWith("flowNodeRef[") ? "flowNodeRef" : what}`;
  return say(key) === key ? make("code", {}, what) : say(key);
}

function details(change) {
  const lines = change.details.map(({ what, old, new: now }) => make("li", {}, place(what), ` ${short(old)} → ${short(now)}`));
  return lines.length ? make("ul", { className: "change-details meta" }, ...lines) : null;
}

function row(change, go) {
  const tag = make("span", { className: `tag ${TONES[change.state]}` }, say(`state_${change.state}`));
  const button = make("button", { className: "btn quiet", type: "button" }, change.name || change.part || change.file);
  button.addEventListener("click", () => go(change));
  const where = make("span", { className: "meta" }, `${change.file} · ${change.part}`);
  return make("li", { "data-part": change.part, "data-state": change.state }, tag, button, where, details(change));
}

// What only moved on the drawing changes nothing in a case: it stands last, folded.
export function drawChanges(box, changes, go) {
  const rows = (list) => make("ol", { className: "changes" }, ...list.map((change) => row(change, go)));
  const moved = changes.filter(({ state }) => state === "moved");
  const others = changes.filter(({ state }) => state !== "moved");
  const heading = make("h2", {}, say("changes", { n: others.length }));
  const parts = [others.length ? rows(others) : make("p", { className: "meta" }, say("noChanges"))];
  if (moved.length) parts.push(make("details", {}, make("summary", {}, say("onlyMoved", { n: moved.length })), rows(moved)));
  box.replaceChildren(make("div", { className: "decision-trial" }, heading, ...parts));
}

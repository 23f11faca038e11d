// j k move, n goes to the next task, Enter opens, s selects, a approves, r returns, / searches, ? helps; off while typing.
import { askForReason } from "./confirm.js";
import { isTyping } from "./page.js";
import { choose, currentRow, rows } from "./preview.js";

function move(by) {
  const list = rows();
  if (!list.length) return document.querySelector(by > 0 ? "[data-key=j]" : "[data-key=k]")?.click();
  const at = list.indexOf(currentRow());
  choose(list[Math.min(Math.max(at + by, 0), list.length - 1)]);
}

function select() {
  const box = currentRow()?.querySelector("input[type=checkbox]");
  box?.click();
}

function goBack() {
  const button = document.querySelector("[data-key=r]");
  const opinion = button?.form?.elements.opinion;
  if (opinion && !opinion.value.trim()) askForReason(opinion);
  else button?.click();
}

// What was chosen goes before what is shown: with rows selected the key is that of the button below them.
function agree() {
  const chosen = document.querySelector(".bulk:not([hidden]) button[type=submit][aria-disabled=false]");
  (chosen ?? document.querySelector("button[data-key=a]"))?.click();
}

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  n: () => move(1),
  s: select,
  a: agree,
  r: goBack,
  "/": () => document.querySelector(".find input")?.focus(),
  "?": () => document.querySelector("#keys")?.showModal(),
};

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && event.target === document.body) return currentRow()?.querySelector(".title").click();
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
}

export function watchKeys() {
  document.addEventListener("keydown", onKey);
}

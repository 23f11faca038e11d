// Tabs under the drawing: findings, trial; arrow keys move between them as in every list of tabs.
import { find } from "./page.js";

const LATER = { trial: () => import("./trial/part.js") };
const started = new Set();

function choose(tab) {
  const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
  for (const each of tabs) {
    const isChosen = each === tab;
    each.setAttribute("aria-selected", String(isChosen));
    each.tabIndex = isChosen ? 0 : -1;
    find(`#${each.getAttribute("aria-controls")}`).hidden = !isChosen;
  }
  const name = tab.dataset.panel;
  if (name in LATER && !started.has(name)) {
    started.add(name);
    LATER[name]().then((part) => part.begin());
  }
}

export function openPanel(name) {
  const tab = find(`[role=tab][data-panel="${name}"]`);
  choose(tab);
  tab.focus();
}

export function watchPanels() {
  const list = find("[role=tablist]");
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) choose(tab);
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tabs = [...list.querySelectorAll("[role=tab]")];
    const at = tabs.indexOf(event.target);
    if (!step || at < 0) return;
    const next = tabs[(at + step + tabs.length) % tabs.length];
    choose(next);
    next.focus();
  });
  for (const button of document.querySelectorAll("[data-open-panel]")) {
    button.addEventListener("click", () => openPanel(button.dataset.openPanel));
  }
}

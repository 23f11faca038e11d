// Selecting several rows: the bar appears with the number chosen; on the phone 多选 switches the boxes on.
import { say } from "./page.js";

const BOXES = ".row input[name=task_id]:enabled";

function refresh(list) {
  const bar = list.querySelector(".bulk");
  const chosen = list.querySelectorAll(".row input[name=task_id]:checked").length;
  const picking = list.classList.contains("picking");
  if (!bar) return;
  bar.hidden = !chosen && !picking;
  bar.querySelector("[data-count]").textContent = say("chosen", { n: chosen });
  for (const button of bar.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", String(!chosen));
  const all = list.querySelector("[data-all]");
  const boxes = list.querySelectorAll(BOXES);
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

function onChange(event) {
  const list = event.target.closest(".inbox .list");
  if (!list) return;
  if (event.target.matches("[data-all]")) {
    for (const box of list.querySelectorAll(BOXES)) box.checked = event.target.checked;
  }
  refresh(list);
}

function onClick(event) {
  const list = event.target.closest(".inbox .list");
  if (!list) return;
  if (event.target.closest("[data-pick]")) list.classList.toggle("picking");
  else if (event.target.closest("[data-unpick]")) {
    list.classList.remove("picking");
    for (const box of list.querySelectorAll(".row input:checked")) box.checked = false;
  } else return;
  refresh(list);
}

export function watchBulk() {
  for (const list of document.querySelectorAll(".inbox .list")) refresh(list);
  document.addEventListener("change", onChange);
  document.addEventListener("click", onClick);
}

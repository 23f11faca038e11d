// A long form in steps: one panel at a time, checked before going on, and a last step that reads the answers back.
import { say } from "./page.js";

function shown(control) {
  if (control.type === "checkbox") {
    const one = control.dataset.label === undefined;
    return control.checked ? (control.dataset.label ?? say("yes")) : one ? say("no") : "";
  }
  if (control.type === "radio") return control.checked ? control.dataset.label : "";
  if (control.tagName === "SELECT") return control.value ? control.selectedOptions[0].textContent.trim() : "";
  return control.type === "file" || control.type === "hidden" ? "" : control.value.trim();
}

function fact(label, value) {
  const box = document.createElement("div");
  const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
  dt.textContent = label;
  dd.textContent = value || say("notGiven");
  box.append(dt, dd);
  return box;
}

function review(form) {
  const facts = new Map();
  for (const field of form.querySelectorAll("[data-step] [data-field]")) {
    const values = [...field.querySelectorAll("input, select, textarea")].map(shown).filter(Boolean);
    const files = [...field.querySelectorAll(".files a")].map((link) => link.textContent.trim());
    const row = field.closest("[data-row]");
    const label = row ? `${row.closest("[data-list]").dataset.list} ${rowNumber(row)}` : field.dataset.field;
    facts.set(label, [facts.get(label), ...values, ...files].filter(Boolean).join(" · "));
  }
  form.querySelector("[data-review]").replaceChildren(...[...facts].map(([label, value]) => fact(label, value)));
}

const rowNumber = (row) => [...row.parentElement.querySelectorAll(":scope > [data-row]")].indexOf(row) + 1;

function go(form, index, focus = true) {
  const panels = [...form.querySelectorAll("[data-step]")];
  const last = panels.length - 1;
  form.dataset.at = index;
  panels.forEach((panel, n) => (panel.hidden = n !== index));
  document.querySelectorAll(".stepper li").forEach((item, n) => {
    item.classList.toggle("done", n < index);
    item.toggleAttribute("aria-current", n === index);
    if (n === index) item.setAttribute("aria-current", "step");
  });
  const names = [...document.querySelectorAll(".stepper li span")].map((span) => span.textContent);
  for (const button of document.querySelectorAll("[data-next]")) {
    button.hidden = index === last;
    button.querySelector("span").textContent = say("next", { step: names[index + 1] ?? "" });
  }
  for (const button of document.querySelectorAll("[data-back]")) button.hidden = index === 0;
  for (const button of document.querySelectorAll("[data-send]")) button.hidden = index !== last;
  if (index === last) review(form);
  if (!focus) return;
  document.querySelector("main").scrollTo(0, 0);
  window.scrollTo(0, 0);
  panels[index].querySelector("h2")?.focus();
}

// A file goes up by itself and leaves its control empty, so what is needed is looked for in the list beside it.
function firstUnfit(panel) {
  for (const box of panel.querySelectorAll("[data-upload][data-needed]")) {
    const control = box.querySelector("input[type=file]");
    control.setCustomValidity(box.querySelector(".files li") ? "" : say("fileNeeded"));
  }
  return [...panel.querySelectorAll("input, select, textarea")].find((control) => !control.checkValidity());
}

export function watchSteps() {
  const form = document.querySelector("form[data-steps]");
  if (!form) return;
  const broken = [...form.querySelectorAll("[data-step]")].findIndex((panel) => panel.querySelector(".error:not([hidden])"));
  go(form, Math.max(broken, 0), false);
  document.addEventListener("click", (event) => {
    const at = Number(form.dataset.at);
    const next = event.target.closest("[data-next]");
    if (next && next.getAttribute("aria-disabled") !== "true") {
      const unfit = firstUnfit(form.querySelectorAll("[data-step]")[at]);
      if (unfit) unfit.reportValidity();
      else go(form, at + 1);
    }
    if (event.target.closest("[data-back]")) go(form, at - 1);
  });
}
